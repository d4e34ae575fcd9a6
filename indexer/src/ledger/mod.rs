//! Running totals that the contracts' events carry: a log that is missing, altered or double breaks one.
//!
//! *Invariant:* nothing is committed whose totals do not follow from what is stored. Pure but for [`load`] and [`load_at`].

mod load;

use std::collections::HashMap;

use alloy::primitives::{Address, U256};

pub use load::{load, load_at};

/// Something that the contracts count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Series {
    /// Listings created; each is numbered.
    Listings,
    /// Versions of a listing.
    Versions(i64),
    /// Plans created.
    Plans,
    /// Changes of a plan.
    PlanVersions(i64),
    /// What a plan has sold.
    Sold(i64),
    /// Share sales opened.
    Sales,
    /// Lots that a share sale has sold.
    SaleSold(i64),
    /// Tokens that stakers' fees come in.
    StakeTokens,
    /// Tokens that a share's earnings come in.
    ShareTokens(Address),
    /// Principal in an account's lock.
    Lock(Address),
    /// Revenue of a listing that is split, by beneficiary and token.
    Settled(i64, Address, Address),
    /// Stakers' index of a token.
    FeeIndex(Address),
}

/// What must have held before a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Exactly(U256),
    /// The total only rises.
    AtMost(U256),
}

/// A log that tells a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub block: i64,
    pub log_index: i32,
    pub series: Series,
    pub before: Before,
    pub after: U256,
}

/// A total that does not follow from the one before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "log {log_index} of block {block} breaks a running total ({series:?} stood at {stood}, the log asks for \
     {asked:?}): a log before it is missing, altered or double"
)]
pub struct Break {
    pub block: i64,
    pub log_index: i32,
    pub series: Series,
    pub stood: U256,
    pub asked: Before,
}

/// Every total as the stored blocks leave it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    totals: HashMap<Series, U256>,
}

impl Ledger {
    pub fn new(totals: HashMap<Series, U256>) -> Self {
        Self { totals }
    }

    /// Whether `tallies` follow from what is stored.
    pub fn check<'a>(&self, tallies: impl IntoIterator<Item = &'a Tally>) -> Result<(), Box<Break>> {
        let mut moved: HashMap<Series, U256> = HashMap::new();
        for tally in tallies {
            let Tally { block, log_index, series, before, after } = *tally;
            let now = moved.get(&series).or_else(|| self.totals.get(&series));
            let stood = now.copied().unwrap_or_default();
            let follows = match before {
                Before::Exactly(expected) => stood == expected,
                Before::AtMost(bound) => stood <= bound,
            };
            if !follows {
                return Err(Box::new(Break { block, log_index, series, stood, asked: before }));
            }
            moved.insert(series, after);
        }
        Ok(())
    }

    /// Takes over the totals of blocks that were committed.
    pub fn apply<'a>(&mut self, tallies: impl IntoIterator<Item = &'a Tally>) {
        self.totals.extend(tallies.into_iter().map(|tally| (tally.series, tally.after)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sold(block: i64, quantity: u64, total: u64) -> Tally {
        Tally {
            block,
            log_index: 0,
            series: Series::Sold(1),
            before: Before::Exactly(U256::from(total - quantity)),
            after: U256::from(total),
        }
    }

    #[test]
    fn totals_that_follow_are_taken() {
        let mut ledger = Ledger::default();
        let tallies = [sold(1, 2, 2), sold(1, 3, 5), sold(2, 1, 6)];
        assert_eq!(ledger.check(&tallies), Ok(()));
        ledger.apply(&tallies);
        assert_eq!(ledger.check(&[sold(3, 1, 7)]), Ok(()));
    }

    #[test]
    fn missing_altered_and_double_logs_break() {
        let mut ledger = Ledger::default();
        ledger.apply(&[sold(1, 2, 2)]);
        assert!(ledger.check(&[sold(2, 1, 4)]).is_err(), "one is missing");
        assert!(ledger.check(&[sold(2, 2, 5)]).is_err(), "one is altered");
        assert!(ledger.check(&[sold(2, 2, 2)]).is_err(), "one is double");
    }

    #[test]
    fn what_only_rises_may_not_fall() {
        let rises = |total: u64| Tally {
            block: 1,
            log_index: 0,
            series: Series::FeeIndex(Address::ZERO),
            before: Before::AtMost(U256::from(total)),
            after: U256::from(total),
        };
        let mut ledger = Ledger::default();
        ledger.apply(&[rises(5)]);
        assert!(ledger.check(&[rises(5)]).is_ok());
        assert!(ledger.check(&[rises(4)]).is_err());
    }
}
