//! One endpoint: how it is asked, in as few requests as it takes, and what is known of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use serde_json::json;

use super::health::{Health, Kind};
use super::json::Quantity;
use super::wire::{Answer, Body, Call, Wire, result};
use super::{Endpoint, PoolConfig, Trouble};

/// Answers larger than this are read on a thread of their own, so that other work goes on.
const HEAVY: usize = 256 << 10;
/// Requests under way at once for the parts of one question.
const PARTS_AT_ONCE: usize = 4;

/// An endpoint that answers questions.
#[derive(Debug)]
pub(super) struct Node {
    /// Its place in the pool.
    pub(super) place: usize,
    pub(super) host: String,
    wire: Wire,
    health: Mutex<Health>,
    batch: AtomicUsize,
    /// It was asked for its chain since it last was away.
    chain_known: AtomicBool,
    /// It has no `eth_getBlockReceipts`.
    receiptless: AtomicBool,
}

impl Node {
    pub(super) fn new(place: usize, endpoint: &Endpoint, http: reqwest::Client, config: &PoolConfig) -> Self {
        Self {
            place,
            host: endpoint.host(),
            wire: Wire::new(http, endpoint.url.clone(), config),
            health: Mutex::new(Health::new(config, Instant::now())),
            batch: AtomicUsize::new(config.max_batch.max(1)),
            chain_known: AtomicBool::new(false),
            receiptless: AtomicBool::new(false),
        }
    }

    /// Looks at or changes its record.
    pub(super) fn health<T>(&self, work: impl FnOnce(&mut Health) -> T) -> T {
        work(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn max_batch(&self) -> usize {
        self.batch.load(Ordering::Relaxed)
    }

    pub(super) fn is_receiptless(&self) -> bool {
        self.receiptless.load(Ordering::Relaxed)
    }

    pub(super) fn note_receiptless(&self) {
        self.receiptless.store(true, Ordering::Relaxed);
    }

    /// Puts `calls`, in one request where the endpoint takes that many, and has their answers read in order.
    ///
    /// `read` may be called again, where a batch was refused.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        calls: &[Call],
        read: impl Fn(&[Answer<'_>]) -> Result<T, Trouble> + Send + Sync + 'static,
    ) -> Result<T, Trouble> {
        let read = Arc::new(read);
        let mut size = self.max_batch();
        loop {
            match self.call_in_parts(calls, size, Arc::clone(&read)).await {
                Err(Trouble::BatchRefused(_)) if size > 1 && calls.len() > 1 => {
                    size = match size.min(calls.len()) {
                        0..=4 => 1,
                        size => size / 2,
                    };
                }
                Ok(answer) => {
                    // Only what worked is learned: the refusal may have had another reason.
                    self.batch.fetch_min(size, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    async fn call_in_parts<T: Send + 'static>(
        &self,
        calls: &[Call],
        size: usize,
        read: Arc<impl Fn(&[Answer<'_>]) -> Result<T, Trouble> + Send + Sync + 'static>,
    ) -> Result<T, Trouble> {
        let parts: Vec<_> = calls.chunks(size).map(|part| self.wire.post(part)).collect();
        let bodies: Vec<Body> = futures::stream::iter(parts).buffered(PARTS_AT_ONCE).try_collect().await?;
        let weight: usize = bodies.iter().map(Body::weight).sum();
        let work = move || {
            let mut bodies = bodies;
            bodies.iter_mut().try_for_each(Body::unzip)?;
            let mut answers = Vec::new();
            for body in &bodies {
                answers.extend(body.answers()?);
            }
            read(&answers)
        };
        if weight < HEAVY {
            return work();
        }
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|error| Err(Trouble::Broken(error.to_string())))
    }

    /// Refuses an endpoint of another chain. Asked again whenever it was away: it may come back as another.
    pub(super) async fn check_chain(&self, expected: u64) -> Result<(), Trouble> {
        if self.chain_known.load(Ordering::Relaxed) {
            return Ok(());
        }
        let found = self.chain_id().await?;
        if found != expected {
            return Err(Trouble::WrongChain { found, expected });
        }
        self.chain_known.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn chain_id(&self) -> Result<u64, Trouble> {
        let calls = [Call { method: "eth_chainId", params: json!([]) }];
        self.call(&calls, |answers| result::<Quantity>(&answers[0]).map(|id| id.0)).await
    }

    /// The number of its newest block.
    pub(super) async fn block_number(&self) -> Result<u64, Trouble> {
        let calls = [Call { method: "eth_blockNumber", params: json!([]) }];
        self.call(&calls, |answers| result::<Quantity>(&answers[0]).map(|number| number.0)).await
    }

    fn settle(&self, kind: Kind, took: Duration, trouble: Option<&Trouble>) {
        let now = Instant::now();
        match trouble {
            None => self.health(|health| health.succeeded(kind, took, now)),
            Some(trouble) => {
                if trouble.is_absence() {
                    self.chain_known.store(false, Ordering::Relaxed);
                }
                tracing::debug!(host = self.host, %trouble, "an endpoint failed");
                self.health(|health| health.failed(kind, trouble, now));
            }
        }
    }
}

/// A question under way at a node. Dropped before its end, it counts as overtaken.
#[derive(Debug)]
pub(super) struct Flight<'a> {
    node: &'a Node,
    kind: Kind,
    began: Instant,
    landed: bool,
}

impl<'a> Flight<'a> {
    pub(super) fn begin(node: &'a Node, kind: Kind) -> Self {
        node.health(Health::begin);
        Self { node, kind, began: Instant::now(), landed: false }
    }

    pub(super) fn land(mut self, trouble: Option<&Trouble>) {
        self.landed = true;
        self.node.settle(self.kind, self.began.elapsed(), trouble);
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let (took, now) = (self.began.elapsed(), Instant::now());
        self.node.health(|health| {
            health.end();
            if !self.landed {
                health.overtaken(self.kind, took, now);
            }
        });
    }
}
