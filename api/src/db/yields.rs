//! What a share's account was credited lately, and what its shares were sold for.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;

use crate::model::PublicId;

/// What was credited in one token within the last days.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct CreditRow {
    pub(crate) token: Addr,
    pub(crate) days_30: Uint,
    pub(crate) days_90: Uint,
    pub(crate) days_365: Uint,
}

/// The last sale of a listing's shares in one token.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct ShareSoldRow {
    pub(crate) token: Addr,
    pub(crate) shares: Uint,
    pub(crate) amount: Uint,
    pub(crate) block_time: OffsetDateTime,
}

/// Credits of a Vault account in the last 30, 90 and 365 days before `now`, up to block `until`.
pub(crate) async fn credit_of(
    connection: &mut PgConnection,
    (chain_id, until): (i64, i64),
    account: Addr,
    now: OffsetDateTime,
) -> sqlx::Result<Vec<CreditRow>> {
    let sql = include_str!("sql/credit_of.sql");
    let query = sqlx::query_as(sql).persistent(false).bind(chain_id).bind(until).bind(account);
    query.bind(now).fetch_all(connection).await
}

/// The last sale of a listing's shares up to block `until`, in each token.
pub(crate) async fn share_sold_last(
    connection: &mut PgConnection,
    listing: PublicId,
    until: i64,
) -> sqlx::Result<Vec<ShareSoldRow>> {
    let sql = include_str!("sql/share_sold_last.sql");
    let query = sqlx::query_as(sql).persistent(false).bind(listing.chain_id).bind(listing.number);
    query.bind(until).fetch_all(connection).await
}
