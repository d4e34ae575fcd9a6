//! `market.pass` and `market.subscription`, with the plans that passes are of.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::PARTS;
use crate::model::PublicId;

/// A pass that an account holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PassRow {
    pub(crate) chain_id: i64,
    pub(crate) plan: i64,
    pub(crate) listing: i64,
    pub(crate) kind: i16,
    pub(crate) unit: String,
    pub(crate) transferable: bool,
    pub(crate) quantity: Uint,
    /// Unix time, for subscriptions.
    pub(crate) expiry: Option<i64>,
}

/// The passes that an account holds, newest plan first, at most [`PARTS`]. A pass of a plan that the projections
/// do not know is none.
pub(crate) async fn pass_of(
    connection: &mut PgConnection,
    chains: &[i64],
    holder: Addr,
) -> sqlx::Result<Vec<PassRow>> {
    sqlx::query_as!(
        PassRow,
        r#"SELECT p.chain_id, p.plan, plan.listing, plan.kind, plan.unit, plan.transferable,
                  p.quantity AS "quantity: Uint", s.expiry AS "expiry?"
           FROM market.pass p JOIN market.plan plan USING (chain_id, plan)
           LEFT JOIN market.subscription s USING (chain_id, plan, holder)
           WHERE p.chain_id = ANY($1) AND p.holder = $2 AND p.quantity > 0
           ORDER BY p.chain_id, p.plan DESC LIMIT $3"#,
        chains,
        holder as Addr,
        PARTS
    )
    .fetch_all(connection)
    .await
}

/// The passes of one listing that an account holds, newest plan first, at most [`PARTS`].
pub(crate) async fn pass_of_listing(
    connection: &mut PgConnection,
    listing: PublicId,
    holder: Addr,
) -> sqlx::Result<Vec<PassRow>> {
    sqlx::query_as(include_str!("sql/pass_of_listing.sql"))
        .bind(listing.chain_id)
        .bind(listing.number)
        .bind(holder)
        .bind(PARTS)
        .fetch_all(connection)
        .await
}
