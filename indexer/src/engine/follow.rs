//! Committing what is new: final blocks in ranges, the others one by one.

use std::collections::BTreeMap;

use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, trace_span, warn};

use super::{Engine, IndexError, block_ref};
use crate::decode::{Decoder, block_time};
use crate::fetch::{ChainLog, Detail, Doubt, FetchError, Header, Range};
use crate::ledger::{self, Ledger};
use crate::store::{Advance, Pass, StoreError};
use crate::telemetry::SPANS;

impl Engine<'_> {
    /// Fetches and commits final blocks at once.
    pub(super) async fn index_final(
        &mut self,
        from: u64,
        to: u64,
        stop: &CancellationToken,
    ) -> Result<(), IndexError> {
        let anchor = self.final_block().await?;
        let fetched = match self.take_ahead(from) {
            Some(range) => self.fetched(range, stop).await?,
            None => self.fetch(from, to, Detail::Below(anchor), stop).await?,
        };
        let Some(range) = fetched else { return Ok(()) };
        if range.first.parent_hash != self.cursor.stored.hash.0 {
            return self.reorganise(Some(range.endpoint), stop).await;
        }
        self.learn(&range.logs);
        self.fetch_ahead(range.last.number, anchor);
        let batch = self.decoder.decode(&range.logs);
        let told = told(&range.logs, block_ref(&range.last));
        let pass = Pass { batch, to: block_ref(&range.last), told };
        // All of them are on the way to the block that is final.
        let finalized = range.last.number.cast_signed();
        self.commit(vec![pass], None, range.endpoint, finalized).await
    }

    /// Fetches and commits blocks that may be taken back, each with its journal.
    pub(super) async fn index_blocks(
        &mut self,
        from: u64,
        to: u64,
        stop: &CancellationToken,
    ) -> Result<(), IndexError> {
        let Some(range) = self.fetch(from, to, Detail::EveryBlock, stop).await? else { return Ok(()) };
        if range.first.parent_hash != self.cursor.stored.hash.0 {
            return self.reorganise(Some(range.endpoint), stop).await;
        }
        let passes = self.passes(&range);
        self.commit(passes, None, range.endpoint, self.cursor.finalized).await
    }

    /// A range of blocks as one endpoint tells it; `None` where it has to be asked for again.
    pub(super) async fn fetch(
        &mut self,
        from: u64,
        to: u64,
        detail: Detail,
        stop: &CancellationToken,
    ) -> Result<Option<Range>, IndexError> {
        let (pool, known) = (self.pool.clone(), self.decoder.shares());
        let span = trace_span!(target: SPANS, "fetch", from, to);
        self.fetched(pool.range(from, to, &known, Decoder::born, detail).instrument(span), stop).await
    }

    async fn fetched(
        &mut self,
        range: impl Future<Output = Result<Range, FetchError>>,
        stop: &CancellationToken,
    ) -> Result<Option<Range>, IndexError> {
        match stop.run_until_cancelled(range).await {
            None => Ok(None),
            Some(Ok(range)) => {
                self.trouble.reset();
                Ok(Some(range))
            }
            Some(Err(error)) => {
                self.ask_again(error, stop).await?;
                Ok(None)
            }
        }
    }

    /// Follows the share contracts that these logs tell the birth of.
    pub(super) fn learn(&mut self, logs: &[ChainLog]) {
        let born = |log: &ChainLog| Some((Decoder::born(&log.inner)?, log.block_number.cast_signed()));
        self.decoder.follow(logs.iter().filter_map(born).collect::<Vec<_>>());
    }

    /// One pass for each block of a range.
    pub(super) fn passes(&mut self, range: &Range) -> Vec<Pass> {
        self.learn(&range.logs);
        let mut logs = range.logs.as_slice();
        let mut passes = Vec::with_capacity(range.headers.len());
        for header in &range.headers {
            let count = logs.partition_point(|log| log.block_number <= header.number);
            let (own, rest) = logs.split_at(count);
            logs = rest;
            let to = block_ref(header);
            passes.push(Pass { batch: self.decoder.decode(own), to, told: vec![to] });
        }
        passes
    }

    /// Checks running totals, and writes. `back_to` is the block to go back to first; blocks behind `finalized` may
    /// be taken back later.
    pub(super) async fn commit(
        &mut self,
        passes: Vec<Pass>,
        back_to: Option<BlockRef>,
        endpoint: usize,
        finalized: i64,
    ) -> Result<(), IndexError> {
        let Some(last) = passes.last() else { return Ok(()) };
        let base = back_to.unwrap_or(self.cursor.stored);
        let (from, to) = (base.number.cast_unsigned() + 1, last.to.number.cast_unsigned());
        let rows: usize = passes.iter().map(|pass| pass.batch.rows()).sum();
        let raw: usize = passes.iter().map(|pass| pass.batch.raw()).sum();
        // What was counted in the blocks that are taken back does not count.
        let mut ledger = match back_to {
            None => None,
            Some(ancestor) => Some(self.ledger_at(ancestor.number).await?),
        };
        let tallies: Vec<_> = passes.iter().flat_map(|pass| pass.batch.tallies().iter().copied()).collect();
        if let Err(broken) = ledger.as_ref().unwrap_or(&self.ledger).check(&tallies) {
            return Err(self.disbelieve(from, to, endpoint, broken.to_string()));
        }
        let head = self.head.filter(|_| !self.head_told);
        let work = Advance { from: self.cursor, back_to, passes, finalized, head };
        let span = trace_span!(target: SPANS, "commit", from, to, rows);
        self.cursor = match self.writer.advance(work).instrument(span).await {
            Ok(cursor) => cursor,
            Err(error) if error.is_contradiction() => {
                return Err(self.disbelieve(from, to, endpoint, error.to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        self.head_told = true;
        if let Some(ledger) = ledger.take() {
            self.ledger = ledger;
        }
        self.ledger.apply(&tallies);
        if raw > 0 {
            warn!(from, to, raw, "logs without a table of their own: kept in archive.raw_log");
        }
        self.progress.committed(rows, self.cursor.stored.number);
        info!(chain_id = self.cursor.chain_id, from, to, rows, "indexed");
        self.tell();
        Ok(())
    }
}

impl Engine<'_> {
    /// The newest block that is final.
    pub(super) async fn final_block(&self) -> Result<Header, IndexError> {
        let head = self.head.ok_or(FetchError::Doubt(Doubt::MissingBlock(0)))?;
        if let Some(block) = head.final_block {
            return Ok(block);
        }
        // Where no node calls a block final, one that is deep enough is the same for all of them.
        let number = head.finalized;
        Ok(self.pool.header(number).await?.ok_or(FetchError::Doubt(Doubt::MissingBlock(number)))?)
    }

    async fn ledger_at(&mut self, block: i64) -> Result<Ledger, StoreError> {
        Ok(ledger::load_at(self.writer.connection(), self.cursor.chain_id, block).await?)
    }

    /// What one endpoint told cannot be true: nothing of it is kept, and others are asked.
    pub(super) fn disbelieve(&mut self, from: u64, to: u64, endpoint: usize, why: String) -> IndexError {
        self.pool.distrust(endpoint, &why);
        self.decoder.back_to(self.cursor.stored.number);
        IndexError::Broken { from, to, why }
    }
}

/// The blocks of a range that subscribers are told of: those with logs, and the last.
fn told(logs: &[ChainLog], last: BlockRef) -> Vec<BlockRef> {
    let mut blocks: BTreeMap<i64, BlockRef> = BTreeMap::new();
    for log in logs {
        let number = log.block_number.cast_signed();
        let hash = Hash(log.block_hash);
        blocks.entry(number).or_insert_with(|| BlockRef { number, hash, time: block_time(log.time) });
    }
    blocks.insert(last.number, last);
    blocks.into_values().collect()
}
