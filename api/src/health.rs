//! `/live`, `/ready` and `/metrics`: for whoever starts, watches and restarts the server.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, http};

use crate::app::App;
use crate::error::ApiError;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/live", get(live)).route("/ready", get(ready)).route("/metrics", get(metrics))
}

/// The process answers.
async fn live() -> Response {
    plain(StatusCode::OK, "live\n")
}

/// The database is there, and is one that this build reads.
async fn ready(State(app): State<App>) -> Response {
    match ask(&app.pool, &Reachable).await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        Err(ApiError::NotReady(sentence)) => plain(StatusCode::SERVICE_UNAVAILABLE, &format!("{sentence}\n")),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer. The server's log says why.\n",
            )
        }
    }
}

/// Counts, in Prometheus' text format.
async fn metrics(State(app): State<App>) -> Response {
    // Writing into a string does not fail.
    plain(StatusCode::OK, &app.hooks.metrics().unwrap_or_default())
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if status == http::StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    (status, headers, text.to_owned()).into_response()
}

/// Asks for nothing but a snapshot.
struct Reachable;

impl Question for Reachable {
    type Answer = ();

    async fn answer(&self, _: &mut Snapshot<'_>) -> Result<(), ApiError> {
        Ok(())
    }
}
