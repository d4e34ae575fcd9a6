//! What a chain's market holds as a whole.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::{PARTS, token};
use crate::model::Token;

/// Counts of a chain's market.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct MarketRow {
    pub(crate) chain_id: i64,
    pub(crate) active: i64,
    pub(crate) paused: i64,
    pub(crate) retired: i64,
    pub(crate) plans: i64,
    pub(crate) sales: i64,
    pub(crate) accounts: i64,
    pub(crate) buyers: i64,
    pub(crate) providers: i64,
    pub(crate) locked: Uint,
}

/// What was paid on a chain in one token.
#[derive(Clone, Debug)]
pub(crate) struct TurnoverRow {
    pub(crate) chain_id: i64,
    pub(crate) token: Token,
    pub(crate) listings: i64,
    pub(crate) sales: i64,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    pub(crate) payments: i64,
    pub(crate) paid: Uint,
}

/// The counts of each of these chains.
pub(crate) async fn market_of(connection: &mut PgConnection, chains: &[i64]) -> sqlx::Result<Vec<MarketRow>> {
    sqlx::query_as!(
        MarketRow,
        r#"SELECT chain.id AS "chain_id!", listing.active AS "active!", listing.paused AS "paused!",
                  listing.retired AS "retired!", listing.plans AS "plans!: i64", listing.sales AS "sales!: i64",
                  account.accounts AS "accounts!", account.buyers AS "buyers!", listing.providers AS "providers!",
                  (SELECT coalesce(sum(amount), 0) FROM market.lock WHERE lock.chain_id = chain.id) AS "locked!: Uint"
           FROM unnest($1::bigint[]) AS chain (id)
           CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE status = 0) AS active, count(*) FILTER (WHERE status = 1) AS paused,
                      count(*) FILTER (WHERE status = 2) AS retired, coalesce(sum(plans), 0)::bigint AS plans,
                      coalesce(sum(purchases), 0)::bigint AS sales, count(DISTINCT owner) AS providers
               FROM market.listing WHERE listing.chain_id = chain.id
           ) AS listing
           CROSS JOIN LATERAL (
               SELECT count(*) AS accounts, count(*) FILTER (WHERE purchases > 0) AS buyers
               FROM market.account WHERE account.chain_id = chain.id
           ) AS account
           ORDER BY chain.id"#,
        chains
    )
    .fetch_all(connection)
    .await
}

/// What was paid on these chains, by token, at most [`PARTS`] tokens; those of most sales first.
pub(crate) async fn turnover_of(
    connection: &mut PgConnection,
    chains: &[i64],
) -> sqlx::Result<Vec<TurnoverRow>> {
    let rows = sqlx::query!(
        r#"SELECT r.chain_id, r.token AS "token: Addr", count(*) AS "listings!", sum(r.sales)::bigint AS "sales!",
                  sum(r.amount) AS "amount!: Uint", sum(r.fee) AS "fee!: Uint",
                  sum(r.payments)::bigint AS "payments!", sum(r.paid) AS "paid!: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.revenue r LEFT JOIN market.token t USING (chain_id, token)
           WHERE r.chain_id = ANY($1)
           GROUP BY r.chain_id, r.token, t.name, t.symbol, t.decimals
           ORDER BY sum(r.sales) DESC, r.chain_id, r.token LIMIT $2"#,
        chains,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let turnover = rows.into_iter().map(|row| TurnoverRow {
        chain_id: row.chain_id,
        token: token(row.token, row.name, row.symbol, row.decimals),
        listings: row.listings,
        sales: row.sales,
        amount: row.amount,
        fee: row.fee,
        payments: row.payments,
        paid: row.paid,
    });
    Ok(turnover.collect())
}
