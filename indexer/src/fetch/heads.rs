//! Who announces new blocks: sockets where there are any, else polling. Only hints; nothing is believed of them.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::error::tame;
use super::health::Kind;
use super::json::Quantity;
use super::pool::Inner;
use super::{Endpoint, EndpointReport};

/// Pauses between tries to reach a socket.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is known of one socket.
#[derive(Clone, Debug, Default)]
struct Socket {
    heard: Option<Instant>,
    head: Option<u64>,
    messages: u64,
    failures: u64,
    trouble: Option<String>,
}

/// Gathers announcements. Its tasks begin when someone listens, and end with the pool.
#[derive(Debug)]
pub(super) struct Announcer {
    highest: watch::Sender<u64>,
    sockets: Mutex<Vec<Socket>>,
    tasks: Mutex<JoinSet<()>>,
}

impl Announcer {
    pub(super) fn new(sockets: usize) -> Self {
        Self {
            highest: watch::Sender::new(0),
            sockets: Mutex::new(vec![Socket::default(); sockets]),
            tasks: Mutex::new(JoinSet::new()),
        }
    }

    pub(super) fn listen(&self, inner: &Arc<Inner>) -> watch::Receiver<u64> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.is_empty() {
            for (place, endpoint) in inner.sockets.iter().enumerate() {
                tasks.spawn(follow(Arc::downgrade(inner), place, endpoint.clone()));
            }
            tasks.spawn(poll(Arc::downgrade(inner)));
        }
        self.highest.subscribe()
    }

    fn announce(&self, number: u64) {
        self.highest.send_modify(|highest| *highest = number.max(*highest));
    }

    fn highest(&self) -> u64 {
        *self.highest.borrow()
    }

    fn socket<T>(&self, place: usize, work: impl FnOnce(&mut Socket) -> T) -> T {
        work(&mut self.sockets.lock().unwrap_or_else(PoisonError::into_inner)[place])
    }

    /// How long the sockets have been silent.
    fn silence(&self, now: Instant) -> Option<Duration> {
        let sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = sockets.iter().filter_map(|socket| socket.heard).max()?;
        Some(now.saturating_duration_since(newest))
    }

    pub(super) fn report(&self, endpoints: &[Endpoint]) -> Vec<EndpointReport> {
        let sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let report = |(endpoint, socket): (&Endpoint, &Socket)| EndpointReport {
            host: endpoint.host(),
            answers: false,
            score: if socket.trouble.is_none() { 1.0 } else { 0.0 },
            latency_ms: 0.0,
            logs_latency_ms: 0.0,
            requests: socket.messages,
            failures: socket.failures,
            rate_limited: 0,
            doubts: 0,
            range: 0,
            max_blocks: None,
            max_results: None,
            max_batch: 0,
            head: socket.head,
            trouble: socket.trouble.clone(),
        };
        endpoints.iter().zip(sockets.iter()).map(report).collect()
    }
}

/// Polls while no socket has spoken lately.
async fn poll(pool: Weak<Inner>) {
    let mut last = None;
    loop {
        let Some(inner) = pool.upgrade() else { return };
        let config = &inner.nodes.config;
        let quiet = inner.announcer.silence(Instant::now());
        let pause = match quiet.and_then(|quiet| config.silence.checked_sub(quiet)) {
            Some(rest) if !rest.is_zero() => rest,
            _ => {
                let asked = inner.nodes.ask(Kind::Small, |node| node.block_number().boxed()).await;
                if let Ok((number, _)) = asked
                    && last.replace(number) != Some(number)
                {
                    inner.announcer.announce(number);
                }
                config.poll
            }
        };
        drop(inner);
        tokio::time::sleep(pause).await;
    }
}

/// Keeps a socket open for as long as there is a pool.
async fn follow(pool: Weak<Inner>, place: usize, endpoint: Endpoint) {
    let mut pause = FIRST_PAUSE;
    loop {
        let why = match subscribe(&pool, place, &endpoint, &mut pause).await {
            Ok(()) => return,
            Err(why) => tame(&why),
        };
        let Some(inner) = pool.upgrade() else { return };
        tracing::debug!(host = endpoint.host(), why, "a socket that announces blocks broke");
        inner.announcer.socket(place, |socket| {
            socket.failures += 1;
            socket.heard = None;
            socket.trouble = Some(why);
        });
        drop(inner);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What a socket says.
#[derive(Deserialize)]
struct Said {
    id: Option<u64>,
    result: Option<serde_json::Value>,
    error: Option<serde_json::Value>,
    params: Option<Params>,
}

#[derive(Deserialize)]
struct Params {
    result: NewHead,
}

#[derive(Deserialize)]
struct NewHead {
    number: Quantity,
}

/// Announces what a socket says until it breaks, or falls silent. Ends well only with the pool.
async fn subscribe(
    pool: &Weak<Inner>,
    place: usize,
    endpoint: &Endpoint,
    pause: &mut Duration,
) -> Result<(), String> {
    let Some(inner) = pool.upgrade() else { return Ok(()) };
    let (silence, patience) = (inner.nodes.config.silence, inner.nodes.config.connect_timeout);
    let expected = inner.nodes.config.chain_id;
    let connect = tokio_tungstenite::connect_async(endpoint.url.as_str());
    let connected = tokio::time::timeout(patience, connect).await.map_err(|_| "cannot connect in time")?;
    let (mut socket, _) = connected.map_err(|error| format!("cannot connect: {error}"))?;
    let chain = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": [] });
    let heads = json!({ "jsonrpc": "2.0", "id": 2, "method": "eth_subscribe", "params": ["newHeads"] });
    for request in [chain, heads] {
        let sent = socket.send(Message::text(request.to_string())).await;
        sent.map_err(|error| format!("cannot ask: {error}"))?;
    }
    let mut known = inner.announcer.highest();
    drop(inner);
    loop {
        let Ok(said) = tokio::time::timeout(silence, socket.next()).await else {
            let Some(inner) = pool.upgrade() else { return Ok(()) };
            if inner.announcer.highest() > known {
                return Err(format!(
                    "nothing was heard for {} s, though there are newer blocks",
                    silence.as_secs_f64()
                ));
            }
            // The chain may be quiet. A dead connection breaks under this.
            socket.send(Message::Ping(Bytes::new())).await.map_err(|error| format!("it broke: {error}"))?;
            continue;
        };
        let message = said.ok_or("it was closed")?.map_err(|error| format!("it broke: {error}"))?;
        let Message::Text(text) = message else { continue };
        let said: Said = serde_json::from_str(&text).map_err(|error| format!("malformed JSON: {error}"))?;
        if let Some(error) = said.error {
            return Err(format!("it refused: {error}"));
        }
        if let (Some(1), Some(result)) = (said.id, said.result) {
            let found: Quantity = serde_json::from_value(result).map_err(|error| error.to_string())?;
            if found.0 != expected {
                return Err(format!("its chain is {}, not {expected}", found.0));
            }
        }
        if let Some(params) = said.params {
            let number = params.result.number.0;
            let Some(inner) = pool.upgrade() else { return Ok(()) };
            inner.announcer.socket(place, |socket| {
                socket.messages += 1;
                socket.heard = Some(Instant::now());
                socket.head = Some(number);
                socket.trouble = None;
            });
            known = known.max(number);
            inner.announcer.announce(number);
            *pause = FIRST_PAUSE;
        }
    }
}
