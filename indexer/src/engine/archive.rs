//! Filling the archive while far behind: ranges are fetched and decoded side by side and written in order.

use std::collections::VecDeque;
use std::sync::Arc;

use alloy::primitives::{Address, B256};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, trace_span};

use super::task::Task;
use super::{Engine, IndexError, block_ref};
use crate::decode::Decoder;
use crate::fetch::{ChainLog, Detail, FetchError, Header, Pool};
use crate::store::Batch;
use crate::telemetry::SPANS;

/// Ranges that are fetched or decoded while another is written. With the bound on a range's logs this bounds memory.
const IN_FLIGHT: usize = 4;

/// A range, decoded.
#[derive(Debug)]
struct Piece {
    first: Header,
    last: Header,
    batch: Batch,
    /// Share contracts that were born in it.
    born: Vec<(Address, i64)>,
    endpoint: usize,
}

/// What every range is asked and decoded with.
#[derive(Debug)]
struct Question {
    pool: Pool,
    /// Every answer comes from a chain that contains it.
    anchor: Header,
    decoder: Decoder,
    shares: Vec<Address>,
}

type Fetching = Task<Result<Vec<Piece>, FetchError>>;

impl Engine<'_> {
    /// Fills the archive up to `to`, which is final.
    pub(super) async fn archive(&mut self, to: u64, stop: &CancellationToken) -> Result<(), IndexError> {
        let first = self.cursor.stored.number.cast_unsigned() + 1;
        info!(chain_id = self.cursor.chain_id, from = first, to, "filling the archive");
        let Some(born) = stop.run_until_cancelled(self.births(first, to)).await else { return Ok(()) };
        match born {
            Ok(born) => self.decoder.follow(born),
            Err(error) => return self.ask_again(error, stop).await,
        }
        let anchor = self.final_block().await?;
        let mut question = self.question(anchor);
        let mut flight: VecDeque<Fetching> = VecDeque::new();
        let mut next = first;
        loop {
            while flight.len() < IN_FLIGHT && next <= to {
                let end = to.min(next.saturating_add(self.pool.range_limit().max(1) - 1));
                let span = trace_span!(target: SPANS, "fetch", from = next, to = end);
                flight.push_back(Task::spawn(fetch(Arc::clone(&question), next, end).instrument(span)));
                next = end + 1;
            }
            let Some(fetching) = flight.pop_front() else { return Ok(()) };
            let Some(pieces) = stop.run_until_cancelled(fetching).await else { return Ok(()) };
            let pieces = match pieces {
                Ok(pieces) => pieces,
                Err(error) => return self.ask_again(error, stop).await,
            };
            for piece in pieces {
                let unknown = piece.born.iter().any(|(share, _)| !self.decoder.knows(share));
                self.decoder.follow(piece.born.iter().copied());
                self.write(piece).await?;
                if unknown {
                    // Ranges behind it were asked for without its logs.
                    flight.clear();
                    next = self.cursor.stored.number.cast_unsigned() + 1;
                    question = self.question(anchor);
                    break;
                }
            }
            self.trouble.reset();
        }
    }

    fn question(&self, anchor: Header) -> Arc<Question> {
        let (pool, decoder) = (self.pool.clone(), self.decoder.clone());
        Arc::new(Question { pool, anchor, shares: decoder.shares(), decoder })
    }

    /// Share contracts that are born in these blocks: known beforehand, ranges need not wait for one another.
    async fn births(&self, from: u64, to: u64) -> Result<Vec<(Address, i64)>, FetchError> {
        let topic: B256 = Decoder::birth_topic();
        let logs = self.pool.births(from, to, self.deployment.followed.revenue, topic).await?;
        Ok(born(&logs))
    }

    async fn write(&mut self, piece: Piece) -> Result<(), IndexError> {
        let Piece { first, last, batch, endpoint, .. } = piece;
        let (from, to) = (first.number, last.number);
        if first.parent_hash != self.cursor.stored.hash.0 {
            self.check_cursor().await?;
            let why = format!("block {from} builds on {}, which is not stored", first.parent_hash);
            return Err(self.disbelieve(from, to, endpoint, why));
        }
        if let Err(broken) = self.ledger.check(batch.tallies()) {
            return Err(self.disbelieve(from, to, endpoint, broken.to_string()));
        }
        let tallies = batch.tallies().to_vec();
        let rows = batch.rows();
        let span = trace_span!(target: SPANS, "commit", from, to, rows);
        self.cursor = self.writer.archive(self.cursor, batch, block_ref(&last)).instrument(span).await?;
        self.ledger.apply(&tallies);
        self.progress.committed(rows, self.cursor.stored.number);
        info!(chain_id = self.cursor.chain_id, from, to, rows, "archived");
        self.tell();
        Ok(())
    }
}

/// A range, in smaller pieces where it is too large for the nodes.
async fn fetch(question: Arc<Question>, from: u64, to: u64) -> Result<Vec<Piece>, FetchError> {
    let mut pieces = Vec::new();
    let mut ends = vec![to];
    let mut next = from;
    while let Some(end) = ends.last().copied() {
        let detail = Detail::Below(question.anchor);
        let fetched = question.pool.range(next, end, &question.shares, Decoder::born, detail).await;
        match fetched {
            Ok(range) => {
                let born = born(&range.logs);
                let mut decoder = question.decoder.clone();
                decoder.follow(born.iter().copied());
                let batch = decoder.decode(&range.logs);
                let (first, last, endpoint) = (range.first, range.last, range.endpoint);
                pieces.push(Piece { first, last, batch, born, endpoint });
                ends.pop();
                next = end + 1;
            }
            Err(FetchError::TooLarge { suggested }) if end > next => {
                let blocks = suggested.unwrap_or((end - next).div_ceil(2)).clamp(1, end - next);
                ends.push(next + blocks - 1);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(pieces)
}

/// The share contracts that logs tell the birth of, each with its block.
fn born(logs: &[ChainLog]) -> Vec<(Address, i64)> {
    let born = |log: &ChainLog| Some((Decoder::born(&log.inner)?, log.block_number.cast_signed()));
    logs.iter().filter_map(born).collect()
}
