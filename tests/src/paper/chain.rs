//! A chain that lives in memory, with all its forks.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

use alloy::primitives::B256;
use tokio::sync::broadcast;

use super::block::{Block, Contents, Draft};
use super::branch::{Branch, Finality};

/// Changes that a listener may lag behind before it misses some.
const CHANGES: usize = 4_096;

/// A chain and its forks. Clones are the same chain; blocks are shared, so forks cost little.
#[derive(Clone, Debug)]
pub struct Chain {
    id: u64,
    state: Arc<RwLock<State>>,
    changes: broadcast::Sender<Arc<Change>>,
}

#[derive(Debug)]
struct State {
    canonical: Branch,
    /// The branch that the last reorganisation left.
    left: Option<Branch>,
    known: HashMap<B256, Arc<Block>>,
    /// Makes the blocks of each fork differ from their siblings.
    salt: u64,
}

/// Blocks that left the canonical chain and blocks that joined it, both ascending.
#[derive(Clone, Debug)]
pub struct Change {
    /// No longer canonical.
    pub removed: Vec<Arc<Block>>,
    /// Canonical from now on.
    pub added: Vec<Arc<Block>>,
}

/// A block that the chain never had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chain has no block {0}")]
pub struct UnknownBlock(pub B256);

impl Chain {
    /// A chain with id `id` whose first block has time `time`. Its `safe` is 4 and its `finalized` 8 blocks behind.
    pub fn new(id: u64, time: u64) -> Self {
        let genesis = Arc::new(Block::genesis(time, 0));
        let finality = Finality::Depth { safe: 4, finalized: 8 };
        let canonical = Branch::new(vec![genesis.clone()], finality);
        let known = HashMap::from([(genesis.hash(), genesis)]);
        let state = Arc::new(RwLock::new(State { canonical, left: None, known, salt: 0 }));
        Self { id, state, changes: broadcast::Sender::new(CHANGES) }
    }

    /// EIP-155 id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The canonical chain as it is now.
    pub fn branch(&self) -> Branch {
        self.read().canonical.clone()
    }

    /// The branch that the last reorganisation left, if there was one.
    pub fn left(&self) -> Option<Branch> {
        self.read().left.clone()
    }

    /// The newest canonical block.
    pub fn head(&self) -> Arc<Block> {
        self.read().canonical.head().clone()
    }

    /// A canonical block.
    pub fn block(&self, number: u64) -> Option<Arc<Block>> {
        self.read().canonical.get(number).cloned()
    }

    /// Any block of any fork.
    pub fn by_hash(&self, hash: B256) -> Option<Arc<Block>> {
        self.read().known.get(&hash).cloned()
    }

    /// How many blocks all forks together have.
    pub fn known(&self) -> usize {
        self.read().known.len()
    }

    /// Builds blocks on the head.
    pub fn extend(&self, drafts: impl IntoIterator<Item: Into<Draft>>) -> Vec<Arc<Block>> {
        let contents = contents(drafts);
        let mut state = self.write();
        let parent = state.canonical.head().clone();
        let added = state.build(&parent, contents);
        state.canonical.push(added.clone());
        drop(state);
        self.tell(Change { removed: Vec::new(), added: added.clone() });
        added
    }

    /// Replaces the newest `depth` blocks (never the first of all) by others.
    pub fn reorg(&self, depth: usize, drafts: impl IntoIterator<Item: Into<Draft>>) -> Arc<Change> {
        let contents = contents(drafts);
        let mut state = self.write();
        state.salt += 1;
        let keep = state.canonical.blocks().len().saturating_sub(depth).max(1);
        let parent = state.canonical.blocks()[keep - 1].clone();
        let added = state.build(&parent, contents);
        let change = state.switch(keep, added);
        drop(state);
        self.tell(change)
    }

    /// Builds a branch on any known block without making it canonical. See [`Chain::reorg_to`].
    pub fn fork(
        &self,
        parent: B256,
        drafts: impl IntoIterator<Item: Into<Draft>>,
    ) -> Result<Vec<Arc<Block>>, UnknownBlock> {
        let contents = contents(drafts);
        let mut state = self.write();
        let parent = state.known.get(&parent).cloned().ok_or(UnknownBlock(parent))?;
        state.salt += 1;
        Ok(state.build(&parent, contents))
    }

    /// Makes the branch that ends with `tip` the canonical one: any fork, also one that was left before.
    pub fn reorg_to(&self, tip: B256) -> Result<Arc<Change>, UnknownBlock> {
        let mut state = self.write();
        let mut added = Vec::new();
        let mut next = tip;
        let keep = loop {
            let block = state.known.get(&next).cloned().ok_or(UnknownBlock(next))?;
            let canonical = state.canonical.get(block.number()).is_some_and(|own| own.hash() == next);
            if canonical {
                break block.number() as usize + 1;
            }
            next = block.parent();
            added.push(block);
        };
        added.reverse();
        let change = state.switch(keep, added);
        drop(state);
        Ok(self.tell(change))
    }

    /// Writes the text of all canonical logs down, with or without their blocks' times. A node does so when it is
    /// asked; a benchmark should not wait for that.
    pub fn write_down(&self, times: bool) {
        let branch = self.branch();
        let blocks = branch.blocks();
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for part in blocks.chunks(blocks.len().div_ceil(threads)) {
                scope.spawn(move || part.iter().for_each(|block| drop(block.logs_text(times).whole())));
            }
        });
    }

    /// What `safe` and `finalized` mean from now on.
    pub fn set_finality(&self, finality: Finality) {
        self.write().canonical.set_finality(finality);
    }

    /// Forgets everything and starts anew with another first block, as a local chain that was restarted.
    pub fn reset(&self, time: u64) -> Arc<Block> {
        let mut state = self.write();
        state.salt += 1;
        let genesis = Arc::new(Block::genesis(time, state.salt));
        state.canonical = Branch::new(vec![genesis.clone()], state.canonical.finality());
        state.left = None;
        state.known = HashMap::from([(genesis.hash(), genesis.clone())]);
        drop(state);
        self.tell(Change { removed: Vec::new(), added: vec![genesis.clone()] });
        genesis
    }

    /// Hears of every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<Change>> {
        self.changes.subscribe()
    }

    fn tell(&self, change: Change) -> Arc<Change> {
        let change = Arc::new(change);
        // Nobody has to listen.
        let _ = self.changes.send(change.clone());
        change
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn contents(drafts: impl IntoIterator<Item: Into<Draft>>) -> Vec<(u64, Arc<Contents>)> {
    Contents::all(drafts.into_iter().map(Into::into).collect())
}

impl State {
    fn build(&mut self, parent: &Arc<Block>, contents: Vec<(u64, Arc<Contents>)>) -> Vec<Arc<Block>> {
        let mut parent = parent.clone();
        let mut built = Vec::with_capacity(contents.len());
        for (time, contents) in contents {
            let block = Arc::new(Block::on(&parent, time, contents, self.salt));
            let block = self.known.entry(block.hash()).or_insert(block).clone();
            built.push(block.clone());
            parent = block;
        }
        built
    }

    /// Keeps the first `keep` canonical blocks and puts `added` after them.
    fn switch(&mut self, keep: usize, added: Vec<Arc<Block>>) -> Change {
        let old = self.canonical.clone();
        let removed = old.blocks()[keep..].to_vec();
        let blocks = old.blocks()[..keep].iter().chain(&added).cloned().collect();
        self.canonical = Branch::new(blocks, old.finality());
        if !removed.is_empty() {
            self.left = Some(old);
        }
        Change { removed, added }
    }
}
