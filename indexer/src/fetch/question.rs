//! What one node is asked: the logs of a range, with the headers that prove it has the range.

use std::collections::BTreeSet;
use std::sync::Arc;

use alloy::primitives::map::AddressHashSet;
use alloy::primitives::{Address, B256};
use serde_json::{Value, json};

use super::bloom::Watch;
use super::check::{Contracts, Question};
use super::endpoint::Node;
use super::head::{Proof, numbered, read_numbered};
use super::wire::{Answer, Call};
use super::{Born, ChainLog, Detail, Doubt, Header, PoolConfig, Range, Trouble, answer};

/// A range that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) config: Arc<PoolConfig>,
    pub(super) from: u64,
    pub(super) to: u64,
    /// Contracts born earlier.
    pub(super) known: Arc<AddressHashSet>,
    pub(super) born: Born,
    pub(super) detail: Detail,
}

/// A range, and the blocks of which only another answer can tell whether they are empty.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) range: Range,
    pub(super) unsettled: Vec<Header>,
}

/// Logs and headers from one request.
#[derive(Debug)]
struct Part {
    proofs: Vec<Proof>,
    logs: Vec<ChainLog>,
}

/// Whose logs one request is for.
#[derive(Clone, Debug)]
struct Whose {
    from: u64,
    to: u64,
    fixed: Arc<[Address]>,
    children: Arc<AddressHashSet>,
    topic: Option<B256>,
    /// Children are asked for by these topics, not by address.
    child_topics: Option<Arc<[B256]>>,
    born: Born,
}

impl Ask {
    pub(super) fn blocks(&self) -> u64 {
        self.to - self.from + 1
    }

    /// The topics by which children are asked for, where they are too many to be named.
    pub(super) fn child_topics(&self, contracts: usize) -> Option<Arc<[B256]>> {
        let topics = &self.config.child_topics;
        (contracts > self.config.address_limit && !topics.is_empty()).then(|| topics.as_slice().into())
    }

    fn whose(&self, fixed: &[Address], children: &Arc<AddressHashSet>) -> Whose {
        Whose {
            from: self.from,
            to: self.to,
            fixed: fixed.into(),
            children: Arc::clone(children),
            topic: None,
            child_topics: self.child_topics(fixed.len() + children.len()),
            born: self.born,
        }
    }

    /// The headers that travel with the logs; the last comes first, to be in the same request in any case.
    fn headers(&self) -> Vec<u64> {
        let rest = match self.detail {
            Detail::EveryBlock => self.from..=self.to.saturating_sub(1),
            Detail::Ends | Detail::Below(_) => self.from..=self.from,
        };
        let anchor = self.anchor().map(|anchor| anchor.number).filter(|number| *number > self.to);
        std::iter::once(self.to).chain(anchor).chain(rest.filter(|number| *number != self.to)).collect()
    }

    /// The block that the node's chain must contain.
    pub(super) fn anchor(&self) -> Option<Header> {
        match self.detail {
            Detail::Below(anchor) => Some(anchor),
            Detail::Ends | Detail::EveryBlock => None,
        }
    }
}

impl Whose {
    fn calls(&self) -> Vec<Call> {
        let span = |rest: Value| {
            let mut filter = rest;
            filter["fromBlock"] = format!("0x{:x}", self.from).into();
            filter["toBlock"] = format!("0x{:x}", self.to).into();
            Call { method: "eth_getLogs", params: json!([filter]) }
        };
        if let Some(topics) = &self.child_topics {
            let by_topic = span(json!({ "topics": [&topics[..]] }));
            // No fixed contracts: a filter without addresses would match everything.
            let fixed = (!self.fixed.is_empty()).then(|| span(json!({ "address": &self.fixed[..] })));
            return fixed.into_iter().chain([by_topic]).collect();
        }
        let addresses: BTreeSet<&Address> = self.fixed.iter().chain(self.children.iter()).collect();
        let mut filter = json!({ "address": addresses });
        if let Some(topic) = self.topic {
            filter["topics"] = json!([topic]);
        }
        vec![span(filter)]
    }

    fn read(&self, answers: &[Answer<'_>]) -> Result<Vec<ChainLog>, Trouble> {
        let mut logs = answer::logs(&answers[0])?;
        if self.child_topics.is_some() {
            let known = Contracts { fixed: &self.fixed, children: &self.children };
            let found = answers.get(1).map(answer::logs).transpose()?;
            let (fixed, found) = match found {
                Some(found) => (logs, found),
                None => (Vec::new(), std::mem::take(&mut logs)),
            };
            logs = answer::by_topic(fixed, found, known, self.born);
        }
        Ok(logs)
    }
}

impl Node {
    /// Everything the followed contracts emitted in a range, and those that were born in it.
    pub(super) async fn range(&self, ask: &Ask) -> Result<Fetched, Trouble> {
        let whose = ask.whose(&ask.config.addresses, &ask.known);
        let by_topic = whose.child_topics.is_some();
        let Part { mut proofs, mut logs } = self.part(whose, ask.headers()).await?;
        if let Some(anchor) = ask.anchor() {
            anchored(anchor, &proofs)?;
            proofs.retain(|proof| proof.header.number <= ask.to);
        }
        let followed =
            |address: &Address| ask.config.addresses.contains(address) || ask.known.contains(address);
        let born: BTreeSet<Address> =
            logs.iter().filter_map(|log| (ask.born)(&log.inner)).filter(|child| !followed(child)).collect();
        if !born.is_empty() && !by_topic {
            let children: AddressHashSet = born.iter().copied().collect();
            let part = self.part(ask.whose(&[], &Arc::new(children)), vec![ask.to]).await?;
            same_last(&proofs, &part.proofs)?;
            logs.extend(part.logs);
            answer::sort(&mut logs);
        }
        self.date(&mut logs, &mut proofs).await?;
        let children = if born.is_empty() {
            Arc::clone(&ask.known)
        } else {
            Arc::new(ask.known.iter().chain(&born).copied().collect())
        };
        let contracts = Contracts { fixed: &ask.config.addresses, children: &children };
        let headers: Vec<Header> = proofs.iter().map(|proof| proof.header).collect();
        answer::believe(&Question { from: ask.from, to: ask.to, contracts }, &headers, &logs)?;
        let unsettled = unsettled(&proofs, &logs, contracts, &ask.config.child_topics);
        Ok(Fetched { range: self.assemble(ask, headers, logs, born)?, unsettled })
    }

    pub(super) fn assemble(
        &self,
        ask: &Ask,
        headers: Vec<Header>,
        logs: Vec<ChainLog>,
        born: BTreeSet<Address>,
    ) -> Result<Range, Trouble> {
        let of = |number| {
            let found = headers.iter().find(|header| header.number == number).copied();
            found.ok_or(Doubt::MissingBlock(number))
        };
        let (first, last) = (of(ask.from)?, of(ask.to)?);
        let headers = match ask.detail {
            Detail::EveryBlock => headers,
            Detail::Ends | Detail::Below(_) => Vec::new(),
        };
        Ok(Range { first, last, headers, logs, born: born.into_iter().collect(), endpoint: self.place })
    }

    /// The logs of one event of one contract, and the proof that the node has the stretch.
    pub(super) async fn events(
        &self,
        from: u64,
        to: u64,
        contract: Address,
        topic: B256,
    ) -> Result<Vec<ChainLog>, Trouble> {
        let children = Arc::new(AddressHashSet::default());
        let fixed: Arc<[Address]> = Arc::new([contract]);
        let contracts = Contracts { fixed: &fixed, children: &children };
        let whose = Whose {
            from,
            to,
            fixed: Arc::clone(&fixed),
            children: Arc::clone(&children),
            topic: Some(topic),
            child_topics: None,
            born: |_| None,
        };
        let Part { mut proofs, mut logs } = self.part(whose, vec![to]).await?;
        self.date(&mut logs, &mut proofs).await?;
        let headers: Vec<Header> = proofs.iter().map(|proof| proof.header).collect();
        answer::believe(&Question { from, to, contracts }, &headers, &logs)?;
        if let Some(foreign) = logs.iter().find(|log| log.inner.topics().first() != Some(&topic)) {
            return Err(Doubt::WrongContract(foreign.inner.address).into());
        }
        Ok(logs)
    }

    /// Whether it has logs of these contracts in one block, asked by the block's hash.
    pub(super) async fn has_logs(
        &self,
        ask: &Ask,
        children: &Arc<AddressHashSet>,
        block: B256,
    ) -> Result<bool, Trouble> {
        let whose = ask.whose(&ask.config.addresses, children);
        let mut calls = whose.calls();
        for call in &mut calls {
            if let Some(filter) = call.params[0].as_object_mut() {
                filter.remove("fromBlock");
                filter.remove("toBlock");
                filter.insert("blockHash".to_owned(), json!(block));
            }
        }
        self.call(&calls, move |answers| whose.read(answers).map(|logs| !logs.is_empty())).await
    }

    /// Whether its chain contains this block.
    pub(super) async fn contains(&self, anchor: Option<Header>) -> Result<(), Trouble> {
        let Some(anchor) = anchor else { return Ok(()) };
        Ok(anchored(anchor, &self.proofs(vec![anchor.number]).await?)?)
    }

    /// Logs and headers in one request, where it takes them so. Headers ascend.
    async fn part(&self, whose: Whose, headers: Vec<u64>) -> Result<Part, Trouble> {
        let mut calls = whose.calls();
        let filters = calls.len();
        calls.extend(headers.iter().map(|number| numbered(*number)));
        self.call(&calls, move |answers| {
            let (filtered, told) = answers.split_at(filters);
            // Headers first: a node that lags says so there, and its logs are no answer.
            let proofs = headers.iter().zip(told).map(|(number, answer)| read_numbered(*number, answer));
            let mut proofs = proofs.collect::<Result<Vec<_>, _>>()?;
            proofs.sort_by_key(|proof| proof.header.number);
            Ok(Part { proofs, logs: whose.read(filtered)? })
        })
        .await
    }

    /// Gives each log its block's time: the node's, else that of the block's header.
    async fn date(&self, logs: &mut [ChainLog], proofs: &mut Vec<Proof>) -> Result<(), Trouble> {
        let known = |proofs: &[Proof], number: u64| {
            let place = proofs.binary_search_by_key(&number, |proof| proof.header.number);
            place.ok().map(|place| proofs[place].header)
        };
        let undated: BTreeSet<u64> = logs
            .iter()
            .filter(|log| log.time == 0)
            .map(|log| log.block_number)
            .filter(|number| known(proofs, *number).is_none())
            .collect();
        proofs.extend(self.proofs(undated.into_iter().collect()).await?);
        proofs.sort_by_key(|proof| proof.header.number);
        for log in logs.iter_mut().filter(|log| log.time == 0) {
            log.time = known(proofs, log.block_number).map_or(0, |header| header.timestamp);
        }
        Ok(())
    }
}

/// The node's chain contains the anchor.
fn anchored(anchor: Header, proofs: &[Proof]) -> Result<(), Doubt> {
    let found = proofs.iter().find(|proof| proof.header.number == anchor.number);
    let found = found.ok_or(Doubt::MissingBlock(anchor.number))?.header.hash;
    if found != anchor.hash {
        return Err(Doubt::Fork { block: anchor.number, expected: anchor.hash, found });
    }
    Ok(())
}

/// Both answers are of the same chain.
fn same_last(first: &[Proof], again: &[Proof]) -> Result<(), Doubt> {
    match (first.last(), again.last()) {
        (Some(first), Some(again)) if first.header != again.header => {
            Err(Doubt::Hash { block: first.header.number, log: again.header.hash, header: first.header.hash })
        }
        _ => Ok(()),
    }
}

/// Blocks whose bloom tells of our contracts, but of which no log came.
fn unsettled(proofs: &[Proof], logs: &[ChainLog], contracts: Contracts<'_>, topics: &[B256]) -> Vec<Header> {
    let has_logs = |number: u64| logs.binary_search_by(|log| log.block_number.cmp(&number)).is_ok();
    let empty: Vec<&Proof> = proofs.iter().filter(|proof| !has_logs(proof.header.number)).collect();
    if empty.iter().all(|proof| proof.bloom.as_deref().is_none_or(|bloom| bloom.is_zero())) {
        return Vec::new();
    }
    let watch = Watch::new(contracts.fixed, contracts.children.iter(), topics);
    let suspicious = |proof: &&&Proof| proof.bloom.as_deref().is_some_and(|bloom| watch.is_told_by(bloom));
    empty.iter().filter(suspicious).map(|proof| proof.header).collect()
}
