//! Blocks, logs and receipts as JSON. Logs are written by hand: millions of them are served in a second.

use std::borrow::Cow;

use alloy::consensus::{ReceiptEnvelope, ReceiptWithBloom};
use alloy::hex;
use alloy::primitives::{Address, B256, Log};
use alloy::rpc::types::{self as rpc, BlockTransactions, TransactionReceipt};
use bytes::Bytes;
use serde::Serialize;

use super::Block;
use super::block::{self, GAS};

/// A log with all that a node says of it.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    pub(super) log: Cow<'a, Log>,
    pub(super) block: B256,
    pub(super) number: u64,
    pub(super) time: u64,
    pub(super) transaction: B256,
    pub(super) place: u64,
    pub(super) index: u64,
    pub(super) removed: bool,
}

impl Said<'_> {
    fn rpc(&self) -> rpc::Log {
        rpc::Log {
            inner: self.log.clone().into_owned(),
            block_hash: Some(self.block),
            block_number: Some(self.number),
            block_timestamp: Some(self.time),
            transaction_hash: Some(self.transaction),
            transaction_index: Some(self.place),
            log_index: Some(self.index),
            removed: self.removed,
        }
    }
}

/// What an honest node says of a block's logs.
pub(super) fn honest(block: &Block) -> Vec<Said<'_>> {
    let said = |(index, (place, log))| Said {
        log: Cow::Borrowed(log),
        block: block.hash(),
        number: block.number(),
        time: block.time(),
        transaction: block.transaction_hashes()[place],
        place: place as u64,
        index,
        removed: false,
    };
    (0..).zip(block.logs()).map(said).collect()
}

/// The text of a block's logs, in one piece, and where each log's own text ends. A comma follows each.
#[derive(Debug)]
pub(super) struct LogsText {
    text: Bytes,
    ends: Vec<usize>,
}

impl LogsText {
    pub(super) fn new(logs: &[Said<'_>], times: bool) -> Self {
        let mut text = Vec::with_capacity(logs.len() * 900);
        let ends = logs.iter().map(|log| {
            write_log(&mut text, log, times);
            text.push(b',');
            text.len()
        });
        let ends = ends.collect();
        Self { text: text.into(), ends }
    }

    /// The text of all logs.
    pub(super) fn whole(&self) -> Bytes {
        self.text.clone()
    }

    /// The text of the `n`-th log.
    pub(super) fn one(&self, n: usize) -> Bytes {
        let start = n.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.slice(start..self.ends[n])
    }
}

fn write_log(out: &mut Vec<u8>, said: &Said<'_>, times: bool) {
    out.extend_from_slice(b"{\"address\":\"");
    write_hex(out, said.log.address.as_slice());
    out.extend_from_slice(b"\",\"topics\":[");
    for (place, topic) in said.log.topics().iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        write_hex(out, topic.as_slice());
        out.push(b'"');
    }
    out.extend_from_slice(b"],\"data\":\"");
    write_hex(out, &said.log.data.data);
    out.extend_from_slice(b"\",\"blockHash\":\"");
    write_hex(out, said.block.as_slice());
    out.extend_from_slice(b"\",\"blockNumber\":\"");
    write_number(out, said.number);
    if times {
        out.extend_from_slice(b"\",\"blockTimestamp\":\"");
        write_number(out, said.time);
    }
    out.extend_from_slice(b"\",\"transactionHash\":\"");
    write_hex(out, said.transaction.as_slice());
    out.extend_from_slice(b"\",\"transactionIndex\":\"");
    write_number(out, said.place);
    out.extend_from_slice(b"\",\"logIndex\":\"");
    write_number(out, said.index);
    out.extend_from_slice(b"\",\"removed\":");
    out.extend_from_slice(if said.removed { b"true}" } else { b"false}" });
}

fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"0x");
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    if hex::encode_to_slice(bytes, &mut out[start..]).is_err() {
        unreachable!("there is room for two digits per byte");
    }
}

fn write_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(b"0x");
    let digits = 16 - (number.leading_zeros() as usize / 4).min(15);
    for place in (0..digits).rev() {
        let digit = (number >> (4 * place)) as u8 & 0xf;
        out.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
    }
}

/// Any value of ours as JSON.
pub(super) fn json(value: &impl Serialize) -> Bytes {
    match serde_json::to_vec(value) {
        Ok(text) => text.into(),
        Err(error) => unreachable!("plain data always has a JSON text: {error}"),
    }
}

/// A block with its transactions' hashes.
pub(super) fn block(header: &rpc::Header, transactions: &[B256]) -> Bytes {
    json(&rpc::Block::<B256> {
        header: header.clone(),
        uncles: Vec::new(),
        transactions: BlockTransactions::Hashes(transactions.to_vec()),
        withdrawals: None,
    })
}

/// The receipts of all transactions of `block`, holding `logs`.
pub(super) fn receipts(block: &Block, logs: &[Said<'_>]) -> Bytes {
    let mut transactions = vec![Vec::new(); block.transaction_hashes().len()];
    for said in logs {
        transactions[said.place as usize].push(said);
    }
    let own = |logs: &Vec<&Said<'_>>| logs.iter().map(|said| said.log.clone().into_owned()).collect();
    let envelopes = block::receipts(transactions.iter().map(own).collect());
    let receipts: Vec<TransactionReceipt> = (0..)
        .zip(envelopes)
        .zip(&transactions)
        .map(|((place, envelope), logs)| receipt(block, place, envelope, logs))
        .collect();
    json(&receipts)
}

fn receipt(block: &Block, place: u64, plain: ReceiptEnvelope, logs: &[&Said<'_>]) -> TransactionReceipt {
    let logs_bloom = *plain.logs_bloom();
    let receipt = alloy::consensus::Receipt {
        status: true.into(),
        cumulative_gas_used: plain.cumulative_gas_used(),
        logs: logs.iter().map(|said| said.rpc()).collect(),
    };
    TransactionReceipt {
        inner: ReceiptEnvelope::Eip1559(ReceiptWithBloom { receipt, logs_bloom }),
        transaction_hash: block.transaction_hashes()[place as usize],
        transaction_index: Some(place),
        block_hash: Some(block.hash()),
        block_number: Some(block.number()),
        gas_used: GAS,
        effective_gas_price: 1,
        blob_gas_used: None,
        blob_gas_price: None,
        from: Address::with_last_byte(1),
        to: logs.first().map(|said| said.log.address),
        contract_address: None,
    }
}
