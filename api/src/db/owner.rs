//! `archive.listings_transfer`: who owned a listing.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

use crate::model::PublicId;

/// An owner, from one transfer to the next.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OwnerRow {
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) owner: Addr,
    pub(crate) until_block: Option<i64>,
    pub(crate) until_time: Option<OffsetDateTime>,
}

/// Owners of a listing up to block `until` and before a place, newest first.
pub(crate) async fn owner_page(
    connection: &mut PgConnection,
    listing: PublicId,
    until: i64,
    before: (i64, i32),
    limit: i64,
) -> sqlx::Result<Vec<OwnerRow>> {
    // Planned for this very listing: see `raw::search`.
    sqlx::query_as(include_str!("sql/owner_page.sql"))
        .persistent(false)
        .bind(listing.chain_id)
        .bind(listing.number)
        .bind(until)
        .bind(before.0)
        .bind(before.1)
        .bind(limit)
        .fetch_all(connection)
        .await
}
