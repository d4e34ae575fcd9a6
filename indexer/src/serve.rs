//! `/live`, `/ready`, `/status` and `/metrics`.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::fetch::EndpointReport;
use crate::metrics;

/// `/status` must tell of trouble with the database, too: it does not wait for it longer.
const DATABASE_PATIENCE: Duration = Duration::from_millis(300);

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

#[derive(Clone, Debug)]
struct Served {
    chains: Watched,
    /// Asked for audits alone, which other processes make.
    database: PgPool,
}

/// The routes, without a socket.
pub fn app(chains: Watched, database: PgPool) -> Router {
    Router::new()
        .route("/live", get(async || StatusCode::OK))
        .route("/ready", get(ready))
        .route("/status", get(status))
        .route("/metrics", get(render))
        .with_state(Served { chains, database })
}

/// Ready once every chain is led and has heard of a head, and none has raised an alarm.
async fn ready(State(Served { chains, .. }): State<Served>) -> (StatusCode, String) {
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

async fn status(State(Served { chains, database }): State<Served>) -> impl IntoResponse {
    #[derive(Serialize)]
    struct Answer {
        chains: Vec<Told>,
    }
    #[derive(Serialize)]
    struct Told {
        #[serde(flatten)]
        status: Status,
        /// What the last `stoa audit` found; null where there was none.
        audit: Option<serde_json::Value>,
    }
    let mut told = Vec::with_capacity(chains.len());
    for chain in &chains {
        let status = chain.borrow().clone();
        let audit = last_audit(&database, status.chain_id).await;
        told.push(Told { status, audit });
    }
    Json(Answer { chains: told })
}

/// A database that does not answer has none to tell.
async fn last_audit(database: &PgPool, chain_id: Option<u64>) -> Option<serde_json::Value> {
    let sql =
        "SELECT jsonb_build_object('block', block_number, 'compared', compared, 'differences', differences,
                                         'at', audited_at)
               FROM archive.audit WHERE chain_id = $1";
    let audit = sqlx::query_scalar(sql).bind(chain_id?.cast_signed()).fetch_optional(database);
    tokio::time::timeout(DATABASE_PATIENCE, audit).await.ok()?.ok().flatten()
}

/// The text format of Prometheus.
async fn render(State(Served { chains, .. }): State<Served>) -> impl IntoResponse {
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
pub async fn serve(
    listener: TcpListener,
    chains: Watched,
    database: PgPool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let app = app(chains, database);
    axum::serve(listener, app).with_graceful_shutdown(async move { stop.cancelled().await }).await
}
