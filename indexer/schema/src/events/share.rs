//! Events of the share contracts.

use alloy::primitives::{Address, U256};

use crate::event::event_tables;

event_tables! {
    /// ERC-20 `Transfer` of a share contract.
    ShareTransfer => "share_transfer" {
        /// Share contract.
        share: Address,
        /// Holder before; the zero address at birth.
        sender: Address,
        /// Holder after.
        receiver: Address,
        /// Shares in base units.
        amount: U256,
    }

    /// ERC-20 `Approval` of a share contract.
    ShareApproval => "share_approval" {
        /// Share contract.
        share: Address,
        /// Holder.
        owner: Address,
        /// Who may move its shares.
        spender: Address,
        /// How many, in base units.
        amount: U256,
    }

    /// What shares earn in a token is claimable from now on.
    SharePaymentTokenAdded => "share_payment_token_added" {
        /// Share contract.
        share: Address,
        /// Token.
        token: Address,
        /// Its place in the list, from 0.
        position: i64,
    }

    /// A holder's earnings of a token were fixed, because its balance changes.
    ShareCheckpointed => "share_checkpointed" {
        /// Share contract.
        share: Address,
        /// Whose earnings.
        account: Address,
        /// Token.
        token: Address,
        /// All that the shares together have ever earned of the token, in base units.
        reward_index: U256,
        /// What the account has earned up to there and not been paid, times supply.
        accrued: U256,
    }

    /// A holder's earnings were paid.
    ShareRevenueClaimed => "share_revenue_claimed" {
        /// Share contract.
        share: Address,
        /// Who earned them.
        account: Address,
        /// Token.
        token: Address,
        /// Who received them.
        receiver: Address,
        /// How much, in base units.
        amount: U256,
        /// 0 vault balance, 1 wallet.
        payout: i16,
        /// All that the shares together have ever earned of the token, in base units.
        reward_index: U256,
        /// What is left below one unit, times supply.
        accrued: U256,
    }
}
