use std::collections::BTreeMap;

use super::pool::Pool;
use crate::model::{
    Account, Earner, Event, Keeper, Kind, ListingEvent, ListingId, MarketEvent, Model, PlanId, SaleId,
    ShareEvent, StakingEvent, Status, Token, VaultEvent,
};

/// What is there to be done something with, gathered from what was told.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    /// Users with a balance.
    pub(super) funds: Pool<(Account, Token)>,
    pub(super) pockets: Pool<(Account, Token)>,
    pub(super) paused_listings: Pool<ListingId>,
    pub(super) paused_plans: Pool<PlanId>,
    /// Passes that their holders may pass on.
    pub(super) passes: Pool<(PlanId, Account)>,
    pub(super) credits: Pool<(PlanId, Account)>,
    /// What listings earned and did not settle.
    pub(super) earning: Pool<(ListingId, Earner, Token)>,
    pub(super) shared: Pool<ListingId>,
    pub(super) holders: Pool<(ListingId, Account)>,
    pub(super) sales: Pool<SaleId>,
    pub(super) stakers: Pool<Account>,
    /// The next nonce that an account will use.
    pub(super) nonces: BTreeMap<(Keeper, Account), u64>,
    /// The next number of an account's authorizations.
    pub(super) numbers: BTreeMap<Account, u8>,
}

impl Scene {
    pub(super) fn note(&mut self, model: &Model, event: &Event) {
        match event {
            Event::Vault(VaultEvent::Transfer { to, token, .. }) => match *to {
                Account::User(_) => self.funds.add((*to, *token)),
                Account::Pocket { .. } => self.pockets.add((*to, *token)),
                Account::Key { listing, earner } => self.earning.add((listing, earner, *token)),
                _ => {}
            },
            Event::Listing(ListingEvent::StatusChanged { listing, status: Status::Paused }) => {
                self.paused_listings.add(*listing);
            }
            Event::Listing(ListingEvent::Bound { listing }) => self.shared.add(*listing),
            Event::Market(event) => self.note_market(model, event),
            Event::Shares(listing, ShareEvent::Transfer { to: to @ Account::User(_), .. }) => {
                self.holders.add((*listing, *to));
            }
            Event::Staking(StakingEvent::LockChanged { account, .. }) => self.stakers.add(*account),
            _ => {}
        }
    }

    fn note_market(&mut self, model: &Model, event: &MarketEvent) {
        match *event {
            MarketEvent::PlanChanged { plan, paused: true, .. } => self.paused_plans.add(plan),
            MarketEvent::PassMoved { to: to @ Account::User(_), plan, .. } => {
                let terms = model.plan(plan).map(|plan| &plan.terms);
                if terms.is_some_and(|terms| matches!(terms.kind, Kind::Credits { .. })) {
                    self.credits.add((plan, to));
                }
                if terms.is_some_and(|terms| terms.transferable) {
                    self.passes.add((plan, to));
                }
            }
            MarketEvent::SaleOpened { sale, .. } => self.sales.add(sale),
            _ => {}
        }
    }
}
