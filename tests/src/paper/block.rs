//! A block with a true header, and what it is made of.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread;

use alloy::consensus::proofs::calculate_receipt_root;
use alloy::consensus::{Header, Receipt, ReceiptEnvelope, ReceiptWithBloom};
use alloy::primitives::{Address, B256, Bloom, BloomInput, Log, keccak256};
use bytes::Bytes;

use super::text::{self, LogsText};

/// Gas of each transaction. What it is does not matter, but receipts must agree with one another about it.
pub(super) const GAS: u64 = 100_000;
/// From so many blocks on, roots are computed on several threads.
const MANY: usize = 64;

/// A block that is not built yet: when it is, and what each of its transactions logs.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Unix time in seconds.
    pub time: u64,
    /// The logs of each transaction, in order.
    pub transactions: Vec<Vec<Log>>,
}

impl Draft {
    /// A block without transactions.
    pub fn empty(time: u64) -> Self {
        Self { time, transactions: Vec::new() }
    }
}

impl From<(u64, Vec<Vec<Log>>)> for Draft {
    fn from((time, transactions): (u64, Vec<Vec<Log>>)) -> Self {
        Self { time, transactions }
    }
}

/// Transactions with what a header says of them. Blocks of several forks share them.
#[derive(Debug)]
pub struct Contents {
    transactions: Vec<Vec<Log>>,
    bloom: Bloom,
    receipts_root: B256,
    /// Which contracts logged, each once.
    addresses: Vec<Address>,
}

impl Contents {
    /// Computes the bloom and the receipts' root.
    pub fn new(transactions: Vec<Vec<Log>>) -> Self {
        let mut addresses: Vec<Address> = transactions.iter().flatten().map(|log| log.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let receipts = receipts(transactions);
        let receipts_root = calculate_receipt_root(&receipts);
        let mut bloom = Bloom::ZERO;
        let mut transactions = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            bloom.accrue_bloom(receipt.logs_bloom());
            transactions.push(receipt.into_receipt().logs);
        }
        Self { transactions, bloom, receipts_root, addresses }
    }

    /// The same for many, on as many threads as there are processors.
    pub fn all(drafts: Vec<Draft>) -> Vec<(u64, Arc<Self>)> {
        let one = |draft: Draft| (draft.time, Arc::new(Self::new(draft.transactions)));
        if drafts.len() < MANY {
            return drafts.into_iter().map(one).collect();
        }
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let size = drafts.len().div_ceil(threads);
        let mut parts = Vec::new();
        let mut rest = drafts;
        while rest.len() > size {
            let tail = rest.split_off(size);
            parts.push(std::mem::replace(&mut rest, tail));
        }
        parts.push(rest);
        thread::scope(|scope| {
            let running: Vec<_> = parts
                .into_iter()
                .map(|part| scope.spawn(move || part.into_iter().map(one).collect::<Vec<_>>()))
                .collect();
            let joined =
                running.into_iter().map(|part| part.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
            joined.flatten().collect()
        })
    }

    /// The logs of each transaction.
    pub fn transactions(&self) -> &[Vec<Log>] {
        &self.transactions
    }

    /// The bloom of all logs.
    pub fn bloom(&self) -> Bloom {
        self.bloom
    }

    /// The root of the receipts' trie.
    pub fn receipts_root(&self) -> B256 {
        self.receipts_root
    }

    /// Which contracts logged, each once, ascending.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }
}

/// The receipts that transactions with such logs have.
pub(super) fn receipts(transactions: Vec<Vec<Log>>) -> Vec<ReceiptEnvelope> {
    let mut hashes = HashMap::new();
    let blooms: Vec<Bloom> = transactions.iter().map(|logs| bloom(logs, &mut hashes)).collect();
    drop(hashes);
    let receipt = |((place, logs), logs_bloom): ((u64, Vec<Log>), Bloom)| {
        let receipt = Receipt { status: true.into(), cumulative_gas_used: (place + 1) * GAS, logs };
        ReceiptEnvelope::Eip1559(ReceiptWithBloom { receipt, logs_bloom })
    };
    (0..).zip(transactions).zip(blooms).map(receipt).collect()
}

/// The bloom of `logs`. Addresses and topics come again and again, so their hashes are kept.
fn bloom<'a>(logs: &'a [Log], hashes: &mut HashMap<&'a [u8], B256>) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        let topics = log.topics().iter().map(|topic| topic.as_slice());
        for word in topics.chain([log.address.as_slice()]) {
            let hash = *hashes.entry(word).or_insert_with(|| keccak256(word));
            bloom.accrue(BloomInput::Hash(hash));
        }
    }
    bloom
}

/// A block. Its header is true: parent, bloom and receipts' root are computed, and its hash is the header's hash.
#[derive(Debug)]
pub struct Block {
    header: Header,
    hash: B256,
    contents: Arc<Contents>,
    transaction_hashes: Vec<B256>,
    texts: Texts,
}

/// What a node says of a block, written once.
#[derive(Debug, Default)]
struct Texts {
    block: OnceLock<Bytes>,
    header: OnceLock<Bytes>,
    receipts: OnceLock<Bytes>,
    /// Without and with `blockTimestamp`.
    logs: [OnceLock<LogsText>; 2],
}

impl Block {
    /// The first block of a chain. Another `salt` makes another chain.
    pub fn genesis(time: u64, salt: u64) -> Self {
        Self::sealed(0, B256::ZERO, time, Arc::new(Contents::new(Vec::new())), salt)
    }

    /// The next block after `parent`.
    pub fn build(parent: &Self, time: u64, transactions: Vec<Vec<Log>>) -> Self {
        Self::on(parent, time, Arc::new(Contents::new(transactions)), 0)
    }

    /// The next block after `parent`. Another `salt` makes a sibling with the same contents.
    pub fn on(parent: &Self, time: u64, contents: Arc<Contents>, salt: u64) -> Self {
        Self::sealed(parent.number() + 1, parent.hash, time, contents, salt)
    }

    fn sealed(number: u64, parent: B256, time: u64, contents: Arc<Contents>, salt: u64) -> Self {
        let count = contents.transactions.len() as u64;
        let transaction_hashes: Vec<B256> =
            (0..count).map(|place| keccak256([number, place, salt].map(u64::to_be_bytes).concat())).collect();
        let header = Header {
            parent_hash: parent,
            number,
            timestamp: time,
            logs_bloom: contents.bloom,
            receipts_root: contents.receipts_root,
            transactions_root: keccak256(transaction_hashes.concat()),
            gas_limit: 1_000_000_000,
            gas_used: count * GAS,
            base_fee_per_gas: Some(1),
            extra_data: salt.to_be_bytes().into(),
            ..Default::default()
        };
        let hash = header.hash_slow();
        Self { header, hash, contents, transaction_hashes, texts: Texts::default() }
    }

    /// The header's hash.
    pub fn hash(&self) -> B256 {
        self.hash
    }

    /// The parent's hash.
    pub fn parent(&self) -> B256 {
        self.header.parent_hash
    }

    /// How many blocks came before.
    pub fn number(&self) -> u64 {
        self.header.number
    }

    /// Unix time in seconds.
    pub fn time(&self) -> u64 {
        self.header.timestamp
    }

    /// The whole header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its transactions.
    pub fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    /// The hashes of its transactions.
    pub fn transaction_hashes(&self) -> &[B256] {
        &self.transaction_hashes
    }

    /// All logs, each with its transaction's place. The n-th has log index n.
    pub fn logs(&self) -> impl Iterator<Item = (usize, &Log)> {
        let transactions = self.contents.transactions.iter().enumerate();
        transactions.flat_map(|(place, logs)| logs.iter().map(move |log| (place, log)))
    }

    /// How many logs it has.
    pub fn log_count(&self) -> usize {
        self.contents.transactions.iter().map(Vec::len).sum()
    }

    /// What `eth_getBlockByNumber` answers.
    pub(super) fn block_text(&self) -> Bytes {
        self.texts.block.get_or_init(|| text::block(&self.rpc_header(), &self.transaction_hashes)).clone()
    }

    /// What `newHeads` tells.
    pub(super) fn header_text(&self) -> Bytes {
        self.texts.header.get_or_init(|| text::json(&self.rpc_header())).clone()
    }

    /// What `eth_getBlockReceipts` answers.
    pub(super) fn receipts_text(&self) -> Bytes {
        self.texts.receipts.get_or_init(|| text::receipts(self, &text::honest(self))).clone()
    }

    /// All logs as `eth_getLogs` answers them.
    pub(super) fn logs_text(&self, times: bool) -> &LogsText {
        self.texts.logs[usize::from(times)].get_or_init(|| LogsText::new(&text::honest(self), times))
    }

    pub(super) fn rpc_header(&self) -> alloy::rpc::types::Header {
        alloy::rpc::types::Header {
            hash: self.hash,
            inner: self.header.clone(),
            total_difficulty: None,
            size: None,
        }
    }
}
