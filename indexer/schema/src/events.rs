//! The event tables. Each declaration is the one home of its columns: the migration is generated from it.
//!
//! Ids that the contracts number are `bigint`; every other `uint` is `numeric(78,0)`.

use alloy::primitives::{Address, B256, Bytes, U256};

use crate::event::event_tables;

event_tables! {
    /// A log of a followed contract that no declaration decodes, kept as it came.
    RawLog => "raw_log" {
        /// Contract that emitted it.
        address: Address,
        /// Topics, the event's signature hash first.
        topics: Vec<B256>,
        /// Data.
        data: Bytes,
        /// Why it was not decoded.
        reason: String,
    }

    /// ERC-6909 `Transfer` of the Vault. A deposit comes from the zero address, a withdrawal goes to it.
    VaultTransfer => "vault_transfer" {
        /// Who called the Vault.
        caller: Address,
        /// Account debited.
        sender: Address,
        /// Account credited.
        receiver: Address,
        /// Token; the ERC-6909 id is its address as a number.
        token: Address,
        /// Amount in the token's base units.
        amount: U256,
    }

    /// ERC-6909 `OperatorSet` of the Vault.
    VaultOperatorSet => "vault_operator_set" {
        /// Account whose balances are concerned.
        owner: Address,
        /// Who may move them.
        spender: Address,
        /// Whether they may.
        approved: bool,
    }

    /// ERC-6909 `Approval` of the Vault.
    VaultApproval => "vault_approval" {
        /// Account whose balance is concerned.
        owner: Address,
        /// Who may spend it.
        spender: Address,
        /// Token.
        token: Address,
        /// How much, in base units.
        amount: U256,
    }

    /// A token's metadata, told once when the Vault first describes it.
    VaultTokenDescribed => "vault_token_described" {
        /// Token.
        token: Address,
        /// Its name; empty when it tells none.
        name: String,
        /// Its symbol; empty when it tells none.
        symbol: String,
        /// Decimals; 0 when it tells none.
        decimals: i16,
    }

    /// A new listing.
    ListingsListingCreated => "listings_listing_created" {
        /// Listing's number.
        listing: i64,
        /// First owner.
        owner: Address,
        /// 0 model, 1 dataset, 2 compute, 3 agent, 4 service.
        kind: i16,
        /// Metadata URI.
        uri: String,
        /// Licence the listing is offered under.
        licence: String,
        /// Whether others may derive from it.
        derivatives: bool,
        /// What it asks of a derivative's revenue, in 1/10,000.
        derivative_bps: i32,
        /// Listings it derives from, ascending.
        parents: Vec<i64>,
        /// What each parent is granted, in 1/10,000.
        parent_bps: Vec<i32>,
        /// ERC-2981: who gets the resale royalty of the listing itself.
        royalty_receiver: Address,
        /// ERC-2981: resale royalty in 1/10,000.
        royalty_bps: i32,
    }

    /// A release of a listing.
    ListingsVersionPublished => "listings_version_published" {
        /// Listing's number.
        listing: i64,
        /// Version's number, from 1.
        version: i64,
        /// SHA-256 of the content, or the digest of its CID.
        content_hash: B256,
        /// Where the content is to be had.
        uris: Vec<String>,
    }

    /// A listing's metadata moved.
    ListingsUriChanged => "listings_uri_changed" {
        /// Listing's number.
        listing: i64,
        /// New metadata URI.
        uri: String,
    }

    /// A listing was paused, resumed or retired.
    ListingsStatusChanged => "listings_status_changed" {
        /// Listing's number.
        listing: i64,
        /// 0 active, 1 paused, 2 retired.
        status: i16,
    }

    /// ERC-721 `Transfer` of a listing. A new one comes from the zero address.
    ListingsTransfer => "listings_transfer" {
        /// Owner before.
        sender: Address,
        /// Owner after.
        receiver: Address,
        /// Listing's number.
        listing: i64,
    }

    /// ERC-721 `Approval` of a listing.
    ListingsApproval => "listings_approval" {
        /// Owner.
        owner: Address,
        /// Who may manage and move it.
        approved: Address,
        /// Listing's number.
        listing: i64,
    }

    /// ERC-721 `ApprovalForAll` over an owner's listings.
    ListingsApprovalForAll => "listings_approval_for_all" {
        /// Owner.
        owner: Address,
        /// Who may manage and move them.
        operator: Address,
        /// Whether they may.
        approved: bool,
    }

    /// ERC-4906 `MetadataUpdate`: a listing's metadata should be read anew.
    ListingsMetadataUpdate => "listings_metadata_update" {
        /// Listing's number.
        listing: i64,
    }

    /// A new plan.
    MarketPlanCreated => "market_plan_created" {
        /// Plan's number.
        plan: i64,
        /// Listing it sells.
        listing: i64,
        /// Token it is paid in.
        token: Address,
        /// 0 licence, 1 subscription, 2 credits.
        kind: i16,
        /// Price of one, in the token's base units.
        price: U256,
        /// How many may be sold; 0 is no limit.
        cap: U256,
        /// Whether its passes can be transferred.
        transferable: bool,
        /// Plan's version, which bounds an order.
        version: i64,
        /// Subscription: seconds of one period; else 0.
        period: i64,
        /// Credits: units in one pack; else 0.
        units: U256,
        /// Credits: label of a unit; else empty.
        unit: String,
        /// First second in which it sells; 0 is no bound.
        sells_from: U256,
        /// First second in which it sells no more; 0 is no bound.
        sells_until: U256,
        /// Contract that says who may buy; the zero address for everybody.
        gate: Address,
        /// Whether the listing owner's staking tier lowers the protocol fee.
        tier_discount: bool,
    }

    /// A plan's whole state after a change.
    MarketPlanChanged => "market_plan_changed" {
        /// Plan's number.
        plan: i64,
        /// Plan's version after the change.
        version: i64,
        /// Price of one, in base units.
        price: U256,
        /// How many may be sold; 0 is no limit.
        cap: U256,
        /// Whether it sells nothing for now.
        paused: bool,
        /// First second in which it sells; 0 is no bound.
        sells_from: U256,
        /// First second in which it sells no more; 0 is no bound.
        sells_until: U256,
        /// Contract that says who may buy; the zero address for everybody.
        gate: Address,
    }

    /// A sale.
    MarketPurchased => "market_purchased" {
        /// Plan bought.
        plan: i64,
        /// Who paid.
        payer: Address,
        /// Who got the pass.
        recipient: Address,
        /// Listing sold.
        listing: i64,
        /// How many.
        quantity: U256,
        /// What was paid: fee and net together, in base units.
        amount: U256,
        /// Protocol fee in it.
        fee: U256,
        /// Who earns the net.
        beneficiary: Address,
        /// How many of the plan are sold by now.
        sold: U256,
        /// Subscription: Unix time until which the recipient's is valid, after this sale; else 0.
        expiry: i64,
    }

    /// ERC-1155 `TransferSingle` of passes. A sale comes from the zero address.
    MarketTransferSingle => "market_transfer_single" {
        /// Who called.
        operator: Address,
        /// Holder before.
        sender: Address,
        /// Holder after.
        receiver: Address,
        /// Plan whose pass it is.
        plan: i64,
        /// How many.
        quantity: U256,
    }

    /// ERC-1155 `TransferBatch` of passes.
    MarketTransferBatch => "market_transfer_batch" {
        /// Who called.
        operator: Address,
        /// Holder before.
        sender: Address,
        /// Holder after.
        receiver: Address,
        /// Plans whose passes they are.
        plans: Vec<i64>,
        /// How many of each.
        quantities: Vec<U256>,
    }

    /// ERC-1155 `ApprovalForAll` over a holder's passes.
    MarketApprovalForAll => "market_approval_for_all" {
        /// Holder.
        owner: Address,
        /// Who may move the passes.
        operator: Address,
        /// Whether they may.
        approved: bool,
    }

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

    /// From now on a listing earns for its share contract.
    ListingsRevenueBound => "listings_revenue_bound" {
        /// Listing's number.
        listing: i64,
        /// Its share contract.
        share: Address,
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

    /// Which nonces of a word an account has used or cancelled in Vault.
    VaultNoncesChanged => "vault_nonces_changed" {
        /// Whose nonces.
        account: Address,
        /// Index of the word: nonce n is bit n % 256 of word n / 256.
        word: U256,
        /// The whole word: a set bit is a nonce that no signature can use any more.
        used: U256,
    }

    /// Which nonces of a word an account has used or cancelled in Market.
    MarketNoncesChanged => "market_nonces_changed" {
        /// Whose nonces.
        account: Address,
        /// Index of the word: nonce n is bit n % 256 of word n / 256.
        word: U256,
        /// The whole word: a set bit is a nonce that no signature can use any more.
        used: U256,
    }

    /// A holder's credits were spent.
    MarketCreditsSpent => "market_credits_spent" {
        /// Plan whose credits they are.
        plan: i64,
        /// Whose credits.
        holder: Address,
        /// Who spent them.
        spender: Address,
        /// How many units.
        units: U256,
        /// The spender's own reference.
        reference: B256,
        /// The holder's units after it.
        remaining: U256,
    }

    /// A holder of shares offers some.
    MarketShareSaleOpened => "market_share_sale_opened" {
        /// Sale's number.
        sale: i64,
        /// Listing whose shares they are.
        listing: i64,
        /// Who sells, and gets the proceeds.
        seller: Address,
        /// Share contract.
        share: Address,
        /// Token it is paid in.
        token: Address,
        /// Shares in one lot, in base units.
        lot: U256,
        /// Price of a lot, in the token's base units.
        price: U256,
        /// Lots for sale; 0 is no limit.
        cap: U256,
        /// First second in which it sells; 0 is no bound.
        sells_from: U256,
        /// First second in which it sells no more; 0 is no bound.
        sells_until: U256,
    }

    /// A sale of shares was ended by its seller.
    MarketShareSaleClosed => "market_share_sale_closed" {
        /// Sale's number.
        sale: i64,
    }

    /// Shares were sold.
    MarketSharesSold => "market_shares_sold" {
        /// Sale's number.
        sale: i64,
        /// Who paid.
        payer: Address,
        /// Who got the shares.
        recipient: Address,
        /// How many lots.
        quantity: U256,
        /// Shares moved, in base units.
        shares: U256,
        /// What was paid, in the token's base units; the seller gets all of it.
        amount: U256,
        /// Lots sold by now.
        sold: U256,
    }

    /// A plan's Merkle list changed.
    MerkleGateRootChanged => "merkle_gate_root_changed" {
        /// Plan.
        plan: i64,
        /// Root of the list; zero for nobody.
        root: B256,
    }

    /// The lowest staking tier that may buy a plan changed.
    TierGateTierChanged => "tier_gate_tier_changed" {
        /// Plan.
        plan: i64,
        /// Tier.
        tier: i16,
    }

    /// The holding that a plan asks of its buyers changed.
    TokenGateHoldingChanged => "token_gate_holding_changed" {
        /// Plan.
        plan: i64,
        /// Token to hold.
        token: Address,
        /// How much of it, in base units.
        amount: U256,
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
