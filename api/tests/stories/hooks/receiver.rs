//! Somebody's server: it takes what is sent to it, or does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::any;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Nothing takes this long.
const PATIENCE: Duration = Duration::from_secs(60);
/// The answer of one that never answers.
pub(crate) const NEVER: u16 = 0;

/// A message that came.
#[derive(Debug)]
pub(crate) struct Message {
    headers: HeaderMap,
    bytes: Bytes,
    pub(crate) body: Value,
}

impl Message {
    /// As the official library does it.
    pub(crate) fn verify(&self, secret: &str) -> Result<(), standardwebhooks::WebhookError> {
        standardwebhooks::Webhook::new(secret)?.verify(&self.bytes, &self.headers)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }
}

pub(crate) struct Receiver {
    address: String,
    status: Arc<AtomicU16>,
    came: Mutex<UnboundedReceiver<Message>>,
}

#[derive(Clone)]
struct Shared {
    status: Arc<AtomicU16>,
    sender: UnboundedSender<Message>,
}

impl Receiver {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (sender, came) = unbounded_channel();
        let status = Arc::new(AtomicU16::new(200));
        let shared = Shared { status: status.clone(), sender };
        let router = Router::new().fallback(any(take)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, status, came: Mutex::new(came) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// How it answers from now on.
    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub(crate) async fn next(&self) -> Message {
        timeout(PATIENCE, self.came.lock().await.recv()).await.expect("something comes").expect("it listens")
    }

    /// Whether nothing came that was not looked at.
    pub(crate) fn is_silent(&self) -> bool {
        self.came.try_lock().expect("nobody waits").try_recv().is_err()
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, bytes: Bytes) -> axum::response::Response {
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let status = shared.status.load(Ordering::SeqCst);
    // Whoever looked at everything may be gone.
    let _ = shared.sender.send(Message { headers, bytes, body });
    if status == NEVER {
        std::future::pending::<()>().await;
    }
    let status = StatusCode::from_u16(status).expect("a status");
    // Where a redirect would lead: back here, so that one that is followed is seen.
    (status, [(header::LOCATION, "/elsewhere")]).into_response()
}
