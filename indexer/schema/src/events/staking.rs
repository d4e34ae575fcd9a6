//! Events of Staking.

use alloy::primitives::{Address, U256};

use crate::event::event_tables;

event_tables! {
    /// A token whose fees are divided among stakers from now on.
    StakingTokenListed => "staking_token_listed" {
        /// Token.
        token: Address,
        /// Its place in the list, from 0.
        position: i64,
    }

    /// A lock's whole state after a change.
    StakingLockChanged => "staking_lock_changed" {
        /// Whose lock.
        account: Address,
        /// Who paid for the change; the account itself where nothing was paid.
        payer: Address,
        /// 0 start, 1 raise, 2 extend, 3 reinvest.
        change: i16,
        /// Principal that came in by this change, in base units of STOA.
        added: U256,
        /// Principal after it.
        amount: U256,
        /// What the lock weighs until its end.
        score: U256,
        /// Unix time at which the lock ends.
        lock_end: i64,
        /// Sum of all active scores after it.
        total_score: U256,
    }

    /// All principal of an ended lock left it.
    StakingPrincipalWithdrawn => "staking_principal_withdrawn" {
        /// Whose lock.
        account: Address,
        /// Who received it.
        receiver: Address,
        /// How much, in base units of STOA.
        amount: U256,
        /// 0 vault balance, 1 wallet.
        payout: i16,
    }

    /// Fees were divided among stakers.
    StakingFeesDistributed => "staking_fees_distributed" {
        /// Token.
        token: Address,
        /// Week they belong to: Unix time / 604,800.
        week: i64,
        /// Fees that arrived since the token's last distribution.
        amount: U256,
        /// Token's index from now on, times 2^96.
        reward_index: U256,
        /// Sum of the scores that share.
        total_score: U256,
    }

    /// An account's earnings of a token were fixed, because its lock changes.
    StakingCheckpointed => "staking_checkpointed" {
        /// Whose earnings.
        account: Address,
        /// Token.
        token: Address,
        /// Account's index from now on, times 2^96.
        reward_index: U256,
        /// What it has earned up to there and not been paid, times 2^96.
        accrued: U256,
    }

    /// An account's earnings of a token were paid.
    StakingFeesClaimed => "staking_fees_claimed" {
        /// Who earned them.
        account: Address,
        /// Token.
        token: Address,
        /// Who received them; Staking itself where they became principal.
        receiver: Address,
        /// How much, in base units.
        amount: U256,
        /// 0 vault balance, 1 wallet, 2 lock.
        payout: i16,
        /// Account's index from now on, times 2^96.
        reward_index: U256,
        /// What is left below one unit, times 2^96.
        accrued: U256,
    }

    /// Whether anyone may reinvest an account's STOA fees.
    StakingReinvestSet => "staking_reinvest_set" {
        /// Account.
        account: Address,
        /// Whether anyone may.
        enabled: bool,
    }

    /// The nonce that an account's next signature must carry.
    StakingNonceChanged => "staking_nonce_changed" {
        /// Account.
        account: Address,
        /// Nonce.
        nonce: U256,
    }

    /// Scores from which the tiers begin.
    StakingTiersChanged => "staking_tiers_changed" {
        /// Tier 1, in whole STOA.
        tier1: i64,
        /// Tier 2, in whole STOA.
        tier2: i64,
        /// Tier 3, in whole STOA.
        tier3: i64,
        /// Tier 4, in whole STOA.
        tier4: i64,
    }

    /// A new owner of Staking is named, who has yet to accept.
    StakingOwnershipTransferStarted => "staking_ownership_transfer_started" {
        /// Owner now.
        previous_owner: Address,
        /// Owner once accepted.
        new_owner: Address,
    }

    /// ERC-173 `OwnershipTransferred` of Staking.
    StakingOwnershipTransferred => "staking_ownership_transferred" {
        /// Owner before.
        previous_owner: Address,
        /// Owner after.
        new_owner: Address,
    }
}
