//! A lock that somebody else pays for.

use std::path::Path;

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolStruct as _,
};
use anyhow::bail;
use serde::{Deserialize, Serialize};
use stoa_contracts::Staking;
use stoa_scripts::cli::{
    Failure, Sent, Session, Source, Step, show_time,
    signed::{self, check_free, decimal, write_new},
    typed,
};

use super::lock::{Order, pay_order, stoa};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LockFile {
    kind: Kind,
    chain_id: u64,
    contract: Address,
    lock_for: LockFor,
    signature: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "lockFor")]
    LockFor,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFor {
    account: Address,
    #[serde(with = "decimal")]
    amount: U256,
    term: u64,
    #[serde(with = "decimal")]
    nonce: U256,
    #[serde(with = "decimal")]
    deadline: U256,
}

#[derive(Debug, Serialize)]
struct Signed {
    file: String,
    account: Address,
    amount: String,
    weeks: u64,
    nonce: String,
    deadline: u64,
}

#[derive(Debug, Serialize)]
struct Cancelled {
    account: Address,
    next_nonce: String,
    transactions: Vec<Sent>,
}

impl LockFor {
    fn message(&self) -> typed::LockFor {
        typed::LockFor {
            account: self.account,
            amount: self.amount,
            term: U256::from(self.term),
            nonce: self.nonce,
            deadline: self.deadline,
        }
    }
}

pub(super) async fn sign(
    session: &Session,
    amount: &str,
    term: u64,
    valid_for: u64,
    out: &Path,
) -> anyhow::Result<()> {
    check_free(out)?;
    let (token, account, staking) = (stoa(session).await?, session.account()?, &session.contracts.staking);
    let amount = token.parse(amount).map_err(anyhow::Error::msg)?;
    let deadline = session.now().await?.saturating_add(valid_for);
    let nonce = staking.nonces(account).call().await?;
    let lock_for = LockFor { account, amount, term, nonce, deadline: U256::from(deadline) };
    let weeks = if term == 0 { "those of your lock".to_owned() } else { term.to_string() };
    let step = Step::new("letting others lock for you", *staking.address(), &Staking::cancelNonceCall {})
        .with_row("amount", token.show(amount))
        .with_row("weeks", weeks)
        .with_row("good until", show_time(deadline));
    session.agree(&[step], "Sign?")?;
    let signature = session.sign(&lock_for.message(), &session.staking_domain()).await?;
    let (chain_id, contract) = (session.network.chain_id, *staking.address());
    write_new(out, &LockFile { kind: Kind::LockFor, chain_id, contract, lock_for, signature })?;
    let (file, nonce) = (out.display().to_string(), nonce.to_string());
    let record = Signed { file, account, amount: amount.to_string(), weeks: term, nonce, deadline };
    session.output.answer(&record, || {
        format!("{}: anyone may pay {} for the lock of {account}", record.file, token.show(amount))
    })
}

pub(super) async fn lock_for(session: &Session, path: &Path, from: Option<Source>) -> anyhow::Result<()> {
    let (kind, value) = signed::kind_of(path)?;
    if kind != "lockFor" {
        bail!("{} is of kind {kind:?}, not \"lockFor\"", path.display());
    }
    let file: LockFile = signed::parse(path, value)?;
    session.check_chain(path, file.chain_id)?;
    let digest = file.lock_for.message().eip712_signing_hash(&session.staking_domain());
    let account = file.lock_for.account;
    let what = format!("locking for {account}");
    if !session.is_signed(account, digest, &file.signature).await? {
        let reason = format!(
            "the signature is not of {account} over these values: they were altered, or are for another contract"
        );
        return Err(Failure::Refused { what, reason }.into());
    }
    let LockFor { amount, term, nonce, deadline, .. } = file.lock_for;
    let order = Order { account, term, nonce, deadline, signature: file.signature };
    pay_order(session, stoa(session).await?, amount, &order, from).await
}

pub(super) async fn cancel(session: &Session) -> anyhow::Result<()> {
    let (account, staking) = (session.account()?, &session.contracts.staking);
    let what = "cancelling what was signed for locks";
    let sent = session.send(Step::new(what, *staking.address(), &Staking::cancelNonceCall {})).await?;
    let next_nonce = staking.nonces(account).call().await?.to_string();
    let record = Cancelled { account, next_nonce, transactions: vec![sent] };
    session.output.answer(&record, || "no earlier signature for a lock can be used any more".to_owned())
}
