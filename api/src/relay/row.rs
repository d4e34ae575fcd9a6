//! `api.relay_order`, `api.relay_transaction` and `api.relayer`.

use alloy::primitives::{Address, U256};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = OrderState)]
pub enum State {
    /// Signed and stored; no node has taken it yet.
    Queued,
    /// A node has it.
    Sent,
    /// It is in a block.
    Included,
    /// That block is final.
    Final,
    /// It is in a block, and reverted there.
    Failed,
    /// It came to nothing: its number went to a transaction that does nothing, or to one of somebody else.
    Dropped,
    /// The block that it was in is gone; it is sent again.
    Reorged,
}

/// An order under way, or that was.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct OrderRow {
    pub(super) id: String,
    pub(super) chain_id: i64,
    pub(super) relayer: Addr,
    pub(super) kind: String,
    pub(super) signer: Addr,
    pub(super) contract: Addr,
    pub(super) call: Vec<u8>,
    pub(super) gas: i64,
    pub(super) nonce: i64,
    pub(super) state: State,
    pub(super) reason: Option<String>,
    pub(super) tx_hash: Option<Hash>,
    pub(super) block_number: Option<i64>,
    pub(super) settled: bool,
    pub(super) reserved: Uint,
    pub(super) paid: Option<Uint>,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

/// An attempt.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct TransactionRow {
    pub(super) hash: Hash,
    pub(super) raw: Vec<u8>,
    pub(super) max_fee: Uint,
    pub(super) tip: Uint,
    pub(super) void: bool,
    /// Seconds since it was signed.
    pub(super) age: f64,
}

/// What of an order is stored with its first transaction.
#[derive(Clone, Debug)]
pub(super) struct NewOrder<'a> {
    pub(super) id: &'a str,
    pub(super) chain_id: i64,
    pub(super) relayer: Address,
    pub(super) digest: Hash,
    pub(super) kind: &'static str,
    pub(super) signer: Address,
    pub(super) account: Option<Addr>,
    pub(super) contract: Address,
    pub(super) call: &'a [u8],
    pub(super) gas: u64,
    pub(super) nonce: u64,
    pub(super) reserved: U256,
}

/// An attempt that is new.
#[derive(Clone, Debug)]
pub(super) struct NewTransaction<'a> {
    pub(super) order: &'a str,
    pub(super) hash: Hash,
    pub(super) raw: &'a [u8],
    pub(super) max_fee: u128,
    pub(super) tip: u128,
    pub(super) void: bool,
}

/// The relayer's next number, at least `least`; nobody else gets one until the transaction's end.
pub(super) async fn relayer_lock(
    connection: &mut PgConnection,
    chain_id: i64,
    relayer: Address,
    least: u64,
) -> sqlx::Result<u64> {
    let nonce: i64 = sqlx::query_scalar(include_str!("sql/relayer_lock.sql"))
        .bind(chain_id)
        .bind(Addr(relayer))
        .bind(signed(least))
        .fetch_one(connection)
        .await?;
    Ok(nonce.unsigned_abs())
}

/// The number is given out.
pub(super) async fn relayer_next(
    connection: &mut PgConnection,
    chain_id: i64,
    relayer: Address,
    nonce: u64,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE api.relayer SET next_nonce = $3 + 1 WHERE chain_id = $1 AND address = $2")
        .bind(chain_id)
        .bind(Addr(relayer))
        .bind(signed(nonce))
        .execute(connection)
        .await
        .map(drop)
}

/// In wei, what today's orders have cost, and may still cost.
pub(super) async fn order_spent(
    connection: &mut PgConnection,
    chain_id: i64,
    relayer: Address,
) -> sqlx::Result<U256> {
    let spent: Uint = sqlx::query_scalar(
        "SELECT coalesce(sum(coalesce(paid, reserved)), 0) FROM api.relay_order
         WHERE chain_id = $1 AND relayer = $2 AND day = (now() AT TIME ZONE 'UTC')::date",
    )
    .bind(chain_id)
    .bind(Addr(relayer))
    .fetch_one(connection)
    .await?;
    Ok(spent.0)
}

pub(super) async fn order_get(pool: &PgPool, id: &str) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as("SELECT * FROM api.relay_order WHERE id = $1").bind(id).fetch_optional(pool).await
}

/// The order that was signed so, if it was taken and has not come to nothing for good.
pub(super) async fn order_find(pool: &PgPool, chain_id: i64, digest: Hash) -> sqlx::Result<Option<OrderRow>> {
    let sql = "SELECT * FROM api.relay_order
               WHERE chain_id = $1 AND digest = $2 AND NOT (settled AND state IN ('failed', 'dropped'))";
    sqlx::query_as(sql).bind(chain_id).bind(digest).fetch_optional(pool).await
}

/// Those that may still change, in the order of their numbers.
pub(super) async fn order_watched(
    pool: &PgPool,
    chain_id: i64,
    relayer: Address,
    most: i64,
) -> sqlx::Result<Vec<OrderRow>> {
    let sql = "SELECT * FROM api.relay_order WHERE chain_id = $1 AND relayer = $2 AND NOT settled ORDER BY nonce LIMIT $3";
    sqlx::query_as(sql).bind(chain_id).bind(Addr(relayer)).bind(most).fetch_all(pool).await
}

pub(super) async fn order_add(connection: &mut PgConnection, order: &NewOrder<'_>) -> sqlx::Result<OrderRow> {
    sqlx::query_as(include_str!("sql/order_add.sql"))
        .bind(order.id)
        .bind(order.chain_id)
        .bind(Addr(order.relayer))
        .bind(order.digest)
        .bind(order.kind)
        .bind(Addr(order.signer))
        .bind(order.account)
        .bind(Addr(order.contract))
        .bind(order.call)
        .bind(signed(order.gas))
        .bind(signed(order.nonce))
        .bind(Uint(order.reserved))
        .fetch_one(connection)
        .await
}

/// Stores where an order stands now, if that is another place.
pub(super) async fn order_set(pool: &PgPool, order: &OrderRow) -> sqlx::Result<()> {
    sqlx::query(include_str!("sql/order_set.sql"))
        .bind(&order.id)
        .bind(order.state)
        .bind(&order.reason)
        .bind(order.tx_hash)
        .bind(order.block_number)
        .bind(order.settled)
        .bind(order.reserved)
        .bind(order.paid)
        .execute(pool)
        .await
        .map(drop)
}

pub(super) async fn transaction_add(
    connection: &mut PgConnection,
    new: &NewTransaction<'_>,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO api.relay_transaction (hash, order_id, raw, max_fee, tip, void) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.hash)
    .bind(new.order)
    .bind(new.raw)
    .bind(Uint(U256::from(new.max_fee)))
    .bind(Uint(U256::from(new.tip)))
    .bind(new.void)
    .execute(connection)
    .await
    .map(drop)
}

/// An order's attempts, the newest first.
pub(super) async fn transaction_of(pool: &PgPool, order: &str) -> sqlx::Result<Vec<TransactionRow>> {
    sqlx::query_as(
        "SELECT hash, raw, max_fee, tip, void, extract(epoch FROM now() - created_at)::float8 AS age
         FROM api.relay_transaction WHERE order_id = $1 ORDER BY created_at DESC",
    )
    .bind(order)
    .fetch_all(pool)
    .await
}

/// Numbers of a chain fit: nobody sends so many transactions, and no block holds so much gas.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
