//! Several endpoints as one node that is fast, and as honest as the best of them.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use alloy::primitives::map::AddressHashSet;
use alloy::primitives::{Address, B256};
use futures::FutureExt;
use futures::future::join_all;
use tokio::sync::watch;

use super::endpoint::Node;
use super::heads::Announcer;
use super::health::Kind;
use super::question::Ask;
use super::race::Nodes;
use super::survey::Survey;
use super::{
    Born, ChainLog, Detail, Endpoint, EndpointReport, FetchError, Head, Header, PoolConfig, Range, Told,
    Trouble, Verify,
};

/// Blocks at once where each block's receipts are asked for.
const PROVEN_RANGE: u64 = 100;

/// A pool of endpoints. Clones share it; every method may be called from several tasks at once.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) nodes: Nodes,
    /// Endpoints that only announce blocks.
    pub(super) sockets: Vec<Endpoint>,
    /// The highest final block that a node told of.
    pub(super) finalized: AtomicU64,
    /// The newest block that a node called final.
    pub(super) final_block: Mutex<Option<Header>>,
    /// A node told of a final block by its tag: the configured depth is not to stand in any more.
    pub(super) finality_told: AtomicBool,
    pub(super) surveyed: Mutex<Option<Instant>>,
    pub(super) announcer: Announcer,
}

impl Pool {
    /// A pool of the configured endpoints, each asked for its chain. Some may be away; not all.
    pub async fn connect(mut config: PoolConfig) -> Result<Self, FetchError> {
        if config.verify != Verify::Consistency {
            config.max_range = config.max_range.min(PROVEN_RANGE);
        }
        let pool = Self(Arc::new(Inner::new(config)?));
        let inner = &pool.0;
        let expected = inner.nodes.config.chain_id;
        let checks =
            inner.nodes.all.iter().map(|node| async move { (node, node.check_chain(expected).await) });
        let mut troubles = Vec::new();
        for (node, outcome) in join_all(checks).await {
            match outcome {
                Ok(()) => {}
                Err(Trouble::WrongChain { found, expected }) => {
                    return Err(FetchError::WrongChain { host: node.host.clone(), found, expected });
                }
                Err(trouble) => {
                    tracing::warn!(host = node.host, %trouble, "an endpoint is away");
                    node.health(|health| health.failed(Kind::Small, &trouble, Instant::now()));
                    troubles.push(Told { host: node.host.clone(), trouble });
                }
            }
        }
        if troubles.len() == inner.nodes.all.len() {
            return Err(FetchError::Failed { tries: 1, troubles });
        }
        Ok(pool)
    }

    /// How far the chain goes, as the endpoint that is furthest says. `finalized` never falls.
    pub async fn head(&self) -> Result<Head, FetchError> {
        let nodes = &self.0.nodes;
        let newest = nodes.newest();
        let (told, node) = nodes.ask(Kind::Small, |node| node.head().boxed()).await?;
        let mut best = told;
        node.health(|health| health.note_head(told.latest.number, Instant::now()));
        let behind = newest.is_some_and(|newest| told.latest.number < newest);
        let survey = self.0.survey_due();
        if !behind && survey != Some(Survey::First) {
            if survey.is_some() {
                // Nobody waits for it: an endpoint that hangs must not delay the head.
                let (inner, place) = (Arc::clone(&self.0), node.place);
                tokio::spawn(async move { inner.survey(&inner.usable(place)).await });
            }
            return Ok(self.0.conclude(best));
        }
        // Alone, it is asked once more: it may have another back-end that is not behind.
        let alone = nodes.all.len() == 1;
        let asked: Vec<&Node> =
            nodes.all.iter().filter(|other| (alone && behind) || other.place != node.place).collect();
        for told in self.0.survey(&asked).await {
            if told.latest.number > best.latest.number {
                best = told;
            }
        }
        Ok(self.0.conclude(best))
    }

    /// A block's header, or `None` where no endpoint has the block.
    pub async fn header(&self, number: u64) -> Result<Option<Header>, FetchError> {
        let nodes = &self.0.nodes;
        let (header, asked) = nodes.ask(Kind::Small, |node| node.header(number).boxed()).await?;
        if header.is_some() {
            return Ok(header);
        }
        // It may be a back-end that lags: whoever has the block wins.
        let others = match self.0.nodes.all.as_slice() {
            [alone] if nodes.newest() >= Some(number) => vec![alone],
            _ => self.0.usable(asked.place),
        };
        let answers = self.0.glance(others, number).await;
        Ok(answers.into_iter().flatten().next())
    }

    /// The headers of consecutive blocks, each the next one's parent, all from one endpoint.
    pub async fn headers(&self, from: u64, to: u64) -> Result<Vec<Header>, FetchError> {
        if to < from {
            return Ok(Vec::new());
        }
        let ask = self.0.nodes.ask(Kind::Small, |node| node.headers(from, to).boxed());
        ask.await.map(|(headers, _)| headers)
    }

    /// Everything the followed contracts emitted in `from..=to`, and those that were born in it. `known` are
    /// contracts born earlier; `born` names the one that a log tells the birth of.
    pub async fn range(
        &self,
        from: u64,
        to: u64,
        known: &[Address],
        born: Born,
        detail: Detail,
    ) -> Result<Range, FetchError> {
        let config = Arc::clone(&self.0.nodes.config);
        let known: AddressHashSet = known.iter().copied().collect();
        let ask = Ask { config, from, to: to.max(from), known: Arc::new(known), born, detail };
        let kind = Kind::Logs { blocks: ask.blocks() };
        let work = |node| self.0.fetch(node, &ask).boxed();
        let (range, node) = self.0.nodes.ask(kind, work).await?;
        node.health(|health| health.grow(kind, range.logs.len(), &self.0.nodes.config));
        Ok(range)
    }

    /// How many blocks to ask for at once now: what the best endpoint is known to take.
    pub fn range_limit(&self) -> u64 {
        let (now, newest) = (Instant::now(), self.0.nodes.newest());
        let usable = |node: &&Node| node.health(|health| health.paused_until(now).is_none());
        let all = &self.0.nodes.all;
        let ranked = |node: &Node| {
            node.health(|health| (!health.is_avoided(now), health.score(now, newest), health.limits().range))
        };
        let best = |nodes: &mut dyn Iterator<Item = &Node>| {
            nodes.map(ranked).max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        };
        let best = best(&mut all.iter().filter(usable)).or_else(|| best(&mut all.iter()));
        best.map_or(1, |(_, _, range)| range.max(1))
    }

    /// One event of one contract over a long stretch in which it is rare. Splits the stretch as needed.
    pub async fn births(
        &self,
        from: u64,
        to: u64,
        contract: Address,
        topic: B256,
    ) -> Result<Vec<ChainLog>, FetchError> {
        let mut logs = Vec::new();
        let (mut next, mut size) = (from, u64::MAX);
        while next <= to {
            let last = to.min(next.saturating_add(size - 1));
            let kind = Kind::Sparse { blocks: last - next + 1 };
            let ask = self.0.nodes.ask(kind, |node| node.events(next, last, contract, topic).boxed());
            match ask.await {
                Ok((found, node)) => {
                    node.health(|health| health.grow(kind, found.len(), &self.0.nodes.config));
                    size = size.saturating_mul(2);
                    logs.extend(found);
                    let Some(after) = last.checked_add(1) else { break };
                    next = after;
                }
                Err(FetchError::TooLarge { suggested }) if last > next => {
                    let half = (last - next).div_ceil(2);
                    size = suggested.filter(|blocks| *blocks <= last - next).unwrap_or(half).max(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(logs)
    }

    /// The highest block that was announced, by a socket or found by polling. Only a hint that something is new:
    /// a block that replaces another of the same height may go unannounced.
    pub fn heads(&self) -> watch::Receiver<u64> {
        self.0.announcer.listen(&self.0)
    }

    /// How many other endpoints hold this block.
    pub async fn confirmed_by(&self, number: u64, hash: B256, except: usize) -> usize {
        let answers = self.0.glance(self.0.usable(except), number).await;
        answers.iter().flatten().filter(|header| header.hash == hash).count()
    }

    /// What this endpoint answered proved wrong: it is avoided for a while, longer each time.
    pub fn distrust(&self, endpoint: usize, why: &str) {
        if let Some(node) = self.0.nodes.all.get(endpoint) {
            tracing::warn!(host = node.host, why, "an endpoint is not trusted for now");
            node.health(|health| health.distrust(why, Instant::now()));
        }
    }

    /// How each endpoint does: first those that answer, in the order they were named.
    pub fn report(&self) -> Vec<EndpointReport> {
        let (now, newest) = (Instant::now(), self.0.nodes.newest());
        let nodes = self.0.nodes.all.iter().map(|node| {
            node.health(|health| health.report(node.host.clone(), node.max_batch(), now, newest))
        });
        nodes.chain(self.0.announcer.report(&self.0.sockets)).collect()
    }
}

impl Inner {
    fn new(config: PoolConfig) -> Result<Self, FetchError> {
        for Endpoint { url } in &config.endpoints {
            if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
                let url = format!("{}://{}", url.scheme(), Endpoint::from(url.clone()).host());
                return Err(FetchError::Scheme { url });
            }
        }
        let http = reqwest::Client::builder()
            .tcp_nodelay(true)
            .connect_timeout(config.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| FetchError::Client(error.to_string()))?;
        let (sockets, nodes): (Vec<_>, Vec<_>) =
            config.endpoints.iter().cloned().partition(Endpoint::announces);
        if nodes.is_empty() {
            return Err(FetchError::NoEndpoint);
        }
        let node = |(place, endpoint)| Node::new(place, endpoint, http.clone(), &config);
        let all = nodes.iter().enumerate().map(node).collect();
        Ok(Self {
            announcer: Announcer::new(sockets.len()),
            nodes: Nodes { config: Arc::new(config), all },
            sockets,
            finalized: AtomicU64::new(0),
            final_block: Mutex::new(None),
            finality_told: AtomicBool::new(false),
            surveyed: Mutex::new(None),
        })
    }
}
