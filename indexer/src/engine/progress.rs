//! How fast blocks and rows are committed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Rates are those of this long.
const WINDOW: Duration = Duration::from_secs(30);

/// What a process has committed of one chain.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) rows: u64,
    pub(super) reorganisations: u64,
    pub(super) deepest: i64,
    /// When how many rows were committed, and up to which block.
    samples: VecDeque<(Instant, u64, i64)>,
}

impl Progress {
    pub(super) fn committed(&mut self, rows: usize, block: i64) {
        let now = Instant::now();
        self.rows += rows as u64;
        while self.samples.pop_front_if(|(at, ..)| now - *at > WINDOW).is_some() {}
        // A sample a tenth of a second is plenty.
        let recent = self.samples.back().is_some_and(|(at, ..)| now - *at < WINDOW / 300);
        if recent && self.samples.len() > 1 {
            self.samples.pop_back();
        }
        self.samples.push_back((now, self.rows, block));
    }

    pub(super) fn reorganised(&mut self, depth: i64) {
        self.reorganisations += 1;
        self.deepest = self.deepest.max(depth);
    }

    /// Rows and blocks a second.
    fn rates(&self) -> Option<(f64, f64)> {
        let ((from, rows, block), (to, more_rows, more_block)) =
            (self.samples.front()?, self.samples.back()?);
        let seconds = (*to - *from).as_secs_f64();
        if seconds <= 0.0 {
            return None;
        }
        Some(((more_rows - rows) as f64 / seconds, (more_block - block).max(0) as f64 / seconds))
    }

    pub(super) fn rows_per_second(&self) -> Option<f64> {
        self.rates().map(|(rows, _)| rows)
    }

    /// Seconds until `missing` blocks are committed at the present rate.
    pub(super) fn eta(&self, missing: u64) -> Option<u64> {
        let (_, blocks) = self.rates()?;
        (missing > 0 && blocks > 0.0).then(|| (missing as f64 / blocks).ceil() as u64)
    }
}
