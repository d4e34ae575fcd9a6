//! Chooses payments: what for, and where the money comes from.

use rand::Rng as _;
use rand::rngs::StdRng;
use stoa_tests::model::{
    Account, Action, Amount, Authorization, Errand, Figure, Funding, Gate, GateData, List, LockOrder, Model,
    Order, Permit, PlanId, Token,
};

use super::random::{anybody, plan, token, user, within};
use super::random_signed::{deadline, nonce_near, seal};
use super::random_terms::term;

/// What is to be paid, and for what.
pub(super) type Wish = (Token, Amount, Errand);

pub(super) fn order(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let wish = wish_order(random, model, by);
    pay(random, model, by, wish)
}

pub(super) fn shares(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let wish = wish_shares(random, model, by);
    pay(random, model, by, wish)
}

pub(super) fn listing(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let wish = wish_listing(random, model, by);
    pay(random, model, by, wish)
}

pub(super) fn lock(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let wish = wish_lock(random, model, by);
    pay(random, model, by, wish)
}

fn pay(random: &mut StdRng, model: &Model, by: Account, (token, amount, errand): Wish) -> Action {
    let funding = funding(random, model, token, by, amount);
    Action::Pay { token, amount, funding, errand }
}

/// An order as it should be, and one thing wrong with it now and then.
pub(super) fn wish_order(random: &mut StdRng, model: &Model, by: Account) -> Wish {
    let mut open = model.open_plans();
    // Often enough such as can be paid by authorization, and such as ask a gate.
    let terms = |plan: &PlanId| model.plan(*plan).map(|plan| &plan.terms);
    let by_stoa = |plan: &PlanId| terms(plan).is_some_and(|terms| terms.token == Token::Stoa);
    let gated = |plan: &PlanId| {
        let gate = terms(plan).and_then(|terms| terms.bounds.gate);
        gate.is_some_and(|gate| gate != Gate::Deaf)
    };
    let favourites: Vec<PlanId> = match random.random_range(0..10) {
        0..2 => open.iter().copied().filter(by_stoa).collect(),
        2..4 => open.iter().copied().filter(gated).collect(),
        _ => Vec::new(),
    };
    if !favourites.is_empty() {
        open = favourites;
    }
    let id = if open.is_empty() || random.random_bool(0.2) {
        plan(random, model)
    } else {
        open[random.random_range(0..open.len())]
    };
    let (mut token, mut version, price) = model
        .plan(id)
        .map_or((token(random), 1, 0), |plan| (plan.terms.token, plan.version, plan.terms.price));
    let mut quantity = if random.random_bool(0.03) { random.random() } else { random.random_range(1..12) };
    let mut recipient = if random.random_bool(0.2) { anybody(random) } else { by };
    let mut amount = Amount::from(price) * Amount::from(quantity);
    match random.random_range(0..40) {
        0 => token = self::token(random),
        1 => version = version.wrapping_add(1),
        2 => version = version.wrapping_sub(1),
        3 => quantity = 0,
        4 => recipient = Account::Zero,
        5 => amount = amount.saturating_sub(Amount::from(1)),
        6 => amount = super::random::amount(random),
        7..12 => amount = amount.saturating_add(Amount::from(random.random::<u32>())),
        _ => {}
    }
    let gate_data = gate_data(random, model, id, by);
    (token, amount, Errand::Order(Order { plan: id, version, quantity, recipient, gate_data }))
}

/// What the plan's gate asks for as a rule.
fn gate_data(random: &mut StdRng, model: &Model, id: PlanId, by: Account) -> GateData {
    let asks = model.plan(id).is_some_and(|plan| plan.terms.bounds.gate == Some(Gate::List));
    let list = model.gate_list(id);
    let other = List(random.random_range(0..128));
    match (random.random_range(0..20), by) {
        (0, Account::User(user)) => GateData::Proof { list: other, user },
        (1, _) if asks => GateData::Proof { list, user: random.random_range(0..7) },
        (2, _) if asks => GateData::Junk,
        (0..2, _) => GateData::Junk,
        (_, Account::User(user)) if asks => GateData::Proof { list, user },
        _ => GateData::None,
    }
}

pub(super) fn wish_shares(random: &mut StdRng, model: &Model, by: Account) -> Wish {
    let last = model.share_sale_count() + u64::from(random.random_bool(0.05));
    let sale = random.random_range(0..=last);
    let (mut token, price) =
        model.share_sale(sale).map_or((Token::Dollar, 0), |sale| (sale.terms.token, sale.terms.price));
    if random.random_bool(0.05) {
        token = self::token(random);
    }
    let quantity = if random.random_bool(0.05) { 0 } else { random.random_range(1..8) };
    let mut amount = Amount::from(price) * Amount::from(quantity);
    if random.random_bool(0.1) {
        amount = amount.saturating_sub(Amount::from(1));
    }
    let recipient = if random.random_bool(0.2) { anybody(random) } else { by };
    (token, amount, Errand::Shares { sale, quantity, recipient })
}

pub(super) fn wish_listing(random: &mut StdRng, model: &Model, by: Account) -> Wish {
    let (listing, token) = (super::random::listing(random, model), token(random));
    let memo = if random.random() { 0 } else { random.random() };
    (token, within(random, model, Figure::Balance(token, by)), Errand::Listing { listing, memo })
}

/// For the payer's own lock as a rule, else for somebody who signed.
pub(super) fn wish_lock(random: &mut StdRng, model: &Model, by: Account) -> Wish {
    let token = if random.random_bool(0.05) { token(random) } else { Token::Stoa };
    let from = if random.random() { Figure::Balance(token, by) } else { Figure::Wallet(token, by) };
    let amount = within(random, model, from);
    let account = if random.random_bool(0.5) { by } else { user(random) };
    let seal = if account == by || random.random_bool(0.03) { None } else { Some(seal(random, account)) };
    let nonce = nonce_near(random, model.lock_nonce(account));
    let signed = if random.random_bool(0.05) { amount.saturating_add(Amount::from(1)) } else { amount };
    // More for a lock that runs, a new one else, as a rule.
    let runs = model.locked(account).1 > model.now;
    let term = if runs && random.random_bool(0.5) { 0 } else { term(random) };
    let late = random.random_bool(0.05);
    let deadline = if late { model.now - 1 } else { deadline(random, model) };
    (token, amount, Errand::Lock(LockOrder { account, term, amount: signed, nonce, deadline, seal }))
}

/// From where it is as a rule.
fn funding(random: &mut StdRng, model: &Model, token: Token, by: Account, amount: Amount) -> Funding {
    let (signs, coin) = (token == Token::Stoa, token == Token::Coin);
    let affordable = model.coin(by) / Amount::from(2);
    if coin && amount <= affordable && random.random_bool(0.5) {
        let sent = if random.random_bool(0.05) { amount / Amount::from(2) } else { amount };
        return Funding::Native { sent };
    }
    if model.holding(Figure::Balance(token, by)) >= amount
        && random.random_bool(if signs { 0.4 } else { 0.6 })
    {
        return Funding::Balance;
    }
    match random.random_range(0..10) {
        0..4 if signs => Funding::Permit(permit(random, model, by, amount)),
        4..8 if signs => Funding::Authorization(authorization(random, model, by)),
        0 => Funding::Permit(permit(random, model, by, amount)),
        1 if random.random_bool(0.3) => Funding::Authorization(authorization(random, model, by)),
        2 if random.random_bool(0.2) && amount <= affordable => Funding::Native { sent: amount },
        _ => Funding::Allowance,
    }
}

pub(super) fn permit(random: &mut StdRng, model: &Model, owner: Account, amount: Amount) -> Permit {
    let value = if random.random_bool(0.8) { amount } else { super::random::amount(random) };
    let nonce = nonce_near(random, model.permit_nonce(owner));
    Permit { seal: seal(random, owner), value, nonce, deadline: deadline(random, model) }
}

/// Under a number that may have been used.
pub(super) fn authorization(random: &mut StdRng, model: &Model, from: Account) -> Authorization {
    let after = if random.random_bool(0.95) { 0 } else { model.now + random.random_range(0..200) };
    let nonce = random.random_range(0..30);
    Authorization { seal: seal(random, from), nonce, after, before: deadline(random, model) }
}
