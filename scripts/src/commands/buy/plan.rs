//! A purchase from a plan.

use alloy::primitives::{Address, Bytes, U256};
use anyhow::Context as _;
use serde::Serialize;
use stoa_contracts::{Market, Revenue};
use stoa_scripts::cli::{
    Failure, Offer, Payment, Sent, Session, Source, refused, show_time,
    typed::{Wanted, plan::Order},
};

use super::{Args, gate};

#[derive(Debug, Serialize)]
struct Bought {
    plan: String,
    listing: String,
    version: u32,
    kind: &'static str,
    quantity: u64,
    payer: Address,
    recipient: Address,
    token: Address,
    symbol: String,
    decimals: u8,
    /// Price times quantity, and the protocol's part of it, in base units.
    amount: String,
    fee: String,
    paid_from: Source,
    /// Until when the recipient's subscription runs, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    /// Licences or units that the recipient has now.
    balance: String,
    transactions: Vec<Sent>,
}

pub(super) async fn buy(session: &Session, args: &Args) -> anyhow::Result<()> {
    let id = session.number("plan", &args.id)?;
    let what = format!("buying plan {id}");
    let offer = session.offer(&what, id).await?;
    let recipient = args.to.unwrap_or(session.account()?);
    let wanted = Order {
        plan: id,
        version: offer.plan.version,
        quantity: args.quantity,
        recipient,
        gateData: Bytes::new(),
    };
    check_version(&what, &offer, args.plan_version)?;
    let gate_data = gate::data_for(session, &what, &offer, args.proof.as_deref()).await?;
    let wanted = Wanted::Plan(Order { gateData: gate_data, ..wanted });
    let payment = Payment {
        what,
        target: *session.contracts.market.address(),
        token: offer.token.clone(),
        amount: offer.cost(args.quantity),
        data: wanted.data(),
        rows: rows(session, &offer, args.quantity, recipient).await?,
    };
    let (source, steps) = session.pay(&payment, args.from).await?;
    let sent = session.send_all(&steps).await?;
    answer(session, &offer, source, sent).await
}

fn check_version(what: &str, offer: &Offer, seen: Option<u32>) -> anyhow::Result<()> {
    let (plan, current) = (offer.id, offer.plan.version);
    match seen {
        Some(seen) if seen != current => {
            let price = offer.token.show(U256::from(offer.plan.price));
            let reason = format!(
                "plan {plan} has changed: you have seen version {seen}, and it is at {current}, for {price} each"
            );
            Err(Failure::Refused { what: what.to_owned(), reason }.into())
        }
        _ => Ok(()),
    }
}

/// How Revenue would divide a sale made now.
pub(crate) async fn split(
    session: &Session,
    what: &str,
    offer: &Offer,
    amount: U256,
) -> anyhow::Result<Revenue::SaleSplit> {
    let (revenue, listing) = (&session.contracts.revenue, offer.plan.listing);
    let answer = revenue.saleTerms(listing, amount, offer.plan.tierDiscount).call().await;
    answer.map_err(|error| refused(what, &error))
}

/// What a person should know before agreeing to a purchase.
pub(crate) async fn rows(
    session: &Session,
    offer: &Offer,
    quantity: u64,
    recipient: Address,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let (plan, token) = (&offer.plan, &offer.token);
    let what = format!("buying plan {}", offer.id);
    let amount = offer.cost(quantity);
    let split = split(session, &what, offer, amount).await?;
    let mut rows = vec![
        ("listing", session.listing_words(plan.listing).await?),
        ("plan", format!("{}, version {}", session.public_id(offer.id), plan.version)),
        ("you get", offer.gives(quantity)),
    ];
    if recipient != session.account()? {
        rows.push(("for", recipient.to_string()));
    }
    let old = session.contracts.market.expiresAt(recipient, offer.id).call().await?;
    if let Some(until) = offer.expiry_after(quantity, old, session.now().await?) {
        rows.push(("valid until", show_time(until)));
    }
    if let Some(bounds) = offer.bounds() {
        rows.push(("sells", bounds));
    }
    let each = token.show(U256::from(plan.price));
    rows.push(("price", format!("{quantity} × {each} = {}", token.show(amount))));
    rows.push(("of it fee", token.show(split.fee)));
    rows.push(("of it earned by", format!("{} ({})", split.beneficiary, token.show(split.net))));
    Ok(rows)
}

async fn answer(session: &Session, offer: &Offer, source: Source, sent: Vec<Sent>) -> anyhow::Result<()> {
    let receipt = &sent.last().context("a purchase is a transaction")?.receipt;
    let purchased =
        receipt.decoded_log::<Market::Purchased>().context("the transaction tells of no purchase")?.data;
    let balance = session.contracts.market.balanceOf(purchased.recipient, offer.id).call().await?;
    let record = Bought {
        plan: session.public_id(offer.id),
        listing: session.public_id(purchased.listing),
        version: offer.plan.version,
        kind: offer.kind(),
        quantity: purchased.quantity,
        payer: purchased.payer,
        recipient: purchased.recipient,
        token: offer.token.address,
        symbol: offer.token.symbol.clone(),
        decimals: offer.token.decimals,
        amount: purchased.amount.to_string(),
        fee: purchased.fee.to_string(),
        paid_from: source,
        expires_at: offer.is_subscription().then_some(purchased.expiry),
        balance: balance.to_string(),
        transactions: sent,
    };
    session.output.answer(&record, || {
        let until =
            record.expires_at.map_or_else(String::new, |end| format!(", valid until {}", show_time(end)));
        let cost = offer.token.show(purchased.amount);
        format!("{} for {cost}: {} has it{until}", offer.gives(record.quantity), record.recipient)
    })
}
