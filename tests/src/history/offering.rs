//! Plans: they come to be and change, and gates are set before them.

use rand::Rng as _;

use super::player::{Moves, Player};
use super::pool::skewed;
use crate::model::{
    Account, Action, Bounds, Gate, GateRule, Kind, List, Model, NewPlan, Plan, PlanId, Status, Token,
};

/// What buyers must hold where a gate asks for it.
pub(super) const HELD: Token = Token::Colossal;
const DAY: u32 = 24 * 60 * 60;

impl Player {
    pub(super) fn create_plan(&mut self, model: &Model) -> Option<Moves> {
        // Mostly of the newest, which have none yet.
        let newest = model.listing_count();
        let listing = if self.sometimes(60) { newest } else { self.some_listing(model)? };
        let owner = model.listing(listing).filter(|it| it.status != Status::Retired)?.owner;
        let token = self.payable(model, listing)?;
        let kind = match self.random.random_range(0..10) {
            0..3 => Kind::Licence,
            3..6 => Kind::Subscription { period: [7, 30, 365][self.random.random_range(0..3)] * DAY },
            _ => Kind::Credits { units: 10_u32.pow(self.random.random_range(1..6)) },
        };
        let credits = matches!(kind, Kind::Credits { .. });
        let price = if self.sometimes(4) && !credits { 0 } else { self.amount(token).to() };
        let plan = NewPlan {
            listing,
            token,
            price,
            cap: if self.sometimes(90) { 0 } else { self.random.random_range(50..5_000) },
            transferable: !matches!(kind, Kind::Subscription { .. }) && self.sometimes(50),
            kind,
            bounds: Bounds::default(),
            discount: self.sometimes(50),
            unit: self.random.random_range(0..4),
        };
        Some(vec![(owner, Action::CreatePlan(plan))])
    }

    /// A token that a listing's plans may ask for.
    pub(super) fn payable(&mut self, model: &Model, listing: u64) -> Option<Token> {
        if !model.has_shares(listing) {
            return Some(self.token());
        }
        let tokens = model.payment_tokens(listing);
        (!tokens.is_empty()).then(|| tokens[self.random.random_range(0..tokens.len())])
    }

    fn plan<'a>(&mut self, model: &'a Model) -> Option<(PlanId, &'a Plan, Account)> {
        let count = model.plan_count();
        let id = (count > 0).then(|| skewed(&mut self.random, count as usize) as PlanId + 1)?;
        let plan = model.plan(id).filter(|plan| model.may_set(plan))?;
        Some((id, plan, model.listing(plan.terms.listing)?.owner))
    }

    /// A little dearer or cheaper.
    pub(super) fn change_plan(&mut self, model: &Model) -> Option<Moves> {
        let (id, plan, owner) = self.plan(model)?;
        let price = plan.terms.price / 10 * self.random.random_range(8..13) + 1;
        let cap = if plan.terms.cap == 0 { 0 } else { plan.sold + self.random.random_range(1..1_000) };
        Some(vec![(owner, Action::ChangePlan { plan: id, price, cap })])
    }

    pub(super) fn pause_plan(&mut self, model: &Model) -> Option<Moves> {
        let (id, plan, owner) = self.plan(model)?;
        (!plan.paused).then(|| vec![(owner, Action::PausePlan { plan: id, paused: true })])
    }

    pub(super) fn resume_plan(&mut self, model: &Model) -> Option<Moves> {
        let paused = |id| model.plan(id).is_some_and(|plan| plan.paused && model.may_set(plan));
        let plan = self.scene.paused_plans.find(&mut self.random, paused)?;
        let owner = model.listing(model.plan(plan)?.terms.listing)?.owner;
        Some(vec![(owner, Action::PausePlan { plan, paused: false })])
    }

    pub(super) fn bound_plan(&mut self, model: &Model) -> Option<Moves> {
        let (id, plan, owner) = self.plan(model)?;
        let until = model.now + u64::from(self.random.random_range(1..60) * DAY);
        let bounds = Bounds { window: (model.now - 1, until), ..plan.terms.bounds };
        Some(vec![(owner, Action::BoundPlan { plan: id, bounds })])
    }

    fn gate(&mut self, model: &Model, gate: Gate, rule: GateRule) -> Option<Moves> {
        // Not before those that everybody buys from.
        let id = model.plan_count().checked_sub(self.random.random_range(0..4)).filter(|id| *id > 0)?;
        let plan = model.plan(id).filter(|plan| model.may_set(plan))?;
        let owner = model.listing(plan.terms.listing)?.owner;
        let bounds = Bounds { gate: Some(gate), ..plan.terms.bounds };
        Some(vec![
            (owner, Action::SetGate { plan: id, rule }),
            (owner, Action::BoundPlan { plan: id, bounds }),
        ])
    }

    pub(super) fn gate_by_list(&mut self, model: &Model) -> Option<Moves> {
        let list = List(self.random.random());
        self.gate(model, Gate::List, GateRule::GateList(list))
    }

    pub(super) fn gate_by_tier(&mut self, model: &Model) -> Option<Moves> {
        let tier = self.random.random_range(1..3);
        self.gate(model, Gate::Tier, GateRule::GateTier(tier))
    }

    pub(super) fn gate_by_holding(&mut self, model: &Model) -> Option<Moves> {
        let token = HELD;
        let amount = self.amount(token);
        self.gate(model, Gate::Token, GateRule::GateHolding { token, amount })
    }

    /// A plan without bounds again.
    pub(super) fn open_gate(&mut self, model: &Model) -> Option<Moves> {
        let (id, plan, owner) = self.plan(model)?;
        let bounded = plan.terms.bounds != Bounds::default();
        bounded.then(|| vec![(owner, Action::BoundPlan { plan: id, bounds: Bounds::default() })])
    }
}
