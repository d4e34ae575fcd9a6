//! Chooses what happens next: mostly what can work, often enough what must not.

use rand::Rng as _;
use rand::rngs::StdRng;
use stoa_tests::model::{
    Account, Action, Amount, Earner, Figure, Governed, Kind, ListingId, Model, NewPlan, PlanId, Token,
};

use super::{random_listings, random_pay, random_signed, random_terms};

/// So many users act; more would rarely meet.
const USERS: u32 = 7;
/// Few enough to be sold often.
const PLANS: u64 = 40;
/// With fewer of either there is little to do, so some come first.
const FEW: u64 = 6;

/// Who does what next.
pub(super) fn next(random: &mut StdRng, model: &Model) -> (Account, Action) {
    let by = user(random);
    if model.listing_count() < FEW && random.random_bool(0.2) {
        return (by, Action::CreateListing(random_listings::new_listing(random, model)));
    }
    if model.plan_count() < FEW && random.random_bool(0.2) {
        return plans(random, model, by);
    }
    let action = match random.random_range(0..240) {
        0..6 => mint(random),
        6..12 => Action::AllowVault { token: token(random), amount: amount(random) },
        12..20 => deposit(random, model, by),
        20..32 => balances(random, model, by),
        32..37 => pockets(random, model, by),
        37..50 => return random_listings::listings(random, model, by),
        50..58 => return plans(random, model, by),
        58..82 => return (by, random_pay::order(random, model, by)),
        82..87 => passes(random, model, by),
        87..99 => settle(random, model),
        99..101 => return fee(random, model, by),
        101..118 => return random_terms::shares(random, model, by),
        118..140 => return random_terms::staking(random, model, by),
        150..200 | 220..240 => return random_signed::next(random, model, by),
        200..206 => native(random, model, by),
        210..220 => return gate(random, model, by),
        206..210 => return (by, random_pay::listing(random, model, by)),
        140..144 => return random_terms::governed(random, model, by),
        _ => return random_terms::other(random, model, by),
    };
    (by, action)
}

pub(super) fn user(random: &mut StdRng) -> Account {
    Account::User(random.random_range(0..USERS))
}

/// A user as a rule, now and then somebody it should not be.
pub(super) fn anybody(random: &mut StdRng) -> Account {
    match random.random_range(0..24) {
        0 => Account::Zero,
        1 => [Account::Vault, Account::Staking][random.random_range(0..2)],
        2 => Account::Timelock,
        3 => pocket(random),
        _ => user(random),
    }
}

fn pocket(random: &mut StdRng) -> Account {
    Account::Pocket { user: random.random_range(0..USERS), salt: random.random_range(0..2) }
}

pub(super) fn token(random: &mut StdRng) -> Token {
    match random.random_range(0..40) {
        0 => Token::Absent,
        1..13 => Token::Dollar,
        13..24 => Token::Stoa,
        24..31 => Token::Coin,
        _ => Token::Colossal,
    }
}

/// All orders of magnitude, and the edges.
pub(super) fn amount(random: &mut StdRng) -> Amount {
    let edge = Amount::from(u128::MAX);
    match random.random_range(0..20) {
        0 => Amount::ZERO,
        1 => Amount::from(1),
        2 => edge,
        3 => edge + Amount::from(1),
        4 => Amount::MAX,
        5 => edge >> 1,
        _ => Amount::from(random.random::<u128>() >> random.random_range(0..128)),
    }
}

/// An amount that a figure allows as a rule; exactly all of it, one more, or anything else otherwise.
pub(super) fn within(random: &mut StdRng, model: &Model, figure: Figure) -> Amount {
    let limit = model.holding(figure);
    match random.random_range(0..16) {
        0 => limit.saturating_add(Amount::from(1)),
        1 => amount(random),
        2 => limit,
        _ => limit / Amount::from(random.random_range(1..20)),
    }
}

fn mint(random: &mut StdRng) -> Action {
    let token = if random.random() { Token::Dollar } else { Token::Colossal };
    let amount = if token == Token::Dollar {
        Amount::from(random.random_range(0..1_000_000_000_000_u64))
    } else {
        amount(random) >> random.random_range(0..4)
    };
    Action::Mint { token, to: user(random), amount }
}

/// Coin is wrapped and unwrapped, never more than there is: a node would not take the transaction.
fn native(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let to = if random.random_bool(0.08) { Account::Staking } else { anybody(random) };
    if random.random() {
        return Action::WithdrawNative {
            to,
            amount: within(random, model, Figure::Balance(Token::Coin, by)),
        };
    }
    let most = model.coin(by) / Amount::from(1_000);
    let amount = if random.random_bool(0.1) { Amount::ZERO } else { most >> random.random_range(0..64) };
    Action::DepositNative { to: if random.random_bool(0.6) { by } else { to }, amount }
}

fn deposit(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let token = token(random);
    let amount = within(random, model, Figure::Wallet(token, by));
    let to = if random.random_bool(0.2) { anybody(random) } else { by };
    Action::Deposit { token, amount, to }
}

fn balances(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let (token, other) = (token(random), anybody(random));
    match random.random_range(0..11) {
        10 => Action::Describe { token },
        0..3 => {
            Action::Withdraw { token, amount: within(random, model, Figure::Balance(token, by)), to: other }
        }
        3..5 => {
            Action::Transfer { token, to: other, amount: within(random, model, Figure::Balance(token, by)) }
        }
        5..8 => {
            let from = if random.random_bool(0.1) { anybody(random) } else { user(random) };
            let amount = within(random, model, Figure::Balance(token, from));
            Action::TransferFrom { token, from, to: other, amount }
        }
        8 => Action::Approve { token, spender: other, amount: amount(random) },
        _ => Action::SetOperator { spender: other, approved: random.random() },
    }
}

fn pockets(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let (token, salt) = (token(random), random.random_range(0..2));
    let Account::User(user) = by else { unreachable!("only users act here") };
    let mine = Account::Pocket { user, salt };
    let amount = within(random, model, Figure::Balance(token, mine));
    match random.random_range(0..4) {
        0 => Action::Transfer { token, to: mine, amount: within(random, model, Figure::Balance(token, by)) },
        1 => Action::WithdrawSub { salt, token, to: anybody(random), amount },
        _ => {
            let part = amount / Amount::from(random.random_range(1..4));
            let credits = [(anybody(random), part), (anybody(random), amount.saturating_sub(part))];
            Action::MoveSub { salt, token, credits: credits.to_vec() }
        }
    }
}

/// A listing as a rule, and the one after the last now and then.
pub(super) fn listing(random: &mut StdRng, model: &Model) -> ListingId {
    if random.random_bool(0.03) {
        model.listing_count() + 1
    } else {
        random.random_range(0..=model.listing_count())
    }
}

pub(super) fn plan(random: &mut StdRng, model: &Model) -> PlanId {
    if random.random_bool(0.03) {
        model.plan_count() + 1
    } else {
        random.random_range(0..=model.plan_count()).max(u64::from(random.random_bool(0.97)))
    }
}

/// The owner as a rule, since nobody else may do much.
pub(super) fn owner(random: &mut StdRng, model: &Model, listing: ListingId, by: Account) -> Account {
    match model.listing(listing) {
        Some(listing) if random.random_bool(0.8) => listing.owner,
        _ => by,
    }
}

fn plans(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    if model.plan_count() < PLANS && random.random_bool(0.6) {
        let listing = listing(random, model);
        let token = token(random);
        let (price, cap) = (price(random, token), cap(random));
        let kind = random_terms::kind(random);
        let transferable =
            random.random_bool(if matches!(kind, Kind::Subscription { .. }) { 0.05 } else { 0.5 });
        let (bounds, discount) = (random_terms::bounds(random, model, 0.4), random.random());
        let unit = random.random();
        let new = NewPlan { listing, token, price, cap, transferable, kind, bounds, discount, unit };
        return (owner(random, model, listing, by), Action::CreatePlan(new));
    }
    let id = plan(random, model);
    let (listing, token, paused) = model
        .plan(id)
        .map_or((0, Token::Dollar, false), |plan| (plan.terms.listing, plan.terms.token, plan.paused));
    let action = if random.random() {
        Action::ChangePlan { plan: id, price: price(random, token), cap: cap(random) }
    } else {
        Action::PausePlan { plan: id, paused: if random.random_bool(0.9) { !paused } else { paused } }
    };
    (owner(random, model, listing, by), action)
}

/// A gate is told what it asks for.
fn gate(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let gated = model.gated_plans();
    let plan = if gated.is_empty() || random.random_bool(0.1) {
        plan(random, model)
    } else {
        gated[random.random_range(0..gated.len())]
    };
    let listing = model.plan(plan).map_or(0, |plan| plan.terms.listing);
    let rule = random_terms::gate_rule(random, model, plan);
    (owner(random, model, listing, by), Action::SetGate { plan, rule })
}

pub(super) fn price(random: &mut StdRng, token: Token) -> u128 {
    match random.random_range(0..12) {
        0 => 0,
        1 => 1,
        _ if token == Token::Colossal => random.random::<u128>() >> random.random_range(0..128),
        _ => random.random_range(0..10_000_000_000),
    }
}

fn cap(random: &mut StdRng) -> u64 {
    if random.random_bool(0.7) { 0 } else { random.random_range(1..200) }
}

fn passes(random: &mut StdRng, model: &Model, by: Account) -> Action {
    if random.random_bool(0.2) {
        return Action::ApprovePasses { operator: anybody(random), approved: random.random() };
    }
    let from = if random.random_bool(0.2) { user(random) } else { by };
    let part = |random: &mut StdRng| {
        let plan = plan(random, model);
        (plan, within(random, model, Figure::Passes(plan, from)))
    };
    if random.random_bool(0.6) {
        let (plan, amount) = part(random);
        return Action::TransferPass { plan, from, to: anybody(random), amount };
    }
    // Of plans that allow it as a rule: one that does not keeps all back.
    let mut parts: Vec<_> = (0..random.random_range(0..5)).map(|_| part(random)).collect();
    if random.random_bool(0.8) {
        parts.retain(|(plan, _)| model.plan(*plan).is_some_and(|plan| plan.terms.transferable));
    }
    Action::TransferPasses { from, to: anybody(random), parts }
}

/// Where there is something to settle as a rule.
fn settle(random: &mut StdRng, model: &Model) -> Action {
    let keys = model.earning_keys();
    if keys.is_empty() || random.random_bool(0.1) {
        let earner = random.random_bool(0.9).then(|| Earner::User(random.random_range(0..USERS)));
        return Action::Settle { listing: listing(random, model), earner, token: token(random) };
    }
    let (listing, earner, token) = keys[random.random_range(0..keys.len())];
    Action::Settle { listing, earner: Some(earner), token }
}

fn fee(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let by = if random.random_bool(0.7) { model.owner(Governed::Revenue) } else { by };
    (by, Action::SetFee { bps: random.random_range(0..560) })
}
