//! A small node over a made-up chain, which misbehaves on demand. Real sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use alloy::primitives::{Address, B256, Bloom, Log, LogData, keccak256};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use stoa_indexer::fetch::{FetchError, Pool, PoolConfig, Trouble};
use tokio::task::JoinHandle;
use url::Url;

pub(crate) const CHAIN: u64 = 77;
pub(crate) const OURS: Address = Address::repeat_byte(0x11);
pub(crate) const BIRTH: B256 = B256::repeat_byte(0xb1);
pub(crate) const CHILD_TOPIC: B256 = B256::repeat_byte(0xc1);

/// What the node does with a request instead of answering it well.
pub(crate) enum Act {
    /// An answer of this status, content type, further headers and body.
    Say(u16, &'static str, Vec<(&'static str, String)>, Vec<u8>),
    /// Takes the request and never answers.
    Hang,
    /// Sends the first half of the answer and closes the connection.
    Break,
    /// Sends only the first half, as if it were the whole.
    Truncate,
    /// Sends it gzipped.
    Zip,
    /// Changes the reply to the calls of one method.
    Change(&'static str, Box<dyn Fn(&mut Value) + Send>),
    /// Changes the whole answer.
    Whole(Box<dyn Fn(&mut Value) + Send>),
    /// Waits for this before answering well.
    After(Arc<tokio::sync::Notify>),
}

impl Act {
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Say(status, "text/html", Vec::new(), body.as_bytes().to_vec())
    }

    /// Changes the logs.
    pub(crate) fn logs(change: impl Fn(&mut Vec<Value>) + Send + 'static) -> Self {
        let change = move |reply: &mut Value| {
            change(reply["result"].as_array_mut().expect("logs"));
        };
        Self::Change("eth_getLogs", Box::new(change))
    }

    /// An error in place of the results of one method.
    pub(crate) fn refuse(method: &'static str, code: i64, message: &'static str) -> Self {
        let change = move |reply: &mut Value| {
            *reply =
                json!({ "jsonrpc": "2.0", "id": reply["id"], "error": { "code": code, "message": message } });
        };
        Self::Change(method, Box::new(change))
    }
}

/// Every block has a hash of its own; those from `fork.0` on another one, by `fork.1`.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) id: u64,
    pub(crate) head: u64,
    pub(crate) fork: (u64, u64),
    pub(crate) logs: BTreeMap<u64, Vec<Log>>,
    /// Tags that it knows besides `latest`.
    pub(crate) finalized: Option<u64>,
    pub(crate) timestamps: bool,
    pub(crate) receipts: bool,
    pub(crate) batches: Option<usize>,
    /// A range of more blocks is refused with this text.
    pub(crate) max_blocks: Option<(u64, &'static str)>,
    pub(crate) max_results: Option<(usize, &'static str)>,
}

pub(crate) fn log(address: Address, topic: B256, data: u8) -> Log {
    Log { address, data: LogData::new_unchecked(vec![topic], vec![data; 40].into()) }
}

/// The log that tells a child's birth.
pub(crate) fn birth(child: Address) -> Log {
    Log { address: OURS, data: LogData::new_unchecked(vec![BIRTH, child.into_word()], vec![].into()) }
}

pub(crate) fn born(log: &Log) -> Option<Address> {
    (log.address == OURS && log.topics().first() == Some(&BIRTH))
        .then(|| log.topics().get(1).map(|child| Address::from_word(*child)))?
}

impl Chain {
    /// 100 blocks, of which every third has two logs of ours and one of a stranger.
    pub(crate) fn new() -> Self {
        let block = |number: u64| {
            let topic = B256::with_last_byte(number as u8);
            let stranger = log(Address::repeat_byte(0x99), topic, 3);
            (number, vec![log(OURS, topic, 1), stranger, log(OURS, topic, 2)])
        };
        Self {
            id: CHAIN,
            head: 100,
            fork: (u64::MAX, 0),
            logs: (1..=100).filter(|number| number % 3 == 0).map(block).collect(),
            finalized: Some(80),
            timestamps: true,
            receipts: true,
            batches: None,
            max_blocks: None,
            max_results: None,
        }
    }

    pub(crate) fn hash(&self, number: u64) -> B256 {
        let salt = if number >= self.fork.0 { self.fork.1 } else { 0 };
        keccak256([number.to_be_bytes(), salt.to_be_bytes()].concat())
    }

    fn header(&self, tag: &str) -> Value {
        let number = match tag {
            "latest" => Some(self.head),
            "safe" | "finalized" => self.finalized,
            tag => Some(hex(tag)),
        };
        let Some(number) = number.filter(|number| *number <= self.head) else { return Value::Null };
        let bloom: Bloom = self.logs.get(&number).into_iter().flatten().collect();
        json!({
            "number": format!("0x{number:x}"), "hash": self.hash(number), "extraData": "0x", "uncles": [],
            "parentHash": self.hash(number.saturating_sub(1)), "timestamp": format!("0x{:x}", time(number)),
            "logsBloom": bloom,
        })
    }

    fn block_logs(&self, number: u64) -> Vec<Value> {
        let logs = self.logs.get(&number).into_iter().flatten().enumerate();
        logs.map(|(index, log)| {
            let mut told = json!({
                "address": log.address, "topics": log.topics(), "data": log.data.data,
                "blockNumber": format!("0x{number:x}"), "blockHash": self.hash(number),
                "transactionHash": keccak256(number.to_le_bytes()), "transactionIndex": "0x0",
                "logIndex": format!("0x{index:x}"), "removed": false,
            });
            if self.timestamps {
                told["blockTimestamp"] = format!("0x{:x}", time(number)).into();
            }
            told
        })
        .collect()
    }

    fn find(&self, filter: &Value) -> Result<Value, Value> {
        let by_hash = filter["blockHash"].as_str();
        let (from, to) = match by_hash {
            Some(hash) => {
                let found = (0..=self.head).find(|number| self.hash(*number).to_string() == hash);
                found
                    .map(|number| (number, number))
                    .ok_or(json!({ "code": -32000, "message": "unknown block" }))?
            }
            None => (
                hex(filter["fromBlock"].as_str().expect("a block")),
                hex(filter["toBlock"].as_str().expect("a block")),
            ),
        };
        if let Some((_, text)) = self.max_blocks.filter(|(blocks, _)| to - from + 1 > *blocks) {
            return Err(json!({ "code": -32000, "message": text }));
        }
        let wanted = |list: &Value, value: &Value| match list {
            Value::Null => true,
            Value::Array(list) => list.iter().any(|one| same(one, value)),
            one => same(one, value),
        };
        let topics = filter["topics"].as_array().cloned().unwrap_or_default();
        let logs = (from..=to.min(self.head)).flat_map(|number| self.block_logs(number));
        let found: Vec<Value> = logs
            .filter(|log| wanted(&filter["address"], &log["address"]))
            .filter(|log| {
                topics.iter().zip(0..).all(|(topic, place): (_, usize)| wanted(topic, &log["topics"][place]))
            })
            .collect();
        if let Some((_, text)) = self.max_results.filter(|(results, _)| found.len() > *results) {
            return Err(json!({ "code": -32005, "message": text }));
        }
        Ok(found.into())
    }

    fn receipts(&self, block: &str) -> Result<Value, Value> {
        if !self.receipts {
            return Err(
                json!({ "code": -32601, "message": "the method eth_getBlockReceipts does not exist/is not available" }),
            );
        }
        let number =
            (0..=self.head).find(|number| self.hash(*number).to_string() == block || *number == hex(block));
        let Some(number) = number else { return Ok(Value::Null) };
        Ok(json!([{
            "type": "0x2", "status": "0x1", "cumulativeGasUsed": "0x5208", "blockHash": self.hash(number),
            "transactionHash": keccak256(number.to_le_bytes()), "logs": self.block_logs(number),
        }]))
    }

    fn answer(&self, call: &Value) -> Value {
        let params = &call["params"];
        let text = |place: usize| params[place].as_str().unwrap_or_default();
        let outcome = match call["method"].as_str().expect("a method") {
            "eth_chainId" => Ok(json!(format!("0x{:x}", self.id))),
            "eth_blockNumber" => Ok(json!(format!("0x{:x}", self.head))),
            "eth_getBlockByNumber" => Ok(self.header(text(0))),
            "eth_getBlockReceipts" => self.receipts(text(0)),
            "eth_getLogs" => self.find(&params[0]),
            other => panic!("{other} is not expected"),
        };
        match outcome {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }),
            Err(error) => json!({ "jsonrpc": "2.0", "id": call["id"], "error": error }),
        }
    }
}

pub(crate) fn time(number: u64) -> u64 {
    1_700_000_000 + number * 12
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(u64::MAX)
}

fn same(one: &Value, other: &Value) -> bool {
    one.as_str().map(str::to_lowercase) == other.as_str().map(str::to_lowercase)
}

struct Inner {
    chain: Mutex<Chain>,
    /// What happens to the next requests that hold a call of the method.
    acts: Mutex<Vec<(&'static str, Act)>>,
    seen: Mutex<Vec<Value>>,
}

/// The node. It ends when dropped.
pub(crate) struct FakeNode {
    pub(crate) url: Url,
    inner: Arc<Inner>,
    server: JoinHandle<()>,
}

impl Drop for FakeNode {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl FakeNode {
    pub(crate) async fn start() -> Self {
        Self::with(Chain::new()).await
    }

    pub(crate) async fn with(chain: Chain) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v2/{SECRET}", listener.local_addr().expect("an address"));
        let inner =
            Arc::new(Inner { chain: Mutex::new(chain), acts: Mutex::default(), seen: Mutex::default() });
        let app = Router::new().fallback(post(serve)).with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url: url.parse().expect("a URL"), inner, server }
    }

    /// The next request with a call of `method` meets `act`.
    pub(crate) fn next(&self, method: &'static str, act: Act) {
        self.inner.acts.lock().expect("no panic").push((method, act));
    }

    pub(crate) fn chain(&self) -> MutexGuard<'_, Chain> {
        self.inner.chain.lock().expect("no panic")
    }

    /// How many HTTP requests held a call of `method`.
    pub(crate) fn requests(&self, method: &str) -> usize {
        self.seen().iter().filter(|request| calls(request).any(|call| call["method"] == method)).count()
    }

    /// Every HTTP request so far.
    pub(crate) fn seen(&self) -> Vec<Value> {
        self.inner.seen.lock().expect("no panic").clone()
    }
}

/// Part of each node's address that no message may show.
pub(crate) const SECRET: &str = "s3cr3t-key-of-the-customer";

fn calls(request: &Value) -> impl Iterator<Item = &Value> {
    let many = request.as_array().map(Vec::as_slice);
    many.unwrap_or(std::slice::from_ref(request)).iter()
}

async fn serve(State(inner): State<Arc<Inner>>, request: String) -> Response<Body> {
    let request: Value = serde_json::from_str(&request).expect("JSON");
    inner.seen.lock().expect("no panic").push(request.clone());
    let act = {
        let mut acts = inner.acts.lock().expect("no panic");
        let place = acts.iter().position(|(method, _)| calls(&request).any(|call| call["method"] == *method));
        place.map(|place| acts.remove(place).1)
    };
    if let Some(Act::After(ready)) = &act {
        ready.notified().await;
    }
    let chain = inner.chain.lock().expect("no panic").clone();
    let mut answer = match &request {
        Value::Array(calls) if chain.batches.is_some_and(|most| calls.len() > most) => {
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32600, "message": "batch too large" } })
        }
        // In another order: only the ids tell what belongs to what.
        Value::Array(calls) => calls.iter().rev().map(|call| chain.answer(call)).collect(),
        call => chain.answer(call),
    };
    act_out(act, &request, &mut answer).await
}

async fn act_out(act: Option<Act>, request: &Value, answer: &mut Value) -> Response<Body> {
    let ok = |body: Body| Response::builder().header("content-type", "application/json").body(body);
    let response = match act {
        None | Some(Act::After(_)) => ok(Body::from(answer.to_string())),
        Some(Act::Say(status, kind, headers, body)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let response = Response::builder().status(status).header("content-type", kind);
            headers
                .into_iter()
                .fold(response, |response, (name, value)| response.header(name, value))
                .body(Body::from(body))
        }
        Some(Act::Hang) => std::future::pending().await,
        Some(Act::Break) => {
            let text = answer.to_string();
            let half = text.as_bytes()[..text.len() / 2].to_vec();
            let parts = [Ok(half), Err(std::io::Error::other("closed"))];
            ok(Body::from_stream(futures::stream::iter(parts)))
        }
        Some(Act::Truncate) => {
            let text = answer.to_string();
            ok(Body::from(text.as_bytes()[..text.len() / 2].to_vec()))
        }
        Some(Act::Zip) => {
            let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut zip, answer.to_string().as_bytes()).expect("memory");
            let zipped = Body::from(zip.finish().expect("memory"));
            Response::builder().header("content-encoding", "gzip").body(zipped)
        }
        Some(Act::Change(method, change)) => {
            let ids: Vec<&Value> =
                calls(request).filter(|call| call["method"] == method).map(|call| &call["id"]).collect();
            let replies = if answer.is_array() {
                answer.as_array_mut().expect("a batch").as_mut_slice()
            } else {
                std::slice::from_mut(&mut *answer)
            };
            replies.iter_mut().filter(|reply| ids.contains(&&reply["id"])).for_each(change);
            ok(Body::from(answer.to_string()))
        }
        Some(Act::Whole(change)) => {
            change(answer);
            ok(Body::from(answer.to_string()))
        }
    };
    response.expect("a response")
}

/// A patient pool, quick in its pauses.
pub(crate) fn config(nodes: &[&FakeNode]) -> PoolConfig {
    PoolConfig {
        chain_id: CHAIN,
        endpoints: nodes.iter().map(|node| node.url.clone().into()).collect(),
        addresses: vec![OURS],
        child_topics: vec![CHILD_TOPIC],
        first_range: 2_000,
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(20),
        timeout: Duration::from_secs(20),
        hedge_after: Duration::from_secs(10),
        ..PoolConfig::default()
    }
}

pub(crate) async fn pool(nodes: &[&FakeNode]) -> Pool {
    Pool::connect(config(nodes)).await.expect("a pool")
}

/// A pool that tries once.
pub(crate) async fn hasty(node: &FakeNode) -> Pool {
    let config = PoolConfig { tries: 1, ..config(&[node]) };
    Pool::connect(config).await.expect("a pool")
}

/// What the only endpoint's trouble was. No message shows the address's path.
pub(crate) fn trouble<T: std::fmt::Debug>(outcome: Result<T, FetchError>) -> Trouble {
    let error = outcome.expect_err("trouble");
    assert!(error.is_retryable(), "{error}");
    assert!(!error.to_string().contains(SECRET), "{error}");
    error.troubles().first().unwrap_or_else(|| panic!("{error}")).trouble.clone()
}
