//! A signed order, looked at.

use std::path::Path;

use alloy::primitives::{Address, U256};
use serde::Serialize;
use stoa_scripts::cli::{Offer, Payment, Session, Table, refused, show_time, typed::Wanted};

use super::file::{OrderFile, PayFile, SpendFile};

/// The file itself, and what is against it.
#[derive(Debug, Serialize)]
struct Shown<'a, T> {
    order: &'a T,
    sendable: bool,
    problems: Vec<String>,
}

pub(super) async fn show(session: &Session, path: &Path) -> anyhow::Result<()> {
    match OrderFile::read(session, path)? {
        OrderFile::Pay(file) => {
            let payment = payment(session, &file).await?;
            let problems = file.problems(session, &payment, None).await?;
            answer(session, &*file, problems, pay_rows(&file, &payment))
        }
        OrderFile::Spend(file) => {
            let offer = session.offer("reading the order", file.spend.plan).await?;
            let problems = file.problems(session, &offer, None).await?;
            answer(session, &*file, problems, spend_rows(&file, &offer))
        }
        OrderFile::Claim(file) => {
            let problems = file.problems(session).await?;
            answer(session, &*file, problems, file.rows(session).await)
        }
    }
}

fn answer<T: Serialize>(
    session: &Session,
    order: &T,
    problems: Vec<String>,
    mut rows: Vec<(&'static str, String)>,
) -> anyhow::Result<()> {
    let record = Shown { order, sendable: problems.is_empty(), problems };
    if record.sendable {
        rows.push(("can be sent", "yes".to_owned()));
    }
    rows.extend(record.problems.iter().map(|problem| ("problem", problem.clone())));
    session.output.answer(&record, || Table::of_pairs(rows).to_string())
}

/// The payment that a file orders.
pub(super) async fn payment(session: &Session, file: &PayFile) -> anyhow::Result<Payment> {
    let wanted = file.wanted()?;
    let what = format!("sending the order of {}", file.pay.from);
    let gets = match &wanted {
        Wanted::Plan(order) => {
            let offer = session.offer(&what, order.plan).await?;
            let plan = session.public_id(order.plan);
            format!(
                "{} (plan {plan}, version {}) for {}",
                offer.gives(order.quantity),
                order.version,
                order.recipient
            )
        }
        Wanted::Shares(order) => {
            let market = &session.contracts.market;
            let sale = market.shareSaleOf(order.sale).call().await.map_err(|error| refused(&what, &error))?;
            let share = session.token_at(sale.share).await?;
            let shares = share.show(U256::from(sale.lot) * U256::from(order.quantity));
            format!("{shares} (sale {}) for {}", session.public_id(order.sale), order.recipient)
        }
    };
    Ok(Payment {
        what,
        target: file.pay.target,
        token: session.token_at(file.pay.token).await?,
        amount: file.pay.amount,
        data: wanted.data(),
        rows: vec![("orders", gets)],
    })
}

pub(super) fn pay_rows(file: &PayFile, payment: &Payment) -> Vec<(&'static str, String)> {
    let (pay, token) = (&file.pay, &payment.token);
    let anyone = pay.relayer == Address::ZERO;
    let mut rows = payment.rows.clone();
    rows.extend([
        ("payer", pay.from.to_string()),
        ("pays at most", token.show(pay.amount)),
        ("paid from", pay.funding.show().to_owned()),
        ("sent by", if anyone { "anyone".to_owned() } else { pay.relayer.to_string() }),
        ("who gets", token.show(pay.relayer_fee)),
        ("good until", show_time(pay.deadline.saturating_to())),
    ]);
    rows
}

pub(super) fn spend_rows(file: &SpendFile, offer: &Offer) -> Vec<(&'static str, String)> {
    let order = &file.spend;
    vec![
        ("holder", order.holder.to_string()),
        ("spends", format!("{} {} of plan {}", order.units, offer.unit(), order.plan)),
        ("sent by", order.spender.to_string()),
        ("for", order.reference.to_string()),
        ("good until", show_time(order.deadline.saturating_to())),
    ]
}
