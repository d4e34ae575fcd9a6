//! `api.grade` and its parts: what the curator counted.

use std::collections::HashMap;

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;

use super::columns;
use crate::model::PublicId;

/// A listing's grades with what they come from.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct GradeRow {
    pub(crate) short_score: i32,
    pub(crate) long_score: i32,
    pub(crate) growth_short: i32,
    pub(crate) repeat_short: i32,
    pub(crate) revenue_short: i32,
    pub(crate) growth_long: i32,
    pub(crate) repeat_long: i32,
    pub(crate) revenue_long: i32,
    pub(crate) age_long: i32,
    pub(crate) buyers_30: i64,
    pub(crate) buyers_30_before: i64,
    pub(crate) repeat_30: i64,
    pub(crate) buyers_90: i64,
    pub(crate) buyers_90_before: i64,
    pub(crate) buyers_all: i64,
    pub(crate) repeat_all: i64,
    pub(crate) age_days: i64,
    pub(crate) block_number: i64,
    pub(crate) block_time: OffsetDateTime,
}

/// Where a listing stands by revenue in a quote token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PlaceRow {
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
    pub(crate) net_30: Uint,
    pub(crate) rank_30: Option<i64>,
    pub(crate) of_30: i64,
    pub(crate) net_all: Uint,
    pub(crate) rank_all: i64,
    pub(crate) of_all: i64,
}

/// Sales that a listing's grades leave out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct IgnoredRow {
    pub(crate) reason: i16,
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
    pub(crate) sales: i64,
    pub(crate) amount: Uint,
}

/// A listing's grades, once they are counted.
pub(crate) async fn grade_get(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Option<GradeRow>> {
    let sql = include_str!("sql/grade_get.sql");
    sqlx::query_as(sql).bind(listing.chain_id).bind(listing.number).fetch_optional(connection).await
}

/// Its places by revenue, by token.
pub(crate) async fn grade_places(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Vec<PlaceRow>> {
    let sql = include_str!("sql/grade_places.sql");
    sqlx::query_as(sql).bind(listing.chain_id).bind(listing.number).fetch_all(connection).await
}

/// Its sales that do not count, by reason and token, at most [`super::PARTS`].
pub(crate) async fn grade_ignored(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Vec<IgnoredRow>> {
    let sql = include_str!("sql/grade_ignored.sql");
    let query = sqlx::query_as(sql).bind(listing.chain_id).bind(listing.number);
    query.bind(super::PARTS).fetch_all(connection).await
}

/// The two scores of several listings: the short-term one first.
pub(crate) async fn grade_scores(
    connection: &mut PgConnection,
    listings: &[PublicId],
) -> sqlx::Result<HashMap<PublicId, (i32, i32)>> {
    let (chains, numbers) = columns(listings);
    let rows: Vec<(i64, i64, i32, i32)> = sqlx::query_as(include_str!("sql/grade_scores.sql"))
        .bind(chains)
        .bind(numbers)
        .fetch_all(connection)
        .await?;
    let scored = rows
        .into_iter()
        .map(|(chain_id, number, short, long)| (PublicId { chain_id, number }, (short, long)));
    Ok(scored.collect())
}
