//! A signed order, sent.

use std::path::Path;

use alloy::primitives::Address;
use anyhow::Context as _;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{Failure, Sent, Session, Step, Token};

use super::{
    claim,
    file::{OrderFile, PayFile, SpendFile},
    show::{pay_rows, payment, spend_rows},
};
use crate::commands::credits;

#[derive(Debug, Serialize)]
struct Relayed {
    #[serde(flatten)]
    bought: Bought,
    token: Address,
    symbol: String,
    decimals: u8,
    /// What the sender got, in base units.
    relayer_fee: String,
    transactions: Vec<Sent>,
}

/// What the transaction says was bought.
#[derive(Debug, Serialize)]
struct Bought {
    #[serde(flatten)]
    of: Of,
    payer: Address,
    recipient: Address,
    quantity: u64,
    /// In base units, without the relayer's fee.
    amount: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Plan(String),
    Sale(String),
}

pub(super) async fn relay(session: &Session, path: &Path) -> anyhow::Result<()> {
    match OrderFile::read(session, path)? {
        OrderFile::Pay(file) => purchase(session, &file).await,
        OrderFile::Spend(file) => spending(session, &file).await,
        OrderFile::Claim(file) => claim::relay(session, &file).await,
    }
}

/// Refuses for the first of the problems, if there is one.
pub(super) fn first(what: &str, problems: Vec<String>) -> anyhow::Result<()> {
    match problems.into_iter().next() {
        Some(reason) => Err(Failure::Refused { what: what.to_owned(), reason }.into()),
        None => Ok(()),
    }
}

async fn purchase(session: &Session, file: &PayFile) -> anyhow::Result<()> {
    let payment = payment(session, file).await?;
    let problems = file.problems(session, &payment, Some(session.account()?)).await?;
    first(&payment.what, problems)?;
    let call = file.wanted()?.call(&file.signed(), file.grant.clone(), file.signature.clone());
    let step = Step::new(&payment.what, *session.contracts.vault.address(), &call);
    let rows = pay_rows(file, &payment);
    let step = rows.iter().fold(step, |step, (name, value)| step.with_row(name, value));
    let sent = session.send(step).await?;
    answer(session, file, payment.token, sent)
}

fn answer(session: &Session, file: &PayFile, token: Token, sent: Sent) -> anyhow::Result<()> {
    let record = Relayed {
        bought: bought(session, &sent)?,
        token: token.address,
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        relayer_fee: file.pay.relayer_fee.to_string(),
        transactions: vec![sent],
    };
    session.output.answer(&record, || {
        let (bought, fee) = (&record.bought, token.show(file.pay.relayer_fee));
        format!(
            "sent: {} paid, {} has it; the fee of {fee} is in your vault balance",
            bought.payer, bought.recipient
        )
    })
}

fn bought(session: &Session, sent: &Sent) -> anyhow::Result<Bought> {
    if let Some(event) = sent.receipt.decoded_log::<Market::Purchased>() {
        let (of, amount) = (Of::Plan(session.public_id(event.plan)), event.amount.to_string());
        let Market::Purchased { payer, recipient, quantity, .. } = event.data;
        return Ok(Bought { of, payer, recipient, quantity, amount });
    }
    let event = sent.receipt.decoded_log::<Market::SharesSold>();
    let event = event.context("the transaction tells of no purchase")?;
    let (of, amount) = (Of::Sale(session.public_id(event.sale)), event.amount.to_string());
    let Market::SharesSold { payer, recipient, quantity, .. } = event.data;
    Ok(Bought { of, payer, recipient, quantity, amount })
}

async fn spending(session: &Session, file: &SpendFile) -> anyhow::Result<()> {
    let what = format!("spending the credits of {}", file.spend.holder);
    let offer = session.offer(&what, file.spend.plan).await?;
    first(&what, file.problems(session, &offer, Some(session.account()?)).await?)?;
    let call = Market::spendBySigCall { order: file.signed(), signature: file.signature.clone() };
    let step = Step::new(&what, *session.contracts.market.address(), &call);
    let rows = spend_rows(file, &offer);
    let step = rows.iter().fold(step, |step, (name, value)| step.with_row(name, value));
    let sent = session.send(step).await?;
    credits::answer(session, offer.unit(), sent)
}
