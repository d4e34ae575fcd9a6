//! A message and what is sent back, with all that may go wrong in between.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::call::{self, Message};
use super::chain::Chain;
use super::fault::{Fault, Scope};
use super::view::View;
use super::wire::{Options, Strike, Wire};
use super::ws::Subscriptions;

/// What a node's connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) chain: Chain,
    pub(super) wire: Wire,
    /// How often each method was called.
    pub(super) calls: Mutex<BTreeMap<String, u64>>,
    /// Subscriptions of all connections.
    pub(super) subscribed: Arc<std::sync::atomic::AtomicUsize>,
}

/// What is sent back.
#[derive(Debug)]
pub(super) enum Sent {
    /// Nothing, ever.
    Never,
    /// The error page of a proxy.
    Page { status: u16, retry_after: Option<u64> },
    /// An answer. It breaks off after `cut` bytes.
    Text { status: u16, pieces: Vec<Bytes>, gzip: bool, cut: Option<usize> },
}

impl Sent {
    fn plain(status: u16, pieces: Vec<Bytes>) -> Self {
        Self::Text { status, pieces, gzip: false, cut: None }
    }
}

/// Reads a message and makes up what is sent back. `subscriptions` are those of a WebSocket.
pub(super) async fn exchange(node: &Shared, text: &[u8], subscriptions: Option<&Arc<Subscriptions>>) -> Sent {
    let options = node.wire.options();
    pause(options.round_trip).await;
    let message = match Message::parse(text) {
        Ok(message) => message,
        Err(refusal) => return Sent::plain(200, call::answer(&Value::Null, Err(refusal))),
    };
    node.count(&message);
    let strikes = node.wire.strikes(Scope::Message, &message.methods(), message.key());
    for strike in &strikes {
        if let Fault::Delay { ms } = strike.fault
            && node.wire.happens(strike.fault)
        {
            pause(Duration::from_millis(ms)).await;
        }
    }
    for strike in &strikes {
        let sent = match strike.fault {
            Fault::Silence => Sent::Never,
            Fault::Status(status) => Sent::Page { status, retry_after: None },
            Fault::TooMany { retry_after } => Sent::Page { status: 429, retry_after: Some(retry_after) },
            _ => continue,
        };
        if node.wire.happens(strike.fault) {
            return sent;
        }
    }
    let view = node.view(options, &message, &strikes);
    let (status, pieces) = answers(&view, &message, &strikes, subscriptions);
    damage(&node.wire, status, pieces, &strikes, subscriptions.is_none())
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

impl Shared {
    fn count(&self, message: &Message) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        for call in &message.calls {
            *calls.entry(call.method.clone()).or_default() += 1;
        }
    }

    /// The back-end that answers a message.
    fn view(&self, options: Options, message: &Message, strikes: &[Strike]) -> View {
        let mut branch = self.chain.branch();
        let mut back = 0;
        let mut no_logs = false;
        let of_chain = |method: &&str| method.starts_with("eth_getBlock") || *method == "eth_blockNumber";
        let methods = message.methods();
        let logs = methods.contains(&"eth_getLogs");
        let heads = methods.iter().any(of_chain);
        for strike in strikes {
            match strike.fault {
                Fault::Stale { blocks } if (heads || logs) && self.wire.happens(strike.fault) => {
                    branch = branch.without(blocks);
                }
                Fault::OldFork if heads || logs => {
                    if let Some(left) = self.chain.left()
                        && self.wire.happens(strike.fault)
                    {
                        branch = left;
                    }
                }
                Fault::BackInTime { blocks } if heads && self.wire.happens(strike.fault) => back = blocks,
                Fault::EmptyLogs => no_logs = true,
                _ => {}
            }
        }
        let latest = branch.head().number().saturating_sub(back);
        View { chain: self.chain.clone(), wire: self.wire.clone(), options, branch, latest, no_logs }
    }
}

/// All answers of a message, in their frame, and the HTTP status.
fn answers(
    view: &View,
    message: &Message,
    strikes: &[Strike],
    subscriptions: Option<&Arc<Subscriptions>>,
) -> (u16, Vec<Bytes>) {
    let mut ids: Vec<Value> = message.calls.iter().map(|call| call.id.clone()).collect();
    let mut status = 200;
    let mut outcomes = Vec::with_capacity(message.calls.len());
    for call in &message.calls {
        let subscribed = subscriptions.and_then(|subscriptions| subscriptions.answer(call));
        let outcome = subscribed.unwrap_or_else(|| {
            let strikes = view.wire.strikes(Scope::Call, &[&call.method], call.key());
            view.answer(call, &strikes)
        });
        if let (Err(refusal), false) = (&outcome, message.batch) {
            status = refusal.status;
        }
        outcomes.push(outcome);
    }
    for strike in strikes {
        if strike.fault == Fault::WrongIds && view.wire.happens(strike.fault) {
            let place = strike.seed as usize % ids.len();
            ids[place] = json!(strike.seed >> 12);
        }
    }
    let mut answers: Vec<Vec<Bytes>> =
        ids.iter().zip(outcomes).map(|(id, outcome)| call::answer(id, outcome)).collect();
    if !message.batch {
        return (status, answers.swap_remove(0));
    }
    for strike in strikes {
        match strike.fault {
            Fault::Missing if view.wire.happens(strike.fault) => {
                answers.remove(strike.seed as usize % answers.len());
            }
            Fault::Shuffled if answers.len() > 1 && view.wire.happens(strike.fault) => {
                shuffle(&mut answers, strike.seed);
            }
            _ => {}
        }
    }
    (status, call::batch(answers))
}

/// Another order for certain.
fn shuffle(answers: &mut [Vec<Bytes>], seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..answers.len()).collect();
    order.shuffle(&mut random);
    if order.is_sorted() {
        order.rotate_left(1);
    }
    let shuffled: Vec<_> = order.iter().map(|place| std::mem::take(&mut answers[*place])).collect();
    for (place, answer) in shuffled.into_iter().enumerate() {
        answers[place] = answer;
    }
}

/// Damages the text of an answer on its way.
fn damage(wire: &Wire, status: u16, mut pieces: Vec<Bytes>, strikes: &[Strike], http: bool) -> Sent {
    for strike in strikes {
        let spoil: fn(Vec<u8>, u64) -> Vec<u8> = match strike.fault {
            Fault::Truncated => truncated,
            Fault::Garbage => |_, seed| garbage(seed),
            Fault::Nul => with_nul,
            _ => continue,
        };
        if wire.happens(strike.fault) {
            pieces = vec![spoil(call::joined(&pieces), strike.seed).into()];
            break;
        }
    }
    let mut zipped = false;
    let mut cut = None;
    for strike in strikes {
        match strike.fault {
            Fault::Gzip if http && wire.happens(strike.fault) => {
                pieces = vec![gzip(&call::joined(&pieces)).into()];
                zipped = true;
            }
            Fault::Hangup if wire.happens(strike.fault) => {
                cut = Some(pieces.iter().map(Bytes::len).sum::<usize>() / 2);
            }
            _ => {}
        }
    }
    Sent::Text { status, pieces, gzip: zipped, cut }
}

fn truncated(mut text: Vec<u8>, seed: u64) -> Vec<u8> {
    let at = StdRng::seed_from_u64(seed).random_range(text.len() / 4..text.len());
    text.truncate(at);
    text
}

fn garbage(seed: u64) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(seed);
    let noise: Vec<u8> = (0..64).map(|_| random.random()).collect();
    let kinds: [&[u8]; 4] = [
        b"upstream connect error or disconnect/reset before headers. reset reason: connection termination",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"address\":nil}]}",
        b"",
        &noise,
    ];
    kinds.choose(&mut random).copied().unwrap_or_default().to_vec()
}

fn with_nul(mut text: Vec<u8>, seed: u64) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..3 {
        let place = random.random_range(0..text.len());
        text[place] = 0;
    }
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}
