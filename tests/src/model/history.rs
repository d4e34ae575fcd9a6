//! What scores were at times that have passed.

use std::collections::BTreeMap;

use super::staking::WEEK;
use super::{Account, Amount, Figure, Figures, Model};

/// A score from a time on, up to the first second of a week.
#[derive(Clone, Copy, Debug)]
struct Change {
    from: u64,
    score: Amount,
    end: u64,
}

/// Each account's changes, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct History(BTreeMap<Account, Vec<Change>>);

impl History {
    pub(super) fn record(&mut self, account: Account, from: u64, score: Amount, end: u64) {
        self.0.entry(account).or_default().push(Change { from, score, end });
    }

    fn score_at(&self, account: Account, time: u64) -> Amount {
        let changes = self.0.get(&account).into_iter().flatten();
        let last = changes.take_while(|change| change.from <= time).last();
        last.filter(|change| time < change.end * WEEK).map_or(Amount::ZERO, |change| change.score)
    }
}

impl Model {
    /// Every account's score, and the sum, at a time that has passed.
    #[must_use]
    pub fn past(&self, time: u64) -> Figures {
        let history = &self.staking.history;
        let mut all = Figures::new();
        let mut total = Amount::ZERO;
        for account in history.0.keys() {
            let score = history.score_at(*account, time);
            total += score;
            all.insert(Figure::PastScore(*account, time), score.into());
        }
        all.insert(Figure::PastTotalScore(time), total.into());
        all
    }

    /// When scores changed, and when they ended.
    #[must_use]
    pub fn turns(&self) -> Vec<u64> {
        let changes = self.staking.history.0.values().flatten();
        changes.flat_map(|change| [change.from, change.end * WEEK]).collect()
    }
}
