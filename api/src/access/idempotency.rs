//! `Idempotency-Key` on requests that make something: one execution for all requests with the same key and body.
//!
//! Whoever comes first runs; who comes meanwhile waits for the answer, and who comes within 24 hours gets it again.
//! Secrets are not stored: an answer that holds one says beside it, as [`Kept`], what is answered the next time.
//! A server that dies in between leaves a row that another takes over once the request's time has passed. What must not
//! even then be done twice stores its result in the transaction that does it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;

use super::gate::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::problem::Problem;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const LONGEST: usize = 255;
/// Bodies are small: the layers around refuse others.
const MOST_BODY: usize = 1 << 20;
const LOOK: Duration = Duration::from_millis(50);

/// What an answer becomes when it is told again.
#[derive(Clone, Debug)]
pub(crate) struct Kept(pub(crate) Bytes);

/// Where one request stands.
enum Turn {
    Run,
    Told(StatusCode, Vec<u8>),
    Other,
    Running,
}

/// Runs a request, or answers it as before.
pub(crate) async fn idempotent(State(app): State<App>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Arc<Caller>>().cloned();
    let (Some(caller), Some(key)) = (caller, request.headers().get(KEY).cloned()) else {
        return next.run(request).await;
    };
    if !caller.rule.creates {
        return next.run(request).await;
    }
    let key = match key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST) {
        Some(key) => key.to_owned(),
        None => return told(ApiError::bad("Idempotency-Key", "", "1 to 255 visible ASCII characters")),
    };
    let subject = match caller.principal.account() {
        Some(account) => format!("account:{account}"),
        None => format!("ip:{}", caller.address),
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), "\n", &parts.uri.to_string(), "\n"] {
        hash.update(part);
    }
    hash.update(&body);
    let hash: [u8; 32] = hash.finalize().into();
    let request = Request::from_parts(parts, Body::from(body));
    let slot = Slot { pool: &app.access.pool, subject: &subject, key: &key, hash: &hash, time: app.timeout };
    match slot.wait().await {
        Ok(Turn::Run) => slot.run(request, next).await,
        Ok(Turn::Told(status, body)) => {
            let headers = [
                (header::CONTENT_TYPE, media_type(status)),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (REPLAYED, HeaderValue::from_static("true")),
            ];
            (status, headers, body).into_response()
        }
        Ok(Turn::Other) => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This `Idempotency-Key` came with another request in the last 24 hours. Take a new one.",
        ),
        Ok(Turn::Running) => refused(
            StatusCode::CONFLICT,
            "idempotency-key-running",
            "A request with this `Idempotency-Key` still runs. Ask again in a moment.",
        ),
        Err(error) => told(error.into()),
    }
}

/// One key of one caller.
struct Slot<'a> {
    pool: &'a PgPool,
    subject: &'a str,
    key: &'a str,
    hash: &'a [u8],
    /// How long a request may take.
    time: Duration,
}

impl Slot<'_> {
    /// Until it is known whose turn it is; no longer than half of what a request may take.
    async fn wait(&self) -> sqlx::Result<Turn> {
        let until = tokio::time::Instant::now() + self.time / 2;
        loop {
            match self.turn().await? {
                Turn::Running if tokio::time::Instant::now() < until => tokio::time::sleep(LOOK).await,
                turn => return Ok(turn),
            }
        }
    }

    async fn turn(&self) -> sqlx::Result<Turn> {
        let taken = sqlx::query(include_str!("sql/idempotency_take.sql"))
            .bind(self.subject)
            .bind(self.key)
            .bind(self.hash)
            .bind(2.0 * self.time.as_secs_f64())
            .execute(self.pool)
            .await?;
        if taken.rows_affected() == 1 {
            return Ok(Turn::Run);
        }
        let sql = "SELECT request, status, body FROM api.idempotency WHERE subject = $1 AND key = $2";
        type Row = (Vec<u8>, Option<i16>, Option<Vec<u8>>);
        let row: Option<Row> =
            sqlx::query_as(sql).bind(self.subject).bind(self.key).fetch_optional(self.pool).await?;
        Ok(match row {
            Some((request, _, _)) if request != self.hash => Turn::Other,
            Some((_, Some(status), body)) => {
                let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
                Turn::Told(status.unwrap_or(StatusCode::OK), body.unwrap_or_default())
            }
            _ => Turn::Running,
        })
    }

    async fn run(&self, request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, MOST_BODY).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kept = parts.extensions.get::<Kept>().map_or(&body, |Kept(kept)| kept);
        if let Err(error) = self.note(parts.status, kept).await {
            tracing::warn!(%error, "an answer was not noted for its Idempotency-Key");
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// A failure of ours may be tried again.
    async fn note(&self, status: StatusCode, body: &[u8]) -> sqlx::Result<()> {
        if status.is_server_error() {
            let sql = "DELETE FROM api.idempotency WHERE subject = $1 AND key = $2 AND request = $3 AND status IS NULL";
            sqlx::query(sql).bind(self.subject).bind(self.key).bind(self.hash).execute(self.pool).await?;
            return Ok(());
        }
        let sql = "UPDATE api.idempotency SET status = $4, body = $5 WHERE subject = $1 AND key = $2 AND request = $3";
        sqlx::query(sql)
            .bind(self.subject)
            .bind(self.key)
            .bind(self.hash)
            .bind(i16::try_from(status.as_u16()).unwrap_or_default())
            .bind(body)
            .execute(self.pool)
            .await?;
        Ok(())
    }
}

fn media_type(status: StatusCode) -> HeaderValue {
    let error = status.is_client_error() || status.is_server_error();
    HeaderValue::from_static(if error { "application/problem+json" } else { "application/json" })
}

fn refused(status: StatusCode, name: &str, detail: &str) -> Response {
    Problem::new(status, name, "The Idempotency-Key is taken", detail).into_response()
}

fn told(error: ApiError) -> Response {
    error.into_response()
}
