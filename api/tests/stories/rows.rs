//! Rows as the indexer writes them. A test names what it is about; the rest has a plain default.

use alloy::primitives::{Address, B256, U256};
use sqlx::PgPool;
use stoa_schema::types::{Addr, Hash, Uint};
use time::{Duration, OffsetDateTime};

pub(crate) const CHAIN: i64 = 31_337;
/// 2026-11-22T15:00:00Z.
const GENESIS: i64 = 1_795_359_600;

pub(crate) fn address(n: u8) -> Addr {
    Addr(Address::repeat_byte(n))
}

pub(crate) fn hash(n: u8) -> Hash {
    Hash(B256::repeat_byte(n))
}

/// The Unix time of a block.
pub(crate) fn second_of(block: i64) -> i64 {
    time_of(block).unix_timestamp()
}

/// Two seconds per block.
pub(crate) fn time_of(block: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(GENESIS).expect("a time") + Duration::seconds(2 * block)
}

/// The greatest uint256.
pub(crate) fn most() -> Uint {
    Uint(U256::MAX)
}

/// A chain whose projections are at block 100.
pub(crate) async fn chain(pool: &PgPool, chain_id: i64) {
    sqlx::query(
        r#"INSERT INTO archive.cursor VALUES ($1, '{"Vault": "0x1111111111111111111111111111111111111111"}', 3,
           100, $2, $3, 100, $2, $3)"#,
    )
    .bind(chain_id)
    .bind(hash(0xab))
    .bind(time_of(100))
    .execute(pool)
    .await
    .expect("a cursor");
}

/// What a node says: head 104, safe 60, finalized 40, heard of just now.
pub(crate) async fn head(pool: &PgPool, chain_id: i64) {
    sqlx::query("INSERT INTO archive.head VALUES ($1, 104, $2, 60, 40, now())")
        .bind(chain_id)
        .bind(time_of(104))
        .execute(pool)
        .await
        .expect("a head");
}

pub(crate) async fn token(pool: &PgPool, chain_id: i64, token: Addr, symbol: &str, decimals: i16) {
    sqlx::query("INSERT INTO market.token VALUES ($1, $2, $3, $4, $5)")
        .bind(chain_id)
        .bind(token)
        .bind(format!("{symbol} token"))
        .bind(symbol)
        .bind(decimals)
        .execute(pool)
        .await
        .expect("a token");
}

#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) chain_id: i64,
    pub(crate) listing: i64,
    pub(crate) kind: i16,
    pub(crate) status: i16,
    pub(crate) owner: Addr,
    pub(crate) uri: String,
    pub(crate) created_block: i64,
}

impl Listing {
    pub(crate) fn new(listing: i64) -> Self {
        Self {
            chain_id: CHAIN,
            listing,
            kind: 0,
            status: 0,
            owner: address(1),
            uri: "ipfs://somewhere".to_owned(),
            created_block: 10 + listing,
        }
    }

    pub(crate) async fn insert(&self, pool: &PgPool) {
        sqlx::query(
            "INSERT INTO market.listing (chain_id, listing, kind, status, owner, creator, uri, licence, derivatives,
             derivative_bps, royalty_receiver, royalty_bps, version, content_hash, created_block, created_time,
             created_tx, purchases, buyers, plans)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'MIT', true, 500, $6, 250, 1, $8, $9, $10, $11, 12, 5, 2)",
        )
        .bind(self.chain_id)
        .bind(self.listing)
        .bind(self.kind)
        .bind(self.status)
        .bind(self.owner)
        .bind(address(0xc))
        .bind(&self.uri)
        .bind(hash(0xcc))
        .bind(self.created_block)
        .bind(time_of(self.created_block))
        .bind(hash(0xdd))
        .execute(pool)
        .await
        .expect("a listing");
    }
}

pub(crate) async fn parent(pool: &PgPool, child: i64, parent: i64, bps: i32) {
    sqlx::query("INSERT INTO market.listing_parent VALUES ($1, $2, $3, $4)")
        .bind(CHAIN)
        .bind(child)
        .bind(parent)
        .bind(bps)
        .execute(pool)
        .await
        .expect("a parent");
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) chain_id: i64,
    pub(crate) plan: i64,
    pub(crate) listing: i64,
    pub(crate) kind: i16,
    pub(crate) token: Addr,
    pub(crate) price: Uint,
    pub(crate) cap: Uint,
    pub(crate) sold: Uint,
    pub(crate) paused: bool,
    pub(crate) period: i64,
    pub(crate) units: Uint,
    pub(crate) unit: &'static str,
    pub(crate) sells_from: Uint,
    pub(crate) sells_until: Uint,
    pub(crate) gate: Addr,
}

impl Plan {
    pub(crate) fn new(plan: i64, listing: i64, price: u64) -> Self {
        Self {
            chain_id: CHAIN,
            plan,
            listing,
            kind: 0,
            token: address(0x77),
            price: Uint::from(price),
            cap: Uint::default(),
            sold: Uint::from(3),
            paused: false,
            period: 0,
            units: Uint::default(),
            unit: "",
            sells_from: Uint::default(),
            sells_until: Uint::default(),
            gate: Addr::default(),
        }
    }

    pub(crate) async fn insert(&self, pool: &PgPool) {
        sqlx::query(
            "INSERT INTO market.plan (chain_id, plan, listing, kind, token, price, cap, sold, paused, transferable,
             version, period, units, unit, sells_from, sells_until, gate, created_block, created_time)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, 4, $10, $11, $12, $13, $14, $15, 12, $16)",
        )
            .bind(self.chain_id)
            .bind(self.plan)
            .bind(self.listing)
            .bind(self.kind)
            .bind(self.token)
            .bind(self.price)
            .bind(self.cap)
            .bind(self.sold)
            .bind(self.paused)
            .bind(self.period)
            .bind(self.units)
            .bind(self.unit)
            .bind(self.sells_from)
            .bind(self.sells_until)
            .bind(self.gate)
            .bind(time_of(12))
            .execute(pool)
            .await
            .expect("a plan");
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Purchase {
    pub(crate) chain_id: i64,
    pub(crate) block: i64,
    pub(crate) log_index: i32,
    pub(crate) listing: i64,
    pub(crate) payer: Addr,
    pub(crate) recipient: Addr,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    pub(crate) expiry: i64,
}

impl Purchase {
    /// Of plan 1.
    pub(crate) fn new(block: i64, log_index: i32) -> Self {
        Self {
            chain_id: CHAIN,
            block,
            log_index,
            listing: 1,
            payer: address(2),
            recipient: address(3),
            amount: Uint::from(1_000),
            fee: Uint::from(25),
            expiry: 0,
        }
    }

    pub(crate) async fn insert(&self, pool: &PgPool) {
        sqlx::query(
            "INSERT INTO market.purchase VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, 2, $11, $12, $13)",
        )
        .bind(self.chain_id)
        .bind(self.block)
        .bind(self.log_index)
        .bind(time_of(self.block))
        .bind(hash(0xee))
        .bind(self.listing)
        .bind(self.payer)
        .bind(self.recipient)
        .bind(address(4))
        .bind(address(0x77))
        .bind(self.amount)
        .bind(self.fee)
        .bind(self.expiry)
        .execute(pool)
        .await
        .expect("a purchase");
    }
}
