//! `archive.revenue_settled`: how a listing's revenue was split, each time.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use crate::model::PublicId;

/// A settlement.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SettlementRow {
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) beneficiary: Addr,
    pub(crate) token: Addr,
    pub(crate) received: Uint,
    pub(crate) beneficiary_amount: Uint,
    pub(crate) parents: Vec<i64>,
    pub(crate) parent_beneficiaries: Vec<Vec<u8>>,
    /// As text, as arrays of our own types are not read.
    pub(crate) parent_amounts: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// Settlements of a listing up to block `until` and before a place, newest first.
pub(crate) async fn settlement_page(
    connection: &mut PgConnection,
    listing: PublicId,
    until: i64,
    before: (i64, i32),
    limit: i64,
) -> sqlx::Result<Vec<SettlementRow>> {
    sqlx::query_as(include_str!("sql/settlement_page.sql"))
        .bind(listing.chain_id)
        .bind(listing.number)
        .bind(until)
        .bind(before.0)
        .bind(before.1)
        .bind(limit)
        .fetch_all(connection)
        .await
}
