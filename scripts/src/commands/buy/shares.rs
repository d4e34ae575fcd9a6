//! A purchase of revenue shares.

use alloy::primitives::{Address, U256};
use anyhow::Context as _;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{
    Payment, Sent, Session, Source, Token, refused,
    typed::{Wanted, shares::ShareOrder},
};

use super::Args;

#[derive(Debug, Serialize)]
struct Bought {
    sale: String,
    share: Address,
    lots: u64,
    /// In the shares' and the token's base units.
    shares: String,
    amount: String,
    token: Address,
    symbol: String,
    decimals: u8,
    payer: Address,
    recipient: Address,
    paid_from: Source,
    /// Shares that the recipient has now.
    balance: String,
    transactions: Vec<Sent>,
}

pub(super) async fn buy(session: &Session, args: &Args) -> anyhow::Result<()> {
    let id = session.number("share sale", &args.id)?;
    let what = format!("buying from share sale {id}");
    let sale =
        session.contracts.market.shareSaleOf(id).call().await.map_err(|error| refused(&what, &error))?;
    let (token, share) = (session.token_at(sale.token).await?, session.token_at(sale.share).await?);
    let recipient = args.to.unwrap_or(session.account()?);
    let quantity = args.quantity;
    let wanted = Wanted::Shares(ShareOrder { sale: id, quantity, recipient });
    let payment = Payment {
        what,
        target: *session.contracts.market.address(),
        amount: U256::from(sale.price) * U256::from(quantity),
        data: wanted.data(),
        rows: rows(session, &sale, (&token, &share), quantity, recipient).await?,
        token: token.clone(),
    };
    let (source, steps) = session.pay(&payment, args.from).await?;
    let sent = session.send_all(&steps).await?;
    answer(session, &token, &share, source, sent).await
}

/// What a person should know before agreeing.
pub(crate) async fn rows(
    session: &Session,
    sale: &Market::ShareSale,
    (token, share): (&Token, &Token),
    quantity: u64,
    recipient: Address,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let contract = session.contracts.shares(share.address);
    let listing = contract.listing().call().await?;
    let (lots, price) = (U256::from(quantity), U256::from(sale.price));
    let shares = U256::from(sale.lot) * lots;
    let supply = contract.totalSupply().call().await?;
    // Of a thousand thousand, so that the percentage has four decimals.
    let part = shares * U256::from(1_000_000) / supply;
    let part = stoa_scripts::cli::format_units(part, 4);
    let mut rows = vec![
        ("listing", session.listing_words(listing).await?),
        ("seller", sale.seller.to_string()),
        ("you get", format!("{}, {part} % of all", share.show(shares))),
    ];
    if recipient != session.account()? {
        rows.push(("for", recipient.to_string()));
    }
    rows.push(("price", format!("{quantity} × {} = {}", token.show(price), token.show(price * lots))));
    rows.push(("of it fee", "none: the seller gets all".to_owned()));
    Ok(rows)
}

async fn answer(
    session: &Session,
    token: &Token,
    share: &Token,
    source: Source,
    sent: Vec<Sent>,
) -> anyhow::Result<()> {
    let receipt = &sent.last().context("a purchase is a transaction")?.receipt;
    let sold = receipt.decoded_log::<Market::SharesSold>().context("the transaction tells of no sale")?.data;
    let balance = session.contracts.token(share.address).balanceOf(sold.recipient).call().await?;
    let record = Bought {
        sale: session.public_id(sold.sale),
        share: share.address,
        lots: sold.quantity,
        shares: sold.shares.to_string(),
        amount: sold.amount.to_string(),
        token: token.address,
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        payer: sold.payer,
        recipient: sold.recipient,
        paid_from: source,
        balance: balance.to_string(),
        transactions: sent,
    };
    session.output.answer(&record, || {
        format!("{} for {}: {} has them", share.show(sold.shares), token.show(sold.amount), sold.recipient)
    })
}
