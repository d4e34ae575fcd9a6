//! *Invariant:* after any sequence of crashes, faults and reorganisations the database equals one that was built from
//! scratch over the canonical chain, and says what the reference model says.
//!
//! Each run is made from a seed: a market's history on a chain with forks, nodes behind faulty wires, and an indexer
//! that is killed again and again. `STOA_SEED` plays one seed, `STOA_SEEDS` that many from it on,
//! `STOA_MINUTES` as many as that time allows: `cargo verify --long --only simulation-long` takes 25 minutes.

pub(crate) mod compare;
mod indexer;
mod lies;
mod live;
mod mended;
mod trouble;
pub(crate) mod world;

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use stoa_scripts::testing::TestDatabase;
use stoa_tests::paper::{Node, Wire};

use indexer::{Indexer, Manner};
use trouble::Trouble;
use world::World;

/// Seeds of the usual run, and what happens in each.
const SEEDS: u64 = 8;
const TURNS: usize = 40;
/// Nothing takes this long once everything is healed.
const PATIENCE: Duration = Duration::from_secs(60);

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}

/// One run: `STOA_SEED=seed` plays it again.
async fn play(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut world = World::new(seed);
    world.grow(random.random_range(20..120));
    let mut nodes = Vec::new();
    for place in 0..random.random_range(1..=3u64) {
        nodes.push(Node::start(world.chain().clone(), Wire::seeded(seed * 10 + place)).await);
    }
    let database = TestDatabase::create().await;
    let manner = Manner::any(&mut random);
    let mut indexer = Indexer::new(&database, &world, &nodes, manner);
    let mut trouble = Trouble::default();
    for _ in 0..TURNS {
        trouble.turn(&mut random, &mut world, &nodes, &mut indexer).await;
    }
    trouble.heal(&nodes).await;
    world.grow(1);
    indexer.start();
    let deadline = Instant::now() + PATIENCE;
    while !indexer.is_at(&world.chain().head()).await {
        assert!(
            Instant::now() < deadline,
            "STOA_SEED={seed}: not at the head {} s after everything was healed: {:?}",
            PATIENCE.as_secs(),
            indexer.status()
        );
        indexer.pause(Duration::from_millis(20)).await;
    }
    indexer.stop().await;
    let differences = compare::with_truth(&database, &world).await;
    assert!(differences.is_empty(), "STOA_SEED={seed} ({manner:?}):\n{}", differences.join("\n"));
    let forks = world.forks();
    println!("seed {seed}: {} blocks, {forks} reorganisations, {trouble}", world.chain().head().number());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_the_database_is_the_chains() {
    let started = Instant::now();
    let budget = from_environment("STOA_MINUTES").map(|minutes| Duration::from_secs(60 * minutes));
    let (first, count) = match (from_environment("STOA_SEED"), from_environment("STOA_SEEDS")) {
        _ if budget.is_some() => (from_environment("STOA_SEED").unwrap_or(1), u64::MAX >> 1),
        (Some(seed), None) => (seed, 1),
        (seed, count) => (seed.unwrap_or(1), count.unwrap_or(SEEDS)),
    };
    let mut played = 0;
    for seed in first..first.saturating_add(count) {
        if budget.is_some_and(|budget| started.elapsed() >= budget) {
            break;
        }
        play(seed).await;
        played += 1;
    }
    assert!(played > 0, "no seed was played");
    println!("{played} seeds in {:.1} s", started.elapsed().as_secs_f64());
}
