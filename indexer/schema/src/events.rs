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
}
