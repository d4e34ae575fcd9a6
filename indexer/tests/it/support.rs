//! What these tests share: a database with a cursor, and event rows by the handful.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use stoa_indexer::deployment::{Deployment, Followed};
use stoa_indexer::store::{Cursor, Writer};
use stoa_schema::archive::BlockRef;
use stoa_schema::event::Position;
use stoa_schema::types::Hash;
use stoa_scripts::testing::TestDatabase;
use time::OffsetDateTime;

pub(crate) const CHAIN: u64 = 31_337;

/// A deployment that begins at block 1.
pub(crate) fn deployment(seed: u8) -> Deployment {
    let address = |n: u8| Address::repeat_byte(seed.wrapping_add(n));
    let followed = Followed {
        vault: address(1),
        listings: address(2),
        market: address(3),
        revenue: address(4),
        staking: address(5),
        merkle_gate: address(6),
        tier_gate: address(7),
        token_gate: address(8),
    };
    let contracts = BTreeMap::from([
        ("Vault".to_owned(), followed.vault),
        ("Listings".to_owned(), followed.listings),
        ("Market".to_owned(), followed.market),
        ("Revenue".to_owned(), followed.revenue),
        ("Staking".to_owned(), followed.staking),
        ("MerkleGate".to_owned(), followed.merkle_gate),
        ("TierGate".to_owned(), followed.tier_gate),
        ("TokenGate".to_owned(), followed.token_gate),
    ]);
    Deployment { chain_id: CHAIN, first_block: 1, contracts, followed }
}

pub(crate) fn block(number: i64) -> BlockRef {
    BlockRef {
        number,
        hash: Hash(B256::left_padding_from(&number.to_be_bytes())),
        time: OffsetDateTime::from_unix_timestamp(1_700_000_000 + number).expect("a time"),
    }
}

pub(crate) fn at(block: i64, log_index: i32) -> Position {
    Position {
        chain_id: CHAIN.cast_signed(),
        block_number: block,
        log_index,
        block_time: self::block(block).time,
        tx_hash: B256::with_last_byte(log_index as u8),
    }
}

/// A database whose writer leads the chain and stands before block 1.
pub(crate) async fn begun() -> (TestDatabase, Writer, Cursor) {
    let database = TestDatabase::create().await;
    let mut writer = Writer::connect(database.url()).await.expect("a writer");
    writer.lead(CHAIN).await.expect("the lead");
    let cursor = writer.begin(&deployment(0), block(0)).await.expect("a first cursor");
    (database, writer, cursor)
}

pub(crate) async fn connect(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.expect("a connection")
}

/// Rows as text, by table.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

/// Every row of schema `market`.
pub(crate) async fn market_rows(connection: &mut PgConnection) -> Rows {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'market'::regnamespace AND relkind = 'r'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("the catalog answers");
    let mut rows = BTreeMap::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM market.{table} AS t ORDER BY 1");
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await;
        rows.insert(table, found.expect("rows"));
    }
    rows
}
