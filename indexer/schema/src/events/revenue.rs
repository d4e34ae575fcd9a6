//! Events of Revenue.

use alloy::primitives::{Address, B256, U256};

use crate::event::event_tables;

event_tables! {
    /// A listing's revenue was split.
    RevenueSettled => "revenue_settled" {
        /// Listing whose revenue it is.
        listing: i64,
        /// Who earned it at the sales.
        beneficiary: Address,
        /// Token.
        token: Address,
        /// All revenue that is split by now, in base units.
        received: U256,
        /// What the beneficiary got this time.
        beneficiary_amount: U256,
        /// Parents paid.
        parents: Vec<i64>,
        /// Who earned each parent's part.
        parent_beneficiaries: Vec<Address>,
        /// What each parent got this time.
        parent_amounts: Vec<U256>,
    }

    /// The protocol fee, or who gets it, changed.
    RevenueFeeChanged => "revenue_fee_changed" {
        /// Fee in 1/10,000 of a sale.
        fee_bps: i32,
        /// Who gets it.
        fee_recipient: Address,
    }

    /// A new owner of Revenue is named, who has yet to accept.
    RevenueOwnershipTransferStarted => "revenue_ownership_transfer_started" {
        /// Owner now.
        previous_owner: Address,
        /// Owner once accepted.
        new_owner: Address,
    }

    /// ERC-173 `OwnershipTransferred` of Revenue.
    RevenueOwnershipTransferred => "revenue_ownership_transferred" {
        /// Owner before.
        previous_owner: Address,
        /// Owner after.
        new_owner: Address,
    }

    /// A listing's share contract came to be.
    RevenueSharesCreated => "revenue_shares_created" {
        /// Listing's number.
        listing: i64,
        /// Share contract: the listing's beneficiary from now on.
        share: Address,
        /// Who received all shares.
        holder: Address,
        /// Vault account in which what the shares earn lies.
        account: Address,
        /// Number of shares in base units of 18 decimals, for good.
        supply: U256,
        /// What the shares earn of what the listing receives, in 1/10,000.
        own_bps: i32,
        /// ERC-20 name.
        name: String,
        /// ERC-20 symbol.
        symbol: String,
    }

    /// Someone paid a listing directly, without buying.
    RevenueListingPaid => "revenue_listing_paid" {
        /// Listing's number.
        listing: i64,
        /// Who paid.
        payer: Address,
        /// Token.
        token: Address,
        /// Who earns it.
        beneficiary: Address,
        /// Amount in base units.
        amount: U256,
        /// 32 bytes of the payer's choice.
        memo: B256,
    }

    /// The guardian, and whether it may pause sales.
    RevenueGuardianChanged => "revenue_guardian_changed" {
        /// Guardian.
        guardian: Address,
        /// Whether it may pause, once.
        armed: bool,
    }

    /// New sales are paused.
    RevenueSalesPauseChanged => "revenue_sales_pause_changed" {
        /// Unix time until which they are; in the past, they are not.
        paused_until: i64,
    }
}
