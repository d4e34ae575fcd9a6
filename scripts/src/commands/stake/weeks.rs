//! Weeks and scores, as Staking counts them.

use alloy::primitives::U256;

pub(super) const WEEK: u64 = 604_800;
const MAX_TERM: u64 = 52;
/// STOA's smallest units in one.
const STOA: u64 = 1_000_000_000_000_000_000;

/// When a lock taken now for `term` weeks would end.
pub(super) fn end_of(now: u64, term: u64) -> u64 {
    (now / WEEK + 1 + term) * WEEK
}

/// The term that a lock still has: 0 in its last week and after its end.
pub(super) fn remaining(end: u64, now: u64) -> u64 {
    (end / WEEK).saturating_sub(now / WEEK + 1)
}

/// What an amount weighs, rounded down.
pub(super) fn score_down(amount: U256, term: u64) -> U256 {
    amount * U256::from(MAX_TERM + term) / U256::from(MAX_TERM)
}

/// The least amount that weighs this much.
pub(super) fn amount_up(score: U256, term: u64) -> U256 {
    (score * U256::from(MAX_TERM)).div_ceil(U256::from(MAX_TERM + term))
}

/// The score from which a tier begins, which the contract keeps in whole STOA.
pub(super) fn threshold(whole: u32) -> U256 {
    U256::from(whole) * U256::from(STOA)
}

/// The tier of a score.
pub(super) fn tier_of(score: U256, thresholds: &[u32]) -> usize {
    thresholds.iter().take_while(|whole| score >= threshold(**whole)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terms_count_from_the_end_of_the_week() {
        let thursday = 2_000 * WEEK;
        assert_eq!(end_of(thursday, 1), 2_002 * WEEK);
        assert_eq!(end_of(thursday + WEEK - 1, 1), 2_002 * WEEK);
        assert_eq!(remaining(2_002 * WEEK, thursday), 1);
        assert_eq!(remaining(2_002 * WEEK, thursday + WEEK), 0);
        assert_eq!(remaining(2_002 * WEEK, thursday + 9 * WEEK), 0);
    }

    proptest! {
        #[test]
        fn the_least_amount_is_enough_and_one_less_is_not(score in 1_u128.., term in 1_u64..=52) {
            let score = U256::from(score);
            let amount = amount_up(score, term);
            prop_assert!(score_down(amount, term) >= score);
            prop_assert!(score_down(amount - U256::ONE, term) < score);
        }
    }
}
