//! What goes wrong: on the wire, in the chain, in the database, with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use stoa_tests::paper::{Fault, Node, Provider, Trouble as Refusal, Wire};

use super::indexer::Indexer;
use super::world::{FINALITY, World};

/// What has happened, and how often.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    happened: BTreeMap<&'static str, usize>,
    faults: u64,
    closed: Option<usize>,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, times) in &self.happened {
            write!(f, "{times} {what}, ")?;
        }
        write!(f, "{} faults on the wire", self.faults)
    }
}

impl Trouble {
    /// The next thing happens, and the indexer has a moment to feel it.
    pub(super) async fn turn(
        &mut self,
        random: &mut StdRng,
        world: &mut World,
        nodes: &[Node],
        indexer: &mut Indexer,
    ) {
        let what = match random.random_range(0..100) {
            0..30 => {
                world.grow(random.random_range(1..=5));
                "growths"
            }
            30..50 => {
                world.reorganise(random.random_range(1..=FINALITY), random.random_range(0..=3));
                "reorganisations"
            }
            50..70 => {
                let wire = nodes.choose(random).expect("there is a node").wire();
                set_fault(random, wire);
                "kinds of faults"
            }
            70..76 => {
                nodes.choose(random).expect("there is a node").wire().heal();
                "healed wires"
            }
            76..88 => {
                indexer.kill().await;
                "kills"
            }
            88..92 => {
                indexer.cut_database().await;
                "lost databases"
            }
            92..96 => {
                nodes.choose(random).expect("there is a node").cut();
                "cut connections"
            }
            _ => {
                self.open_or_close(random, nodes).await;
                "doors"
            }
        };
        *self.happened.entry(what).or_default() += 1;
        indexer.start();
        match random.random_range(0..4) {
            0 => {}
            // Long enough to be at the head, where nothing keeps it from there.
            1 | 2 => indexer.catch_up(&world.chain().head(), Duration::from_millis(800)).await,
            _ => indexer.pause(Duration::from_millis(25)).await,
        }
    }

    /// At most one node is out of reach at a time.
    async fn open_or_close(&mut self, random: &mut StdRng, nodes: &[Node]) {
        match self.closed.take() {
            Some(node) => nodes[node].open().await,
            None => {
                let node = random.random_range(0..nodes.len());
                nodes[node].close().await;
                self.closed = Some(node);
            }
        }
    }

    /// Nothing goes wrong any more.
    pub(super) async fn heal(&mut self, nodes: &[Node]) {
        if let Some(node) = self.closed.take() {
            nodes[node].open().await;
        }
        for node in nodes {
            self.faults += node.wire().counts().values().sum::<u64>();
            node.wire().heal();
        }
    }
}

fn set_fault(random: &mut StdRng, wire: &Wire) {
    let blocks = random.random_range(1..8);
    let fault = match random.random_range(0..18) {
        0 => Fault::Delay { ms: random.random_range(1..200) },
        1 => Fault::Silence,
        2 => Fault::Status(*[500, 502, 503].choose(random).expect("not empty")),
        3 => Fault::TooMany { retry_after: 0 },
        4 => Fault::Hangup,
        5 => Fault::Truncated,
        6 => Fault::Garbage,
        7 => Fault::Nul,
        8 => Fault::Gzip,
        9 => Fault::Shuffled,
        10 => Fault::Missing,
        11 => Fault::WrongIds,
        12 => Fault::Stale { blocks },
        13 => Fault::OldFork,
        14 => Fault::BackInTime { blocks },
        15 => Fault::EmptyLogs,
        16 => Fault::LostHead,
        _ => Fault::Refused(
            *[Provider::Geth, Provider::Infura, Provider::Alchemy].choose(random).expect("not empty"),
            *[Refusal::Range, Refusal::Results, Refusal::NotFound, Refusal::Rate, Refusal::Internal]
                .choose(random)
                .expect("not empty"),
        ),
    };
    wire.set(fault, random.random_range(0.02..0.4));
}
