use alloy::primitives::{Log, U256};
use stoa_contracts::Market;

use super::{Book, emit, texts};
use crate::model::{Kind, MarketEvent, NewPlan, PlanId};

/// What a kind of plan is to the contracts: its number, and what belongs to it alone.
#[derive(Clone, Debug, Default)]
pub struct KindWords {
    pub kind: u8,
    pub period: u32,
    pub units: u32,
    pub unit: String,
}

impl KindWords {
    /// Of a new plan.
    #[must_use]
    pub fn of(plan: &NewPlan) -> Self {
        match plan.kind {
            Kind::Licence => Self::default(),
            Kind::Subscription { period } => Self { kind: 1, period, ..Self::default() },
            Kind::Credits { units } => Self { kind: 2, period: 0, units, unit: texts::unit(plan.unit) },
        }
    }
}

pub(super) fn created(book: &Book, plan: PlanId, terms: &NewPlan) -> Log {
    let KindWords { kind, period, units, unit } = KindWords::of(terms);
    let event = Market::PlanCreated {
        plan: U256::from(plan),
        listing: U256::from(terms.listing),
        token: book.token(terms.token),
        kind,
        price: U256::from(terms.price),
        cap: terms.cap,
        transferable: terms.transferable,
        version: 1,
        period,
        units,
        unit,
        from: terms.bounds.window.0,
        until: terms.bounds.window.1,
        gate: book.gate(terms.bounds.gate),
        tierDiscount: terms.discount,
    };
    emit(book.contracts.market, &event)
}

pub(super) fn changed(book: &Book, event: &MarketEvent) -> Log {
    let MarketEvent::PlanChanged { plan, version, price, cap, paused, bounds } = *event else {
        unreachable!("{event:?} changes no plan")
    };
    let event = Market::PlanChanged {
        plan: U256::from(plan),
        version,
        price: U256::from(price),
        cap,
        paused,
        from: bounds.window.0,
        until: bounds.window.1,
        gate: book.gate(bounds.gate),
    };
    emit(book.contracts.market, &event)
}
