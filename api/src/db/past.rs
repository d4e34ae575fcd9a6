//! What stood after a past block: folded from the event tables, which keep everything.

use sqlx::{FromRow as _, PgConnection, Row as _, postgres::PgRow};
use stoa_schema::types::Addr;

use super::balance::BalanceRow;
use super::market::{MarketRow, TurnoverRow};
use super::{PARTS, token};
use crate::model::Token;

fn token_of(row: &PgRow) -> sqlx::Result<Token> {
    let address = row.try_get("token")?;
    Ok(token(address, row.try_get("name")?, row.try_get("symbol")?, row.try_get("decimals")?))
}

/// An account's balances after a block of a chain, at most [`PARTS`].
pub(crate) async fn balance_at(
    connection: &mut PgConnection,
    (chain_id, block): (i64, i64),
    account: Addr,
) -> sqlx::Result<Vec<BalanceRow>> {
    let query = sqlx::query(include_str!("sql/balance_at.sql")).persistent(false);
    let rows = query.bind(chain_id).bind(block).bind(account).bind(PARTS).fetch_all(connection).await?;
    let balance =
        |row: &PgRow| Ok(BalanceRow { chain_id, token: token_of(row)?, amount: row.try_get("amount")? });
    rows.iter().map(balance).collect()
}

/// A chain's counts after a block.
pub(crate) async fn market_at(
    connection: &mut PgConnection,
    (chain_id, block): (i64, i64),
) -> sqlx::Result<MarketRow> {
    let query = sqlx::query(include_str!("sql/market_at.sql")).bind(chain_id).bind(block);
    MarketRow::from_row(&query.fetch_one(connection).await?)
}

/// What was paid on a chain up to a block, by token, at most [`PARTS`] tokens.
pub(crate) async fn turnover_at(
    connection: &mut PgConnection,
    (chain_id, block): (i64, i64),
) -> sqlx::Result<Vec<TurnoverRow>> {
    let query = sqlx::query(include_str!("sql/turnover_at.sql")).bind(chain_id).bind(block).bind(PARTS);
    let turnover = |row: &PgRow| {
        Ok(TurnoverRow {
            chain_id,
            token: token_of(row)?,
            listings: row.try_get("listings")?,
            sales: row.try_get("sales")?,
            amount: row.try_get("amount")?,
            fee: row.try_get("fee")?,
            payments: row.try_get("payments")?,
            paid: row.try_get("paid")?,
        })
    };
    query.fetch_all(connection).await?.iter().map(turnover).collect()
}
