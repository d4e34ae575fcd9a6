//! Transactions that wait and were not sent by this run.

use std::time::Instant;

use alloy::{
    eips::eip2718::Encodable2718 as _,
    network::TransactionResponse as _,
    primitives::{B256, Bytes},
    providers::Provider as _,
    transports::TransportError,
};

use super::{
    Error,
    journal::Attempt,
    send::{Call, Pending, Sender},
};

impl Sender<'_> {
    /// A transaction that waits at this nonce without being in the journal: this very call, sent from elsewhere, or
    /// something else of this account, which is waited for.
    pub(super) async fn found_pending(
        &self,
        call: &Call,
        nonce: u64,
        started: Instant,
    ) -> Result<Option<Attempt>, Error> {
        let mut told = false;
        while self.nonce(Pending::Yes).await? > nonce && self.nonce(Pending::No).await? == nonce {
            let known = self.chain.provider.get_transaction_by_sender_nonce(self.key.address(), nonce).await;
            // Not every node answers this.
            let known = known.ok().flatten();
            let hash = known.as_ref().map(|known| known.tx_hash());
            if let Some(known) = known {
                let raw: Bytes = known.inner.inner().encoded_2718().into();
                let attempt = Attempt::new(&call.what, raw)
                    .map_err(|reason| Error::Transaction { what: call.what.clone(), reason })?;
                if attempt.is_call(call.to, &call.data) {
                    self.journal.append(&attempt)?;
                    return Ok(Some(attempt));
                }
            }
            if !told {
                let which = hash.map_or_else(String::new, |hash: B256| format!(" ({hash})"));
                let account = self.key.address();
                let what = &call.what;
                (self.report)(&format!(
                    "{what}: {account} has another transaction{which} at nonce {nonce}; waiting for it"
                ));
                told = true;
            }
            if started.elapsed() > self.terms.give_up_after {
                return Err(Error::NonceBusy { account: self.key.address(), nonce });
            }
            tokio::time::sleep(self.terms.poll).await;
        }
        Ok(None)
    }
}

/// Whether a node refuses a transaction because it, or another of its nonce, is there: nodes have no code for that.
pub(super) fn is_there_already(error: &TransportError) -> bool {
    let Some(answer) = error.as_error_resp() else { return false };
    let message = answer.message.to_lowercase();
    [
        "already known",
        "already imported",
        "already exists",
        "already_exists",
        "known transaction",
        "nonce too low",
        "underpriced",
    ]
    .iter()
    .any(|phrase| message.contains(phrase))
}
