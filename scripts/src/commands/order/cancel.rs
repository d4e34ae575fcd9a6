//! A signed order, made void.

use std::path::Path;

use alloy::primitives::{Address, U256};
use serde::Serialize;
use stoa_contracts::{Market, Vault};
use stoa_scripts::cli::{Failure, Sent, Session, Source, Step};

use super::{check::bit_of, file::OrderFile};

#[derive(Debug, Serialize)]
struct Cancelled {
    account: Address,
    /// The contract that takes no such signature any more.
    contract: Address,
    /// The number that is void; for an authorization its nonce.
    nonce: String,
    transactions: Vec<Sent>,
}

pub(super) async fn file(session: &Session, path: &Path) -> anyhow::Result<()> {
    let account = session.account()?;
    let file = OrderFile::read(session, path)?;
    let signer = match &file {
        OrderFile::Pay(file) => file.pay.from,
        OrderFile::Spend(file) => file.spend.holder,
        OrderFile::Claim(_) => {
            return refused("a claim cannot be cancelled: claim first, or wait for its deadline".to_owned());
        }
    };
    if signer != account {
        return refused(format!("it is of {signer}, who alone can cancel it; the wallet is {account}"));
    }
    match &file {
        OrderFile::Spend(file) if file.is_used(session).await? => used(),
        OrderFile::Spend(file) => nonce(session, file.spend.nonce, true).await,
        OrderFile::Pay(file) if file.is_used(session).await? => used(),
        OrderFile::Pay(file) if file.pay.funding == Source::Authorization => {
            let (token, nonce) = (file.pay.token, file.digest(session)?);
            let call = session.authorization_cancellation(token, nonce).await?;
            let step = Step::new("cancelling the order", token, &call).with_row("authorization", nonce);
            answer(session, token, nonce.to_string(), session.send(step).await?)
        }
        OrderFile::Pay(file) => nonce(session, file.pay.nonce, false).await,
        OrderFile::Claim(_) => Ok(()),
    }
}

fn refused(reason: String) -> anyhow::Result<()> {
    Err(Failure::Refused { what: "cancelling the order".to_owned(), reason }.into())
}

fn used() -> anyhow::Result<()> {
    refused("it was sent or cancelled before".to_owned())
}

/// Voids a nonce of payments, or of spendings.
pub(super) async fn nonce(session: &Session, nonce: U256, credits: bool) -> anyhow::Result<()> {
    let (word, mask) = (nonce >> 8, U256::ONE << bit_of(nonce));
    let (vault, market) = (*session.contracts.vault.address(), *session.contracts.market.address());
    let (contract, step) = if credits {
        (market, Step::new("cancelling the order", market, &Market::cancelNoncesCall { word, mask }))
    } else {
        (vault, Step::new("cancelling the order", vault, &Vault::cancelNoncesCall { word, mask }))
    };
    let sent = session.send(step.with_row("nonce", nonce)).await?;
    answer(session, contract, nonce.to_string(), sent)
}

fn answer(session: &Session, contract: Address, nonce: String, sent: Sent) -> anyhow::Result<()> {
    let account = session.account()?;
    let record = Cancelled { account, contract, nonce, transactions: vec![sent] };
    session
        .output
        .answer(&record, || format!("nothing signed with nonce {} can be sent any more", record.nonce))
}
