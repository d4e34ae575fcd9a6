//! *Invariant:* whatever is killed, and whenever, nothing is lost and nothing stands twice.

mod stages;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use alloy::providers::Provider;
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{Connection, PgConnection};
use stoa_contracts::Market;
use stoa_scripts::child::Child;

use crate::support::{Actors, Stack, eventually};

const PRICE: u128 = 1_000_003;
/// Kills between the first `COPY` and its `COMMIT`, kills at random, kills of the API.
const IN_COPY: usize = 12;
const AT_RANDOM: usize = 8;
const OF_API: usize = 6;

/// Buyers who never stop, until told to.
struct Load {
    stop: Arc<AtomicBool>,
    sold: Arc<AtomicU64>,
    buyers: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    async fn start(actors: &Actors) -> Self {
        let (stop, sold) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let listing = actors.list(1, "Under load", &[]).await;
        let plan = actors.plan(1, listing, PRICE).await;
        let mut buyers = Vec::new();
        for buyer in 2..5 {
            actors.fund(buyer, PRICE * 1_000_000).await;
            let (actors, stop, sold) = (actors.clone(), stop.clone(), sold.clone());
            buyers.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    actors.buy(buyer, plan, 1, PRICE).await;
                    sold.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
        Self { stop, sold, buyers }
    }

    /// Waits until somebody has bought `more`.
    async fn progress(&self, more: u64) {
        let goal = self.sold.load(Ordering::Relaxed) + more;
        while self.sold.load(Ordering::Relaxed) < goal {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        for buyer in self.buyers {
            buyer.await.expect("no purchase failed");
        }
        self.sold.load(Ordering::Relaxed)
    }
}

/// Whether the log ends inside a transaction: rows were being copied, and no commit was told.
fn died_in_copy(indexer: &Child) -> bool {
    let log = std::fs::read_to_string(indexer.log()).expect("the log is readable");
    let (copying, committed) = (log.rfind("copying"), log.rfind("committed"));
    copying > committed
}

/// Kills an indexer that has copied its rows and waits for a lock that this test holds.
async fn kill_in_copy(stack: &Stack, round: usize) -> bool {
    let mut holder = PgConnection::connect(stack.database.url()).await.expect("a connection");
    let mut lock = holder.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE market.balance IN SHARE MODE").execute(&mut *lock).await.expect("the lock");
    let indexer = stack.index_into(&stack.database, &format!("in-copy-{round}"));
    let waits = "SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stoa-indexer'
        AND wait_event_type = 'Lock' AND query LIKE '%market.balance%')";
    // On a connection of its own: within a transaction Postgres shows the activity of its first look.
    let mut watcher = PgConnection::connect(stack.database.url()).await.expect("a connection");
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut watcher).await.expect("it answers") {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    indexer.signal("KILL");
    indexer.wait().await;
    lock.rollback().await.expect("released");
    died_in_copy(&indexer)
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_stands_twice() {
    let seed: u64 = std::env::var("STOA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("seed {seed} (STOA_SEED)");
    let mut random = StdRng::seed_from_u64(seed);
    let stack = Stack::start().await;
    let actors = Actors::of(&stack);
    // The schemas exist before the first kill.
    stack.index_until(&stack.database, stack.deployment.block).await;
    let load = Load::start(&actors).await;
    let mut in_copy = 0;
    for round in 0..IN_COPY {
        load.progress(random.random_range(1..6)).await;
        in_copy += usize::from(kill_in_copy(&stack, round).await);
    }
    for round in 0..AT_RANDOM {
        let indexer = stack.index_into(&stack.database, &format!("random-{round}"));
        load.progress(random.random_range(1..20)).await;
        indexer.signal("KILL");
        indexer.wait().await;
        in_copy += usize::from(died_in_copy(&indexer));
    }
    let last = stack.index_into(&stack.database, "last");
    for round in 0..OF_API {
        let (api, url) = stack.api(&format!("api-{round}")).await;
        eventually(&format!("{url}/v1/purchases"), "an answer", |body| body["data"].is_array()).await;
        load.progress(random.random_range(1..10)).await;
        api.signal("KILL");
        api.wait().await;
    }
    let sold = load.stop().await;
    println!(
        "{IN_COPY} + {AT_RANDOM} kills of the indexer, {in_copy} between COPY and COMMIT; {OF_API} of the API; {sold} sales"
    );
    assert!(in_copy >= 10, "{in_copy} kills fell between the first COPY and its COMMIT");
    let head = actors.provider.get_block_number().await.expect("a head");
    let (_api, url) = stack.api("api-last").await;
    eventually(&format!("{url}/v1/status"), "the head", |body| {
        body["data"]["chains"][0]["indexed"]["number"].as_u64() >= Some(head)
    })
    .await;
    last.stop().await;
    compare_with_chain(&stack, &actors, sold).await;
    stack.compare_with_fresh(head).await;
}

/// The database has the chain's sales, each once.
async fn compare_with_chain(stack: &Stack, actors: &Actors, sold: u64) {
    let filter = Filter::new()
        .address(*actors.market.address())
        .event_signature(Market::Purchased::SIGNATURE_HASH)
        .from_block(0);
    let logs = actors.provider.get_logs(&filter).await.expect("logs");
    let mut on_chain: Vec<(i64, i32)> = logs
        .iter()
        .map(|log| (log.block_number.expect("mined") as i64, log.log_index.expect("mined") as i32))
        .collect();
    on_chain.sort_unstable();
    let pool = stack.database.pool().await;
    for table in ["archive.market_purchased", "market.purchase"] {
        let sql = format!("SELECT block_number, log_index FROM {table} ORDER BY 1, 2");
        let rows: Vec<(i64, i32)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.expect("rows");
        assert_eq!(rows, on_chain, "{table}");
    }
    assert_eq!(on_chain.len() as u64, sold, "every purchase that a buyer saw confirmed");
}
