//! What belongs to the listings of a group, asked for all of them at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;

use super::connection::Page;
use super::listing::{ChildNode, ListingNode};
use super::nodes::PurchaseNode;
use super::read::Group;
use crate::cursor::{Binding, Cursor, Position};
use crate::db::Starts;
use crate::db::listing_parent::listing_parent_of;
use crate::db::listing_parts::{
    Wanted, listing_child_count, listing_child_page, listing_version_page, plan_page, purchase_page,
    revenue_of_listings, share_of_listings, share_sale_of_listings,
};
use crate::db::listing_search::{ListingFilter, Scope, listing_by_time};
use crate::db::purchase::PurchaseFilter;
use crate::db::share::share_token_of;
use crate::error::ApiError;
use crate::model::{ChainId, PublicId, Sort};
use crate::params::Limit;
use crate::routes::listing::{Revenue, Version, revenue_of_row};
use crate::routes::plan::Plan;
use crate::routes::purchases::{names, purchase};
use crate::routes::shares::{ShareSale, Shares};
use crate::routes::summary::summaries;
use crate::snapshot::{Question, Snapshot};

type By<T> = HashMap<PublicId, T>;
type Rows<T> = Vec<(PublicId, Arc<T>)>;

/// A kind of rows that belong to listings and are read by pages.
pub(super) trait Part: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    /// Where a listing's first page begins.
    const START: Position;

    fn binding(of: PublicId) -> Binding {
        Binding::to(&(Self::NAME, of))
    }

    /// Where the row stands.
    fn place(&self) -> (i64, Position);

    fn read(
        snapshot: &mut Snapshot<'_>,
        wanted: &Wanted,
        limit: i64,
    ) -> impl Future<Output = Result<Rows<Self>, ApiError>> + Send;
}

/// A page of one listing's part; those of its whole group are read with it.
pub(super) async fn page<P: Part>(
    context: &Context<'_>,
    group: &Group,
    of: PublicId,
    Limit(limit): Limit,
    after: Option<Cursor>,
) -> Result<Page<P>, ApiError> {
    let positions = Cursor::positions(after.as_ref(), P::binding(of))?;
    let encoded = after.as_ref().map(Cursor::encode).unwrap_or_default();
    let name = format!("{}:{limit}:{encoded}", P::NAME);
    let question = Pages::<P> { ids: group.ids.clone(), limit, after, part: std::marker::PhantomData };
    let began = question.after.is_none();
    let read = group.load(context, name, &question).await?;
    let mut rows = read.get(&of).cloned().unwrap_or_default();
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let cursors = Cursor::behind(&rows, P::binding(of), positions, |row| row.place());
    Ok(Page { edges: cursors.into_iter().zip(rows).collect(), more, began })
}

struct Pages<P> {
    ids: Vec<PublicId>,
    limit: i64,
    after: Option<Cursor>,
    part: std::marker::PhantomData<P>,
}

impl<P: Part> Question for Pages<P> {
    type Answer = By<Vec<Arc<P>>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let mut wanted = Wanted::default();
        for id in &self.ids {
            // A cursor is one listing's: the others have no such page.
            if let Ok(positions) = Cursor::positions(self.after.as_ref(), P::binding(*id)) {
                wanted.push(*id, positions.get(&id.chain_id).copied().unwrap_or(P::START));
            }
        }
        let mut found: Self::Answer = HashMap::new();
        for (id, row) in P::read(snapshot, &wanted, self.limit + 1).await? {
            found.entry(id).or_default().push(row);
        }
        Ok(found)
    }
}

/// A plan, and whose it is.
#[derive(Debug)]
pub(super) struct PlanPart {
    pub(super) of: PublicId,
    pub(super) plan: Plan,
}

impl Part for PlanPart {
    const NAME: &'static str = "plans";
    const START: Position = (0, 0);

    fn place(&self) -> (i64, Position) {
        (self.of.chain_id, (self.plan.id.number, 0))
    }

    async fn read(snapshot: &mut Snapshot<'_>, wanted: &Wanted, limit: i64) -> Result<Rows<Self>, ApiError> {
        let rows = plan_page(snapshot.connection, wanted, limit).await?;
        let plan = |(id, row): (PublicId, _)| {
            let unknown = || ApiError::Internal(format!("listing {id} is on a chain without a cursor"));
            let chain = snapshot.chain(id.chain_id).ok_or_else(unknown)?;
            Ok((id, Arc::new(Self { of: id, plan: Plan::of(id, row, chain)? })))
        };
        rows.into_iter().map(plan).collect()
    }
}

/// A release, and whose it is.
#[derive(Debug)]
pub(super) struct VersionPart {
    pub(super) of: PublicId,
    pub(super) version: Version,
}

impl Part for VersionPart {
    const NAME: &'static str = "versions";
    const START: Position = (i64::MAX, 0);

    fn place(&self) -> (i64, Position) {
        (self.of.chain_id, (self.version.version, 0))
    }

    async fn read(snapshot: &mut Snapshot<'_>, wanted: &Wanted, limit: i64) -> Result<Rows<Self>, ApiError> {
        let rows = listing_version_page(snapshot.connection, wanted, limit).await?;
        let version = |of: crate::db::listing_parts::Of<_>| {
            let id = of.id();
            (id, Arc::new(Self { of: id, version: Version::from(of.row) }))
        };
        Ok(rows.into_iter().map(version).collect())
    }
}

impl Part for PurchaseNode {
    const NAME: &'static str = "purchases";
    const START: Position = (i64::MAX, i32::MAX);

    /// That of `purchases` with the listing, so that a page can be gone on from there.
    fn binding(of: PublicId) -> Binding {
        let filter = PurchaseFilter { listing: Some(of), payer: None, recipient: None, account: None };
        Binding::to(&("purchases", None::<ChainId>, filter, Sort::Newest))
    }

    fn place(&self) -> (i64, Position) {
        (self.record.chain_id, (self.record.block_number, self.record.log_index))
    }

    async fn read(snapshot: &mut Snapshot<'_>, wanted: &Wanted, limit: i64) -> Result<Rows<Self>, ApiError> {
        let rows = purchase_page(snapshot.connection, wanted, limit).await?;
        let names = names(snapshot, rows.iter().map(|row| (row.chain_id, row.listing))).await?;
        let rows = rows.into_iter().map(|row| purchase(row, snapshot, &names));
        let nodes = Self::all(rows.collect::<Result<_, _>>()?);
        Ok(nodes.into_iter().map(|node| (node.record.listing, Arc::new(node))).collect())
    }
}

impl Part for ChildNode {
    const NAME: &'static str = "children";
    const START: Position = (0, 0);

    fn place(&self) -> (i64, Position) {
        (self.id.chain_id, (self.id.number, 0))
    }

    async fn read(snapshot: &mut Snapshot<'_>, wanted: &Wanted, limit: i64) -> Result<Rows<Self>, ApiError> {
        let rows = listing_child_page(snapshot.connection, wanted, limit).await?;
        let id = |chain_id, number| PublicId { chain_id, number };
        let group = Group::of(rows.iter().map(|(chain, _, child, _)| id(*chain, *child)));
        let child = |(chain, parent, child, bps)| {
            (id(chain, parent), Arc::new(Self { id: id(chain, child), bps, group: group.clone() }))
        };
        Ok(rows.into_iter().map(child).collect())
    }
}

/// Listings by their ids; those that are not there are left out.
pub(super) struct Listings(pub(super) Vec<PublicId>);

impl Question for Listings {
    type Answer = By<Arc<ListingNode>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(None)?;
        let (known, clocks) = snapshot.clocks(&chains);
        let scope = Scope { chains: known, clocks };
        let filter = ListingFilter { ids: Some(self.0.clone()), ..ListingFilter::default() };
        let starts = Starts::new(&chains, &Default::default(), Sort::Newest);
        let limit = self.0.len() as i64;
        let rows =
            listing_by_time(snapshot.connection, &filter, &scope, Sort::Newest, &starts, limit).await?;
        let nodes = ListingNode::all(summaries(snapshot, rows).await?);
        Ok(nodes.into_iter().map(|node| (node.record.id, Arc::new(node))).collect())
    }
}

/// The parents of listings.
pub(super) struct Parents(pub(super) Vec<PublicId>);

impl Question for Parents {
    type Answer = By<Vec<Arc<ChildNode>>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let edges = listing_parent_of(snapshot.connection, &self.0).await?;
        let group = Group::of(edges.iter().map(|(_, parent)| parent.id));
        let mut found: Self::Answer = HashMap::new();
        for (child, parent) in edges {
            let node = ChildNode { id: parent.id, bps: parent.bps, group: group.clone() };
            found.entry(child).or_default().push(Arc::new(node));
        }
        Ok(found)
    }
}

/// How many listings derive from each.
pub(super) struct ChildCounts(pub(super) Vec<PublicId>);

impl Question for ChildCounts {
    type Answer = By<i64>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let counts = listing_child_count(snapshot.connection, &self.0).await?;
        let counted = |(chain_id, number, count)| (PublicId { chain_id, number }, count);
        Ok(counts.into_iter().map(counted).collect())
    }
}

/// What listings earned, by token.
pub(super) struct Revenues(pub(super) Vec<PublicId>);

impl Question for Revenues {
    type Answer = By<Vec<Arc<Revenue>>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let mut found: Self::Answer = HashMap::new();
        for of in revenue_of_listings(snapshot.connection, &self.0).await? {
            found.entry(of.id()).or_default().push(Arc::new(revenue_of_row(of.row)?));
        }
        Ok(found)
    }
}

/// The shares of listings.
pub(super) struct SharesOf(pub(super) Vec<PublicId>);

impl Question for SharesOf {
    type Answer = By<Arc<Shares>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let rows = share_of_listings(snapshot.connection, &self.0).await?;
        let wanted: Vec<_> = rows.iter().map(|of| (of.id().chain_id, of.row.share)).collect();
        let mut tokens: HashMap<_, Vec<_>> = HashMap::new();
        for token in share_token_of(snapshot.connection, &wanted, None).await? {
            tokens.entry((token.chain_id, token.share)).or_default().push(token);
        }
        let shares = |of: crate::db::listing_parts::Of<crate::db::share::ShareRow>| {
            let tokens = tokens.remove(&(of.id().chain_id, of.row.share)).unwrap_or_default();
            Ok((of.id(), Arc::new(Shares::of(of.row, tokens)?)))
        };
        rows.into_iter().map(shares).collect()
    }
}

/// The offers of listings' shares.
pub(super) struct ShareSales(pub(super) Vec<PublicId>);

impl Question for ShareSales {
    type Answer = By<Vec<Arc<ShareSale>>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let clocks = snapshot.clocks(&snapshot.chains_of(None)?);
        let mut found: Self::Answer = HashMap::new();
        for of in share_sale_of_listings(snapshot.connection, &self.0, &clocks).await? {
            let (id, now) = (of.id(), snapshot.head_time(of.id().chain_id)?);
            found.entry(id).or_default().push(Arc::new(ShareSale::of(id, of.row, now)));
        }
        Ok(found)
    }
}
