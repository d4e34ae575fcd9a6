use super::{
    Account, Amount, Bounds, Earner, GateRule, Keeper, ListingId, NewListing, NewPlan, NewShareSale, PlanId,
    SaleId, Status, Token,
};

/// Something that the protocol tells, in the words of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Vault(VaultEvent),
    /// All of a word's nonces that an account cannot use any more.
    Nonces {
        keeper: Keeper,
        account: Account,
        word: u64,
        used: Amount,
    },
    Listing(ListingEvent),
    Market(MarketEvent),
    Revenue(RevenueEvent),
    /// Of the shares of a listing.
    Shares(ListingId, ShareEvent),
    Staking(StakingEvent),
    /// What a gate is told about a plan.
    Gate(PlanId, GateRule),
    /// Who is to own something governed.
    OwnershipOffered {
        what: Governed,
        owner: Account,
        to: Account,
    },
    /// Who owns it from now on.
    OwnershipTaken {
        what: Governed,
        from: Account,
        to: Account,
    },
}

/// What has an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Governed {
    Revenue,
    Staking,
}

/// What balances do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultEvent {
    /// From the zero account what comes in, to it what leaves.
    Transfer {
        caller: Account,
        from: Account,
        to: Account,
        token: Token,
        amount: Amount,
    },
    OperatorSet {
        owner: Account,
        spender: Account,
        approved: bool,
    },
    Approval {
        owner: Account,
        spender: Account,
        token: Token,
        amount: Amount,
    },
    /// Once per token.
    Described(Token),
}

/// What listings do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingEvent {
    Created {
        listing: ListingId,
        owner: Account,
        terms: NewListing,
    },
    Published {
        listing: ListingId,
        version: u32,
        content: u32,
        uris: u8,
    },
    Renamed {
        listing: ListingId,
        name: u32,
    },
    /// Its description should be read anew.
    Refreshed {
        listing: ListingId,
    },
    StatusChanged {
        listing: ListingId,
        status: Status,
    },
    Transfer {
        from: Account,
        to: Account,
        listing: ListingId,
    },
    Approval {
        owner: Account,
        approved: Account,
        listing: ListingId,
    },
    ApprovalForAll {
        owner: Account,
        operator: Account,
        approved: bool,
    },
    Bound {
        listing: ListingId,
    },
}

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
    /// Each parent with its earner and what it got.
    pub parents: Vec<(ListingId, Earner, Amount)>,
}

/// What shares do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareEvent {
    Transfer {
        from: Account,
        to: Account,
        amount: Amount,
    },
    /// What the Market may sell for a holder.
    Allowed {
        owner: Account,
        amount: Amount,
    },
    TokenAdded {
        token: Token,
        position: usize,
    },
    Fixed {
        account: Account,
        token: Token,
        earned: Earned,
    },
    Claimed {
        account: Account,
        token: Token,
        to: Account,
        amount: Amount,
        to_wallet: bool,
        left: Earned,
    },
}

/// What an account has earned up to an index and not been paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    pub index: Amount,
    pub accrued: Amount,
}

/// What locks and fees do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StakingEvent {
    TokenListed {
        token: Token,
        position: usize,
    },
    LockChanged {
        account: Account,
        payer: Account,
        change: LockChange,
        added: Amount,
        amount: Amount,
        score: Amount,
        /// In seconds.
        end: u64,
        total: Amount,
    },
    Withdrawn {
        account: Account,
        to: Account,
        amount: Amount,
        to_wallet: bool,
    },
    Distributed {
        token: Token,
        week: u64,
        amount: Amount,
        index: Amount,
        total: Amount,
    },
    Fixed {
        account: Account,
        token: Token,
        earned: Earned,
    },
    Claimed {
        account: Account,
        token: Token,
        to: Account,
        amount: Amount,
        payout: Payout,
        left: Earned,
    },
    ReinvestSet {
        account: Account,
        enabled: bool,
    },
    NonceChanged {
        account: Account,
        nonce: u64,
    },
    TiersChanged([u32; 4]),
}

/// Why a lock is another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockChange {
    Start,
    Raise,
    Extend,
    Reinvest,
}

/// Where an account's fees went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payout {
    Balance,
    Wallet,
    Lock,
}

macro_rules! kinds {
    ($($kind:ident($event:ty)),*) => {$(
        impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$kind(event)
            }
        }
    )*};
}
kinds!(
    Vault(VaultEvent),
    Listing(ListingEvent),
    Market(MarketEvent),
    Revenue(RevenueEvent),
    Staking(StakingEvent)
);
