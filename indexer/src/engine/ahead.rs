//! The next range of final blocks, fetched while the one before it is written.

use alloy::primitives::Address;
use tracing::{Instrument as _, trace_span};

use super::task::Task;
use super::{Engine, State, Step};
use crate::decode::Decoder;
use crate::fetch::{Detail, FetchError, Header, Range};
use crate::telemetry::SPANS;

/// A range that is on its way.
#[derive(Debug)]
pub(super) struct Ahead {
    from: u64,
    to: u64,
    /// Share contracts that it was asked with: it lacks the logs of others.
    shares: Vec<Address>,
    range: Task<Result<Range, FetchError>>,
}

impl Engine<'_> {
    /// Asks for what comes behind `stored`, if that is final as well.
    pub(super) fn fetch_ahead(&mut self, stored: u64, anchor: Header) {
        let then = State { stored, projected: stored, ..self.state() };
        let Step::Final { from, to } = then.next() else { return };
        let (pool, shares) = (self.pool.clone(), self.decoder.shares());
        let known = shares.clone();
        let range = async move { pool.range(from, to, &known, Decoder::born, Detail::Below(anchor)).await };
        let span = trace_span!(target: SPANS, "fetch", from, to);
        self.ahead = Some(Ahead { from, to, shares, range: Task::spawn(range.instrument(span)) });
    }

    /// What was asked for ahead, if it is what comes next and not more than what is final.
    pub(super) fn take_ahead(&mut self, from: u64) -> Option<Task<Result<Range, FetchError>>> {
        let ahead = self.ahead.take()?;
        let fits = ahead.from == from && ahead.to <= self.state().last_final();
        (fits && ahead.shares == self.decoder.shares()).then_some(ahead.range)
    }
}
