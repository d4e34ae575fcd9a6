//! `market.revenue` and `archive.revenue_settled`: where a listing's money came from.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

/// What a listing got from one source in one token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AttributionRow {
    pub(crate) listing: i64,
    pub(crate) source: i16,
    pub(crate) child: Option<i64>,
    pub(crate) token: Addr,
    pub(crate) count: i64,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// What the listings of a chain got up to block `until`, at most `limit` rows.
pub(crate) async fn attribution_of(
    connection: &mut PgConnection,
    (chain_id, until): (i64, i64),
    listings: &[i64],
    limit: i64,
) -> sqlx::Result<Vec<AttributionRow>> {
    sqlx::query_as(include_str!("sql/attribution.sql"))
        .persistent(false)
        .bind(chain_id)
        .bind(listings)
        .bind(until)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// The listings that an account owns on a chain.
pub(crate) async fn attribution_owned(
    connection: &mut PgConnection,
    chain_id: i64,
    owner: Addr,
) -> sqlx::Result<Vec<i64>> {
    let sql = include_str!("sql/listing_numbers_owned.sql");
    sqlx::query_scalar(sql).bind(chain_id).bind(owner).fetch_all(connection).await
}
