//! Who may buy from a plan.

use std::collections::BTreeMap;

use super::error::require;
use super::{Account, Amount, Event, Model, Outcome, PlanId, Refusal, Token};

/// A contract that is asked who may buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Who is on a list.
    List,
    /// Whose staking tier is high enough.
    Tier,
    /// Who has enough of a token.
    Token,
    /// A contract that is no gate: it lets nobody buy.
    Deaf,
    /// An address without a contract.
    Absent,
}

/// When and to whom a plan sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// First second in which it sells, and first in which it does no more; 0 for no bound.
    pub window: (u64, u64),
    pub gate: Option<Gate>,
}

/// Some of the first eight users, by the bits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct List(pub u8);

impl List {
    /// Whether a user is on it.
    #[must_use]
    pub fn has(self, user: u32) -> bool {
        user < u8::BITS && self.0 >> user & 1 == 1
    }

    /// Those who are on it.
    pub fn users(self) -> impl Iterator<Item = u32> {
        (0..8).filter(move |user| self.has(*user))
    }
}

/// What an order carries for a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateData {
    None,
    /// That a user is on a list; nothing, in the form of a proof, for one who is not.
    Proof {
        list: List,
        user: u32,
    },
    /// Something that no gate understands.
    Junk,
}

impl GateData {
    /// A proof is a path to the root; where there is but one leaf, the path has no step.
    fn is_without_step(self) -> bool {
        matches!(self, Self::Proof { list, user } if !list.has(user) || list.0.is_power_of_two())
    }
}

/// What a gate is told about a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateRule {
    GateList(List),
    GateTier(u8),
    GateHolding { token: Token, amount: Amount },
}

/// What all gates were told.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    pub(super) lists: BTreeMap<PlanId, List>,
    pub(super) tiers: BTreeMap<PlanId, u8>,
    pub(super) holdings: BTreeMap<PlanId, (Token, Amount)>,
}

impl Model {
    /// Plans that ask a gate.
    #[must_use]
    pub fn gated_plans(&self) -> Vec<PlanId> {
        let gated = self.market.plans.iter().filter(|(_, plan)| plan.terms.bounds.gate.is_some());
        gated.map(|(id, _)| *id).collect()
    }

    /// The list of a plan's gate.
    #[must_use]
    pub fn gate_list(&self, plan: PlanId) -> List {
        self.gates.lists.get(&plan).copied().unwrap_or_default()
    }

    pub(super) fn set_gate(&mut self, by: Account, plan: PlanId, rule: GateRule) -> Outcome {
        let listing = self.market.plans.get(&plan).ok_or(Refusal("Market_UnknownPlan"))?.terms.listing;
        require(self.listings.is_manager(listing, by)?, "Gate_NotManager")?;
        match rule {
            GateRule::GateList(list) => drop(self.gates.lists.insert(plan, list)),
            GateRule::GateTier(tier) => drop(self.gates.tiers.insert(plan, tier)),
            GateRule::GateHolding { token, amount } => {
                self.gates.holdings.insert(plan, (token, amount));
            }
        }
        self.tell(Event::Gate(plan, rule));
        Ok(())
    }

    /// Whether a plan's bounds let a buyer buy now.
    pub(super) fn require_bounds(
        &self,
        plan: PlanId,
        bounds: Bounds,
        buyer: Account,
        data: GateData,
    ) -> Outcome {
        self.require_open(bounds.window)?;
        let open = match bounds.gate {
            None => return require(data == GateData::None, "Market_GateDataWithoutGate"),
            Some(Gate::Deaf | Gate::Absent) => false,
            Some(Gate::List) => self.is_listed(plan, buyer, data),
            Some(Gate::Tier) => {
                let least = self.gates.tiers.get(&plan).copied().unwrap_or_default();
                least > 0 && self.tier(buyer) >= least
            }
            Some(Gate::Token) => self.gates.holdings.get(&plan).is_some_and(|(token, least)| {
                let exists = *token != Token::Absent;
                exists && !least.is_zero() && self.tokens.in_wallet(*token, buyer) >= *least
            }),
        };
        require(open, "Market_GateClosed")
    }

    /// On the list, and able to prove it.
    fn is_listed(&self, plan: PlanId, buyer: Account, data: GateData) -> bool {
        let list = self.gate_list(plan);
        let Account::User(user) = buyer else { return false };
        let proven = if list.0.is_power_of_two() {
            data.is_without_step()
        } else {
            data == GateData::Proof { list, user }
        };
        list.has(user) && proven
    }
}
