//! Another branch of the chain has become the longer one.

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::open::diverged;
use super::{Engine, IndexError};
use crate::fetch::{Detail, Header};
use crate::store::Pass;
use stoa_schema::archive::BlockRef;

/// How many headers are asked for at once on the way back.
const BACK: u64 = 64;

impl Engine<'_> {
    /// Finds where the branches part, fetches the new one, and puts it in the old one's place in one transaction.
    ///
    /// A node that is behind, or alone with a branch that is not longer, is waited for instead.
    pub(super) async fn reorganise(
        &mut self,
        told_by: Option<usize>,
        stop: &CancellationToken,
    ) -> Result<(), IndexError> {
        self.ahead = None;
        let Some(ancestor) = self.ancestor().await? else {
            let known =
                self.writer.known_block(self.deployment.chain_id, self.cursor.finalized.cast_unsigned());
            let last_final = known.await?.unwrap_or(self.cursor.stored);
            return Err(diverged(&last_final, ", it was reorganised deeper than what is final".to_owned()));
        };
        if ancestor == self.cursor.stored {
            // Whoever told of another branch is alone with it.
            if let Some(endpoint) = told_by {
                self.pool.distrust(endpoint, "its blocks build on a branch that it does not have");
            }
            self.head = None;
            return Ok(());
        }
        let stored = self.cursor.stored.number.cast_unsigned();
        let latest = self.head.map_or(0, |head| head.latest.number);
        let latest = latest.saturating_sub(self.settings.confirmations);
        let from = ancestor.number.cast_unsigned() + 1;
        // Up to the height that is left, in one transaction: readers never see the chain shorter than it was.
        let to = latest.min(stored + 1).max(from);
        let before = self.decoder.clone();
        self.decoder.back_to(ancestor.number);
        let branch = self.branch(&ancestor, from, to, stop).await;
        let done = match branch {
            Ok(Some((passes, endpoint))) => {
                let depth = self.cursor.stored.number - ancestor.number;
                info!(chain_id = self.cursor.chain_id, depth, ancestor = ancestor.number, to, "reorganised");
                let done = self.commit(passes, Some(ancestor), endpoint, self.cursor.finalized).await;
                if done.is_ok() {
                    self.progress.reorganised(depth);
                    self.tell();
                    return Ok(());
                }
                done
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.decoder = before;
        done
    }

    /// The blocks behind `ancestor` as the nodes tell them, if they are the longer branch.
    async fn branch(
        &mut self,
        ancestor: &BlockRef,
        from: u64,
        to: u64,
        stop: &CancellationToken,
    ) -> Result<Option<(Vec<Pass>, usize)>, IndexError> {
        let (mut passes, mut parent, mut next) = (Vec::new(), ancestor.hash.0, from);
        loop {
            let end = to.min(next.saturating_add(self.pool.range_limit().max(1) - 1));
            let Some(range) = self.fetch(next, end, Detail::EveryBlock, stop).await? else { return Ok(None) };
            let is_tip = end == to;
            if range.first.parent_hash != parent
                || (is_tip && !self.is_ahead(&range.last, range.endpoint).await)
            {
                warn!(from, to, "the other branch is not the longer one: waiting");
                self.head = None;
                stop.run_until_cancelled(tokio::time::sleep(self.settings.poll)).await;
                return Ok(None);
            }
            passes.extend(self.passes(&range));
            if is_tip {
                return Ok(Some((passes, range.endpoint)));
            }
            (parent, next) = (range.last.hash, end + 1);
        }
    }

    /// Whether a branch replaces ours: it is longer, or another endpoint holds it as well.
    async fn is_ahead(&self, tip: &Header, endpoint: usize) -> bool {
        let longer = tip.number.cast_signed() > self.cursor.stored.number;
        longer || self.pool.confirmed_by(tip.number, tip.hash, endpoint).await > 0
    }

    /// The newest block of ours that the nodes' chain contains, down to the newest final one.
    async fn ancestor(&mut self) -> Result<Option<BlockRef>, IndexError> {
        let latest = self.pool.head().await?.latest.number.cast_signed();
        let known = self.writer.known_blocks(self.deployment.chain_id).await?;
        let mut ours: Vec<BlockRef> = known.into_iter().filter(|block| block.number <= latest).collect();
        while let Some(newest) = ours.first() {
            let to = newest.number.cast_unsigned();
            let from = to.saturating_sub(BACK - 1);
            let theirs = self.pool.headers(from, to).await?;
            let hash = |block: &BlockRef| {
                let place = block.number.cast_unsigned().checked_sub(from)?;
                theirs.get(usize::try_from(place).ok()?).map(|header| header.hash)
            };
            if let Some(common) = ours.iter().find(|block| hash(block) == Some(block.hash.0)) {
                return Ok(Some(*common));
            }
            ours.retain(|block| block.number < from.cast_signed());
        }
        Ok(None)
    }
}
