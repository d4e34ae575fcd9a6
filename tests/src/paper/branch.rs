//! A chain as it was at an instant.

use std::sync::Arc;

use super::Block;

/// The blocks from the first to a tip, as they were when asked for.
#[derive(Clone, Debug)]
pub struct Branch {
    blocks: Arc<Vec<Arc<Block>>>,
    /// How many of them belong to it.
    length: usize,
    finality: Finality,
}

/// What the tags `safe` and `finalized` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// The chain does not know these tags.
    Unknown,
    /// So many blocks behind the head.
    Depth {
        /// Depth of `safe`.
        safe: u64,
        /// Depth of `finalized`.
        finalized: u64,
    },
    /// These blocks, whatever the head is (never beyond it).
    At {
        /// Number of the safe block.
        safe: u64,
        /// Number of the finalized block.
        finalized: u64,
    },
}

impl Branch {
    /// `blocks` must not be empty.
    pub(super) fn new(blocks: Vec<Arc<Block>>, finality: Finality) -> Self {
        Self { length: blocks.len(), blocks: Arc::new(blocks), finality }
    }

    /// All its blocks, from the first on.
    pub fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks[..self.length]
    }

    pub(super) fn finality(&self) -> Finality {
        self.finality
    }

    pub(super) fn set_finality(&mut self, finality: Finality) {
        self.finality = finality;
    }

    /// Its newest block.
    pub fn head(&self) -> &Arc<Block> {
        &self.blocks[self.length - 1]
    }

    /// One of its blocks.
    pub fn get(&self, number: u64) -> Option<&Arc<Block>> {
        self.blocks().get(usize::try_from(number).ok()?)
    }

    /// Its blocks `from..=to`, as far as it has them.
    pub fn range(&self, from: u64, to: u64) -> &[Arc<Block>] {
        let end = usize::try_from(to).map_or(self.length, |to| to.saturating_add(1).min(self.length));
        let start = usize::try_from(from).map_or(end, |from| from.min(end));
        &self.blocks[start..end]
    }

    /// The same without its newest `blocks` (the first of all stays).
    pub fn without(&self, blocks: u64) -> Self {
        let length = self.length.saturating_sub(usize::try_from(blocks).unwrap_or(usize::MAX)).max(1);
        Self { length, ..self.clone() }
    }

    /// The block that `safe` names.
    pub fn safe(&self) -> Option<&Arc<Block>> {
        self.tagged(|(safe, _)| safe)
    }

    /// The block that `finalized` names.
    pub fn finalized(&self) -> Option<&Arc<Block>> {
        self.tagged(|(_, finalized)| finalized)
    }

    fn tagged(&self, which: impl Fn((u64, u64)) -> u64) -> Option<&Arc<Block>> {
        let head = self.head().number();
        let number = match self.finality {
            Finality::Unknown => return None,
            Finality::Depth { safe, finalized } => head.saturating_sub(which((safe, finalized))),
            Finality::At { safe, finalized } => which((safe, finalized)).min(head),
        };
        self.get(number)
    }

    /// Puts `blocks` after its newest.
    pub(super) fn push(&mut self, blocks: Vec<Arc<Block>>) {
        self.length += blocks.len();
        Arc::make_mut(&mut self.blocks).extend(blocks);
    }
}
