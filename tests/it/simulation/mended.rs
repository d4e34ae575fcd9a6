//! What an earlier version did not follow, or could not decode, is there once this one has started.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_contracts::Market;
use stoa_indexer::fetch::Verify;
use stoa_scripts::testing::TestDatabase;
use stoa_tests::paper::{Node, Wire};

use super::compare;
use super::indexer::{Indexer, Manner};
use super::world::World;

/// A chain that is wholly indexed, with the indexer stopped.
struct Indexed {
    world: World,
    nodes: [Node; 1],
    database: TestDatabase,
}

impl Indexed {
    async fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        world.grow(150);
        let nodes = [Node::start(world.chain().clone(), Wire::honest()).await];
        let database = TestDatabase::create().await;
        let indexed = Self { world, nodes, database };
        indexed.run().await;
        indexed
    }

    /// Starts an indexer, and stops it at the head.
    async fn run(&self) {
        let manner = Manner::plain(Verify::Consistency);
        let mut indexer = Indexer::new(&self.database, &self.world, &self.nodes, manner);
        indexer.start();
        // The head alone does not say that it has mended anything: it says so when it tells its status.
        while !indexer.is_at(&self.world.chain().head()).await || indexer.status().head_block.is_none() {
            assert!(indexer.status().alarm.is_none(), "{:?}", indexer.status());
            indexer.pause(Duration::from_millis(10)).await;
        }
        indexer.stop().await;
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.database.url()).await.expect("a connection")
    }

    async fn sql(&self, sql: &str) -> u64 {
        let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut self.connect().await).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    async fn compare(&self) {
        let differences = compare::with_truth(&self.database, &self.world).await;
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contract_that_was_not_followed_is_read_from_its_birth_on() {
    let indexed = Indexed::new(11).await;
    // As of a version that knew nothing of the Vault: not its events, not its balances.
    let mut gone = 0;
    for table in stoa_schema::events::tables().filter(|table| table.name.starts_with("vault_")) {
        gone += indexed.sql(&format!("DELETE FROM archive.{}", table.name)).await;
    }
    assert!(gone > 100, "the Vault has events: {gone}");
    indexed.sql("DELETE FROM archive.contract WHERE name = 'Vault'").await;
    indexed.sql("UPDATE archive.cursor SET contracts = contracts - 'Vault'").await;
    indexed.sql("TRUNCATE market.balance, market.token").await;
    indexed.run().await;
    indexed.compare().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shares_whose_birth_comes_to_light_late_are_read_from_it_on() {
    let indexed = Indexed::new(12).await;
    let mut gone = 0;
    for table in stoa_schema::events::tables().filter(|table| table.name.starts_with("share_")) {
        gone += indexed.sql(&format!("DELETE FROM archive.{}", table.name)).await;
    }
    assert!(gone > 10, "shares have events: {gone}");
    // As of a version to which Revenue was unknown: it tells the births.
    for table in stoa_schema::events::tables().filter(|table| table.name.starts_with("revenue_")) {
        indexed.sql(&format!("DELETE FROM archive.{}", table.name)).await;
    }
    indexed.sql("DELETE FROM archive.contract WHERE name IN ('Revenue', 'RevenueShare')").await;
    indexed.sql("UPDATE archive.cursor SET contracts = contracts - 'Revenue'").await;
    indexed.run().await;
    indexed.compare().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_that_were_kept_raw_are_decoded_once_they_have_a_table() {
    use alloy::sol_types::SolEvent as _;
    let indexed = Indexed::new(13).await;
    // As of a version that had no table for sales.
    let mut connection = indexed.connect().await;
    let mut kept = 0;
    for block in indexed.world.chain().branch().blocks() {
        for (index, (_, log)) in block.logs().enumerate() {
            if log.topics().first() != Some(&Market::Purchased::SIGNATURE_HASH) {
                continue;
            }
            let topics: Vec<Vec<u8>> = log.topics().iter().map(|topic| topic.to_vec()).collect();
            let moved = sqlx::query(
                "WITH sale AS (
                     DELETE FROM archive.market_purchased WHERE block_number = $1 AND log_index = $2
                     RETURNING chain_id, block_number, log_index, block_time, tx_hash
                 )
                 INSERT INTO archive.raw_log SELECT sale.*, $3, $4, $5, 'no table is declared for this event' FROM sale",
            )
            .bind(block.number().cast_signed())
            .bind(index as i32)
            .bind(log.address.to_vec())
            .bind(topics)
            .bind(log.data.data.to_vec())
            .execute(&mut connection)
            .await
            .expect("moved");
            kept += moved.rows_affected();
        }
    }
    assert!(kept > 20, "there are sales: {kept}");
    indexed.sql("UPDATE archive.decoder SET hash = 'of an earlier version'").await;
    indexed.sql("TRUNCATE market.purchase, market.listing_buyer, market.revenue").await;
    indexed.run().await;
    indexed.compare().await;
}
