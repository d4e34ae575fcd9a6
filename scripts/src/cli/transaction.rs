//! One transaction after another: tried, shown, agreed to, sent, waited for.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider as _,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
    transports::TransportError,
};
use anyhow::Context as _;
use serde::Serialize;

use super::{Failure, Session, Table, explain, format_units};
use crate::deploy::{Caps, Fee, reason};

/// An estimate holds for the block it was made on, and what a transaction costs depends on the second it is mined in: of
/// two that change a lock within a second, the later writes no history of its own, and an estimate made within that
/// second takes it for such. What is not used costs nothing.
const MARGIN_PERCENT: u64 = 125;
/// Three new slots, which cost 22,100 each, and the lengths of what they are appended to.
const MARGIN: u64 = 100_000;
/// Seconds that a transaction is waited for, unless the user says otherwise.
const PATIENCE: u64 = 300;
/// Ether's.
const DECIMALS: u8 = 18;
const GWEI: u8 = 9;

/// A transaction to be, and what a person should know of it.
#[derive(Clone, Debug)]
pub struct Step {
    what: String,
    to: Address,
    data: Bytes,
    value: U256,
    rows: Vec<(String, String)>,
}

impl Step {
    /// `what` is said as "… is refused": "buying plan 4".
    pub fn new(what: impl Into<String>, to: Address, call: &impl SolCall) -> Self {
        Self { what: what.into(), to, data: call.abi_encode().into(), value: U256::ZERO, rows: Vec::new() }
    }

    /// Native coin that goes along.
    #[must_use]
    pub fn with_value(mut self, value: U256) -> Self {
        self.value = value;
        self
    }

    /// One more thing to know before agreeing.
    #[must_use]
    pub fn with_row(mut self, name: &str, value: impl ToString) -> Self {
        self.rows.push((name.to_owned(), value.to_string()));
        self
    }
}

/// A transaction that is in a block.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    pub transaction: B256,
    pub block: u64,
    pub gas_used: u64,
    /// What it cost, in wei.
    pub fee: String,
    #[serde(skip)]
    pub receipt: TransactionReceipt,
}

impl Session {
    /// Sends one transaction, once it is agreed to.
    ///
    /// # Errors
    /// As [`Self::send_all`].
    pub async fn send(&self, step: Step) -> anyhow::Result<Sent> {
        let sent = self.send_all(&[step]).await?;
        sent.into_iter().next().context("one step gives one transaction")
    }

    /// Sends transactions in order, once they are agreed to; each waits for the one before.
    ///
    /// # Errors
    /// When one is refused or nobody agrees. What was sent before stays.
    pub async fn send_all(&self, steps: &[Step]) -> anyhow::Result<Vec<Sent>> {
        self.prepare(steps).await?;
        self.send_agreed(steps).await
    }

    /// Tries the first of these out, shows all and waits for a yes: for what has to be done between that and sending.
    ///
    /// # Errors
    /// When it would be refused, or nobody agrees.
    pub async fn prepare(&self, steps: &[Step]) -> anyhow::Result<()> {
        let Some(first) = steps.first() else { return Ok(()) };
        // A step that builds on the one before cannot be tried before that is in a block.
        self.attempt(first).await?;
        self.agree(steps, "Send?")
    }

    /// Sends transactions in order that [`Self::prepare`] has shown; each waits for the one before.
    ///
    /// # Errors
    /// When one is refused. What was sent before stays.
    pub async fn send_agreed(&self, steps: &[Step]) -> anyhow::Result<Vec<Sent>> {
        let mut sent = Vec::new();
        for step in steps {
            sent.push(self.send_one(step).await?);
        }
        Ok(sent)
    }

    fn request(&self, step: &Step) -> anyhow::Result<TransactionRequest> {
        let request = TransactionRequest::default().with_from(self.account()?).with_to(step.to);
        Ok(request.with_input(step.data.clone()).with_value(step.value))
    }

    /// Tries it out on the newest block.
    async fn attempt(&self, step: &Step) -> anyhow::Result<()> {
        self.try_as(self.account()?, step).await
    }

    /// Tries a step out on the newest block, as if `from` sent it; nothing is signed or sent.
    ///
    /// # Errors
    /// With the reason for which it would be refused.
    pub async fn try_as(&self, from: Address, step: &Step) -> anyhow::Result<()> {
        let request = TransactionRequest::default().with_from(from).with_to(step.to);
        let request = request.with_input(step.data.clone()).with_value(step.value);
        let answer = self.provider.call(request).await;
        answer.map(drop).map_err(|error| refusal(step, &error))
    }

    /// Shows the steps and waits for a yes, unless --yes says it.
    ///
    /// # Errors
    /// When the answer is no, or there is nobody to ask.
    pub fn agree(&self, steps: &[Step], question: &str) -> anyhow::Result<()> {
        if self.limits.yes {
            return Ok(());
        }
        let mut table =
            Table::of_pairs([("network", self.network.name.clone()), ("from", self.account()?.to_string())]);
        for step in steps {
            table.row(["→".to_owned(), step.what.clone()]);
            for (name, value) in &step.rows {
                table.row([name.clone(), value.clone()]);
            }
        }
        agree(&table.to_string(), question)
    }

    async fn send_one(&self, step: &Step) -> anyhow::Result<Sent> {
        let request = self.request(step)?;
        let gas = self.provider.estimate_gas(request.clone()).await.map_err(|error| refusal(step, &error))?;
        let fee = self.fee().await?;
        let request = request
            .with_gas_limit(limit(gas))
            .with_max_fee_per_gas(fee.most)
            .with_max_priority_fee_per_gas(fee.tip);
        let pending =
            self.provider.send_transaction(request.clone()).await.map_err(|error| refusal(step, &error))?;
        let transaction = *pending.tx_hash();
        if !self.output.json {
            eprintln!("{}: sent as {transaction}", step.what);
        }
        let receipt = self.receipt(step, transaction).await?;
        if !receipt.status() {
            let reason = match self.provider.call(request).await {
                Err(error) => reason_of(&error),
                Ok(_) => "it would work now; try again".to_owned(),
            };
            return Err(Failure::Reverted { what: step.what.clone(), transaction, reason }.into());
        }
        let sent = Sent {
            transaction,
            block: receipt.block_number.context("the receipt names no block")?,
            gas_used: receipt.gas_used,
            fee: (U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price)).to_string(),
            receipt,
        };
        if !self.output.json {
            let link = self.network.transaction_url(transaction).unwrap_or_else(|| transaction.to_string());
            let fee = format_units(sent.fee.parse().unwrap_or_default(), DECIMALS);
            eprintln!("{}: block {}, {} gas, {fee} ETH, {link}", step.what, sent.block, sent.gas_used);
        }
        Ok(sent)
    }

    /// What the chain asks for now, within what the user allows.
    async fn fee(&self) -> anyhow::Result<Fee> {
        let most = self.limits.max_fee.as_ref().map(|text| parse_gwei("--max-fee", text)).transpose()?;
        Ok(Caps { most, tip: None }.ask(&self.provider).await?.fee)
    }

    /// Waits until it is in a block, for as long as the user has patience. A node that does not answer once is asked
    /// again.
    async fn receipt(&self, step: &Step, transaction: B256) -> anyhow::Result<TransactionReceipt> {
        let (started, seconds) = (Instant::now(), self.limits.timeout.unwrap_or(PATIENCE));
        let mut silent = None;
        while started.elapsed() < Duration::from_secs(seconds) {
            match self.provider.get_transaction_receipt(transaction).await {
                Ok(Some(receipt)) if receipt.block_number.is_some() => return Ok(receipt),
                Ok(_) => silent = None,
                Err(error) => silent = Some(error),
            }
            tokio::time::sleep(self.network.poll()).await;
        }
        if let Some(error) = &silent {
            tracing::warn!("the chain does not answer: {}", reason(error));
        }
        let known = self.provider.get_transaction_by_hash(transaction).await;
        let state = match known {
            Ok(Some(_)) => "",
            Ok(None) => ", which the node no longer knows: it was probably dropped",
            Err(_) => ", and the node does not answer",
        };
        let link =
            self.network.transaction_url(transaction).map_or_else(String::new, |url| format!(": {url}"));
        Err(Failure::StillPending { what: step.what.clone(), transaction, seconds, state, link }.into())
    }
}

/// Shows what is about to be sent and asks for a yes.
///
/// # Errors
/// When there is none, or nobody to ask.
pub fn agree(summary: &str, question: &str) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        let reason = "there is no terminal to ask on: give --yes".to_owned();
        return Err(Failure::Declined(reason).into());
    }
    eprintln!("{summary}");
    eprint!("{question} [y/N] ");
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    match line.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::Declined("you did not say yes".to_owned()).into()),
    }
}

/// The gas that a transaction may use, which was estimated to use so much.
fn limit(estimated: u64) -> u64 {
    (estimated.saturating_mul(MARGIN_PERCENT) / 100).saturating_add(MARGIN)
}

/// Reads the gwei of an option, in wei.
///
/// # Errors
/// When it is no such number.
pub fn parse_gwei(option: &str, text: &str) -> anyhow::Result<u128> {
    let wei = super::parse_units(text, GWEI).ok().and_then(|wei| u128::try_from(wei).ok());
    wei.with_context(|| format!("{option} {text:?} is no number of gwei"))
}

fn refusal(step: &Step, error: &TransportError) -> anyhow::Error {
    Failure::Refused { what: step.what.clone(), reason: reason_of(error) }.into()
}

/// The contract's reason in words, else what the node says.
fn reason_of(error: &TransportError) -> String {
    let answered = error.as_error_resp();
    match answered.and_then(|answer| answer.as_revert_data()) {
        Some(data) => explain(&data),
        None => answered.map_or_else(|| error.to_string(), |answer| answer.message.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `stake extend` in the second after `stake raise` ran out of gas: it was estimated within that second, in which
    /// the score's history needed no new entries, neither of the account nor of all.
    #[test]
    fn an_estimate_of_another_second_is_enough() {
        let (same_second, entries) = (120_000, 2 * (22_100 + 5_000));
        assert!(limit(same_second) >= same_second + entries);
    }
}
