//! What is to be done next. Pure.

/// The next step, from where the cursor stands and how far the chain goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Fetch and commit these blocks.
    Index { from: u64, to: u64 },
    /// Nothing new: ask for the head again, after a while.
    Wait,
    /// `--until` is committed.
    Done,
}

/// What the next step depends on.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// Last block committed.
    pub stored: u64,
    /// Newest block that may be indexed, once a head was heard of.
    pub target: Option<u64>,
    /// Block to end at.
    pub until: Option<u64>,
    /// At most this many blocks at once; at least 1.
    pub range: u64,
}

impl State {
    pub fn next(&self) -> Step {
        if self.until.is_some_and(|until| self.stored >= until) {
            return Step::Done;
        }
        let from = self.stored + 1;
        let target = self.target.map(|target| self.until.map_or(target, |until| target.min(until)));
        match target {
            Some(target) if target >= from => {
                Step::Index { from, to: target.min(from.saturating_add(self.range.max(1) - 1)) }
            }
            _ => Step::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: State = State { stored: 10, target: Some(1_000), until: None, range: 100 };

    #[test]
    fn ranges_begin_behind_the_cursor_and_are_bounded() {
        assert_eq!(STATE.next(), Step::Index { from: 11, to: 110 });
        assert_eq!(State { target: Some(11), ..STATE }.next(), Step::Index { from: 11, to: 11 });
        assert_eq!(State { range: u64::MAX, ..STATE }.next(), Step::Index { from: 11, to: 1_000 });
    }

    #[test]
    fn at_the_head_it_waits() {
        assert_eq!(State { target: Some(10), ..STATE }.next(), Step::Wait);
        assert_eq!(State { target: None, ..STATE }.next(), Step::Wait);
    }

    #[test]
    fn a_node_that_is_behind_is_waited_for() {
        assert_eq!(State { target: Some(4), ..STATE }.next(), Step::Wait);
    }

    #[test]
    fn until_is_neither_passed_nor_missed() {
        assert_eq!(State { until: Some(50), ..STATE }.next(), Step::Index { from: 11, to: 50 });
        assert_eq!(State { until: Some(10), ..STATE }.next(), Step::Done);
        assert_eq!(State { until: Some(2_000), target: Some(10), ..STATE }.next(), Step::Wait);
    }
}
