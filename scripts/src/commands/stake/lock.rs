//! Locks: begun, raised, extended, ended.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolValue as _,
};
use anyhow::Context as _;
use serde::Serialize;
use stoa_contracts::Staking;
use stoa_scripts::cli::{Payment, Sent, Session, Source, Step, Token, show_time};

use super::weeks::{end_of, remaining, score_down, tier_of};

#[derive(Debug, Serialize)]
struct Locked {
    account: Address,
    payer: Address,
    /// In STOA's smallest unit: what came in, and the lock's principal and score after it.
    added: String,
    amount: String,
    score: String,
    /// In seconds since 1970.
    end: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_from: Option<Source>,
    transactions: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    account: Address,
    to: Address,
    amount: String,
    transactions: Vec<Sent>,
}

/// Whose lock is paid for, and with which consent.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) account: Address,
    pub(super) term: u64,
    pub(super) nonce: U256,
    pub(super) deadline: U256,
    pub(super) signature: Bytes,
}

pub(super) async fn stoa(session: &Session) -> anyhow::Result<Token> {
    session.token_at(*session.contracts.stoa.address()).await
}

/// Pays for the signer's own lock; a term of 0 raises it.
pub(super) async fn pay(
    session: &Session,
    amount: &str,
    term: u64,
    from: Option<Source>,
) -> anyhow::Result<()> {
    let token = stoa(session).await?;
    let amount = token.parse(amount).map_err(anyhow::Error::msg)?;
    let account = session.account()?;
    let order = Order { account, term, nonce: U256::ZERO, deadline: U256::ZERO, signature: Bytes::new() };
    pay_order(session, token, amount, &order, from).await
}

/// Pays for a lock.
pub(super) async fn pay_order(
    session: &Session,
    token: Token,
    amount: U256,
    order: &Order,
    from: Option<Source>,
) -> anyhow::Result<()> {
    let data = (order.account, U256::from(order.term), order.nonce, order.deadline, order.signature.clone());
    let verb = if order.term == 0 { "raising the lock by" } else { "locking" };
    let payment = Payment {
        what: format!("{verb} {}", token.show(amount)),
        target: *session.contracts.staking.address(),
        amount,
        data: data.abi_encode().into(),
        rows: rows(session, &token, amount, order).await?,
        token: token.clone(),
    };
    let (source, steps) = session.pay(&payment, from).await?;
    let sent = session.send_all(&steps).await?;
    answer(session, &token, Some(source), sent)
}

/// What a person should know before agreeing.
async fn rows(
    session: &Session,
    token: &Token,
    added: U256,
    order: &Order,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let staking = &session.contracts.staking;
    let (lock, now) = (staking.lockOf(order.account).call().await?, session.now().await?);
    let amount = lock.amount + added;
    let (score, end) = if order.term == 0 {
        (lock.score + score_down(added, remaining(lock.end, now)), lock.end)
    } else {
        (score_down(amount, order.term), end_of(now, order.term))
    };
    let tier = tier_of(score, &staking.tiers().call().await?);
    Ok(vec![
        ("account", order.account.to_string()),
        ("locked then", token.show(amount)),
        ("locked until", show_time(end)),
        ("score", format!("{}, tier {tier}", token.show(score))),
    ])
}

pub(super) async fn extend(session: &Session, weeks: u64) -> anyhow::Result<()> {
    let (token, account) = (stoa(session).await?, session.account()?);
    let (lock, now) = (session.contracts.staking.lockOf(account).call().await?, session.now().await?);
    let call = Staking::extendCall { term: U256::from(weeks) };
    let what = format!("extending the lock to {weeks} weeks");
    let step = Step::new(what, *session.contracts.staking.address(), &call)
        .with_row("locked", token.show(lock.amount))
        .with_row("locked until", show_time(end_of(now, weeks)))
        .with_row("score", token.show(score_down(lock.amount, weeks)));
    let sent = session.send(step).await?;
    answer(session, &token, None, vec![sent])
}

pub(super) async fn withdraw(session: &Session, to: Option<Address>) -> anyhow::Result<()> {
    let (token, staking) = (stoa(session).await?, *session.contracts.staking.address());
    let what = "withdrawing the lock";
    let step = match to {
        Some(wallet) => {
            let call = Staking::withdrawToCall { wallet };
            Step::new(what, staking, &call).with_row("to wallet", wallet)
        }
        None => Step::new(what, staking, &Staking::withdrawCall {}).with_row("to", "your vault balance"),
    };
    let lock = session.contracts.staking.lockOf(session.account()?).call().await?;
    let sent = session.send(step.with_row("amount", token.show(lock.amount))).await?;
    let event = sent.receipt.decoded_log::<Staking::PrincipalWithdrawn>();
    let event = event.context("the transaction tells of no withdrawal")?.data;
    let amount = event.amount.to_string();
    let record = Withdrawn { account: event.account, to: event.to, amount, transactions: vec![sent] };
    session.output.answer(&record, || format!("{} withdrawn to {}", token.show(event.amount), event.to))
}

/// What the last transaction says the lock is now.
pub(super) fn answer(
    session: &Session,
    token: &Token,
    paid_from: Option<Source>,
    sent: Vec<Sent>,
) -> anyhow::Result<()> {
    let receipt = &sent.last().context("a lock changes by a transaction")?.receipt;
    let lock = receipt.decoded_log::<Staking::LockChanged>().context("the transaction changed no lock")?.data;
    let record = Locked {
        account: lock.account,
        payer: lock.payer,
        added: lock.added.to_string(),
        amount: lock.amount.to_string(),
        score: lock.score.to_string(),
        end: lock.end,
        paid_from,
        transactions: sent,
    };
    session.output.answer(&record, || {
        let (amount, score) = (token.show(lock.amount), token.show(lock.score));
        format!("{} has {amount} locked until {}, with a score of {score}", lock.account, show_time(lock.end))
    })
}
