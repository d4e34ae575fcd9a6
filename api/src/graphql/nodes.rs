//! Rows of collections, each with the way back to its listing.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::connection::connection;
use super::listing::{ListingNode, listing_in};
use super::read::{Group, ask};
use crate::db::{payment, purchase, spending};
use crate::error::ApiError;
use crate::model::PublicId;
use crate::routes::listings::ListingsQuery;
use crate::routes::payments::{Payment, PaymentsQuery};
use crate::routes::purchases::{Purchase, PurchasesQuery};
use crate::routes::spendings::{Spending, SpendingsQuery};
use crate::snapshot::{Question, Snapshot};

/// A row of a collection, and the listings of all of its rows.
macro_rules! node {
    ($(#[$doc:meta])* $node:ident, $name:literal, $record:ty) => {
        #[derive(Debug)]
        pub(super) struct $node {
            pub(super) record: $record,
            pub(super) group: Arc<Group>,
        }

        $(#[$doc])*
        #[Object(name = $name)]
        impl $node {
            #[graphql(flatten)]
            async fn record(&self) -> &$record {
                &self.record
            }

            /// The listing that it is about.
            async fn listing(&self, context: &Context<'_>) -> Result<Arc<ListingNode>> {
                Ok(listing_in(context, &self.group, self.record.listing).await?)
            }
        }

        impl $node {
            /// Rows with what they share.
            pub(super) fn all(records: Vec<$record>) -> Vec<Self> {
                let group = Group::of(records.iter().map(|record| record.listing));
                records.into_iter().map(|record| Self { record, group: group.clone() }).collect()
            }
        }
    };
}

node!(
    /// A sale, with the terms that held when it was made.
    PurchaseNode, "Purchase", Purchase
);
node!(
    /// A payment to a listing without a sale: a donation, or what another protocol passes on.
    PaymentNode, "Payment", Payment
);
node!(
    /// A spending of credits.
    SpendingNode, "Spending", Spending
);

connection!(PurchaseConnection, PurchaseEdge, PurchaseNode, Total);
connection!(PaymentConnection, PaymentEdge, PaymentNode, Total);
connection!(SpendingConnection, SpendingEdge, SpendingNode, Total);

/// How many rows a collection has.
#[derive(Debug)]
pub(super) enum Total {
    Known(i64),
    Listings(Box<ListingsQuery>),
    Purchases(PurchasesQuery),
    Payments(PaymentsQuery),
    Spendings(SpendingsQuery),
    /// Of listings that derive from one of a group.
    Children(Arc<Group>, PublicId),
}

impl Total {
    pub(super) async fn count(&self, context: &Context<'_>) -> std::result::Result<i64, ApiError> {
        match self {
            Self::Known(count) => Ok(*count),
            Self::Children(group, id) => super::listing::children_of(context, group, *id).await,
            _ => ask(context, self).await,
        }
    }
}

impl Question for Total {
    type Answer = i64;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> std::result::Result<i64, ApiError> {
        Ok(match self {
            Self::Known(count) => *count,
            Self::Children(..) => 0,
            Self::Listings(query) => query.total(snapshot).await?,
            Self::Purchases(query) => {
                let chains = snapshot.chains_holding(query.chain, "listing", query.listing)?;
                purchase::purchase_total(snapshot.connection, &chains, &query.filter()).await?
            }
            Self::Payments(query) => {
                let chains = snapshot.chains_holding(query.chain, "listing", query.listing)?;
                payment::listing_payment_total(snapshot.connection, &chains, &query.filter()).await?
            }
            Self::Spendings(query) => {
                let chains = snapshot.chains_holding(query.chain, "plan", query.plan)?;
                spending::spending_total(snapshot.connection, &chains, &query.filter()).await?
            }
        })
    }
}
