//! What the database must hold: what one built from scratch holds, and what the model says.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use stoa_indexer::fetch::Verify;
use stoa_scripts::testing::TestDatabase;
use stoa_tests::facts::{self, Facts};
use stoa_tests::paper::{Node, Wire};

use super::indexer::{Indexer, Manner};
use super::world::World;

pub(crate) type Rows = BTreeMap<String, Vec<String>>;

/// Where the database is not what a clean wire and the model say.
pub(super) async fn with_truth(database: &TestDatabase, world: &World) -> Vec<String> {
    let mut differences = with_scratch(database, world).await;
    let mut connection = connect(database).await;
    differences.extend(with_model(&mut connection, world).await);
    differences.extend(with_outbox(&mut connection, world).await);
    differences
}

async fn connect(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.expect("a connection")
}

/// Each row against a database that was built from nothing over a clean wire.
pub(super) async fn with_scratch(database: &TestDatabase, world: &World) -> Vec<String> {
    let node = Node::start(world.chain().clone(), Wire::honest()).await;
    let fresh = TestDatabase::create().await;
    let nodes = [node];
    let mut indexer = Indexer::new(&fresh, world, &nodes, Manner::plain(Verify::Consistency));
    indexer.start();
    while !indexer.is_at(&world.chain().head()).await {
        assert!(indexer.status().alarm.is_none(), "from scratch: {:?}", indexer.status());
        indexer.pause(std::time::Duration::from_millis(10)).await;
    }
    indexer.stop().await;
    let found = rows(&mut connect(database).await).await;
    let expected = rows(&mut connect(&fresh).await).await;
    between(&found, &expected)
}

/// The first difference in each table.
pub(crate) fn between(found: &Rows, expected: &Rows) -> Vec<String> {
    let mut differences = Vec::new();
    for (table, expected) in expected {
        let found = found.get(table).map(Vec::as_slice).unwrap_or_default();
        if let Some((found, expected)) =
            found.iter().zip(expected).find(|(found, expected)| found != expected)
        {
            differences.push(format!("{table}: {found} instead of {expected}"));
        } else if found.len() != expected.len() {
            differences.push(format!("{table}: {} rows instead of {}", found.len(), expected.len()));
        }
    }
    differences
}

/// Every event and every row of the projections.
pub(crate) async fn rows(connection: &mut PgConnection) -> Rows {
    let market = "SELECT 'market.' || relname FROM pg_class
                  WHERE relnamespace = 'market'::regnamespace AND relkind = 'r'";
    let mut tables: Vec<String> =
        sqlx::query_scalar(market).fetch_all(&mut *connection).await.expect("tables");
    tables.extend(stoa_schema::events::tables().map(|table| format!("archive.{}", table.name)));
    tables.push("archive.contract".to_owned());
    let mut rows = Rows::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM {table} AS t ORDER BY 1");
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await.expect("rows");
        rows.insert(table, found);
    }
    rows
}

pub(crate) async fn with_model(connection: &mut PgConnection, world: &World) -> Vec<String> {
    let found: Vec<(String, String)> =
        sqlx::query_as(facts::TABLES).fetch_all(connection).await.expect("facts");
    let found: Facts = found.into_iter().collect();
    facts::differences(world.history().facts(), found)
}

/// Whoever follows the outbox from its beginning ends with the canonical chain, and is told nothing twice.
pub(crate) async fn with_outbox(connection: &mut PgConnection, world: &World) -> Vec<String> {
    let rows: Vec<(i64, i16, i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, kind, block_number, block_hash FROM archive.outbox ORDER BY seq")
            .fetch_all(connection)
            .await
            .expect("the outbox");
    let mut differences = Vec::new();
    let mut told: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for (place, (seq, kind, number, hash)) in rows.into_iter().enumerate() {
        if seq != place as i64 + 1 {
            differences.push(format!("outbox: row {} has number {seq}", place + 1));
        }
        let newest = told.last_key_value().map(|(number, _)| *number);
        if kind == 0 {
            if newest.is_some_and(|newest| newest >= number) {
                differences.push(format!("outbox {seq}: block {number} is told behind {newest:?}"));
            }
            told.insert(number, hash);
        } else if newest != Some(number) || told.remove(&number) != Some(hash) {
            differences.push(format!("outbox {seq}: block {number} is taken back, the newest is {newest:?}"));
        }
    }
    for (number, hash) in told {
        let canonical = world.chain().block(number.cast_unsigned()).map(|block| block.hash());
        if canonical.is_none_or(|canonical| canonical.as_slice() != hash) {
            differences.push(format!("outbox: block {number} is not on the chain and was not taken back"));
        }
    }
    differences
}
