//! A purchase, signed.

use alloy::primitives::{Address, Bytes, U256};
use anyhow::bail;
use serde::Serialize;
use stoa_contracts::Vault::SignedPay;
use stoa_scripts::cli::{
    Payment, Purse, Session, Source, Step, Transfer, refused, show_time,
    signed::{check_free, write_new},
    typed::{Wanted, plan::Order, shares::ShareOrder},
};

use super::{Sign, check::bit_of, file::PayFile};
use crate::commands::buy;

/// What was signed, and where it is.
#[derive(Debug, Serialize)]
struct Signed {
    file: String,
    from: Address,
    token: Address,
    /// All that leaves the payer, in base units.
    amount: String,
    relayer: Address,
    relayer_fee: String,
    paid_from: Source,
    nonce: String,
    deadline: u64,
}

pub(super) async fn sign(session: &Session, args: &Sign) -> anyhow::Result<()> {
    check_free(&args.out)?;
    let account = session.account()?;
    let (wanted, mut payment) =
        if args.shares { lots(session, args).await? } else { plan(session, args).await? };
    session.ask_target(&payment, account, wanted.witness()).await?;
    let relayer_fee = payment.token.parse(&args.relayer_fee).map_err(anyhow::Error::msg)?;
    payment.amount += relayer_fee;
    let source = source(session, &payment, args.from).await?;
    let deadline = session.now().await?.saturating_add(args.valid_for);
    let pay = SignedPay {
        from: account,
        target: payment.target,
        token: payment.token.address,
        amount: payment.amount,
        funding: source as u8,
        relayer: args.relayer.unwrap_or_default(),
        relayerFee: relayer_fee,
        nonce: nonce(session, args, source).await?,
        deadline: U256::from(deadline),
    };
    agree(session, &payment, &pay, &wanted, deadline)?;
    let mut file = PayFile::new(session, &pay, source, &wanted);
    let transfer = Transfer { token: pay.token, amount: pay.amount, deadline };
    (file.grant, file.signature) = signatures(session, &pay, &wanted, source, transfer).await?;
    write_new(&args.out, &file)?;
    let record = Signed {
        file: args.out.display().to_string(),
        from: account,
        token: pay.token,
        amount: pay.amount.to_string(),
        relayer: pay.relayer,
        relayer_fee: relayer_fee.to_string(),
        paid_from: source,
        nonce: pay.nonce.to_string(),
        deadline,
    };
    session.output.answer(&record, || {
        let until = show_time(deadline);
        format!("{}: {} of {account}, good until {until}", record.file, payment.token.show(pay.amount))
    })
}

async fn plan(session: &Session, args: &Sign) -> anyhow::Result<(Wanted, Payment)> {
    let id = session.number("plan", &args.id)?;
    let what = format!("ordering plan {id}");
    let offer = session.offer(&what, id).await?;
    let recipient = args.to.unwrap_or(session.account()?);
    let gate_data = buy::gate::data_for(session, &what, &offer, args.proof.as_deref()).await?;
    let (version, quantity) = (offer.plan.version, args.quantity);
    let wanted = Wanted::Plan(Order { plan: id, version, quantity, recipient, gateData: gate_data });
    let payment = Payment {
        what,
        target: *session.contracts.market.address(),
        token: offer.token.clone(),
        amount: offer.cost(quantity),
        data: wanted.data(),
        rows: buy::plan::rows(session, &offer, quantity, recipient).await?,
    };
    Ok((wanted, payment))
}

async fn lots(session: &Session, args: &Sign) -> anyhow::Result<(Wanted, Payment)> {
    let id = session.number("share sale", &args.id)?;
    let what = format!("ordering from share sale {id}");
    let sale =
        session.contracts.market.shareSaleOf(id).call().await.map_err(|error| refused(&what, &error))?;
    let (token, share) = (session.token_at(sale.token).await?, session.token_at(sale.share).await?);
    let (recipient, quantity) = (args.to.unwrap_or(session.account()?), args.quantity);
    let wanted = Wanted::Shares(ShareOrder { sale: id, quantity, recipient });
    let payment = Payment {
        what,
        target: *session.contracts.market.address(),
        amount: U256::from(sale.price) * U256::from(quantity),
        data: wanted.data(),
        rows: buy::shares::rows(session, &sale, (&token, &share), quantity, recipient).await?,
        token,
    };
    Ok((wanted, payment))
}

/// The source that is named, if it will do, or the first that does without a transaction.
async fn source(session: &Session, payment: &Payment, named: Option<Source>) -> anyhow::Result<Source> {
    let account = session.account()?;
    let purse = session.purse(account, &payment.token).await?;
    if let Some(source) = named {
        return match unfit(session, payment, account, &purse, source).await {
            None => Ok(source),
            Some(reason) => Err(payment.refused(reason)),
        };
    }
    for source in [Source::Balance, Source::Allowance, Source::Authorization, Source::Permit] {
        if unfit(session, payment, account, &purse, source).await.is_none() {
            return Ok(source);
        }
    }
    Err(payment.refused(payment.lack(&purse)))
}

/// Why a source does not serve the payer; none when it does.
pub(super) async fn unfit(
    session: &Session,
    payment: &Payment,
    payer: Address,
    purse: &Purse,
    source: Source,
) -> Option<String> {
    let (token, amount) = (&payment.token, payment.amount);
    let enough = match source {
        Source::Balance => purse.vault >= amount,
        Source::Allowance => purse.wallet.min(purse.allowance) >= amount,
        Source::Permit | Source::Authorization => purse.wallet >= amount,
        Source::Native => {
            return Some("a signed payment cannot bring the chain's coin: deposit it first".to_owned());
        }
    };
    if !enough {
        return Some(payment.lack(purse));
    }
    let takes = match source {
        Source::Authorization if amount.is_zero() => {
            return Some("there is no amount to authorize".to_owned());
        }
        Source::Authorization => session.takes_authorizations(token.address, payer).await,
        Source::Permit => session.takes_permits(token.address, payer).await,
        _ => true,
    };
    if takes { None } else { Some(payment.takes_no(source)) }
}

/// The one given, else a random one: who signs keeps no list of what is signed and not sent.
async fn nonce(session: &Session, args: &Sign, source: Source) -> anyhow::Result<U256> {
    if source == Source::Authorization {
        if args.nonce.is_some() {
            bail!("an order paid by authorization has no nonce of its own: leave --nonce away");
        }
        return Ok(U256::ZERO);
    }
    let nonce = args.nonce.unwrap_or_else(|| U256::from(rand::random::<u128>()));
    let word = session.contracts.vault.nonceWord(session.account()?, nonce >> 8).call().await?;
    if word.bit(bit_of(nonce)) {
        bail!("the nonce {nonce} is used or cancelled already: choose another");
    }
    Ok(nonce)
}

fn agree(
    session: &Session,
    payment: &Payment,
    pay: &SignedPay,
    wanted: &Wanted,
    deadline: u64,
) -> anyhow::Result<()> {
    let anyone = pay.relayer == Address::ZERO;
    let relayer = if anyone { "anyone".to_owned() } else { pay.relayer.to_string() };
    let step = Step::new(
        &payment.what,
        *session.contracts.vault.address(),
        &wanted.call(pay, Bytes::new(), Bytes::new()),
    );
    let step = payment.rows.iter().fold(step, |step, (name, value)| step.with_row(name, value));
    let step = step
        .with_row("sent by", relayer)
        .with_row("who gets", payment.token.show(pay.relayerFee))
        .with_row("good until", show_time(deadline))
        .with_row("at most leaves you", payment.token.show(pay.amount));
    session.agree(&[step], "Sign?")
}

/// Grant and signature.
async fn signatures(
    session: &Session,
    pay: &SignedPay,
    wanted: &Wanted,
    source: Source,
    transfer: Transfer,
) -> anyhow::Result<(Bytes, Bytes)> {
    let missing = || anyhow::anyhow!("the token {} takes no such signature", pay.token);
    match source {
        Source::Authorization => {
            let digest = wanted.digest(pay, &session.vault_domain());
            let grant = session.authorization(transfer, digest, true).await?;
            Ok((grant.ok_or_else(missing)?, Bytes::new()))
        }
        Source::Permit => {
            let grant = session.permit(transfer).await?.ok_or_else(missing)?;
            Ok((grant, session.sign_payment(pay, wanted).await?))
        }
        _ => Ok((Bytes::new(), session.sign_payment(pay, wanted).await?)),
    }
}
