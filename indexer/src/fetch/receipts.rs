//! Logs taken from receipts, whose root the header holds: they can be neither altered nor left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use alloy::consensus::proofs::calculate_receipt_root;
use alloy::consensus::{Eip658Value, Receipt, ReceiptEnvelope};
use alloy::primitives::map::AddressHashSet;
use alloy::primitives::{Address, B256, Log};
use serde_json::json;

use super::check;
use super::endpoint::Node;
use super::head::{Proof, numbered, read_numbered};
use super::json::{Quantity, WireLog, WireReceipt};
use super::question::Ask;
use super::wire::{Answer, Call, behind, result};
use super::{ChainLog, Doubt, Header, Range, Trouble, Verify};

/// Blocks whose receipts are asked for at once.
const BLOCKS_AT_ONCE: u64 = 25;

fn receipts_of(block: serde_json::Value) -> Call {
    Call { method: "eth_getBlockReceipts", params: json!([block]) }
}

impl Node {
    /// A range from proven receipts.
    pub(super) async fn proven_range(&self, ask: &Ask) -> Result<Range, Trouble> {
        let (mut headers, mut logs) = (Vec::new(), Vec::new());
        let mut from = ask.from;
        while from <= ask.to {
            let to = ask.to.min(from.saturating_add(BLOCKS_AT_ONCE - 1));
            for (header, found) in self.proven_blocks(ask, from, to).await? {
                headers.push(header);
                logs.extend(found);
            }
            let Some(next) = to.checked_add(1) else { break };
            from = next;
        }
        check::linked(&headers)?;
        let followed =
            |address: &Address| ask.config.addresses.contains(address) || ask.known.contains(address);
        let births = logs.iter().filter(|log: &&ChainLog| followed(&log.inner.address));
        let born: BTreeSet<Address> =
            births.filter_map(|log| (ask.born)(&log.inner)).filter(|child| !followed(child)).collect();
        logs.retain(|log| followed(&log.inner.address) || born.contains(&log.inner.address));
        self.assemble(ask, headers, logs, born)
    }

    async fn proven_blocks(
        &self,
        ask: &Ask,
        from: u64,
        to: u64,
    ) -> Result<Vec<(Header, Vec<ChainLog>)>, Trouble> {
        let calls: Vec<Call> = (from..=to)
            .flat_map(|number| [numbered(number), receipts_of(format!("0x{number:x}").into())])
            .collect();
        let ask = ask.clone();
        self.call(&calls, move |answers| {
            let blocks = (from..=to).zip(answers.chunks_exact(2));
            blocks.map(|(number, pair)| proven(&ask, number, &pair[0], &pair[1])).collect()
        })
        .await
    }

    /// Whether a block's receipts hold logs of these contracts. `None` where the node cannot tell.
    pub(super) async fn receipts_tell(
        &self,
        ask: &Ask,
        block: Header,
        children: Arc<AddressHashSet>,
    ) -> Result<Option<bool>, Trouble> {
        if self.is_receiptless() {
            return Ok(None);
        }
        let fixed = ask.config.addresses.clone();
        let topics = ask.child_topics(fixed.len() + children.len());
        let told = self
            .call(&[receipts_of(json!(block.hash))], move |answers| {
                let receipts: Option<Vec<WireReceipt>> = result(&answers[0])?;
                let receipts = receipts.ok_or_else(|| behind(block.number))?;
                let ours = |log: &WireLog| {
                    // What was not asked for was not left out either.
                    let topical = topics.as_ref().is_none_or(|topics| log.has_topic(topics));
                    fixed.contains(&log.address()) || (children.contains(&log.address()) && topical)
                };
                Ok(receipts.iter().flat_map(|receipt| &receipt.logs).any(ours))
            })
            .await;
        match told {
            Ok(told) => Ok(Some(told)),
            Err(Trouble::NoMethod(_)) => {
                self.note_receiptless();
                Ok(None)
            }
            Err(Trouble::Rpc { .. }) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}

/// A block's logs that may be of followed contracts.
fn proven(
    ask: &Ask,
    number: u64,
    header: &Answer<'_>,
    receipts: &Answer<'_>,
) -> Result<(Header, Vec<ChainLog>), Trouble> {
    let proof = read_numbered(number, header)?;
    if ask.config.verify == Verify::Hashes {
        check_hash(&proof.header, header)?;
    }
    let receipts: Option<Vec<WireReceipt>> = result(receipts)?;
    let receipts = receipts.ok_or_else(|| behind(number))?;
    let logs = verify(&proof, receipts)?;
    let maybe_ours = |log: &ChainLog| {
        let topics = &ask.config.child_topics;
        ask.config.addresses.contains(&log.inner.address)
            || ask.known.contains(&log.inner.address)
            || topics.is_empty()
            || log.inner.topics().first().is_some_and(|topic| topics.contains(topic))
    };
    Ok((proof.header, logs.into_iter().filter(maybe_ours).collect()))
}

/// All logs of a block whose receipts hash to the root in its header.
fn verify(proof: &Proof, receipts: Vec<WireReceipt>) -> Result<Vec<ChainLog>, Doubt> {
    let header = proof.header;
    let block = header.number;
    let unverifiable = |why: &str| Doubt::Unverifiable { block, why: why.to_owned() };
    let expected = proof.receipts_root.ok_or_else(|| unverifiable("its header has no receiptsRoot"))?;
    let mut sealed = Vec::with_capacity(receipts.len());
    let mut hashes = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        if B256::from(receipt.block_hash) != header.hash {
            return Err(Doubt::ForeignReceipts { block });
        }
        hashes.push(B256::from(receipt.transaction_hash));
        sealed.push(seal(block, receipt)?);
    }
    let root = calculate_receipt_root(&sealed);
    if root != expected {
        return Err(Doubt::ReceiptsRoot { block, receipts: root, header: expected });
    }
    let emitted = sealed
        .iter()
        .zip(hashes)
        .flat_map(|(receipt, hash)| receipt.logs().iter().map(move |log: &Log| (hash, log.clone())));
    Ok(emitted
        .zip(0..)
        .map(|((transaction_hash, inner), log_index)| ChainLog {
            inner,
            block_number: block,
            block_hash: header.hash,
            transaction_hash,
            log_index,
            time: header.timestamp,
        })
        .collect())
}

/// A receipt in its consensus form.
fn seal(block: u64, receipt: WireReceipt) -> Result<ReceiptEnvelope<Log>, Doubt> {
    let unverifiable = |why: String| Doubt::Unverifiable { block, why };
    let status = match (receipt.status, receipt.root) {
        (Some(Quantity(status)), _) => Eip658Value::Eip658(status == 1),
        (None, Some(root)) => match <[u8; 32]>::try_from(root.0) {
            Ok(root) => Eip658Value::PostState(root.into()),
            Err(_) => return Err(unverifiable("a receipt's root is no hash".to_owned())),
        },
        (None, None) => return Err(unverifiable("a receipt has neither status nor root".to_owned())),
    };
    let logs = receipt.logs.into_iter().map(WireLog::into_inner).collect();
    let whole = Receipt { status, cumulative_gas_used: receipt.cumulative_gas_used.0, logs }.with_bloom();
    Ok(match receipt.kind.map_or(0, |kind| kind.0) {
        0 => ReceiptEnvelope::Legacy(whole),
        1 => ReceiptEnvelope::Eip2930(whole),
        2 => ReceiptEnvelope::Eip1559(whole),
        3 => ReceiptEnvelope::Eip4844(whole),
        4 => ReceiptEnvelope::Eip7702(whole),
        kind => return Err(unverifiable(format!("receipts of type {kind} are not Ethereum's"))),
    })
}

/// The header hashes to what it says it does.
fn check_hash(header: &Header, answer: &Answer<'_>) -> Result<(), Trouble> {
    let block = header.number;
    let whole = result::<alloy::consensus::Header>(answer).map_err(|error| Doubt::Unverifiable {
        block,
        why: format!("its header is not Ethereum's: {error}"),
    })?;
    let real = whole.hash_slow();
    if real == header.hash {
        return Ok(());
    }
    Err(Doubt::HeaderHash { block, real, told: header.hash }.into())
}
