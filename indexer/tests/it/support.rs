//! What these tests share: a database with a cursor, and event rows by the handful.

use std::collections::BTreeMap;
use std::time::Duration;

use alloy::primitives::{Address, B256};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use stoa_indexer::deployment::{Deployment, Followed};
use stoa_indexer::store::{Advance, Batch, Cursor, Lease, Pass, Writer};
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

/// How long a silent writer is put up with.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A database whose writer leads the chain and stands before block 1.
pub(crate) async fn led() -> (TestDatabase, Writer, Lease) {
    let database = TestDatabase::create().await;
    let mut writer = Writer::connect(database.url()).await.expect("a writer");
    let lease = writer.lead(CHAIN, PATIENCE).await.expect("the lead");
    writer.begin(&deployment(0), block(0)).await.expect("a first cursor");
    (database, writer, lease)
}

/// The same where nobody else wants the lead.
pub(crate) async fn begun() -> (TestDatabase, Writer, Cursor) {
    let (database, mut writer, _lease) = led().await;
    let cursor = writer.cursor(&deployment(0)).await.expect("it answers").expect("a first cursor");
    (database, writer, cursor)
}

/// Final blocks up to `to`, folded at once.
pub(crate) fn onward(from: Cursor, batch: Batch, to: i64) -> Advance {
    Advance::onward(from, vec![pass(batch, block(to))], to)
}

/// Blocks up to `to`, folded at once.
pub(crate) fn pass(batch: Batch, to: BlockRef) -> Pass {
    Pass { batch, to, told: vec![to] }
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
    rows_of(connection, "market", tables).await
}

/// Every row of the event tables and headers, and of the journal.
pub(crate) async fn archive_rows(connection: &mut PgConnection) -> Rows {
    let others = ["header", "journal", "contract"].map(str::to_owned);
    let tables = stoa_schema::events::tables().map(|table| table.name.to_owned()).chain(others);
    rows_of(connection, "archive", tables.collect()).await
}

async fn rows_of(connection: &mut PgConnection, schema: &str, tables: Vec<String>) -> Rows {
    let mut rows = BTreeMap::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM {schema}.{table} AS t ORDER BY 1");
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await;
        rows.insert(table, found.expect("rows"));
    }
    rows
}

/// Tells the first row that differs, not two whole databases.
pub(crate) fn assert_same(found: &Rows, expected: &Rows, what: &str) {
    for (table, rows) in expected {
        let differing = rows.iter().zip(&found[table]).find(|(expected, found)| expected != found);
        assert!(differing.is_none(), "{what}: {table} differs: {differing:?}");
        assert_eq!(found[table].len(), rows.len(), "{what}: rows of {table}");
    }
    assert_eq!(found.len(), expected.len(), "{what}: tables");
}
