//! Events of Market.

use alloy::primitives::{Address, B256, U256};

use crate::event::event_tables;

event_tables! {
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
}
