//! Of plans, passes, sales and what they bring in.

use crate::model::{
    Account, Amount, Bounds, Earner, ListingId, NewPlan, NewShareSale, PlanId, SaleId, Token,
};

/// What plans, passes and sales do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketEvent {
    PlanCreated {
        plan: PlanId,
        terms: NewPlan,
    },
    /// A plan's whole state after a change.
    PlanChanged {
        plan: PlanId,
        version: u32,
        price: u128,
        cap: u64,
        paused: bool,
        bounds: Bounds,
    },
    Purchased(Purchase),
    PassMoved {
        operator: Account,
        from: Account,
        to: Account,
        plan: PlanId,
        amount: Amount,
    },
    PassesMoved {
        operator: Account,
        from: Account,
        to: Account,
        parts: Vec<(PlanId, Amount)>,
    },
    ApprovalForAll {
        owner: Account,
        operator: Account,
        approved: bool,
    },
    Spent {
        plan: PlanId,
        holder: Account,
        spender: Account,
        units: Amount,
        reference: u32,
        remaining: Amount,
    },
    SaleOpened {
        sale: SaleId,
        seller: Account,
        terms: NewShareSale,
    },
    SaleClosed(SaleId),
    SharesSold {
        sale: SaleId,
        payer: Account,
        recipient: Account,
        quantity: u64,
        shares: Amount,
        amount: Amount,
        sold: u64,
    },
}

/// A sale of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    pub plan: PlanId,
    pub payer: Account,
    pub recipient: Account,
    pub listing: ListingId,
    pub token: Token,
    pub quantity: u64,
    pub amount: Amount,
    pub fee: Amount,
    pub earner: Earner,
    pub sold: u64,
    /// Of a subscription; else 0.
    pub expiry: u64,
}

/// What happens to revenue, and who may say what about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevenueEvent {
    Settled(Settlement),
    FeeChanged {
        bps: u16,
        recipient: Account,
    },
    SharesCreated {
        listing: ListingId,
        holder: Account,
        supply: Amount,
        own_bps: u16,
    },
    ListingPaid {
        listing: ListingId,
        payer: Account,
        token: Token,
        earner: Earner,
        amount: Amount,
        memo: u32,
    },
    GuardianChanged {
        guardian: Account,
        armed: bool,
    },
    PauseChanged {
        until: u64,
    },
}

/// How what was received was divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub listing: ListingId,
    pub earner: Earner,
    pub token: Token,
    pub received: Amount,
    pub own: Amount,
    pub parents: Vec<ParentPart>,
}

/// A parent, who earns its part, and how much that is.
pub type ParentPart = (ListingId, Earner, Amount);
