//! `/live`, `/ready`, `/status` and `/metrics`.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::fetch::EndpointReport;
use crate::metrics;

/// How far a chain is indexed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Status {
    pub chain_id: Option<u64>,
    /// Last block in the archive, and in the projections.
    pub stored_block: Option<i64>,
    pub projected_block: Option<i64>,
    /// Nothing up to here is ever taken back.
    pub final_block: Option<i64>,
    /// What the nodes say of their chain.
    pub head_block: Option<u64>,
    pub finalized_block: Option<u64>,
    /// Blocks between the projections and the head.
    pub lag_blocks: Option<u64>,
    /// Number of the newest row of the outbox.
    pub outbox_seq: Option<i64>,
    /// Rows that this process has committed, and how many a second over the last half minute.
    pub rows: u64,
    pub rows_per_second: Option<f64>,
    /// Seconds until the head is reached at the present rate; null where nothing is missing.
    pub eta_seconds: Option<u64>,
    /// Reorganisations since the process began, and the deepest in blocks.
    pub reorganisations: u64,
    pub deepest_reorganisation: i64,
    /// What last went wrong, until something goes right.
    pub trouble: Option<String>,
    /// Why nothing is written any more.
    pub alarm: Option<String>,
    pub endpoints: Vec<EndpointReport>,
}

/// The chains' status, each kept by its engine.
pub type Watched = Vec<watch::Receiver<Status>>;

/// The routes, without a socket.
pub fn app(chains: Watched) -> Router {
    Router::new()
        .route("/live", get(async || StatusCode::OK))
        .route("/ready", get(ready))
        .route("/status", get(status))
        .route("/metrics", get(render))
        .with_state(chains)
}

/// Ready once every chain is led and has heard of a head, and none has raised an alarm.
async fn ready(State(chains): State<Watched>) -> (StatusCode, String) {
    for chain in &chains {
        let status = chain.borrow();
        let id = status.chain_id.map_or_else(|| "a chain".to_owned(), |id| format!("chain {id}"));
        if let Some(alarm) = &status.alarm {
            return (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {id}: {alarm}\n"));
        }
        if status.head_block.is_none() {
            let why = format!("not ready: {id}: no head of the chain yet, or standing by\n");
            return (StatusCode::SERVICE_UNAVAILABLE, why);
        }
    }
    (StatusCode::OK, "ready\n".to_owned())
}

async fn status(State(chains): State<Watched>) -> impl IntoResponse {
    #[derive(Serialize)]
    struct Answer {
        chains: Vec<Status>,
    }
    Json(Answer { chains: chains.iter().map(|chain| chain.borrow().clone()).collect() })
}

/// The text format of Prometheus.
async fn render(State(chains): State<Watched>) -> impl IntoResponse {
    let statuses: Vec<Status> = chains.iter().map(|chain| chain.borrow().clone()).collect();
    match metrics::render(&statuses) {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Takes the address.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves until `stop`.
pub async fn serve(listener: TcpListener, chains: Watched, stop: CancellationToken) -> std::io::Result<()> {
    axum::serve(listener, app(chains)).with_graceful_shutdown(async move { stop.cancelled().await }).await
}
