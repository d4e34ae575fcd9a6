//! Chooses what is done by signatures: mostly good ones, often enough such as must not count.

use rand::Rng as _;
use rand::rngs::StdRng;
use stoa_tests::model::{
    Account, Action, Amount, Authorization, ClaimOrder, Errand, Figure, Grant, Keeper, LockOrder, Mark,
    Model, RelayedPay, Revocation, Seal, SignedDeposit, SignedPay, Source, SpendOrder, Token, Witness,
};

use super::random::{amount, anybody, plan, token, user, within};
use super::random_pay::{self, Wish};
use super::random_terms::{some_shares, wallet};

pub(super) fn next(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let action = match random.random_range(0..54) {
        0..30 => return pay_by_sig(random, model, by),
        50..54 => revoke(random, model),
        30..37 => spend(random, model, by),
        37..42 => claim(random, model),
        42..47 => deposit(random, model),
        47 => Action::CancelLockNonce,
        _ => cancel(random),
    };
    (by, action)
}

/// The account's own as a rule; else another's, or of something that is not shown.
pub(super) fn seal(random: &mut StdRng, account: Account) -> Seal {
    let stranger = !matches!(account, Account::User(_)) || random.random_bool(0.035);
    let signer = if stranger { user(random) } else { account };
    Seal { signer, whole: random.random_bool(0.965) }
}

/// Far off, near, or past.
pub(super) fn deadline(random: &mut StdRng, model: &Model) -> u64 {
    match random.random_range(0..40) {
        0..2 => model.now.saturating_sub(random.random_range(0..100)),
        2 => model.now + random.random_range(0..100),
        3..18 => model.now + random.random_range(0..10_000_000),
        _ => u64::MAX >> random.random_range(0..20),
    }
}

/// In one of a few words; now and then one that has been used.
fn nonce(random: &mut StdRng, model: &Model, keeper: Keeper, account: Account) -> u64 {
    let used = model.used_nonces(keeper, account);
    if !used.is_empty() && random.random_bool(0.08) {
        return used[random.random_range(0..used.len())];
    }
    random.random_range(0..600)
}

/// A counter's value as a rule.
pub(super) fn nonce_near(random: &mut StdRng, next: u64) -> u64 {
    match random.random_range(0..25) {
        0..2 => next + 1,
        2 => next.saturating_sub(1),
        _ => next,
    }
}

fn wish(random: &mut StdRng, model: &Model, from: Account) -> Wish {
    match random.random_range(0..10) {
        0..6 => random_pay::wish_order(random, model, from),
        6 => random_pay::wish_shares(random, model, from),
        7 => random_pay::wish_listing(random, model, from),
        _ => random_pay::wish_lock(random, model, from),
    }
}

/// A new one as a rule, else what has been paid by an authorization or made void, once more.
fn pay_by_sig(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let sent = model.authorized_payments();
    if !sent.is_empty() && random.random_bool(0.05) {
        let order = sent[random.random_range(0..sent.len())].clone();
        let (sender, seal) = (order.relayer.unwrap_or(by), seal(random, order.from));
        let grant = grant(random, model, &order);
        return (sender, Action::PayBySig(RelayedPay { order, witness: Witness::Same, grant, seal }));
    }
    let order = signed_pay(random, model, by);
    let witness = match random.random_range(0..40) {
        0 => Witness::Zero,
        1 => Witness::Another,
        _ => Witness::Same,
    };
    let (grant, seal) = (grant(random, model, &order), seal(random, order.from));
    (by, Action::PayBySig(RelayedPay { order, witness, grant, seal }))
}

fn signed_pay(random: &mut StdRng, model: &Model, by: Account) -> SignedPay {
    let from = if random.random_bool(0.1) { Account::CONTRACT_WALLET } else { user(random) };
    let (token, price, mut errand) = wish(random, model, from);
    let relayer_fee = match random.random_range(0..30) {
        0 => price.saturating_add(Amount::from(1)).saturating_add(price >> 4),
        1..8 => price >> random.random_range(4..20),
        8..11 => Amount::from(random.random_range(0..1_000)),
        _ => Amount::ZERO,
    };
    // The fee comes on top as a rule: what is left must pay the errand. A lock is signed for what is left.
    let mut amount = price;
    match &mut errand {
        Errand::Lock(LockOrder { amount: signed, .. }) => *signed = signed.saturating_sub(relayer_fee),
        _ if relayer_fee <= price && random.random_bool(0.95) => amount = amount.saturating_add(relayer_fee),
        _ => {}
    }
    let source = source(random, model, token, from, amount);
    let nonce = if source == Source::Authorization && random.random_bool(0.95) {
        0
    } else {
        nonce(random, model, Keeper::Vault, from)
    };
    let relayer = match random.random_range(0..20) {
        0..10 => None,
        10..19 => Some(by),
        _ => Some(user(random)),
    };
    let deadline = deadline(random, model);
    SignedPay { from, errand, token, amount, source, relayer, relayer_fee, nonce, deadline }
}

/// An authorization that was never used is made void, or one that was.
fn revoke(random: &mut StdRng, model: &Model) -> Action {
    let mut giver = user(random);
    let mark = match random.random_range(0..10) {
        0..4 => Mark::Own(random.random_range(0..30)),
        4..7 => Mark::Deposit(random.random_range(0..20)),
        _ => {
            let order = signed_pay(random, model, giver);
            giver = order.from;
            Mark::Payment(Box::new(SignedPay { source: Source::Authorization, nonce: 0, ..order }))
        }
    };
    Action::Revoke(Revocation { giver, mark, seal: seal(random, giver) })
}

fn source(random: &mut StdRng, model: &Model, token: Token, from: Account, amount: Amount) -> Source {
    let covered = model.holding(Figure::Balance(token, from)) >= amount;
    match random.random_range(0..40) {
        0 => Source::Native,
        1..7 => Source::Permit,
        4..22 if token == Token::Stoa => Source::Authorization,
        7 => Source::Authorization,
        _ if covered => Source::Balance,
        _ => Source::Allowance,
    }
}

/// What the payment's source asks for as a rule.
fn grant(random: &mut StdRng, model: &Model, order: &SignedPay) -> Grant {
    match order.source {
        Source::Permit if random.random_bool(0.95) => {
            Grant::Permit(random_pay::permit(random, model, order.from, order.amount))
        }
        Source::Authorization if random.random_bool(0.95) => {
            let given = random_pay::authorization(random, model, order.from);
            let nonce = if random.random_bool(0.05) { given.nonce } else { 0 };
            Grant::Authorization(Authorization { nonce, ..given })
        }
        _ => Grant::None,
    }
}

fn spend(random: &mut StdRng, model: &Model, by: Account) -> Action {
    let credits = model.credit_holdings();
    let (plan, holder) = if credits.is_empty() || random.random_bool(0.1) {
        (plan(random, model), user(random))
    } else {
        credits[random.random_range(0..credits.len())]
    };
    Action::SpendBySig(SpendOrder {
        holder,
        plan,
        units: within(random, model, Figure::Passes(plan, holder)),
        reference: random.random(),
        spender: if random.random_bool(0.92) { by } else { anybody(random) },
        nonce: nonce(random, model, Keeper::Market, holder),
        deadline: deadline(random, model),
        seal: seal(random, holder),
    })
}

fn claim(random: &mut StdRng, model: &Model) -> Action {
    let Some(listing) = some_shares(random, model) else { return Action::CancelLockNonce };
    let holders = model.shareholders(listing);
    let account = if random.random_bool(0.95) {
        holders[random.random_range(0..holders.len())]
    } else {
        anybody(random)
    };
    let (wallet, tokens) = (wallet(random), model.payment_tokens(listing));
    let token = if tokens.is_empty() || random.random_bool(0.1) {
        token(random)
    } else {
        tokens[random.random_range(0..tokens.len())]
    };
    Action::ClaimBySig(ClaimOrder {
        listing,
        account,
        token,
        to: wallet.unwrap_or(if random.random() { account } else { anybody(random) }),
        to_wallet: wallet.is_some(),
        nonce: nonce_near(random, model.claim_nonce(listing, account)),
        deadline: deadline(random, model),
        seal: seal(random, account),
    })
}

fn deposit(random: &mut StdRng, model: &Model) -> Action {
    let from = if random.random_bool(0.97) { user(random) } else { anybody(random) };
    let token = if random.random_bool(0.9) { Token::Stoa } else { token(random) };
    let given = random_pay::authorization(random, model, from);
    let nonce = if random.random_bool(0.05) { given.nonce } else { 0 };
    Action::DepositWithAuthorization(SignedDeposit {
        token,
        from,
        amount: within(random, model, Figure::Wallet(token, from)),
        salt: random.random_range(0..20),
        given: Authorization { nonce, ..given },
    })
}

/// A few nonces of a word, and none or all of them now and then.
fn cancel(random: &mut StdRng) -> Action {
    let keeper = if random.random() { Keeper::Vault } else { Keeper::Market };
    let mask = match random.random_range(0..20) {
        0 => Amount::ZERO,
        1 => amount(random),
        _ => Amount::from(1) << random.random_range(0..256),
    };
    Action::CancelNonces { keeper, word: random.random_range(0..5), mask }
}
