//! What sells now.

use super::{Account, Kind, Model, Order, Plan, PlanId, Status, Token};

impl Model {
    /// Plans that sell now, to somebody.
    #[must_use]
    pub fn open_plans(&self) -> Vec<PlanId> {
        let sells = |plan: &Plan| {
            let listing = self.listings.all.get(&plan.terms.listing);
            let active = listing.is_some_and(|listing| listing.status == Status::Active);
            active && !plan.paused && self.require_open(plan.terms.bounds.window).is_ok()
        };
        self.market.plans.iter().filter(|(_, plan)| sells(plan)).map(|(id, _)| *id).collect()
    }

    /// Whether an order that costs what its plan asks would be served.
    #[must_use]
    pub fn would_sell(&self, from: Account, token: Token, order: &Order) -> bool {
        let Ok(plan) = self.sellable(from, token, order) else { return false };
        let active = self.listings.get(plan.terms.listing).is_ok_and(|it| it.status == Status::Active);
        let received = order.recipient == from || order.recipient.takes_passes();
        let in_time = match plan.terms.kind {
            Kind::Subscription { period } => self.extended(order, period, plan.terms.price == 0).is_ok(),
            _ => true,
        };
        active
            && received
            && in_time
            && order.quantity <= plan.left()
            && (plan.terms.price > 0 || order.quantity == 1)
            && self.now >= self.revenue.paused_until
    }

    /// Whether the terms of a plan may be set anew: its listing's shares, if it has some, earn in its token.
    #[must_use]
    pub fn may_set(&self, plan: &Plan) -> bool {
        let listing = plan.terms.listing;
        !self.has_shares(listing) || self.payment_tokens(listing).contains(&plan.terms.token)
    }
}
