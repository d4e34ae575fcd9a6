//! Kills while the archive is filled, while blocks are taken back, and while a rebuild changes places.

use std::time::Duration;

use alloy::primitives::U64;
use alloy::providers::Provider;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{Connection, PgConnection};
use stoa_scripts::child::Child;
use stoa_scripts::testing::TestDatabase;

use crate::support::{Actors, Stack};

const PRICE: u128 = 1_000_003;
/// Kills of each kind.
const FILLING: usize = 34;
const UNDOING: usize = 34;
const REBUILDING: usize = 34;

async fn mine(actors: &Actors, blocks: u64) {
    let _: serde_json::Value =
        actors.provider.client().request("anvil_mine", (U64::from(blocks),)).await.expect("mined");
}

async fn kill_after(child: Child, pause: Duration) {
    // Not a wait for something: the kill falls wherever the process is by then.
    let _ = tokio::time::timeout(pause, child.wait()).await;
    child.signal("KILL");
    child.wait().await;
}

async fn logged(child: &Child, words: &str) {
    child
        .until(Duration::from_secs(60), async || {
            std::fs::read_to_string(child.log()).is_ok_and(|log| log.contains(words))
        })
        .await
        .expect("it says so");
}

async fn projected(database: &TestDatabase) -> i64 {
    let Ok(mut connection) = PgConnection::connect(database.url()).await else { return -1 };
    let block = sqlx::query_scalar("SELECT projected_block FROM archive.cursor").fetch_one(&mut connection);
    block.await.unwrap_or(-1)
}

async fn reached(database: &TestDatabase, block: u64) {
    while projected(database).await < block.cast_signed() {
        tokio::task::yield_now().await;
    }
}

/// A chain on which something was sold in many blocks, far behind its head.
async fn chain_with_a_past(stack: &Stack) -> (Actors, u64) {
    let actors = Actors::of(stack);
    let listing = actors.list(1, "Killed", &[]).await;
    let plan = actors.plan(1, listing, PRICE).await;
    actors.fund(2, PRICE * 1_000_000).await;
    for _ in 0..60 {
        actors.buy(2, plan, 1, PRICE).await;
    }
    mine(&actors, 300).await;
    (actors, plan)
}

/// Fills database after database, killed on the way. Returns in how many.
async fn while_filling(stack: &Stack, random: &mut StdRng, head: u64) -> usize {
    let (mut kills, mut databases) = (0, 0);
    while kills < FILLING {
        let database = TestDatabase::create().await;
        databases += 1;
        for round in 0.. {
            let name = format!("filling-{databases}-{round}");
            let more = ["--archive-from", "1", "--range", "3", "--until", &head.to_string()];
            let indexer = stack.indexer(&database, &name, &more);
            logged(&indexer, "following from here").await;
            if round == 8 {
                indexer.wait().await;
            }
            kill_after(indexer, Duration::from_millis(random.random_range(0..120))).await;
            kills += 1;
            if projected(&database).await == head.cast_signed() {
                break;
            }
        }
        stack.compare_fresh_with(&database, head).await;
    }
    databases
}

/// Replaces the newest blocks, and kills while they are taken back.
async fn while_undoing(stack: &Stack, plan: u64, random: &mut StdRng) {
    for round in 0..UNDOING {
        // Anew: nonces that it remembers went with the blocks that were taken back.
        let actors = Actors::of(stack);
        actors.buy(2, plan, 1, PRICE).await;
        actors.buy(2, plan, 1, PRICE).await;
        let indexer = stack.index_into(&stack.database, &format!("undoing-{round}"));
        reached(&stack.database, actors.provider.get_block_number().await.expect("a head")).await;
        let depth: u64 = random.random_range(1..6);
        let none: [(); 0] = [];
        let _: serde_json::Value =
            actors.provider.client().request("anvil_reorg", (depth, none)).await.expect("reorganised");
        mine(&actors, 1).await;
        kill_after(indexer, Duration::from_millis(random.random_range(0..80))).await;
    }
}

/// Kills rebuilds while another indexer follows.
async fn while_rebuilding(stack: &Stack, plan: u64, random: &mut StdRng) {
    let actors = Actors::of(stack);
    let follower = stack.index_into(&stack.database, "follower");
    for round in 0..REBUILDING {
        actors.buy(2, plan, 1, PRICE).await;
        let rebuild = stack.rebuild(&stack.database, &format!("rebuild-{round}"));
        kill_after(rebuild, Duration::from_millis(random.random_range(0..400))).await;
    }
    follower.stop().await;
}

#[tokio::test]
async fn kills_at_every_stage_lose_nothing() {
    let seed: u64 = std::env::var("STOA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("seed {seed} (STOA_SEED)");
    let mut random = StdRng::seed_from_u64(seed);
    let stack = Stack::start().await;
    let (actors, plan) = chain_with_a_past(&stack).await;
    let head = actors.provider.get_block_number().await.expect("a head");
    let databases = while_filling(&stack, &mut random, head).await;
    while_undoing(&stack, plan, &mut random).await;
    while_rebuilding(&stack, plan, &mut random).await;
    println!(
        "{FILLING}+ kills while filling {databases} databases, {UNDOING} while undoing, {REBUILDING} of rebuilds"
    );
    let head = Actors::of(&stack).provider.get_block_number().await.expect("a head");
    stack.index_until(&stack.database, head).await;
    let mut connection = PgConnection::connect(stack.database.url()).await.expect("a connection");
    let undone: i64 = sqlx::query_scalar("SELECT count(*) FROM archive.outbox WHERE kind = 1")
        .fetch_one(&mut connection)
        .await
        .expect("a count");
    assert!(undone > 0, "blocks were taken back");
    stack.compare_with_fresh(head).await;
}
