//! Chooses actions that concern shares, stakes and time.

use rand::Rng as _;
use rand::rngs::StdRng;
use stoa_tests::model::{
    Account, Action, Amount, Bounds, Figure, Gate, GateRule, Governed, Kind, List, ListingId, Model,
    NewShareSale, PlanId, Token,
};

use super::random::{amount, anybody, listing, owner, plan, price, token, user, within};
use super::random_pay;

pub(super) fn kind(random: &mut StdRng) -> Kind {
    let size = if random.random_bool(0.05) { 0 } else { random.random_range(1..90 * 86_400) };
    match random.random_range(0..3) {
        0 => Kind::Licence,
        1 => Kind::Subscription { period: size },
        _ => Kind::Credits { units: size },
    }
}

/// None as a rule; else one that has begun or ended, or is none at all.
pub(super) fn window(random: &mut StdRng, model: &Model) -> (u64, u64) {
    let near =
        |random: &mut StdRng| (model.now + random.random_range(0..4_000_000)).saturating_sub(1_000_000);
    match random.random_range(0..12) {
        0 => (near(random), 0),
        1 => (0, near(random)),
        2 => (near(random), near(random)),
        _ => (0, 0),
    }
}

/// A gate as often as asked for, and as a rule one that is one.
pub(super) fn bounds(random: &mut StdRng, model: &Model, gated: f64) -> Bounds {
    let real = [Gate::List, Gate::Tier, Gate::Token];
    // In turn, so that none is missing where plans are few.
    let next = real[model.plan_count() as usize % real.len()];
    let gate = random.random_bool(gated).then(|| match random.random_range(0..20) {
        0..4 => Gate::Absent,
        4 => Gate::Deaf,
        5..13 => next,
        _ => real[random.random_range(0..real.len())],
    });
    Bounds { window: window(random, model), gate }
}

/// As a rule for the gate that the plan has.
pub(super) fn gate_rule(random: &mut StdRng, model: &Model, plan: PlanId) -> GateRule {
    let gate = model.plan(plan).and_then(|plan| plan.terms.bounds.gate);
    match gate.filter(|_| random.random_bool(0.9)) {
        Some(Gate::Tier) => {
            let reached = model.tier(user(random));
            let least = u8::from(random.random_bool(0.9));
            GateRule::GateTier(random.random_range(least..=reached.max(1)))
        }
        Some(Gate::Token) => {
            let token = if random.random_bool(0.6) { Token::Dollar } else { token(random) };
            let part = random.random_range(0..40);
            let has = model.holding(Figure::Wallet(token, user(random)));
            GateRule::GateHolding { token, amount: has >> part }
        }
        _ => {
            let one = List(1 << random.random_range(0..7));
            let some = List(random.random_range(0..128) | random.random_range(0..128));
            GateRule::GateList(if random.random_bool(0.2) { one } else { some })
        }
    }
}

pub(super) fn some_shares(random: &mut StdRng, model: &Model) -> Option<ListingId> {
    let bound: Vec<ListingId> = (1..=model.listing_count()).filter(|id| model.has_shares(*id)).collect();
    if bound.is_empty() { None } else { Some(bound[random.random_range(0..bound.len())]) }
}

pub(super) fn wallet(random: &mut StdRng) -> Option<Account> {
    random.random_bool(0.4).then(|| anybody(random))
}

pub(super) fn shares(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let Some(bound) = some_shares(random, model).filter(|_| random.random_bool(0.95)) else {
        return create_shares(random, model, by);
    };
    let holders: Vec<Account> = model.shareholders(bound);
    let by = if random.random_bool(0.8) { holders[random.random_range(0..holders.len())] } else { by };
    let action = match random.random_range(0..20) {
        0 => return create_shares(random, model, by),
        1 => {
            let by = owner(random, model, bound, by);
            return (by, Action::AddPaymentToken { listing: bound, token: token(random) });
        }
        2..7 => {
            let amount = within(random, model, Figure::Shares(bound, by));
            Action::TransferShares { listing: bound, to: anybody(random), amount }
        }
        7..9 => {
            let amount = if random.random_bool(0.7) { Amount::MAX } else { amount(random) };
            Action::AllowMarket { listing: bound, amount }
        }
        9..13 => Action::ClaimRevenue { listing: bound, token: token(random), wallet: wallet(random) },
        13..15 => open_sale(random, model, bound),
        15 => {
            let sale = random.random_range(0..=model.share_sale_count() + 1);
            let seller = model.share_sale(sale).map_or(by, |sale| sale.seller);
            return (if random.random_bool(0.8) { seller } else { by }, Action::CloseShareSale { sale });
        }
        _ => random_pay::shares(random, model, by),
    };
    (by, action)
}

fn create_shares(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let listing = listing(random, model);
    let most = Amount::from(1) << 96;
    let supply = match random.random_range(0..12) {
        0 => most,
        1 => most + Amount::from(1),
        2 => Amount::ZERO,
        3 => Amount::from(random.random_range(1..100)),
        _ => Amount::from(1_000_000_000_000_000_000_000_u128),
    };
    let count = random.random_range(0..3);
    let tokens = (0..count).map(|_| token(random)).collect();
    (owner(random, model, listing, by), Action::CreateShares { listing, supply, tokens })
}

fn open_sale(random: &mut StdRng, model: &Model, bound: ListingId) -> Action {
    let listing = if random.random_bool(0.1) { listing(random, model) } else { bound };
    let token = token(random);
    let lot = if random.random_bool(0.05) { 0 } else { random.random_range(1..1_000_000_000_000_000_000) };
    let cap = if random.random_bool(0.5) { 0 } else { random.random_range(1..30) };
    let (price, window) = (price(random, token), window(random, model));
    Action::OpenShareSale(NewShareSale { listing, token, lot, price, cap, window })
}

/// Weeks of a lock, too many now and then.
pub(super) fn term(random: &mut StdRng) -> u64 {
    if random.random_bool(0.05) { 53 } else { random.random_range(0..14) * random.random_range(0..5) }
}

pub(super) fn staking(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let action = match random.random_range(0..23) {
        0..9 => random_pay::lock(random, model, by),
        9..11 => Action::ExtendLock { term: term(random) },
        11..13 => Action::WithdrawLock { wallet: wallet(random) },
        13 => Action::SetReinvest { enabled: random.random() },
        14..16 => Action::Reinvest { account: user(random) },
        16..19 => Action::Distribute { token: token(random) },
        19..22 => Action::ClaimFees { token: token(random), wallet: wallet(random) },
        _ => return governed(random, model, by),
    };
    (by, action)
}

pub(super) fn governed(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let what = if random.random_bool(0.3) { Governed::Revenue } else { Governed::Staking };
    let by = if random.random_bool(0.8) { model.owner(what) } else { by };
    let action = match random.random_range(0..7) {
        0..2 => Action::ListFeeToken { token: token(random) },
        2 => {
            let mut next = 0;
            let tiers = [0; 4].map(|_: u32| {
                next += random.random_range(0..2_000_000);
                next
            });
            Action::SetTiers { tiers }
        }
        3 => return guarded(random, model, by),
        4 => {
            let back = random.random_bool(0.5);
            let to = if back { Account::Timelock } else { anybody(random) };
            Action::OfferOwnership { what, to }
        }
        _ => {
            let offered = model.offered_to(what);
            let named = offered == Account::Timelock || matches!(offered, Account::User(_));
            let by = if named && random.random_bool(0.9) { offered } else { by };
            return (by, Action::AcceptOwnership { what });
        }
    };
    (by, action)
}

/// Of Revenue's owner as a rule.
fn guarded(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let by = if random.random_bool(0.8) { model.owner(Governed::Revenue) } else { by };
    let guardian = user(random);
    (by, if random.random() { Action::SetGuardian { guardian } } else { Action::ResumeSales })
}

pub(super) fn other(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let id = plan(random, model);
    let action = match random.random_range(0..10) {
        0..3 => {
            let (units, reference) = (within(random, model, Figure::Passes(id, by)), random.random());
            Action::Spend { plan: id, units, reference }
        }
        3..7 => random_pay::listing(random, model, by),
        7 => Action::PauseSales { seconds: random.random_range(0..700_000) / 100 },
        _ => {
            let listing = model.plan(id).map_or(0, |plan| plan.terms.listing);
            let by = owner(random, model, listing, by);
            return (by, Action::BoundPlan { plan: id, bounds: bounds(random, model, 0.5) });
        }
    };
    (by, action)
}
