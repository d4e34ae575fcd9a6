//! A wire between the API and the chain's node: it passes everything on, and can fail where a transaction is sent.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// What becomes of a transaction that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mode {
    Pass,
    /// The node gets it, and its answer never comes.
    Silent,
    /// The node never gets it, and no answer comes.
    Lost,
    /// The node never gets it, and says so.
    Refuse,
}

#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    node: String,
    client: reqwest::Client,
    mode: AtomicU8,
    /// Every transaction that was sent, as it was sent.
    sent: Mutex<Vec<String>>,
}

impl Wire {
    pub(crate) async fn to(node: &str) -> Self {
        let inner = Arc::new(Inner {
            node: node.to_owned(),
            client: reqwest::Client::new(),
            mode: AtomicU8::new(Mode::Pass as u8),
            sent: Mutex::default(),
        });
        let router = Router::new().route("/", post(pass)).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.inner.mode.store(mode as u8, Ordering::SeqCst);
    }

    pub(crate) fn sent(&self) -> Vec<String> {
        self.inner.sent.lock().expect("not poisoned").clone()
    }
}

async fn pass(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let mode = inner.mode.load(Ordering::SeqCst);
    let sends = asked["method"] == "eth_sendRawTransaction";
    if sends {
        let raw = asked["params"][0].as_str().expect("bytes").to_owned();
        inner.sent.lock().expect("not poisoned").push(raw);
        if mode == Mode::Lost as u8 {
            return std::future::pending().await;
        }
        if mode == Mode::Refuse as u8 {
            let error = json!({ "code": -32_000, "message": "not today" });
            let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "error": error });
            return ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response();
        }
    }
    let request = inner.client.post(&inner.node).header(header::CONTENT_TYPE, "application/json").body(body);
    let answer = request.send().await.expect("the node answers").bytes().await.expect("a body");
    if sends && mode == Mode::Silent as u8 {
        return std::future::pending().await;
    }
    ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
}
