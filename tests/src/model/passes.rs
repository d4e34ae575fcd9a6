//! What buyers bought: it is spent, and passed on where the plan says so.

use super::error::require;
use super::{Account, Amount, Keeper, Kind, MarketEvent, Model, Outcome, PlanId, Refusal, Seal};

/// A signed order to spend a holder's credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendOrder {
    pub holder: Account,
    pub plan: PlanId,
    pub units: Amount,
    /// Who may bring it.
    pub spender: Account,
    /// The spender's own.
    pub reference: u32,
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
        self.spend(by, order.holder, order.plan, order.units, order.reference)
    }

    /// Units of credits are used up.
    pub(super) fn spend(
        &mut self,
        by: Account,
        holder: Account,
        id: PlanId,
        units: Amount,
        reference: u32,
    ) -> Outcome {
        let plan = self.market.plans.get(&id).ok_or(Refusal("Market_UnknownPlan"))?;
        require(matches!(plan.terms.kind, Kind::Credits { .. }), "Market_NotCredits")?;
        require(!units.is_zero(), "Market_ZeroQuantity")?;
        let held = self.market.passes(id, holder);
        require(held >= units, "ERC1155InsufficientBalance")?;
        let remaining = held - units;
        self.market.passes.insert((id, holder), remaining);
        let (from, to) = (holder, Account::Zero);
        self.tell(MarketEvent::PassMoved { operator: by, from, to, plan: id, amount: units });
        self.tell(MarketEvent::Spent { plan: id, holder, spender: by, units, reference, remaining });
        Ok(())
    }

    /// Of one plan or of several at once: all or none.
    pub(super) fn transfer_passes(
        &mut self,
        by: Account,
        from: Account,
        to: Account,
        parts: &[(PlanId, Amount)],
    ) -> Outcome {
        let may = by == from || self.market.operators.contains(&(from, by));
        require(may, "ERC1155MissingApprovalForAll")?;
        require(to != Account::Zero, "ERC1155InvalidReceiver")?;
        for (plan, _) in parts {
            let transferable = self.market.plans.get(plan).is_some_and(|plan| plan.terms.transferable);
            require(transferable, "Market_PassNotTransferable")?;
        }
        for (plan, amount) in parts {
            let held = self.market.passes(*plan, from);
            require(held >= *amount, "ERC1155InsufficientBalance")?;
            self.market.passes.insert((*plan, from), held - amount);
            *self.market.passes.entry((*plan, to)).or_default() += *amount;
        }
        match *parts {
            [(plan, amount)] => self.tell(MarketEvent::PassMoved { operator: by, from, to, plan, amount }),
            _ => self.tell(MarketEvent::PassesMoved { operator: by, from, to, parts: parts.to_vec() }),
        }
        require(to.takes_passes(), "ERC1155InvalidReceiver")
    }

    pub(super) fn approve_passes(&mut self, by: Account, operator: Account, approved: bool) -> Outcome {
        require(operator != Account::Zero, "ERC1155InvalidOperator")?;
        if approved {
            self.market.operators.insert((by, operator));
        } else {
            self.market.operators.remove(&(by, operator));
        }
        self.tell(MarketEvent::ApprovalForAll { owner: by, operator, approved });
        Ok(())
    }
}
