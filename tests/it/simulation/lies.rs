//! Which lies of a node are found out, and how much has to be proven for it. ARCHITECTURE has the same table.
//!
//! A lie sticks: the node tells it again whenever it is asked, and no other node is there to contradict it. It is
//! found out when the indexer refuses it and stores nothing of it; then a second, honest node lets it go on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use stoa_indexer::fetch::Verify;
use stoa_scripts::testing::TestDatabase;
use stoa_tests::paper::{Lie, Node, Reach, Wire};

use super::compare;
use super::indexer::{Indexer, Manner};
use super::world::World;

/// Blocks of the chain that is lied about.
const BLOCKS: usize = 25;
/// Times that an answer is refused before a lie counts as found out.
const REFUSED: u64 = 3;
const PATIENCE: Duration = Duration::from_secs(60);

/// How a lie ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Nothing of it was stored.
    FoundOut,
    /// It was stored.
    Believed,
    /// What was stored is true all the same.
    Harmless,
}

/// One node that lies about every block that it can, and an indexer that proves so much.
async fn told(lie: Lie, reach: Reach, verify: Verify, seed: u64) -> End {
    let mut world = World::new(seed);
    world.grow(BLOCKS);
    let node = Node::start(world.chain().clone(), Wire::seeded(seed)).await;
    node.wire().stick(lie, reach, 0.3);
    let database = TestDatabase::create().await;
    let nodes = [node];
    let mut indexer = Indexer::new(&database, &world, &nodes, Manner::plain(verify));
    indexer.start();
    let head = world.chain().head();
    let deadline = Instant::now() + PATIENCE;
    loop {
        if indexer.is_at(&head).await {
            indexer.stop().await;
            let differences = compare::with_scratch(&database, &world).await;
            return if differences.is_empty() { End::Harmless } else { End::Believed };
        }
        let doubts = indexer.status().endpoints.first().map_or(0, |endpoint| endpoint.doubts);
        if doubts >= REFUSED {
            indexer.kill().await;
            return End::FoundOut;
        }
        assert!(Instant::now() < deadline, "{lie:?} {reach:?} {verify:?}: {:?}", indexer.status());
        indexer.pause(Duration::from_millis(20)).await;
    }
}

/// What must be proven for a lie to be found out, by what it is about and how far it is kept up.
fn needed(lie: Lie, reach: Reach) -> Option<Verify> {
    match lie {
        // A log says of itself what cannot be, or contradicts the header that came with it.
        Lie::Removed | Lie::ForkHash | Lie::Hash | Lie::Parent => Some(Verify::Consistency),
        // All that is left for anyone to see is the receipts' root, unless a running total breaks.
        Lie::Omit
        | Lie::Amount
        | Lie::Topic
        | Lie::AddressWord
        | Lie::Emitter
        | Lie::Duplicate
        | Lie::Swap
        | Lie::Empty => match reach {
            Reach::Root => Some(Verify::Hashes),
            _ => Some(Verify::Receipts),
        },
        Lie::Time => Some(Verify::Hashes),
        Lie::LogTime => Some(Verify::Receipts),
        Lie::Own => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lies_are_found_out_by_what_the_table_says() {
    let mut ends: BTreeMap<String, BTreeSet<End>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for lie in Lie::ALL {
        let reaches: &[Reach] =
            if lie.of_header() { &[Reach::Logs] } else { &[Reach::Logs, Reach::Bloom, Reach::Root] };
        for reach in reaches {
            let Some(verify) = needed(lie, *reach) else { continue };
            let end = told(lie, *reach, verify, 3).await;
            println!("{lie:?} {reach:?} with {verify:?}: {end:?}");
            ends.entry(format!("{lie:?}")).or_default().insert(end);
            if end == End::Believed {
                wrong.push(format!("{lie:?} {reach:?} is believed with {verify:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let found = ends.values().filter(|ends| ends.contains(&End::FoundOut)).count();
    assert!(found >= 12, "lies were told and found out: {ends:?}");
}

/// Running totals break where logs are left out, and nothing more need be proven.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_that_tell_a_total_cannot_be_left_out_or_altered() {
    use alloy::sol_types::SolEvent as _;
    use stoa_contracts::Market;
    // Sales are so many that each plan has a later one.
    let totals = [("sales", Market::Purchased::SIGNATURE_HASH)];
    for (what, topic) in totals {
        let mut world = World::new(5);
        world.grow(5 * BLOCKS);
        let node = Node::start(world.chain().clone(), Wire::seeded(5)).await;
        node.wire().aim([topic]);
        node.wire().stick(Lie::Omit, Reach::Root, 0.2);
        let honest = Node::start(world.chain().clone(), Wire::honest()).await;
        let database = TestDatabase::create().await;
        // The liar answers alone until it is found out; then the honest node opens.
        honest.close().await;
        let nodes = [node, honest];
        let mut indexer = Indexer::new(&database, &world, &nodes, Manner::plain(Verify::Consistency));
        indexer.start();
        let deadline = Instant::now() + PATIENCE;
        while indexer.status().endpoints.first().is_none_or(|endpoint| endpoint.doubts == 0) {
            assert!(Instant::now() < deadline, "{what}: nothing was doubted: {:?}", indexer.status());
            assert!(!indexer.is_at(&world.chain().head()).await, "{what}: what was left out is believed");
            indexer.pause(Duration::from_millis(20)).await;
        }
        nodes[1].open().await;
        nodes[0].wire().heal();
        while !indexer.is_at(&world.chain().head()).await {
            assert!(Instant::now() < deadline, "{what}: {:?}", indexer.status());
            indexer.pause(Duration::from_millis(20)).await;
        }
        indexer.stop().await;
        let differences = compare::with_truth(&database, &world).await;
        assert!(differences.is_empty(), "{what}:\n{}", differences.join("\n"));
    }
}
