//! Events as the indexer writes them.

use sqlx::AssertSqlSafe;

use crate::rows::{self, CHAIN, Listing, Plan, address, hash, time_of};
use crate::stage::Stage;

/// Inserts an event: the values behind its place, as SQL.
pub(crate) async fn event(stage: &Stage, table: &str, block: i64, log_index: i32, tx: u8, values: &str) {
    let sql = format!("INSERT INTO archive.{table} VALUES ($1, $2, $3, $4, $5, {values})");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(CHAIN).bind(block).bind(log_index);
    query.bind(time_of(block)).bind(hash(tx)).execute(&stage.pool).await.expect("an event");
}

/// An address as SQL.
pub(crate) fn bytes(n: u8) -> String {
    format!("'\\x{}'", format!("{n:02x}").repeat(20))
}

/// A chain whose blocks are final up to 40: listing 3 with subscription 7, paid in DUSD.
pub(crate) async fn market() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    stage.sql("UPDATE archive.cursor SET finalized_block = 40").await;
    rows::token(&stage.pool, CHAIN, address(0x77), "DUSD", 6).await;
    Listing::new(3).insert(&stage.pool).await;
    Plan { kind: 1, period: 3_600, ..Plan::new(7, 3, 10_000_000) }.insert(&stage.pool).await;
    stage
}

/// Two periods of plan 7, bought in one transaction with all that belongs to it.
pub(crate) async fn sale(stage: &Stage, block: i64, tx: u8) {
    let (payer, token, owner, zero) = (bytes(2), bytes(0x77), bytes(1), bytes(0));
    let transfer = format!("{payer}, {payer}, {owner}, {token}, 19500000");
    event(stage, "vault_transfer", block, 0, tx, &transfer).await;
    event(stage, "market_transfer_single", block, 1, tx, &format!("{payer}, {zero}, {payer}, 7, 2")).await;
    let sold = format!("7, {payer}, {payer}, 3, 2, 20000000, 500000, {owner}, 5, 1795366800");
    event(stage, "market_purchased", block, 2, tx, &sold).await;
}
