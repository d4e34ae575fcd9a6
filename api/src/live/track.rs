//! How far one subscriber is on one chain: what is told, what is held back, what was passed over. Pure.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::batch::{Batch, What};
use super::place::{END, Place};
use crate::model::Finality;

/// Up to which blocks a chain is safe and final. Neither falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) safe: i64,
    pub(super) finalized: i64,
}

impl Levels {
    pub(super) fn raise(&mut self, to: Self) {
        self.finalized = self.finalized.max(to.finalized);
        self.safe = self.safe.max(to.safe).max(self.finalized);
    }
}

/// What is to be told now: a row, and behind which of its messages.
pub(super) type Due = (Arc<Batch>, Option<i32>);

/// A block that was told up to this message when it was taken back: what is void of it ends there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partly {
    seq: i64,
    up_to: i32,
}

/// One subscriber on one chain.
#[derive(Debug)]
pub(super) struct Track {
    level: Finality,
    /// Everything up to here was looked at.
    at: Place,
    levels: Levels,
    /// Blocks that are not final enough, oldest first.
    held: VecDeque<Due>,
    /// Rows of blocks that it was never told of, and whose retraction is none of its business.
    passed: BTreeSet<i64>,
    partly: Option<Partly>,
}

impl Track {
    pub(super) fn new(level: Finality, from: Place) -> Self {
        let levels = Levels::default();
        Self { level, at: from, levels, held: VecDeque::new(), passed: BTreeSet::new(), partly: None }
    }

    /// The first row that it has not looked at.
    pub(super) fn next_row(&self) -> i64 {
        self.at.next_row()
    }

    /// From where it could go on, once everything that was due is sent.
    pub(super) fn resume(&self) -> Place {
        match self.held.front() {
            None => self.at,
            Some((batch, Some(index))) => Place { seq: batch.seq, index: *index },
            Some((batch, None)) => Place::behind(batch.seq - 1),
        }
    }

    /// Looks at the next row. Rows that it has seen already are passed over.
    pub(super) fn take(&mut self, batch: &Arc<Batch>) -> Vec<Due> {
        if batch.seq < self.next_row() {
            return Vec::new();
        }
        let behind = (batch.seq == self.at.seq).then_some(self.at.index);
        self.at = Place { seq: batch.seq, index: END };
        match batch.what {
            What::Block => {
                self.held.push_back((batch.clone(), behind));
                self.release()
            }
            What::Gone => {
                match behind {
                    Some(up_to) => self.partly = Some(Partly { seq: batch.seq, up_to }),
                    None => {
                        self.passed.insert(batch.seq);
                    }
                }
                Vec::new()
            }
            What::Back { of } => {
                if of.is_some_and(|of| self.passed.remove(&of)) {
                    return Vec::new();
                }
                if let Some((last, behind)) = self.held.back()
                    && Some(last.seq) == of
                {
                    let partly = behind.map(|up_to| Partly { seq: last.seq, up_to });
                    self.held.pop_back();
                    if partly.is_none() {
                        return Vec::new();
                    }
                    self.partly = partly;
                }
                // What is final is never taken back.
                if self.level == Finality::Finalized { Vec::new() } else { vec![(batch.clone(), behind)] }
            }
        }
    }

    /// The last message of a row that is told: of a retraction, that of the last message that it takes back.
    pub(super) fn last(&self, batch: &Batch) -> i32 {
        let partly = self.partly.filter(|partly| batch.what == What::Back { of: Some(partly.seq) });
        partly.map_or(END, |partly| partly.up_to)
    }

    /// The chain has become final further on.
    pub(super) fn raise(&mut self, levels: Levels) -> Vec<Due> {
        self.levels.raise(levels);
        self.release()
    }

    fn release(&mut self) -> Vec<Due> {
        let up_to = match self.level {
            Finality::Latest => i64::MAX,
            Finality::Safe => self.levels.safe,
            Finality::Finalized => self.levels.finalized,
        };
        let count = self.held.iter().take_while(|(batch, _)| batch.block.number <= up_to).count();
        self.held.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stoa_schema::archive::BlockRef;
    use stoa_schema::types::Hash;
    use time::OffsetDateTime;

    fn row(seq: i64, what: What, number: i64) -> Arc<Batch> {
        let block = BlockRef { number, hash: Hash::default(), time: OffsetDateTime::UNIX_EPOCH };
        Arc::new(Batch::new((1, seq), what, block, Finality::Latest, Vec::new()))
    }

    fn play(track: &mut Track, rows: &[(i64, What, i64)]) -> Vec<i64> {
        let due = rows.iter().flat_map(|(seq, what, number)| track.take(&row(*seq, *what, *number)));
        due.map(|(batch, _)| batch.seq).collect()
    }

    fn back(of: i64) -> What {
        What::Back { of: Some(of) }
    }

    #[test]
    fn at_latest_everything_is_told_at_once_and_taken_back() {
        let mut track = Track::new(Finality::Latest, Place::behind(4));
        let told = play(
            &mut track,
            &[(4, What::Block, 9), (5, What::Block, 10), (6, back(5), 10), (7, What::Block, 10)],
        );
        assert_eq!(told, [5, 6, 7], "what was told before is not told again");
        assert_eq!(track.resume(), Place::behind(7));
    }

    #[test]
    fn what_was_passed_over_is_not_taken_back() {
        let mut track = Track::new(Finality::Latest, Place { seq: 4, index: 2 });
        // Row 4 was told in part: its retraction is told. Row 5 never was.
        let told =
            play(&mut track, &[(4, What::Gone, 9), (5, What::Gone, 10), (6, back(5), 10), (7, back(4), 9)]);
        assert_eq!(told, [7]);
        assert_eq!(track.last(&row(7, back(4), 9)), 2, "no further than it was told");
        assert_eq!(track.last(&row(8, back(3), 8)), END);
    }

    #[test]
    fn what_is_not_final_is_held_and_never_taken_back() {
        let mut track = Track::new(Finality::Finalized, Place::behind(0));
        let rows = [(1, What::Block, 10), (2, What::Block, 11), (3, back(2), 11), (4, What::Block, 11)];
        assert_eq!(play(&mut track, &rows), [] as [i64; 0]);
        assert_eq!(track.resume(), Place::behind(0), "what is held is read again");
        let due = |track: &mut Track, finalized| -> Vec<i64> {
            let due = track.raise(Levels { safe: 20, finalized });
            due.iter().map(|(batch, _)| batch.seq).collect()
        };
        assert_eq!(due(&mut track, 10), [1]);
        assert_eq!(track.resume(), Place::behind(3));
        assert_eq!(due(&mut track, 9), [] as [i64; 0], "a node that lags changes nothing");
        assert_eq!(due(&mut track, 11), [4]);
    }

    #[test]
    fn what_was_safe_and_is_not_is_taken_back() {
        let mut track = Track::new(Finality::Safe, Place::behind(0));
        track.raise(Levels { safe: 10, finalized: 5 });
        assert_eq!(
            play(
                &mut track,
                &[(1, What::Block, 10), (2, What::Block, 11), (3, back(2), 11), (4, back(1), 10)]
            ),
            [1, 4]
        );
    }

    #[test]
    fn resuming_inside_of_a_row_goes_on_behind_the_message() {
        let mut track = Track::new(Finality::Latest, Place { seq: 3, index: 7 });
        let due = track.take(&row(3, What::Block, 1));
        assert_eq!(due.first().map(|(batch, behind)| (batch.seq, *behind)), Some((3, Some(7))));
        assert!(track.take(&row(3, What::Block, 1)).is_empty(), "once");
    }
}
