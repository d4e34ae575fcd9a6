//! What is to be done next. Pure.

/// The next step, from where the cursors stand and how far the chain goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Far behind: fill the archive up to this final block, without projections.
    Archive { to: u64 },
    /// Build the projections from the archive.
    Build,
    /// Commit these final blocks at once.
    Final { from: u64, to: u64 },
    /// Commit these blocks one by one: they may be taken back.
    Follow { from: u64, to: u64 },
    /// Nothing new: wait for the head to move.
    Wait,
    /// `--until` is committed.
    Done,
}

/// What the next step depends on.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// The deployment's first block.
    pub first: u64,
    /// Last block in the archive.
    pub stored: u64,
    /// Last block in the projections.
    pub projected: u64,
    /// Newest block that may be indexed, once a head was heard of, and how far the chain is final.
    pub target: Option<Target>,
    /// Block to end at.
    pub until: Option<u64>,
    /// At most this many final blocks at once; at least 1.
    pub range: u64,
    /// At most this many blocks at once that are not final; at least 1.
    pub follow: u64,
    /// From how many missing final blocks on the archive is filled first.
    pub archive_from: u64,
}

/// How far the chain goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub latest: u64,
    pub finalized: u64,
}

impl State {
    pub fn next(&self) -> Step {
        let built = self.projected >= self.stored;
        if built && self.until.is_some_and(|until| self.stored >= until) {
            return Step::Done;
        }
        let Some(target) = self.target else { return Step::Wait };
        let (latest, last_final) = (self.bounded(target.latest), self.last_final());
        let missing = last_final.saturating_sub(self.stored);
        if missing > 0 && self.archives(missing, built) {
            return Step::Archive { to: last_final };
        }
        if !built {
            return Step::Build;
        }
        let from = self.stored + 1;
        if missing > 0 {
            Step::Final { from, to: last_final.min(from.saturating_add(self.range.max(1) - 1)) }
        } else if latest >= from {
            Step::Follow { from, to: latest.min(from.saturating_add(self.follow.max(1) - 1)) }
        } else {
            Step::Wait
        }
    }

    /// The last final block that may be indexed; 0 where none is known.
    pub fn last_final(&self) -> u64 {
        self.target.map_or(0, |target| self.bounded(target.finalized.min(target.latest)))
    }

    fn bounded(&self, block: u64) -> u64 {
        self.until.map_or(block, |until| block.min(until))
    }

    /// Whether the archive alone is filled first. Building projections anew costs as much as all that is stored:
    /// worth it where more is missing than is there, or where they have to be built anyway.
    fn archives(&self, missing: u64, built: bool) -> bool {
        let there = self.stored.saturating_sub(self.first);
        missing >= self.archive_from && (!built || missing > there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: State = State {
        first: 1,
        stored: 1_000,
        projected: 1_000,
        target: Some(Target { latest: 1_300, finalized: 1_200 }),
        until: None,
        range: 150,
        follow: 20,
        archive_from: 10_000,
    };

    fn target(latest: u64, finalized: u64) -> Option<Target> {
        Some(Target { latest, finalized })
    }

    #[test]
    fn final_blocks_go_in_ranges_the_others_in_small_steps() {
        assert_eq!(STATE.next(), Step::Final { from: 1_001, to: 1_150 });
        assert_eq!(
            State { target: target(1_300, 1_001), ..STATE }.next(),
            Step::Final { from: 1_001, to: 1_001 }
        );
        assert_eq!(
            State { target: target(1_300, 900), ..STATE }.next(),
            Step::Follow { from: 1_001, to: 1_020 }
        );
        assert_eq!(
            State { target: target(1_001, 900), ..STATE }.next(),
            Step::Follow { from: 1_001, to: 1_001 }
        );
        assert_eq!(State { range: u64::MAX, ..STATE }.next(), Step::Final { from: 1_001, to: 1_200 });
    }

    #[test]
    fn what_is_final_ahead_of_the_target_is_not_indexed() {
        assert_eq!(
            State { target: target(1_100, 1_200), ..STATE }.next(),
            Step::Final { from: 1_001, to: 1_100 }
        );
    }

    #[test]
    fn what_is_fetched_ahead_is_final_and_wanted() {
        assert_eq!(STATE.last_final(), 1_200);
        assert_eq!(State { until: Some(1_100), ..STATE }.last_final(), 1_100);
        assert_eq!(State { target: target(1_100, 1_200), ..STATE }.last_final(), 1_100);
        assert_eq!(State { target: None, ..STATE }.last_final(), 0);
    }

    #[test]
    fn at_the_head_it_waits() {
        assert_eq!(State { target: target(1_000, 900), ..STATE }.next(), Step::Wait);
        assert_eq!(State { target: target(4, 2), ..STATE }.next(), Step::Wait, "a node that is behind");
        assert_eq!(State { target: None, ..STATE }.next(), Step::Wait);
    }

    #[test]
    fn until_is_neither_passed_nor_missed() {
        assert_eq!(State { until: Some(1_050), ..STATE }.next(), Step::Final { from: 1_001, to: 1_050 });
        assert_eq!(State { until: Some(1_000), ..STATE }.next(), Step::Done);
        assert_eq!(State { until: Some(2_000), target: target(1_000, 900), ..STATE }.next(), Step::Wait);
    }

    #[test]
    fn far_behind_the_archive_is_filled_first_and_the_projections_built_then() {
        let empty = State { stored: 0, projected: 0, target: target(30_000, 29_000), ..STATE };
        assert_eq!(empty.next(), Step::Archive { to: 29_000 });
        let filled = State { stored: 29_000, ..empty };
        assert_eq!(filled.next(), Step::Build);
        assert_eq!(State { until: Some(29_000), ..filled }.next(), Step::Build, "it does not end unbuilt");
        assert_eq!(State { projected: 29_000, ..filled }.next(), Step::Follow { from: 29_001, to: 29_020 });
    }

    #[test]
    fn a_full_archive_is_caught_up_by_ranges() {
        let away = State { stored: 50_000, projected: 50_000, target: target(70_000, 69_000), ..STATE };
        assert_eq!(away.next(), Step::Final { from: 50_001, to: 50_150 });
        let killed = State { projected: 9, ..away };
        assert_eq!(killed.next(), Step::Archive { to: 69_000 }, "they have to be built anyway");
    }
}
