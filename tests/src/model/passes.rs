//! What buyers bought: it is spent, and passed on where the plan says so.

use super::error::require;
use super::{Account, Amount, Keeper, Kind, Model, Outcome, PlanId, Refusal, Seal};

/// A signed order to spend a holder's credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendOrder {
    pub holder: Account,
    pub plan: PlanId,
    pub units: Amount,
    /// Who may bring it.
    pub spender: Account,
    pub nonce: u64,
    pub deadline: u64,
    pub seal: Seal,
}

impl Model {
    /// Who has credits of which plan.
    #[must_use]
    pub fn credit_holdings(&self) -> Vec<(PlanId, Account)> {
        let sells_credits = |plan: &PlanId| {
            self.market.plans.get(plan).is_some_and(|plan| matches!(plan.terms.kind, Kind::Credits { .. }))
        };
        let held = self.market.passes.iter().filter(|((plan, holder), units)| {
            sells_credits(plan) && !units.is_zero() && matches!(holder, Account::User(_))
        });
        held.map(|((plan, holder), _)| (*plan, *holder)).collect()
    }

    /// A holder has signed that another may use up its units.
    pub(super) fn spend_by_sig(&mut self, by: Account, order: &SpendOrder) -> Outcome {
        require(self.now <= order.deadline, "Market_Expired")?;
        require(by == order.spender, "Market_NotSpender")?;
        require(order.seal.is_of(order.holder), "Market_WrongSignature")?;
        self.use_nonce(Keeper::Market, order.holder, order.nonce)?;
        self.spend(order.holder, order.plan, order.units)
    }

    /// Units of credits are used up.
    pub(super) fn spend(&mut self, by: Account, id: PlanId, units: Amount) -> Outcome {
        let plan = self.market.plans.get(&id).ok_or(Refusal("Market_UnknownPlan"))?;
        require(matches!(plan.terms.kind, Kind::Credits { .. }), "Market_NotCredits")?;
        require(!units.is_zero(), "Market_ZeroQuantity")?;
        let held = self.market.passes(id, by);
        require(held >= units, "ERC1155InsufficientBalance")?;
        self.market.passes.insert((id, by), held - units);
        Ok(())
    }

    pub(super) fn transfer_pass(
        &mut self,
        by: Account,
        plan: PlanId,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Outcome {
        let may = by == from || self.market.operators.contains(&(from, by));
        require(may, "ERC1155MissingApprovalForAll")?;
        require(to != Account::Zero, "ERC1155InvalidReceiver")?;
        let transferable = self.market.plans.get(&plan).is_some_and(|plan| plan.terms.transferable);
        require(transferable, "Market_PassNotTransferable")?;
        let held = self.market.passes(plan, from);
        require(held >= amount, "ERC1155InsufficientBalance")?;
        require(to.takes_passes(), "ERC1155InvalidReceiver")?;
        self.market.passes.insert((plan, from), held - amount);
        *self.market.passes.entry((plan, to)).or_default() += amount;
        Ok(())
    }

    pub(super) fn approve_passes(&mut self, by: Account, operator: Account, approved: bool) -> Outcome {
        require(operator != Account::Zero, "ERC1155InvalidOperator")?;
        if approved {
            self.market.operators.insert((by, operator));
        } else {
            self.market.operators.remove(&(by, operator));
        }
        Ok(())
    }
}
