//! `archive.market_plan_created` and `archive.market_plan_changed`: what plans cost, and when.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use super::PARTS;
use crate::model::PublicId;

/// A price, from one change to the next.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PriceRow {
    pub(crate) plan: i64,
    pub(crate) block_number: i64,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) price: Uint,
    pub(crate) until_block: Option<i64>,
    pub(crate) until_time: Option<OffsetDateTime>,
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// The prices of a listing's plans up to block `until`, newest first, at most [`PARTS`].
pub(crate) async fn price_history(
    connection: &mut PgConnection,
    listing: PublicId,
    until: i64,
) -> sqlx::Result<Vec<PriceRow>> {
    let plans: Vec<i64> = sqlx::query_scalar(include_str!("sql/plan_numbers.sql"))
        .bind(listing.chain_id)
        .bind(listing.number)
        .fetch_all(&mut *connection)
        .await?;
    // Planned for these very plans: see `raw::search`.
    sqlx::query_as(include_str!("sql/price_history.sql"))
        .persistent(false)
        .bind(listing.chain_id)
        .bind(plans)
        .bind(until)
        .bind(PARTS)
        .fetch_all(connection)
        .await
}
