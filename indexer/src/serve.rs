//! `/live`, `/ready` and `/status`.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How far the indexer is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    pub chain_id: Option<u64>,
    pub stored_block: Option<i64>,
    pub head_block: Option<u64>,
    pub finalized_block: Option<u64>,
    pub lag_blocks: Option<u64>,
    /// What last went wrong, until something goes right.
    pub trouble: Option<String>,
}

/// The routes, without a socket.
pub fn app(status: watch::Receiver<Status>) -> Router {
    Router::new()
        .route("/live", get(async || StatusCode::OK))
        .route("/ready", get(ready))
        .route(
            "/status",
            get(async |State(status): State<watch::Receiver<Status>>| Json(status.borrow().clone())),
        )
        .with_state(status)
}

/// Ready once it leads its chain and has heard of a head.
async fn ready(State(status): State<watch::Receiver<Status>>) -> (StatusCode, &'static str) {
    if status.borrow().head_block.is_some() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: no head of the chain yet, or standing by\n")
    }
}

/// Serves until `stop`.
pub async fn serve(
    address: SocketAddr,
    status: watch::Receiver<Status>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    axum::serve(listener, app(status)).with_graceful_shutdown(async move { stop.cancelled().await }).await
}
