//! A market's history on a chain with forks.

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use stoa_tests::history::{History, HistoryBlock, Params};
use stoa_tests::paper::{Chain, Finality};

/// Blocks behind the head that are final.
pub(crate) const FINALITY: usize = 12;
pub(crate) const CHAIN: u64 = 31_337;

/// Few people who do much, so that each block touches what blocks before it touched.
const PARAMS: Params = Params {
    logs: 60_000,
    blocks: 4_000,
    accounts: 24,
    listings: 30,
    start: 1_800_000_000,
    span: 40_000_000,
};

pub(crate) struct World {
    chain: Chain,
    /// The history after each of the newest blocks; the last is the head's.
    pasts: VecDeque<History>,
    random: StdRng,
    forks: usize,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let chain = Chain::new(CHAIN, PARAMS.start - 12);
        chain.set_finality(Finality::Depth { safe: 4, finalized: FINALITY as u64 });
        let pasts = VecDeque::from([History::new(seed, PARAMS)]);
        Self { chain, pasts, random: StdRng::seed_from_u64(seed ^ 0xf0_4b), forks: 0 }
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The history up to the head.
    pub(crate) fn history(&self) -> &History {
        self.pasts.back().expect("there is a beginning")
    }

    pub(crate) fn forks(&self) -> usize {
        self.forks
    }

    /// Some more blocks.
    pub(crate) fn grow(&mut self, blocks: usize) {
        let drafts = (0..blocks).map(|_| self.next()).collect::<Vec<_>>();
        self.chain.extend(drafts);
        self.forget();
    }

    /// The newest `depth` blocks are replaced by `depth + more` others.
    pub(crate) fn reorganise(&mut self, depth: usize, more: usize) {
        let depth = depth.min(self.pasts.len() - 1).min(FINALITY);
        self.pasts.truncate(self.pasts.len() - depth);
        let seed = self.random.random();
        let future = self.history().with_future(seed);
        *self.pasts.back_mut().expect("there is a beginning") = future;
        let drafts = (0..depth + more).map(|_| self.next()).collect::<Vec<_>>();
        self.chain.reorg(depth, drafts);
        self.forks += 1;
        self.forget();
    }

    fn next(&mut self) -> (u64, Vec<Vec<alloy::primitives::Log>>) {
        let mut history = self.history().clone();
        let HistoryBlock { time, transactions } = history.next().expect("the history goes on");
        self.pasts.push_back(history);
        (time, transactions)
    }

    fn forget(&mut self) {
        while self.pasts.len() > FINALITY + 2 {
            self.pasts.pop_front();
        }
    }
}
