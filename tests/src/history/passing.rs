//! What was bought is spent and passed on.

use rand::Rng as _;

use super::player::{Moves, Player, deadline, seal};
use crate::model::{Account, Action, Amount, Figure, Keeper, Model, PlanId, SpendOrder};

impl Player {
    /// A holder of credits, and some of them.
    fn spending(&mut self, model: &Model) -> Option<(PlanId, Account, Amount)> {
        let has = |(plan, holder)| !model.holding(Figure::Passes(plan, holder)).is_zero();
        let (plan, holder) = self.scene.credits.find(&mut self.random, has)?;
        Some((plan, holder, self.part(model.holding(Figure::Passes(plan, holder)))))
    }

    pub(super) fn spend(&mut self, model: &Model) -> Option<Moves> {
        let (plan, holder, units) = self.spending(model)?;
        let reference = if self.sometimes(20) { 0 } else { self.random.random() };
        Some(vec![(holder, Action::Spend { plan, units, reference })])
    }

    pub(super) fn spend_signed(&mut self, model: &Model) -> Option<Moves> {
        let (plan, holder, units) = self.spending(model)?;
        let (spender, reference) = (self.relayer(), self.random.random());
        let (nonce, deadline) = (self.nonce(Keeper::Market, holder), deadline(model));
        let order =
            SpendOrder { holder, plan, units, spender, reference, nonce, deadline, seal: seal(holder) };
        Some(vec![(spender, Action::SpendBySig(order))])
    }

    /// A pass that may be passed on, and how many of it; to somebody who can take it.
    fn passable(&mut self, model: &Model) -> Option<(PlanId, Account, Amount)> {
        let has = |(plan, holder)| !model.holding(Figure::Passes(plan, holder)).is_zero();
        let (plan, holder) = self.scene.passes.find(&mut self.random, has)?;
        Some((plan, holder, self.part(model.holding(Figure::Passes(plan, holder)))))
    }

    fn receiver(&mut self) -> Option<Account> {
        Some(self.someone()).filter(|account| *account != Account::CONTRACT_WALLET)
    }

    pub(super) fn transfer_pass(&mut self, model: &Model) -> Option<Moves> {
        let ((plan, from, amount), to) = (self.passable(model)?, self.receiver()?);
        Some(vec![(from, Action::TransferPass { plan, from, to, amount })])
    }

    /// Two parts of the same, where a holder has no other.
    pub(super) fn transfer_passes(&mut self, model: &Model) -> Option<Moves> {
        let ((plan, from, amount), to) = (self.passable(model)?, self.receiver()?);
        let half = amount / Amount::from(2);
        let mut parts = vec![(plan, half), (plan, amount - half)];
        let other = self.random.random_range(1..=model.plan_count());
        let free = model.plan(other).is_some_and(|plan| plan.terms.transferable);
        if free && other != plan {
            parts[0] = (other, model.holding(Figure::Passes(other, from)));
        }
        Some(vec![(from, Action::TransferPasses { from, to, parts })])
    }

    pub(super) fn approve_passes(&mut self, model: &Model) -> Option<Moves> {
        let ((plan, from, amount), to) = (self.passable(model)?, self.receiver()?);
        let operator = self.someone();
        Some(vec![
            (from, Action::ApprovePasses { operator, approved: true }),
            (operator, Action::TransferPass { plan, from, to, amount }),
            (from, Action::ApprovePasses { operator, approved: false }),
        ])
    }
}
