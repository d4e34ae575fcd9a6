//! What one back-end sees of the chain, and what it answers to a call.

use std::slice::from_ref;
use std::sync::Arc;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::B256;
use alloy::rpc::types::Filter;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::branch::Branch;
use super::call::{Call, Outcome};
use super::chain::Chain;
use super::fault::Fault;
use super::lie::{Lie, Reach, Told};
use super::provider::Refusal;
use super::wire::{Options, Strike, Wire};
use super::{Block, logs, text};

const NULL: Bytes = Bytes::from_static(b"null");

/// A back-end, as one message finds it.
#[derive(Debug)]
pub(super) struct View {
    pub(super) chain: Chain,
    pub(super) wire: Wire,
    pub(super) options: Options,
    pub(super) branch: Branch,
    /// The head that it tells of, when it does not tell of its own.
    pub(super) latest: u64,
    /// Whether it has no logs.
    pub(super) no_logs: bool,
}

impl View {
    /// Answers a call to which `strikes` may happen.
    pub(super) fn answer(&self, call: &Call, strikes: &[Strike]) -> Outcome {
        self.refuse(call, strikes)?;
        match call.method.as_str() {
            "eth_chainId" => Ok(vec![text::json(&json!(format!("{:#x}", self.chain.id())))]),
            "net_version" => Ok(vec![text::json(&json!(self.chain.id().to_string()))]),
            "web3_clientVersion" => Ok(vec![text::json(&json!("paper/v1"))]),
            "eth_blockNumber" => Ok(vec![text::json(&json!(format!("{:#x}", self.latest)))]),
            "eth_getBlockByNumber" => {
                let tag: BlockNumberOrTag = param(call, 0)?;
                self.hashes_only(call)?;
                Ok(self.header(self.tagged(tag), strikes))
            }
            "eth_getBlockByHash" => {
                let hash: B256 = param(call, 0)?;
                self.hashes_only(call)?;
                Ok(self.header(self.by_hash(hash), strikes))
            }
            "eth_getBlockReceipts" => {
                let id: BlockId = param(call, 0)?;
                let block = match id {
                    BlockId::Hash(hash) => self.by_hash(hash.block_hash),
                    BlockId::Number(tag) => self.tagged(tag),
                };
                Ok(self.receipts(block, strikes))
            }
            "eth_getLogs" => {
                let filter: Filter = param(call, 0)?;
                logs::answer(self, &filter, strikes)
            }
            method => {
                let text = format!("the method {method} does not exist/is not available");
                Err(Refusal::plain(-32601, text))
            }
        }
    }

    fn refuse(&self, call: &Call, strikes: &[Strike]) -> Result<(), Refusal> {
        for strike in strikes {
            if let Fault::Refused(provider, trouble) = strike.fault
                && self.wire.happens(strike.fault)
            {
                let filter = param::<Filter>(call, 0).unwrap_or_default();
                return Err(provider.refuses(trouble, &logs::asked(self, &filter)));
            }
        }
        Ok(())
    }

    fn hashes_only(&self, call: &Call) -> Result<(), Refusal> {
        if param::<bool>(call, 1).unwrap_or(false) {
            return Err(Refusal::plain(-32602, "a chain on paper has no whole transactions"));
        }
        Ok(())
    }

    /// The block that a tag or number names.
    pub(super) fn tagged(&self, tag: BlockNumberOrTag) -> Option<Arc<Block>> {
        match tag {
            BlockNumberOrTag::Latest | BlockNumberOrTag::Pending => self.branch.get(self.latest).cloned(),
            BlockNumberOrTag::Safe => self.branch.safe().cloned(),
            BlockNumberOrTag::Finalized => self.branch.finalized().cloned(),
            BlockNumberOrTag::Earliest => self.branch.get(0).cloned(),
            BlockNumberOrTag::Number(number) => self.branch.get(number).cloned(),
        }
    }

    /// Any block that this back-end can have heard of: nodes keep the forks they left.
    pub(super) fn by_hash(&self, hash: B256) -> Option<Arc<Block>> {
        self.chain.by_hash(hash).filter(|block| block.number() <= self.branch.head().number())
    }

    fn header(&self, block: Option<Arc<Block>>, strikes: &[Strike]) -> Vec<Bytes> {
        let Some(block) = block else { return vec![NULL] };
        let honest = block.block_text();
        let told = self.passing(from_ref(&block), strikes, Reach::Logs, Lie::of_header).or_else(|| {
            self.sticky(&block).filter(|told| told.lie.of_header() || told.reach >= Reach::Bloom)
        });
        let Some(told) = told else { return vec![honest] };
        let said = text::block(&told.header, block.transaction_hashes());
        if said == honest || !self.wire.untrue(&told) {
            return vec![honest];
        }
        vec![said]
    }

    fn receipts(&self, block: Option<Arc<Block>>, strikes: &[Strike]) -> Vec<Bytes> {
        let Some(block) = block else { return vec![NULL] };
        let honest = block.receipts_text();
        let told = self
            .passing(from_ref(&block), strikes, Reach::Receipts, |lie| !lie.of_header())
            .or_else(|| self.sticky(&block).filter(|told| told.reach >= Reach::Receipts));
        let Some(told) = told else { return vec![honest] };
        let said = text::receipts(&block, &told.logs);
        if said == honest || !self.wire.untrue(&told) {
            return vec![honest];
        }
        vec![said]
    }

    /// The lie that is always told about `block`, if any.
    pub(super) fn sticky(&self, block: &Block) -> Option<Arc<Told>> {
        self.wire.has_sticky().then(|| self.wire.sticky(block)).flatten()
    }

    /// A lie about one of `blocks`, if one strikes this call.
    pub(super) fn passing(
        &self,
        blocks: &[Arc<Block>],
        strikes: &[Strike],
        reach: Reach,
        fits: fn(Lie) -> bool,
    ) -> Option<Arc<Told>> {
        strikes.iter().find_map(|strike| {
            let Fault::Lie(lie) = strike.fault else { return None };
            if !fits(lie) || blocks.is_empty() {
                return None;
            }
            // The first block from a random one on that has something to lie about.
            let start = strike.seed as usize % blocks.len();
            let (before, from) = blocks.split_at(start);
            from.iter().chain(before).find_map(|block| self.wire.passing(block, lie, reach, strike.seed))
        })
    }
}

/// A call's `n`-th parameter.
fn param<T: DeserializeOwned>(call: &Call, n: usize) -> Result<T, Refusal> {
    let value = call.params.get(n).unwrap_or(&Value::Null);
    T::deserialize(value).map_err(|error| Refusal::plain(-32602, format!("invalid argument {n}: {error}")))
}
