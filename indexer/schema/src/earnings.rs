//! What holders of shares and stakers can claim: the contracts' own arithmetic, rounding included.

use crate::types::Uint;
use alloy::primitives::{U256, U512};

/// 100 % in 1/10,000.
pub const BPS: u64 = 10_000;
/// Fractional bits of Staking's indices.
const FRACTION: usize = 96;
/// Seconds of a week; weeks are numbered from the Unix epoch, as in Staking.
pub const WEEK: i64 = 604_800;

/// What all shares together have earned of a token: `received * ownBps / 10,000`, rounded down.
///
/// Source: RevenueShare, which reads it live; `received` is everything ever credited to the share's account.
pub fn share_earned(received: Uint, own_bps: i32) -> Option<Uint> {
    let bps = U512::from(u32::try_from(own_bps).ok()?);
    narrow(wide(received) * bps / U512::from(BPS))
}

/// What a holder can claim: `(accrued + balance * (earned - index)) / supply`, rounded down.
///
/// Source: RevenueShare, with the index and remainder (`accrued`, times supply) of the holder's last
/// `Checkpointed` or `RevenueClaimed`. `None` where the contract would revert.
pub fn share_claimable(
    accrued: Uint,
    balance: Uint,
    earned: Uint,
    index: Uint,
    supply: Uint,
) -> Option<Uint> {
    let grown = Uint(earned.0.checked_sub(index.0)?);
    narrow((wide(accrued) + wide(balance) * wide(grown)).checked_div(wide(supply))?)
}

/// What a staker can claim: `(accrued + score * max(0, upper - index)) / 2^96`, rounded down.
///
/// Source: Staking, with the index and remainder of the account's last `Checkpointed` or `FeesClaimed`, the score
/// of its lock even after its end, and as `upper` the token's index of the last week before the lock's end in
/// which fees were divided.
pub fn stake_claimable(accrued: Uint, score: Uint, upper: Uint, index: Uint) -> Option<Uint> {
    let grown = Uint(upper.0.saturating_sub(index.0));
    narrow((wide(accrued) + wide(score) * wide(grown)) >> FRACTION)
}

/// The tier of an active score: how many thresholds, in whole STOA, it reaches.
///
/// Source: Staking, `TiersChanged`.
pub fn tier(score: Uint, thresholds: &[i64; 4]) -> i16 {
    let whole = score.0 / U256::from(10).pow(U256::from(18));
    let reached =
        thresholds.iter().filter(|from| u64::try_from(**from).is_ok_and(|from| U256::from(from) <= whole));
    reached.map(|_| 1).sum()
}

fn wide(number: Uint) -> U512 {
    U512::from(number.0)
}

fn narrow(number: U512) -> Option<Uint> {
    (number <= U512::from(U256::MAX)).then(|| Uint(number.to()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uint(number: u128) -> Uint {
        Uint(U256::from(number))
    }

    #[test]
    fn rounding_is_down_at_each_step() {
        // Of 9,999 units 33.33 % are 3,332.6667.
        assert_eq!(share_earned(uint(9_999), 3_333), Some(uint(3_332)));
        // A third of 10 with 2/3 of a unit kept from before: 12 / 3.
        assert_eq!(share_claimable(uint(2), uint(1), uint(10), uint(0), uint(3)), Some(uint(4)));
        assert_eq!(share_claimable(uint(1), uint(1), uint(10), uint(0), uint(3)), Some(uint(3)));
        let one = 1_u128 << 96;
        assert_eq!(stake_claimable(uint(one - 1), uint(1), uint(one), uint(0)), Some(uint(1)));
        assert_eq!(stake_claimable(uint(one), uint(1), uint(one), uint(0)), Some(uint(2)));
    }

    #[test]
    fn an_index_past_the_end_of_the_lock_takes_nothing_away() {
        assert_eq!(stake_claimable(uint(5 << 96), uint(7), uint(1), uint(2)), Some(uint(5)));
    }

    #[test]
    fn what_cannot_be_is_no_amount() {
        assert_eq!(share_claimable(uint(0), uint(1), uint(1), uint(2), uint(1)), None, "an index ahead");
        assert_eq!(share_claimable(uint(0), uint(1), uint(1), uint(0), uint(0)), None, "no supply");
        let most = Uint(U256::MAX);
        assert_eq!(share_claimable(most, most, most, uint(0), uint(1)), None, "more than uint256");
        assert_eq!(stake_claimable(most, most, most, uint(0)), None, "more than uint256");
        assert_eq!(share_earned(uint(1), -1), None, "less than nothing");
        assert_eq!(share_earned(most, 10_000), Some(most));
    }

    #[test]
    fn tiers_begin_at_their_threshold() {
        let stoa = |whole: u64, base: u128| {
            Uint(U256::from(whole) * U256::from(10).pow(U256::from(18)) + U256::from(base))
        };
        let thresholds = [10, 100, 100, 4_294_967_295];
        assert_eq!(tier(uint(0), &thresholds), 0);
        assert_eq!(tier(stoa(9, 999_999_999_999_999_999), &thresholds), 0);
        assert_eq!(tier(stoa(10, 0), &thresholds), 1);
        assert_eq!(tier(stoa(99, 999_999_999_999_999_999), &thresholds), 1);
        assert_eq!(tier(stoa(100, 0), &thresholds), 3);
        assert_eq!(tier(stoa(4_294_967_295, 0), &thresholds), 4);
    }

    proptest! {
        /// A share in three hands: whatever is earned and whenever each checkpoints, nobody gets more than the
        /// whole, at most a unit per holder waits, and checkpoints change nothing.
        #[test]
        fn holders_share_what_was_earned_and_no_more(
            parts in prop::array::uniform3(0_u64..1 << 40),
            steps in prop::collection::vec((0_u64..1 << 50, 0_usize..4), 1..20),
            own_bps in 5_000_i32..=10_000,
        ) {
            let supply = uint(parts.iter().map(|part| u128::from(*part)).sum::<u128>() + 1);
            let parts = [u128::from(parts[0]), u128::from(parts[1]), u128::from(parts[2]) + 1].map(uint);
            let mut received = 0_u128;
            let mut held = [(uint(0), uint(0)); 3];
            let earned = |received| share_earned(uint(received), own_bps).expect("fits");
            for (more, who) in steps {
                received += u128::from(more);
                let Some((index, accrued)) = held.get_mut(who) else { continue };
                let now = earned(received);
                *accrued = Uint(accrued.0 + parts[who].0 * (now.0 - index.0));
                *index = now;
            }
            let now = earned(received);
            let mut total = U256::ZERO;
            for (part, (index, accrued)) in parts.iter().zip(held) {
                let claimable = share_claimable(accrued, *part, now, index, supply).expect("fits");
                let never = share_claimable(uint(0), *part, now, uint(0), supply).expect("fits");
                prop_assert_eq!(claimable, never);
                total += claimable.0;
            }
            prop_assert!(total <= now.0 && now.0 - total <= U256::from(2), "{total} of {now}");
            prop_assert!(now.0 <= U256::from(received));
        }

        /// The same in plain integers, wherever 128 bits are enough for them.
        #[test]
        fn claimable_is_the_formula(
            accrued in 0_u64.., score in 0_u64.., upper in 0_u64.., index in 0_u64.., supply in 1_u64..,
        ) {
            let [a, s, u, i, n] = [accrued, score, upper, index, supply].map(u128::from);
            let grown = u.saturating_sub(i);
            if let Some(sum) = a.checked_add(s * grown) {
                prop_assert_eq!(stake_claimable(uint(a), uint(s), uint(u), uint(i)), Some(uint(sum >> 96)));
                let shares = share_claimable(uint(a), uint(s), uint(u), uint(i), uint(n));
                prop_assert_eq!(shares, (u >= i).then_some(uint(sum / n)));
            }
        }

        /// The fraction is kept: what is left below one unit is never paid twice.
        #[test]
        fn stakers_lose_nothing_to_claims(score in 1_u64.., first in 0_u128..1 << 100, second in 0_u128..1 << 100) {
            let (upper, zero) = (uint(first + second), uint(0));
            let whole = stake_claimable(zero, uint(score.into()), upper, zero).expect("fits");
            let paid = stake_claimable(zero, uint(score.into()), uint(first), zero).expect("fits");
            let left = U256::from(score) * U256::from(first) - (paid.0 << 96);
            let rest = stake_claimable(Uint(left), uint(score.into()), upper, uint(first)).expect("fits");
            prop_assert_eq!(paid.0 + rest.0, whole.0);
        }
    }
}
