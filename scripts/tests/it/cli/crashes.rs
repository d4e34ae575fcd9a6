//! An endpoint that goes down, or that lets a transaction through and then falls silent.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use alloy::primitives::keccak256;
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Where a transaction that is sent meets its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never reaches the chain.
    BeforeTheChain,
    /// It is on the chain, and nobody is told.
    AfterTheChain,
    /// It is taken, and never heard of again.
    Forgotten,
}

/// A fault, and which transaction from now on it meets: 1 is the next.
#[derive(Clone, Copy, Debug)]
struct Armed {
    fault: Fault,
    at: u64,
}

/// Between the command and the chain.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    chain: String,
    client: reqwest::Client,
    fault: Mutex<Option<Armed>>,
    reached: Notify,
    /// What is answered to every transaction, instead of passing it on.
    refusal: Option<String>,
}

impl Endpoint {
    pub(crate) async fn before(chain: &str) -> Self {
        Self::with(chain, None).await
    }

    /// One that takes no transaction and gives this reason.
    pub(crate) async fn refusing(chain: &str, reason: &str) -> Self {
        Self::with(chain, Some(reason.to_owned())).await
    }

    async fn with(chain: &str, refusal: Option<String>) -> Self {
        let shared = Arc::new(Shared {
            chain: chain.to_owned(),
            client: reqwest::Client::new(),
            fault: Mutex::new(None),
            reached: Notify::new(),
            refusal,
        });
        let app = Router::new().route("/", post(pass)).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, shared }
    }

    /// The `at`-th transaction from now on meets this fault; 1 is the next.
    pub(crate) fn arm(&self, fault: Fault, at: u64) {
        *self.shared.fault.lock().unwrap() = Some(Armed { fault, at });
    }

    /// Until a transaction has met its fault.
    pub(crate) async fn reached(&self) {
        self.shared.reached.notified().await;
    }
}

impl Shared {
    /// The fault that meets this transaction, if one does.
    fn strikes(&self) -> Option<Fault> {
        let mut armed = self.fault.lock().unwrap();
        let left = armed.as_mut()?;
        left.at -= 1;
        if left.at > 0 {
            return None;
        }
        armed.take().map(|armed| armed.fault)
    }
}

async fn pass(State(shared): State<Arc<Shared>>, body: Bytes) -> (StatusCode, Vec<u8>) {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let sends = request["method"] == "eth_sendRawTransaction";
    if sends && let Some(reason) = &shared.refusal {
        let answer =
            json!({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": reason}});
        return (StatusCode::OK, answer.to_string().into());
    }
    let fault = if sends { shared.strikes() } else { None };
    match fault {
        Some(Fault::BeforeTheChain) => return silence(&shared).await,
        Some(Fault::Forgotten) => {
            let raw = request["params"][0].as_str().unwrap().parse::<alloy::primitives::Bytes>().unwrap();
            let answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": keccak256(raw)});
            return (StatusCode::OK, answer.to_string().into());
        }
        _ => {}
    }
    let answer = shared.client.post(&shared.chain).header("content-type", "application/json").body(body);
    let answer = answer.send().await.unwrap().bytes().await.unwrap();
    if fault == Some(Fault::AfterTheChain) {
        return silence(&shared).await;
    }
    (StatusCode::OK, answer.to_vec())
}

async fn silence(shared: &Shared) -> (StatusCode, Vec<u8>) {
    shared.reached.notify_one();
    std::future::pending().await
}
