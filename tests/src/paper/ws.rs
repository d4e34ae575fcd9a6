//! The same over a WebSocket, with subscriptions to new heads.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::json;
use tokio::sync::{broadcast::error::RecvError, watch};

use super::Block;
use super::call::{Call, Outcome};
use super::chain::Change;
use super::exchange::{Sent, Shared, exchange};
use super::fault::{Fault, Scope};
use super::provider::Refusal;
use super::text;
use super::wire::digest;

/// The subscriptions of one connection.
#[derive(Debug)]
pub(super) struct Subscriptions {
    state: Mutex<State>,
    /// Counts those of all connections.
    all: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// Answered, but the answer may not be sent yet.
    fresh: BTreeSet<u64>,
    active: BTreeSet<u64>,
}

impl Subscriptions {
    fn new(all: Arc<AtomicUsize>) -> Self {
        Self { state: Mutex::default(), all }
    }

    /// The outcome of `eth_subscribe` and `eth_unsubscribe`; none for other calls.
    pub(super) fn answer(&self, call: &Call) -> Option<Outcome> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match call.method.as_str() {
            "eth_subscribe" if call.params.get(0).and_then(|kind| kind.as_str()) == Some("newHeads") => {
                state.next += 1;
                let id = state.next;
                state.fresh.insert(id);
                Some(Ok(vec![text::json(&json!(format!("{id:#x}")))]))
            }
            "eth_subscribe" => Some(Err(Refusal::plain(-32601, "only newHeads can be subscribed to"))),
            "eth_unsubscribe" => {
                let id = call.params.get(0).and_then(|id| id.as_str()).unwrap_or_default();
                let id = u64::from_str_radix(id.trim_start_matches("0x"), 16).unwrap_or(0);
                let active = state.active.remove(&id);
                self.all.fetch_sub(usize::from(active), Ordering::Relaxed);
                let was = state.fresh.remove(&id) || active;
                Some(Ok(vec![text::json(&json!(was))]))
            }
            _ => None,
        }
    }

    /// Heads are announced from now on to who has had the answer.
    fn answered(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = std::mem::take(&mut state.fresh);
        self.all.fetch_add(fresh.len(), Ordering::Relaxed);
        state.active.extend(fresh);
    }

    fn active(&self) -> Vec<u64> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.active.iter().copied().collect()
    }
}

impl Drop for Subscriptions {
    fn drop(&mut self) {
        self.all.fetch_sub(self.active().len(), Ordering::Relaxed);
    }
}

/// Talks until either side has enough.
pub(super) async fn talk(mut socket: WebSocket, node: Arc<Shared>, mut closing: watch::Receiver<u64>) {
    let subscriptions = Arc::new(Subscriptions::new(node.subscribed.clone()));
    let mut changes = node.chain.listen();
    let mut answers = FuturesUnordered::new();
    loop {
        tokio::select! {
            _ = closing.changed() => return,
            message = socket.recv() => {
                let text = match message {
                    Some(Ok(Message::Text(text))) => Bytes::from(text),
                    Some(Ok(Message::Binary(bytes))) => bytes,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                let (node, subscriptions) = (node.clone(), subscriptions.clone());
                answers.push(async move { exchange(&node, &text, Some(&subscriptions)).await });
            }
            Some(sent) = answers.next(), if !answers.is_empty() => {
                let pieces = match sent {
                    Sent::Never => continue,
                    Sent::Page { .. } | Sent::Text { cut: Some(_), .. } => return,
                    Sent::Text { pieces, .. } => pieces,
                };
                if socket.send(message(pieces.concat())).await.is_err() {
                    return;
                }
                subscriptions.answered();
            }
            change = changes.recv() => match change {
                Ok(change) => if announce(&mut socket, &node, &subscriptions, &change).await.is_err() {
                    return;
                },
                // Who cannot keep up is cut off, as nodes do.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            },
        }
    }
}

/// Text where it can be, for damaged answers need not be.
fn message(bytes: Vec<u8>) -> Message {
    String::from_utf8(bytes)
        .map_or_else(|e| Message::Binary(e.into_bytes().into()), |text| Message::Text(text.into()))
}

async fn announce(
    socket: &mut WebSocket,
    node: &Shared,
    subscriptions: &Subscriptions,
    change: &Change,
) -> Result<(), axum::Error> {
    let active = subscriptions.active();
    if active.is_empty() {
        return Ok(());
    }
    for block in &change.added {
        let strikes = node.wire.strikes(Scope::Head, &["eth_subscribe"], digest(&block.hash()));
        if strikes.iter().any(|strike| strike.fault == Fault::LostHead && node.wire.happens(strike.fault)) {
            continue;
        }
        for id in &active {
            socket.send(message(head(*id, &header(node, block)))).await?;
        }
    }
    Ok(())
}

/// The header as it is told: a lie that is always told about a block is told here too.
fn header(node: &Shared, block: &Block) -> Bytes {
    let told = node.wire.has_sticky().then(|| node.wire.sticky(block)).flatten();
    told.map_or_else(|| block.header_text(), |told| text::json(&told.header))
}

fn head(id: u64, header: &[u8]) -> Vec<u8> {
    let start = format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{{\"subscription\":\"{id:#x}\",\"result\":"
    );
    [start.as_bytes(), header, b"}}"].concat()
}
