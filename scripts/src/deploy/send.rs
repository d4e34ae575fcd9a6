//! Brings one call after another into a block, each exactly once.
//!
//! A call is signed for one nonce, noted in the journal, then sent. Whoever goes on later, in this run or in another,
//! finds the note and waits for that transaction, sends the same bytes again where the node has lost them, or replaces
//! it at the same nonce for a higher fee: of all attempts at one nonce a chain can take only one.

use std::time::{Duration, Instant};

use alloy::{
    eips::{BlockId, eip2718::Encodable2718 as _},
    network::{NetworkTransactionBuilder as _, TransactionBuilder as _},
    primitives::{Address, Bytes, U256},
    providers::Provider as _,
    rpc::types::{TransactionReceipt, TransactionRequest},
};

use super::{
    Chain, Error,
    chain::{reason, rpc},
    fee::{Caps, Fee},
    journal::{Attempt, Journal},
    pending::is_there_already,
};
use crate::key::Key;

/// An estimate holds for the block it was made on.
const GAS_MARGIN_PERCENT: u64 = 110;
/// Polls after which the node is asked whether it still knows a transaction.
const POLLS_UNTIL_ASKED: u32 = 5;

/// How transactions are sent and waited for.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub caps: Caps,
    /// Blocks that the last transaction is waited for, its own included.
    pub confirmations: u64,
    /// How often the chain is asked.
    pub poll: Duration,
    /// How long a transaction may wait before a dearer one takes its place.
    pub replace_after: Duration,
    /// How long a call may wait in all.
    pub give_up_after: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            caps: Caps::default(),
            confirmations: 1,
            poll: Duration::from_millis(50),
            replace_after: Duration::from_secs(90),
            give_up_after: Duration::from_secs(1_800),
        }
    }
}

/// One call, and what it is said to do.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub what: String,
    pub to: Address,
    pub data: Bytes,
    pub value: U256,
}

/// The operator at work.
pub(super) struct Sender<'a> {
    pub chain: &'a Chain,
    pub key: &'a Key,
    pub terms: &'a Terms,
    pub journal: &'a Journal,
    pub report: &'a (dyn Fn(&str) + Sync),
}

/// What waiting for a nonce has come to.
enum Waited {
    Mined(Box<TransactionReceipt>),
    /// Another transaction of this account has this nonce.
    NonceTaken,
}

impl Sender<'_> {
    /// Sends a call unless it was sent before, and waits for its block.
    pub(super) async fn send(&self, call: &Call) -> Result<TransactionReceipt, Error> {
        let started = Instant::now();
        loop {
            let mut attempts = self.journal.attempts(call.to, &call.data);
            // One that failed is history: the new one tells why, or works.
            if let Some(receipt) = self.mined(&attempts).await?.filter(TransactionReceipt::status) {
                return Ok(receipt);
            }
            let nonce = self.nonce(Pending::No).await?;
            attempts.retain(|attempt| attempt.nonce == nonce);
            if attempts.is_empty() {
                attempts.extend(self.found_pending(call, nonce, started).await?);
            }
            match attempts.last() {
                Some(last) => {
                    (self.report)(&format!("{}: going on with transaction {}", call.what, last.hash));
                    self.broadcast(last).await?;
                }
                None => {
                    let gas = self.gas(call).await?;
                    attempts.push(self.attempt(call, nonce, gas, self.fee().await?).await?);
                }
            }
            if let Waited::Mined(receipt) = self.wait(call, nonce, attempts, started).await? {
                return Ok(*receipt);
            }
        }
    }

    /// The receipt of whichever attempt is in a block.
    pub(super) async fn mined(&self, attempts: &[Attempt]) -> Result<Option<TransactionReceipt>, Error> {
        for attempt in attempts {
            let receipt = self.chain.provider.get_transaction_receipt(attempt.hash).await;
            let receipt = receipt.map_err(rpc("eth_getTransactionReceipt"))?;
            if let Some(receipt) = receipt.filter(|receipt| receipt.block_number.is_some()) {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    async fn wait(
        &self,
        call: &Call,
        nonce: u64,
        mut attempts: Vec<Attempt>,
        started: Instant,
    ) -> Result<Waited, Error> {
        let (mut sent, mut polls, mut taken_polls, mut at_cap) = (Instant::now(), 0_u32, 0_u32, false);
        loop {
            // The nonce first: whatever took it is in the receipts that are asked for after it.
            let taken = self.nonce(Pending::No).await? > nonce;
            if let Some(receipt) = self.mined(&attempts).await? {
                if !receipt.status() {
                    let transaction = receipt.transaction_hash;
                    return Err(Error::Reverted { what: call.what.clone(), transaction });
                }
                return Ok(Waited::Mined(Box::new(receipt)));
            }
            polls += 1;
            taken_polls += u32::from(taken);
            // Behind one endpoint there may be several nodes, and one that is late.
            if taken_polls > POLLS_UNTIL_ASKED {
                return Ok(Waited::NonceTaken);
            }
            if started.elapsed() > self.terms.give_up_after {
                let transaction = attempts.last().map(|attempt| attempt.hash).unwrap_or_default();
                return Err(Error::StillPending { what: call.what.clone(), transaction });
            }
            if !taken && polls.is_multiple_of(POLLS_UNTIL_ASKED) {
                self.remind(&call.what, &attempts).await?;
            }
            if !taken && !at_cap && sent.elapsed() > self.terms.replace_after {
                match self.dearer(call, nonce, &attempts).await? {
                    Some(attempt) => attempts.push(attempt),
                    None => at_cap = true,
                }
                sent = Instant::now();
            }
            tokio::time::sleep(self.terms.poll).await;
        }
    }

    /// Sends the newest attempt again where the node knows none of them any more.
    async fn remind(&self, what: &str, attempts: &[Attempt]) -> Result<(), Error> {
        for attempt in attempts {
            let known = self.chain.provider.get_transaction_by_hash(attempt.hash).await;
            if known.map_err(rpc("eth_getTransactionByHash"))?.is_some() {
                return Ok(());
            }
        }
        let Some(last) = attempts.last() else { return Ok(()) };
        (self.report)(&format!("{what}: the node has lost transaction {}; sending it again", last.hash));
        self.broadcast(last).await
    }

    /// The same call at the same nonce for a higher fee, if the caps allow one.
    async fn dearer(&self, call: &Call, nonce: u64, attempts: &[Attempt]) -> Result<Option<Attempt>, Error> {
        let Some(last) = attempts.last() else { return Ok(None) };
        // A chain that has become dearer than the cap is waited for.
        let fresh = self.fee().await.unwrap_or(last.fee());
        let Some(fee) = self.terms.caps.raised(last.fee(), fresh) else {
            (self.report)(&format!("{}: still waiting; --max-fee allows no higher fee", call.what));
            return Ok(None);
        };
        let most = super::fee::gwei(fee.most);
        (self.report)(&format!("{}: still waiting; replacing it for at most {most} gwei", call.what));
        self.attempt(call, nonce, last.gas, fee).await.map(Some)
    }

    /// Signs, notes, sends.
    async fn attempt(&self, call: &Call, nonce: u64, gas: u64, fee: Fee) -> Result<Attempt, Error> {
        let failed = |reason: String| Error::Transaction { what: call.what.clone(), reason };
        let signed = self
            .request(call)
            .with_chain_id(self.chain.id)
            .with_nonce(nonce)
            .with_gas_limit(gas)
            .with_max_fee_per_gas(fee.most)
            .with_max_priority_fee_per_gas(fee.tip)
            .build(&self.key.wallet())
            .await
            .map_err(|error| failed(error.to_string()))?;
        let attempt = Attempt::new(&call.what, signed.encoded_2718().into()).map_err(failed)?;
        self.journal.append(&attempt)?;
        self.broadcast(&attempt).await?;
        Ok(attempt)
    }

    fn request(&self, call: &Call) -> TransactionRequest {
        TransactionRequest::default()
            .with_from(self.key.address())
            .with_to(call.to)
            .with_input(call.data.clone())
            .with_value(call.value)
    }

    /// The limit for a call, on the newest block: among what waits there may be this very call.
    async fn gas(&self, call: &Call) -> Result<u64, Error> {
        let estimated = self.chain.provider.estimate_gas(self.request(call)).block(BlockId::latest()).await;
        let failed = |error| Error::Transaction { what: call.what.clone(), reason: reason(&error) };
        Ok(estimated.map_err(failed)?.saturating_mul(GAS_MARGIN_PERCENT) / 100)
    }

    async fn broadcast(&self, attempt: &Attempt) -> Result<(), Error> {
        match self.chain.provider.send_raw_transaction(&attempt.raw).await {
            Ok(_) => Ok(()),
            // Whether that is so, and whose the nonce is, shows in the wait that follows.
            Err(error) if is_there_already(&error) => Ok(()),
            Err(error) => Err(Error::Transaction { what: attempt.what.clone(), reason: reason(&error) }),
        }
    }

    /// What the chain asks for now, within the caps.
    async fn fee(&self) -> Result<Fee, Error> {
        Ok(self.terms.caps.ask(&self.chain.provider).await?.fee)
    }

    pub(super) async fn nonce(&self, pending: Pending) -> Result<u64, Error> {
        let count = self.chain.provider.get_transaction_count(self.key.address());
        let count = match pending {
            Pending::Yes => count.pending().await,
            Pending::No => count.latest().await,
        };
        count.map_err(rpc("eth_getTransactionCount"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pending {
    Yes,
    No,
}
