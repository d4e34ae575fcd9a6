//! `eth_getLogs`.

use std::sync::Arc;

use alloy::primitives::Address;
use alloy::rpc::types::{Filter, FilterBlockOption};
use bytes::Bytes;

use super::Block;
use super::call::Outcome;
use super::fault::Fault;
use super::lie::{Reach, Told};
use super::provider::{Asked, Refusal, Trouble};
use super::text::{LogsText, Said};
use super::view::View;
use super::wire::Strike;

/// The logs that `filter` asks for, in the order of the chain.
pub(super) fn answer(view: &View, filter: &Filter, strikes: &[Strike]) -> Outcome {
    let blocks = blocks(view, filter)?;
    let passing = view.passing(&with_hits(filter, &blocks), strikes, Reach::Logs, |lie| !lie.of_header());
    let sticky = view.wire.has_sticky();
    let mut found = Found::default();
    for block in &blocks {
        let mut told = passing.as_ref().filter(|told| told.hash == block.hash()).cloned();
        if told.is_none() && sticky {
            told = view.sticky(block);
        }
        found.block(view, filter, block, told.as_ref());
        if view.options.results.is_some_and(|limit| found.count > limit) {
            return Err(refuse(view, filter, Trouble::Results, found.last.unwrap_or(0).saturating_sub(1)));
        }
    }
    if view.no_logs && found.count > 0 && view.wire.happens(Fault::EmptyLogs) {
        found = Found::default();
    }
    Ok(found.list())
}

/// What a refusal of this call would speak of.
pub(super) fn asked(view: &View, filter: &Filter) -> Asked {
    let (from, to) = ends(view, filter).unwrap_or_default();
    let half = from + to.saturating_sub(from) / 2;
    Asked { from, to, limit: view.options.blocks.unwrap_or(to.saturating_sub(from).max(1)), fits: half }
}

fn refuse(view: &View, filter: &Filter, trouble: Trouble, fits: u64) -> Refusal {
    let (from, to) = ends(view, filter).unwrap_or_default();
    let limit = match trouble {
        Trouble::Results => view.options.results.map_or(0, |limit| limit as u64),
        _ => view.options.blocks.unwrap_or_default(),
    };
    view.options.provider.refuses(trouble, &Asked { from, to, limit, fits: fits.clamp(from, to.max(from)) })
}

/// First and last block asked for. None: a tag that the chain does not know, or a hash.
fn ends(view: &View, filter: &Filter) -> Option<(u64, u64)> {
    let FilterBlockOption::Range { from_block, to_block } = filter.block_option else { return None };
    let number = |tag: Option<alloy::eips::BlockNumberOrTag>| match tag.unwrap_or_default() {
        alloy::eips::BlockNumberOrTag::Number(number) => Some(number),
        tag => view.tagged(tag).map(|block| block.number()),
    };
    Some((number(from_block)?, number(to_block)?))
}

fn blocks(view: &View, filter: &Filter) -> Result<Vec<Arc<Block>>, Refusal> {
    if let FilterBlockOption::AtBlockHash(hash) = filter.block_option {
        let block = view.by_hash(hash).ok_or_else(|| refuse(view, filter, Trouble::NotFound, 0))?;
        return Ok(vec![block]);
    }
    let (from, to) = ends(view, filter).ok_or_else(|| refuse(view, filter, Trouble::NotFound, 0))?;
    if from > to {
        return Err(Refusal::plain(-32602, "invalid block range params"));
    }
    if view.options.blocks.is_some_and(|limit| to - from >= limit) {
        let fits = from + view.options.blocks.unwrap_or(1).saturating_sub(1);
        return Err(refuse(view, filter, Trouble::Range, fits));
    }
    if view.options.refuse_beyond_head && to > view.branch.head().number() {
        return Err(Refusal::plain(-32602, "block range extends beyond current head block"));
    }
    Ok(view.branch.range(from, to).to_vec())
}

/// Those that have a log which is asked for.
fn with_hits(filter: &Filter, blocks: &[Arc<Block>]) -> Vec<Arc<Block>> {
    let hit =
        |block: &&Arc<Block>| any_address(filter, block) && block.logs().any(|(_, log)| filter.matches(log));
    blocks.iter().filter(hit).cloned().collect()
}

fn any_address(filter: &Filter, block: &Block) -> bool {
    block.contents().addresses().iter().any(|address| filter.address.matches(address))
}

/// Whether every log of `block` is asked for. Bulk reading asks so, and is answered in one piece per block.
fn all(filter: &Filter, block: &Block) -> bool {
    let asked = |address: &Address| filter.address.matches(address);
    !filter.has_topics() && block.contents().addresses().iter().all(asked)
}

/// The pieces of an answer, each ending with a comma.
#[derive(Debug, Default)]
struct Found {
    pieces: Vec<Bytes>,
    count: usize,
    /// Number of the last block that added some.
    last: Option<u64>,
}

impl Found {
    fn block(&mut self, view: &View, filter: &Filter, block: &Block, told: Option<&Arc<Told>>) {
        if block.log_count() == 0 && told.is_none() {
            return;
        }
        let honest = honest(view, filter, block);
        let said =
            told.map(|told| said(view, filter, told)).filter(|said| said.concat() != honest.0.concat());
        let (pieces, count) = match (said, told) {
            (Some(said), Some(told)) if view.wire.untrue(told) => {
                let count = said.len();
                (said, count)
            }
            _ => honest,
        };
        if count > 0 {
            self.last = Some(block.number());
        }
        self.count += count;
        self.pieces.extend(pieces);
    }

    /// As a JSON array.
    fn list(mut self) -> Vec<Bytes> {
        if let Some(last) = self.pieces.last_mut() {
            last.truncate(last.len() - 1);
        }
        self.pieces.insert(0, Bytes::from_static(b"["));
        self.pieces.push(Bytes::from_static(b"]"));
        self.pieces
    }
}

fn honest(view: &View, filter: &Filter, block: &Block) -> (Vec<Bytes>, usize) {
    if !any_address(filter, block) {
        return (Vec::new(), 0);
    }
    let text = block.logs_text(view.options.times);
    if all(filter, block) {
        return (vec![text.whole()], block.log_count());
    }
    let logs = block.logs().enumerate().filter(|(_, (_, log))| filter.matches(log));
    let pieces: Vec<Bytes> = logs.map(|(n, _)| text.one(n)).collect();
    let count = pieces.len();
    (pieces, count)
}

fn said(view: &View, filter: &Filter, told: &Told) -> Vec<Bytes> {
    let logs: Vec<Said<'_>> = told.logs.iter().filter(|said| filter.matches(&said.log)).cloned().collect();
    let text = LogsText::new(&logs, view.options.times);
    (0..logs.len()).map(|n| text.one(n)).collect()
}
