//! A spending of credits, signed.

use alloy::primitives::{Address, U256};
use anyhow::ensure;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{
    Failure, Offer, Session, Step, show_time,
    signed::{check_free, write_new},
    typed,
};

use super::{
    Sign,
    check::bit_of,
    file::{Spend, SpendFile, SpendKind},
    show::spend_rows,
};

#[derive(Debug, Serialize)]
struct Signed {
    file: String,
    holder: Address,
    plan: String,
    units: String,
    spender: Address,
    nonce: String,
    deadline: u64,
}

pub(super) async fn sign(
    session: &Session,
    args: &Sign,
    units: U256,
    spender: Address,
) -> anyhow::Result<()> {
    check_free(&args.out)?;
    let (id, holder, market) =
        (session.number("plan", &args.id)?, session.account()?, &session.contracts.market);
    let what = format!("letting {spender} spend {units} credits of plan {id}");
    let offer = spendable(session, &what, id, units).await?;
    let nonce = args.nonce.unwrap_or_else(|| U256::from(rand::random::<u128>()));
    let used = market.nonceWord(holder, nonce >> 8).call().await?.bit(bit_of(nonce));
    ensure!(!used, "the nonce {nonce} is used or cancelled already: choose another");
    let deadline = session.now().await?.saturating_add(args.valid_for);
    let (reference, until) = (args.reference, U256::from(deadline));
    let spend = Spend { holder, plan: id, units, spender, reference, nonce, deadline: until };
    let mut file = SpendFile {
        kind: SpendKind::Spend,
        chain_id: session.network.chain_id,
        contract: *market.address(),
        spend,
        signature: alloy::primitives::Bytes::new(),
    };
    let call = Market::spendBySigCall { order: file.signed(), signature: file.signature.clone() };
    let step = Step::new(&what, *market.address(), &call);
    let rows = spend_rows(&file, &offer);
    let step = rows.iter().fold(step, |step, (name, value)| step.with_row(name, value));
    session.agree(&[step], "Sign?")?;
    file.signature = session.sign(&typed::Spend::from(file.signed()), &session.market_domain()).await?;
    write_new(&args.out, &file)?;
    let record = Signed {
        file: args.out.display().to_string(),
        holder,
        plan: session.public_id(id),
        units: units.to_string(),
        spender,
        nonce: nonce.to_string(),
        deadline,
    };
    session.output.answer(&record, || {
        format!("{}: {spender} may spend {units} {} until {}", record.file, offer.unit(), show_time(deadline))
    })
}

/// The plan, if the signer has so many of its credits.
async fn spendable(session: &Session, what: &str, id: U256, units: U256) -> anyhow::Result<Offer> {
    let (offer, holder) = (session.offer(what, id).await?, session.account()?);
    let left = session.contracts.market.balanceOf(holder, id).call().await?;
    let reason = if !offer.is_credits() {
        format!("plan {id} sells no credits")
    } else if left < units {
        format!("{holder} has {left} {}", offer.unit())
    } else {
        return Ok(offer);
    };
    Err(Failure::Refused { what: what.to_owned(), reason }.into())
}
