//! The reference model: the protocol's economics in plain exact arithmetic.
//!
//! It is written from the specification, shares no code with the contracts or the indexer, and knows nothing of
//! gas, storage, encodings or addresses: an account is what it is for. Whatever acts on it gets the
//! outcome that the protocol promises: what changes, or the name of the error that refuses it.

mod action;
mod answers;
mod coin;
mod error;
mod event;
mod fees;
mod figures;
mod gates;
mod govern;
mod grants;
mod history;
mod listings;
mod market;
mod offers;
mod passes;
mod payment;
mod perform;
mod revenue;
mod sales;
mod shares;
mod signed;
mod staking;
mod tokens;
mod vault;
mod words;

pub use action::Action;
pub use error::{Outcome, Refusal};
pub use event::{
    Earned, Event, Governed, ListingEvent, LockChange, MarketEvent, ParentPart, Payout, Purchase,
    RevenueEvent, Settlement, ShareEvent, StakingEvent, VaultEvent,
};
pub use figures::{Figure, Figures, Value};
pub use gates::{Bounds, Gate, GateData, GateRule, List};
pub use grants::{Authorization, Funding, Permit, SignedDeposit};
pub use listings::{Listing, NewListing, Status};
pub use market::{Kind, NewPlan, Order, Plan};
pub use passes::SpendOrder;
pub use payment::{Errand, Grant, RelayedPay, SignedPay, Source, Witness};
pub use sales::{NewShareSale, SaleId, ShareSale};
pub use shares::ClaimOrder;
pub use signed::{Keeper, Mark, Revocation, Seal};
pub use staking::LockOrder;
pub use words::{Account, Amount, Earner, ListingId, PlanId, Token};

use std::collections::BTreeMap;

use gates::Gates;
use govern::Owners;
use listings::Listings;
use market::Market;
use revenue::Revenue;
use shares::Shares;
use signed::Used;
use staking::Staking;
use tokens::Tokens;
use vault::Vault;

/// The whole protocol on one chain.
#[derive(Clone, Debug)]
pub struct Model {
    /// Time of the newest block, in seconds since 1970.
    pub now: u64,
    tokens: Tokens,
    vault: Vault,
    listings: Listings,
    market: Market,
    revenue: Revenue,
    shares: BTreeMap<ListingId, Shares>,
    sales: BTreeMap<SaleId, ShareSale>,
    staking: Staking,
    gates: Gates,
    used: Used,
    owners: Owners,
    /// What the running transaction has told so far.
    told: Vec<Event>,
}

impl Model {
    /// A chain on which nothing has happened: `holder` has the whole supply of STOA.
    #[must_use]
    pub fn new(fee_bps: u16, fee_recipient: Account, holder: Account, stoa_supply: Amount) -> Self {
        Self {
            now: 0,
            tokens: Tokens::new(holder, stoa_supply),
            vault: Vault::newborn(),
            listings: Listings::default(),
            market: Market::default(),
            revenue: Revenue::new(fee_bps, fee_recipient),
            shares: BTreeMap::new(),
            sales: BTreeMap::new(),
            staking: Staking::new(),
            gates: Gates::default(),
            used: Used::default(),
            owners: Owners::new(),
            told: Vec::new(),
        }
    }

    /// What the contracts tell when they come to be, transaction by transaction.
    #[must_use]
    pub fn birth(&self) -> [Vec<Event>; 3] {
        let owned = |what| Event::OwnershipTaken { what, from: Account::Zero, to: Account::Timelock };
        let (bps, recipient) = (self.revenue.fee_bps, self.revenue.fee_recipient);
        let revenue = vec![owned(Governed::Revenue), RevenueEvent::FeeChanged { bps, recipient }.into()];
        let staking = vec![
            owned(Governed::Staking),
            StakingEvent::TokenListed { token: Token::Stoa, position: 0 }.into(),
            StakingEvent::TiersChanged(self.staking.tiers).into(),
        ];
        // Whoever deploys the contracts has STOA told last.
        [revenue, staking, vec![VaultEvent::Described(Token::Stoa).into()]]
    }

    /// One transaction at the time `now`: all of it, with what it tells; or nothing and the error.
    ///
    /// # Errors
    /// The protocol's error, by name.
    pub fn apply(&mut self, by: Account, action: &Action) -> Outcome<Vec<Event>> {
        let before = self.clone();
        let outcome = self.apply_known(by, action);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    /// The same, where it is known to succeed: nothing is kept to go back to, and after an error the model is of no
    /// use any more.
    ///
    /// # Errors
    /// The protocol's error, by name.
    pub fn apply_known(&mut self, by: Account, action: &Action) -> Outcome<Vec<Event>> {
        action.run(self, by)?;
        Ok(std::mem::take(&mut self.told))
    }

    fn tell(&mut self, event: impl Into<Event>) {
        self.told.push(event.into());
    }
}
