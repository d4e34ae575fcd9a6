//! A listing with what belongs to it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::connection::{connection, cursor, limit};
use super::nodes::{PurchaseConnection, Total};
use super::parts::{
    ChildCounts, Listings, Parents, PlanPart, Revenues, ShareSales, SharesOf, VersionPart, page,
};
use super::read::Group;
use crate::error::ApiError;
use crate::model::PublicId;
use crate::routes::listing::{Revenue, Version};
use crate::routes::plan::Plan;
use crate::routes::shares::{ShareSale, Shares};
use crate::routes::summary::ListingSummary;

/// A listing and those that it was read with.
#[derive(Debug)]
pub(super) struct ListingNode {
    pub(super) record: ListingSummary,
    pub(super) group: Arc<Group>,
}

/// The other end of a link between a listing and one that it derives from.
#[derive(Debug)]
pub(super) struct ChildNode {
    pub(super) id: PublicId,
    pub(super) bps: i32,
    pub(super) group: Arc<Group>,
}

/// A way to buy a listing.
#[Object(name = "Plan")]
impl PlanPart {
    #[graphql(flatten)]
    async fn record(&self) -> &Plan {
        &self.plan
    }

    /// The listing that it belongs to.
    async fn listing_id(&self) -> PublicId {
        self.of
    }
}

/// An immutable release.
#[Object(name = "Version")]
impl VersionPart {
    #[graphql(flatten)]
    async fn record(&self) -> &Version {
        &self.version
    }

    /// The listing that it belongs to.
    async fn listing_id(&self) -> PublicId {
        self.of
    }
}

connection!(ListingConnection, ListingEdge, ListingNode, Total);
connection!(PlanConnection, PlanEdge, PlanPart, Total);
connection!(VersionConnection, VersionEdge, VersionPart, Total);
connection!(RelativeConnection, RelativeEdge, ChildNode, Total);

impl ListingNode {
    pub(super) fn all(records: Vec<ListingSummary>) -> Vec<Self> {
        let group = Group::of(records.iter().map(|record| record.id));
        records.into_iter().map(|record| Self { record, group: group.clone() }).collect()
    }

    fn ids(&self) -> Vec<PublicId> {
        self.group.ids.clone()
    }
}

/// A listing of a group of ids.
pub(super) async fn listing_in(
    context: &Context<'_>,
    group: &Group,
    id: PublicId,
) -> std::result::Result<Arc<ListingNode>, ApiError> {
    let listings = group.load(context, "listings".to_owned(), &Listings(group.ids.clone())).await?;
    let missing = || ApiError::Internal(format!("rows speak of a listing {id} that is not known"));
    listings.get(&id).cloned().ok_or_else(missing)
}

/// How many derive from one of a group.
pub(super) async fn children_of(
    context: &Context<'_>,
    group: &Group,
    id: PublicId,
) -> std::result::Result<i64, ApiError> {
    let counts = group.load(context, "child counts".to_owned(), &ChildCounts(group.ids.clone())).await?;
    Ok(counts.get(&id).copied().unwrap_or_default())
}

/// An AI asset on offer.
#[Object(name = "Listing")]
impl ListingNode {
    #[graphql(flatten)]
    async fn record(&self) -> &ListingSummary {
        &self.record
    }

    /// Its releases, newest first.
    async fn versions(
        &self,
        context: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<VersionConnection> {
        let (limit, after) = (limit(first)?, cursor(after.as_deref())?);
        let page = page(context, &self.group, self.record.id, limit, after).await?;
        Ok(VersionConnection { page, counted: Total::Known(self.record.version) })
    }

    /// Ways to buy it, oldest first.
    async fn plans(
        &self,
        context: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<PlanConnection> {
        let (limit, after) = (limit(first)?, cursor(after.as_deref())?);
        let page = page(context, &self.group, self.record.id, limit, after).await?;
        Ok(PlanConnection { page, counted: Total::Known(self.record.plan_count) })
    }

    /// Its purchases, newest first. Its cursors are those of `purchases` with the listing.
    async fn purchases(
        &self,
        context: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<PurchaseConnection> {
        let (limit, after) = (limit(first)?, cursor(after.as_deref())?);
        let page = page(context, &self.group, self.record.id, limit, after).await?;
        let sales = self.record.sales.0.try_into().unwrap_or(i64::MAX);
        Ok(PurchaseConnection { page, counted: Total::Known(sales) })
    }

    /// The listings that it derives from. They never change.
    async fn parents(&self, context: &Context<'_>) -> Result<Vec<Arc<ChildNode>>> {
        let parents = self.group.load(context, "parents".to_owned(), &Parents(self.ids())).await?;
        Ok(parents.get(&self.record.id).cloned().unwrap_or_default())
    }

    /// The listings that derive from it, oldest first.
    async fn children(
        &self,
        context: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<RelativeConnection> {
        let (limit, after) = (limit(first)?, cursor(after.as_deref())?);
        let page = page(context, &self.group, self.record.id, limit, after).await?;
        Ok(RelativeConnection { page, counted: Total::Children(self.group.clone(), self.record.id) })
    }

    /// What its sales and direct payments brought, by token: amounts in different tokens are never added.
    async fn revenue(&self, context: &Context<'_>) -> Result<Vec<Arc<Revenue>>> {
        let revenue = self.group.load(context, "revenue".to_owned(), &Revenues(self.ids())).await?;
        Ok(revenue.get(&self.record.id).cloned().unwrap_or_default())
    }

    /// Its revenue shares; null while its owner has made none.
    async fn shares(&self, context: &Context<'_>) -> Result<Option<Arc<Shares>>> {
        let shares = self.group.load(context, "shares".to_owned(), &SharesOf(self.ids())).await?;
        Ok(shares.get(&self.record.id).cloned())
    }

    /// Offers of its shares that sell by the head's time or later, oldest first, at most 1,000.
    async fn share_sales(&self, context: &Context<'_>) -> Result<Vec<Arc<ShareSale>>> {
        let sales = self.group.load(context, "share sales".to_owned(), &ShareSales(self.ids())).await?;
        Ok(sales.get(&self.record.id).cloned().unwrap_or_default())
    }
}

/// A link between a listing and one that it derives from, seen from the other end.
#[Object(name = "Relative")]
impl ChildNode {
    /// Public id of the listing there.
    async fn listing_id(&self) -> PublicId {
        self.id
    }

    /// What the parent is granted of the child's revenue, in 1/10,000.
    async fn bps(&self) -> i32 {
        self.bps
    }

    /// The listing there.
    async fn listing(&self, context: &Context<'_>) -> Result<Arc<ListingNode>> {
        Ok(listing_in(context, &self.group, self.id).await?)
    }
}
