//! What scores were: asked at random times, and at those when something changed.

use rand::Rng as _;

use super::{Pair, START};

/// So many times are asked about.
const TIMES: usize = 3;

impl Pair {
    /// Compares past scores and their sums.
    pub(super) async fn compare_past(&mut self) {
        let turns = self.model.turns();
        for _ in 0..TIMES {
            let time = if turns.is_empty() || self.random.random_bool(0.4) {
                self.random.random_range(START..self.model.now)
            } else {
                let turn = turns[self.random.random_range(0..turns.len())];
                (turn - self.random.random_range(0..2)).min(self.model.now - 1)
            };
            let past = self.model.past(time);
            let figures: Vec<_> = past.keys().copied().collect();
            self.compare(&figures, &past, &format!("a look at {time}, now being {}", self.model.now)).await;
        }
    }
}
