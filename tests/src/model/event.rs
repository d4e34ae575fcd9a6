mod earned;
mod market;

pub use earned::{Earned, LockChange, Payout, ShareEvent, StakingEvent};
pub use market::{MarketEvent, ParentPart, Purchase, RevenueEvent, Settlement};

use super::{Account, Amount, GateRule, Keeper, ListingId, NewListing, PlanId, Status, Token};

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
