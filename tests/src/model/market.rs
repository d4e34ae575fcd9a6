use std::collections::{BTreeMap, BTreeSet};

use super::error::require;
use super::payment::Credits;
use super::sales::check_window;
use super::{
    Account, Amount, Bounds, Gate, GateData, ListingId, MarketEvent, Model, Outcome, PlanId, Purchase,
    Refusal, Status, Token,
};

/// Most that a plan ever sells, with or without a cap.
const MOST_SOLD: u64 = (1 << 48) - 1;
/// How far ahead paid time may reach, in seconds, unless one period is longer: four years.
const MOST_AHEAD: u128 = 4 * 365 * 24 * 60 * 60;

/// What a plan sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A right for good.
    Licence,
    /// A right for periods of so many seconds.
    Subscription { period: u32 },
    /// Packs of so many units.
    Credits { units: u32 },
}

/// What a provider states of a new plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    pub listing: ListingId,
    pub token: Token,
    pub price: u128,
    /// 0 for none.
    pub cap: u64,
    pub transferable: bool,
    pub kind: Kind,
    pub bounds: Bounds,
    /// Whether the owner's tier lowers the fee.
    pub discount: bool,
    /// Stands for the label of credits' units.
    pub unit: u32,
}

/// A way to buy a listing.
#[derive(Clone, Debug)]
pub struct Plan {
    pub terms: NewPlan,
    pub version: u32,
    pub paused: bool,
    /// How many were ever sold.
    pub sold: u64,
}

impl Plan {
    /// How many can still be sold.
    #[must_use]
    pub fn left(&self) -> u64 {
        let cap = if self.terms.cap == 0 { MOST_SOLD } else { self.terms.cap };
        cap - self.sold
    }
}

/// What a buyer wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    pub plan: PlanId,
    pub version: u32,
    pub quantity: u64,
    pub recipient: Account,
    pub gate_data: GateData,
}

/// Whether bounds can be.
fn check_bounds(bounds: Bounds) -> Outcome {
    check_window(bounds.window)?;
    require(bounds.gate != Some(Gate::Absent), "Market_GateWithoutCode")
}

/// What a kind needs and what it may not have.
fn check_kind(terms: &NewPlan) -> Outcome {
    match terms.kind {
        Kind::Licence => Ok(()),
        Kind::Subscription { period } => {
            require(period > 0, "Market_BadPeriod")?;
            require(!terms.transferable, "Market_SubscriptionTransferable")
        }
        Kind::Credits { units } => {
            require(units > 0, "Market_BadUnits")?;
            require(terms.price > 0, "Market_FreeCredits")
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Market {
    pub(super) plans: BTreeMap<PlanId, Plan>,
    pub(super) passes: BTreeMap<(PlanId, Account), Amount>,
    /// Until when a subscription is valid.
    pub(super) expiries: BTreeMap<(PlanId, Account), u64>,
    /// (owner, operator)
    pub(super) operators: BTreeSet<(Account, Account)>,
}

impl Market {
    pub(super) fn passes(&self, plan: PlanId, account: Account) -> Amount {
        self.passes.get(&(plan, account)).copied().unwrap_or_default()
    }
}

impl Model {
    /// The newest plan's number, which is how many there are.
    #[must_use]
    pub fn plan_count(&self) -> PlanId {
        self.market.plans.len() as PlanId
    }

    /// A plan, if it exists.
    #[must_use]
    pub fn plan(&self, id: PlanId) -> Option<&Plan> {
        self.market.plans.get(&id)
    }

    pub(super) fn create_plan(&mut self, by: Account, terms: &NewPlan) -> Outcome {
        require(self.listings.is_manager(terms.listing, by)?, "Market_NotManager")?;
        let status = self.listings.get(terms.listing)?.status;
        require(status != Status::Retired, "Market_ListingRetired")?;
        let shares = self.shares.get(&terms.listing);
        let allowed = shares.is_none_or(|shares| shares.tokens.contains(&terms.token));
        require(allowed, "Market_TokenNotAllowed")?;
        check_kind(terms)?;
        require(terms.cap <= MOST_SOLD, "SafeCastOverflowedUintDowncast")?;
        check_bounds(terms.bounds)?;
        let (id, plan) =
            (self.plan_count() + 1, Plan { terms: terms.clone(), version: 1, paused: false, sold: 0 });
        self.market.plans.insert(id, plan);
        self.tell(MarketEvent::PlanCreated { plan: id, terms: terms.clone() });
        self.describe(terms.token)
    }

    fn managed_plan(&mut self, by: Account, id: PlanId) -> Outcome<&mut Plan> {
        let plan = self.market.plans.get_mut(&id).ok_or(Refusal("Market_UnknownPlan"))?;
        require(self.listings.is_manager(plan.terms.listing, by)?, "Market_NotManager")?;
        Ok(plan)
    }

    /// A plan whose token its listing's shares earn in, if it has some.
    fn sellable_plan(&mut self, by: Account, id: PlanId) -> Outcome<&mut Plan> {
        let NewPlan { listing, token, .. } = self.managed_plan(by, id)?.terms;
        let shares = self.shares.get(&listing);
        let allowed = shares.is_none_or(|shares| shares.tokens.contains(&token));
        require(allowed, "Market_TokenNotAllowed")?;
        self.managed_plan(by, id)
    }

    pub(super) fn change_plan(&mut self, by: Account, id: PlanId, price: u128, cap: u64) -> Outcome {
        let plan = self.sellable_plan(by, id)?;
        require(cap == 0 || cap >= plan.sold, "Market_CapBelowSold")?;
        let free_credits = price == 0 && matches!(plan.terms.kind, Kind::Credits { .. });
        require(!free_credits, "Market_FreeCredits")?;
        require(cap <= MOST_SOLD, "SafeCastOverflowedUintDowncast")?;
        plan.terms.price = price;
        plan.terms.cap = cap;
        self.tell_plan(id)
    }

    pub(super) fn bound_plan(&mut self, by: Account, id: PlanId, bounds: Bounds) -> Outcome {
        let plan = self.sellable_plan(by, id)?;
        check_bounds(bounds)?;
        plan.terms.bounds = bounds;
        self.tell_plan(id)
    }

    pub(super) fn pause_plan(&mut self, by: Account, id: PlanId, paused: bool) -> Outcome {
        let plan = if paused { self.managed_plan(by, id) } else { self.sellable_plan(by, id) }?;
        let otherwise = if paused { "Market_PlanPaused" } else { "Market_PlanNotPaused" };
        require(plan.paused != paused, otherwise)?;
        plan.paused = paused;
        self.tell_plan(id)
    }

    /// A changed plan has a new version.
    fn tell_plan(&mut self, id: PlanId) -> Outcome {
        let plan = self.market.plans.get_mut(&id).ok_or(Refusal("Market_UnknownPlan"))?;
        plan.version += 1;
        let Plan { version, paused, terms: NewPlan { price, cap, bounds, .. }, .. } = *plan;
        self.tell(MarketEvent::PlanChanged { plan: id, version, price, cap, paused, bounds });
        Ok(())
    }

    /// Serves an order that costs at most `amount`: the fee and the rest of its price go to those who are named.
    pub(super) fn buy(
        &mut self,
        from: Account,
        token: Token,
        amount: Amount,
        order: &Order,
    ) -> Outcome<Credits> {
        let plan = self.sellable(from, token, order)?;
        require(order.quantity > 0, "Market_ZeroQuantity")?;
        require(plan.terms.price > 0 || order.quantity == 1, "Market_FreeQuantity")?;
        let price = Amount::from(plan.terms.price) * Amount::from(order.quantity);
        require(amount >= price, "Market_PaymentTooSmall")?;
        let (listing, discount) = (plan.terms.listing, plan.terms.discount);
        require(self.now >= self.revenue.paused_until, "Guarded_SalesPaused")?;
        require(self.listings.get(listing)?.status == Status::Active, "Market_ListingNotActive")?;
        let (fee, earner) = self.split(listing, price, discount)?;
        let (sold, expiry) = self.sell(order)?;
        self.tell(MarketEvent::Purchased(Purchase {
            plan: order.plan,
            payer: from,
            recipient: order.recipient,
            listing,
            token,
            quantity: order.quantity,
            amount: price,
            fee,
            earner,
            sold,
            expiry,
        }));
        let may_receive = order.recipient == from || order.recipient.takes_passes();
        require(may_receive, "ERC1155InvalidReceiver")?;
        Ok(vec![(self.revenue.fee_recipient, fee), (Account::Key { listing, earner }, price - fee)])
    }

    /// The plan of an order that names it rightly.
    pub(super) fn sellable(&self, from: Account, token: Token, order: &Order) -> Outcome<&Plan> {
        let plan = self.market.plans.get(&order.plan).ok_or(Refusal("Market_UnknownPlan"))?;
        require(order.version == plan.version, "Market_StaleVersion")?;
        require(!plan.paused, "Market_PlanPaused")?;
        require(token == plan.terms.token, "Market_WrongToken")?;
        require(order.recipient != Account::Zero, "Market_ZeroRecipient")?;
        self.require_bounds(order.plan, plan.terms.bounds, from, order.gate_data)?;
        Ok(plan)
    }

    /// Counts and gives; says how many have been sold, and until when a subscription is valid.
    fn sell(&mut self, order: &Order) -> Outcome<(u64, u64)> {
        let plan = self.market.plans.get_mut(&order.plan).ok_or(Refusal("Market_UnknownPlan"))?;
        require(order.quantity <= plan.left(), "Market_CapExceeded")?;
        plan.sold += order.quantity;
        let (kind, free, sold) = (plan.terms.kind, plan.terms.price == 0, plan.sold);
        let units = match kind {
            Kind::Subscription { period } => return Ok((sold, self.subscribe(order, period, free)?)),
            Kind::Licence => 1,
            Kind::Credits { units } => units,
        };
        let amount = Amount::from(order.quantity) * Amount::from(units);
        *self.market.passes.entry((order.plan, order.recipient)).or_default() += amount;
        self.tell_pass(order, amount);
        Ok((sold, 0))
    }

    /// What is sold comes from nobody, by the Vault's call.
    fn tell_pass(&mut self, order: &Order, amount: Amount) {
        let (operator, from, to) = (Account::Vault, Account::Zero, order.recipient);
        self.tell(MarketEvent::PassMoved { operator, from, to, plan: order.plan, amount });
    }

    /// A subscription counts as one pass from the first purchase on.
    fn subscribe(&mut self, order: &Order, period: u32, free: bool) -> Outcome<u64> {
        let expiry = self.extended(order, period, free)?;
        let before = self.market.expiries.insert((order.plan, order.recipient), expiry);
        if before.is_none() {
            self.tell_pass(order, Amount::from(1));
        }
        Ok(expiry)
    }

    /// Paid time adds up to a limit; free time only starts anew, and never shortens what was there.
    pub(super) fn extended(&self, order: &Order, period: u32, free: bool) -> Outcome<u64> {
        let expiry = self.market.expiries.get(&(order.plan, order.recipient)).copied().unwrap_or_default();
        let (period, now, expiry) = (u128::from(period), u128::from(self.now), u128::from(expiry));
        let end = if free {
            (now + period).max(expiry)
        } else {
            let end = now.max(expiry) + period * u128::from(order.quantity);
            require(end <= now + period.max(MOST_AHEAD), "Market_TooFarAhead")?;
            end
        };
        u64::try_from(end).map_err(|_| Refusal("Panic"))
    }
}
