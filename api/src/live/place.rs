//! Cursors of a stream: how far a subscriber is on each chain, and at which level.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::Finality;
use crate::params::{Choice, FromParam, natural};

/// Behind everything in a row of the outbox.
pub(super) const END: i32 = i32::MAX;
/// More chains than this are in no cursor of ours.
const MOST_CHAINS: usize = 64;

/// A place on a chain: the outbox's row, and the message inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) index: i32,
}

impl Place {
    /// Behind a whole row.
    pub(crate) fn behind(seq: i64) -> Self {
        Self { seq, index: END }
    }

    /// The first row that is still to be read.
    pub(crate) fn next_row(self) -> i64 {
        if self.index == END { self.seq + 1 } else { self.seq }
    }
}

/// A cursor: `{level}:{chainId}-{seq}-{index}`, further chains behind commas. Without an index it is behind the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) level: Finality,
    pub(crate) at: BTreeMap<i64, Place>,
}

impl Places {
    pub(super) fn one(level: Finality, chain_id: i64, place: Place) -> Self {
        Self { level, at: BTreeMap::from([(chain_id, place)]) }
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.level.word())?;
        let mut before = ':';
        for (chain_id, Place { seq, index }) in &self.at {
            write!(f, "{before}{chain_id}-{seq}")?;
            if *index != END {
                write!(f, "-{index}")?;
            }
            before = ',';
        }
        Ok(())
    }
}

impl FromParam for Places {
    fn from_param(text: &str) -> Option<Self> {
        let (level, rest) = text.split_once(':')?;
        let mut at = BTreeMap::new();
        for part in rest.split(',') {
            let (chain_id, rest) = part.split_once('-')?;
            let (seq, index) = match rest.split_once('-') {
                Some((seq, index)) => (seq, whole(index).and_then(|index| i32::try_from(index).ok())?),
                None => (rest, END),
            };
            let place = Place { seq: whole(seq)?, index };
            if at.insert(natural(chain_id)?, place).is_some() || at.len() > MOST_CHAINS {
                return None;
            }
        }
        Some(Self { level: Finality::from_param(level)?, at })
    }

    fn allowed() -> String {
        "the `cursor` of an earlier message, unchanged, or those of several chains with commas between, \
         as in `latest:31337-812-4`"
            .to_owned()
    }
}

fn whole(text: &str) -> Option<i64> {
    if text == "0" { Some(0) } else { natural(text).filter(|number| *number < i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_can_be_read_by_people() {
        let places = Places::from_param("finalized:1-0,31337-812-4").expect("valid");
        assert_eq!(places.level, Finality::Finalized);
        assert_eq!(places.at[&1], Place::behind(0));
        assert_eq!(places.at[&31_337], Place { seq: 812, index: 4 });
        for bad in [
            "",
            "latest",
            "latest:",
            "early:1-1",
            "latest:1",
            "latest:0-1",
            "latest:1-1-",
            "latest:1-1,1-2",
            "latest:1--1",
        ] {
            assert_eq!(Places::from_param(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn cursors_survive_the_way_out_and_back(
            at in prop::collection::btree_map(1..i64::MAX, (0..i64::MAX, 0..=i32::MAX), 1..5),
        ) {
            let at = at.into_iter().map(|(chain, (seq, index))| (chain, Place { seq, index })).collect();
            let places = Places { level: Finality::Safe, at };
            prop_assert_eq!(Places::from_param(&places.to_string()), Some(places));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(latest:)?[ -~]{0,60}") {
            let _ = Places::from_param(&text);
        }
    }
}
