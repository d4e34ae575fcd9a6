//! What is done with a webhook: its secret rotated, a message tried, messages told again, its log read.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::json;
use utoipa::IntoParams;

use super::documents::{
    DeliveriesAnswer, Delivery, NewWebhookAnswer, PingAnswer, Replay, RotateSecret, WebhookAnswer,
};
use super::webhooks::{describe, shown_once};
use super::{note, own};
use crate::access::Caller;
use crate::access::routes::{answer, body};
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::hooks::delivery::{Draft, delivery_drop, delivery_note, delivery_page, delivery_queue};
use crate::hooks::row::{beginning, secret_add, secrets, webhook_set};
use crate::live::Places;
use crate::params::{Choice, FromParam as _, Limit, Params, natural};
use crate::problem::Problem;

const OVERLAP: i64 = 24 * 60 * 60;
const LONGEST_OVERLAP: i64 = 30 * 24 * 60 * 60;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/webhooks/{id}/rotate", post(rotate))
        .route("/webhooks/{id}/ping", post(ping))
        .route("/webhooks/{id}/replay", post(replay))
        .route("/webhooks/{id}/deliveries", get(deliveries))
}

/// Puts a new secret in a secret's place. The old one signs beside it for a while, so that receivers can change over.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "The webhook's id."), ("Idempotency-Key" = Option<String>, Header, description = "Requests with the same key and body are done once; for 24 hours.")),
    request_body = RotateSecret,
    responses(
        (status = 201, description = "The webhook with its new secret.", body = NewWebhookAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There are as many as there may be, or the same request still runs.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The `Idempotency-Key` came with another request.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn rotate(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let master = app.hooks.master()?;
    let wanted: RotateSecret = match sent {
        Ok(bytes) if bytes.is_empty() => RotateSecret::default(),
        sent => body(sent)?,
    };
    let overlap = wanted.overlap_seconds.unwrap_or(OVERLAP);
    if !(0..=LONGEST_OVERLAP).contains(&overlap) {
        let allowed = "a whole number from 0 to 2592000";
        return Err(ApiError::bad("overlap_seconds", &overlap.to_string(), allowed));
    }
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let row = own(&mut transaction, &caller, &id).await?;
    let secret = secret_add(&mut transaction, master, &id, overlap).await?;
    // Whoever sends looks at the secrets anew.
    let row = webhook_set(&mut transaction, &row).await?;
    let detail = json!({ "webhook": id, "overlap_seconds": overlap });
    note(&mut transaction, &caller, "webhook secret rotated", detail).await?;
    let webhook = describe(&mut transaction, row).await?;
    transaction.commit().await?;
    shown_once(StatusCode::CREATED, &secret, webhook)
}

/// Sends a message of type `ping`, once and at once, and tells what came of it. It is in the log like any other.
#[utoipa::path(post, path = "/v1/webhooks/{id}/ping", tag = "webhooks", operation_id = "pingWebhook",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        (status = 200, description = "How it went: `state` is `delivered` or `failed`.", body = PingAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn ping(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let master = app.hooks.master()?;
    let pool = &app.access.pool;
    let mut transaction = begin(pool, "BEGIN").await?;
    let row = own(&mut transaction, &caller, &id).await?;
    let number = row.next_number;
    let thing = format!("ping_{number}");
    let data = json!({ "webhook": id, "name": row.name });
    let draft = Draft::new(thing, "ping", None, &data);
    delivery_queue(&mut transaction, &id, &draft).await?;
    // Nobody else sends it, nor waits for it.
    sqlx::query(
        "UPDATE api.delivery SET state = 'failed', done_at = now() WHERE webhook = $1 AND number = $2",
    )
    .bind(&id)
    .bind(number)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let keys = secrets(pool, master, &id).await?;
    let message = format!("msg_{id}_{}", draft.thing);
    let sending = app.hooks.sender.send(&row.url, &keys, &message, &draft.body);
    // The answer must be given within the time of a request.
    let sent = tokio::time::timeout(app.timeout.mul_f64(0.7), sending).await;
    let sent = sent.unwrap_or_else(|_| crate::hooks::sender::Sent::slow(app.timeout.mul_f64(0.7)));
    let mut transaction = begin(pool, "BEGIN").await?;
    sqlx::query("UPDATE api.delivery SET state = 'pending' WHERE webhook = $1 AND number = $2")
        .bind(&id)
        .bind(number)
        .execute(&mut *transaction)
        .await?;
    let state = if sent.is_delivered() { "delivered" } else { "failed" };
    delivery_note(&mut transaction, &id, number, &sent.attempt, state).await?;
    let rows = delivery_page(&mut transaction, &id, number + 1, None, 1).await?;
    transaction.commit().await?;
    let gone = || ApiError::NotFound("This webhook was removed meanwhile.".to_owned());
    answer(StatusCode::OK, &Delivery::from(rows.into_iter().next().ok_or_else(gone)?))
}

/// Tells again what was told from a cursor on, or all that is kept; what is queued of these chains and was not taken
/// yet is dropped first. Whoever looks at `webhook-id` does nothing twice.
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", tag = "webhooks", operation_id = "replayWebhook",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = Replay,
    responses(
        (status = 200, description = "The webhook, at its new cursor.", body = WebhookAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "What follows the cursor is kept no more.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn replay(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let wanted: Replay = body(sent)?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let mut row = own(&mut transaction, &caller, &id).await?;
    let level = row.level()?;
    let mut chains = None;
    row.cursor = match (wanted.after.as_deref(), wanted.from.as_deref()) {
        (None, Some(from @ ("oldest" | "now"))) => {
            beginning(&mut transaction, level, row.chain_id, from == "oldest").await?
        }
        (None, Some(other)) => return Err(ApiError::bad("from", other, "`oldest` or `now`")),
        (Some(after), None) => {
            let bad = |allowed: String| ApiError::bad("after", after, allowed);
            let places = Places::from_param(after).ok_or_else(|| bad(Places::allowed()))?;
            if places.level != level {
                return Err(bad(format!("a cursor of this webhook, at level `{}`", level.word())));
            }
            let mut stands = Places::from_param(&row.cursor)
                .ok_or_else(|| ApiError::Internal(format!("webhook {id} has no cursor")))?;
            if let Some(chain) = places.at.keys().find(|chain| !stands.at.contains_key(chain)) {
                return Err(bad(format!("a cursor of this webhook, which is told nothing of chain {chain}")));
            }
            // Chains that it does not name go on as they stand, with what is queued of them.
            chains = Some(places.at.keys().copied().collect::<Vec<_>>());
            stands.at.extend(places.at);
            stands.to_string()
        }
        _ => return Err(ApiError::missing("after", "`after` or `from`, one of both")),
    };
    kept(&mut transaction, &row.cursor).await?;
    let dropped = delivery_drop(&mut transaction, &id, chains.as_deref()).await?;
    let row = webhook_set(&mut transaction, &row).await?;
    let detail = json!({ "webhook": id, "cursor": row.cursor, "dropped": dropped });
    note(&mut transaction, &caller, "webhook replayed", detail).await?;
    let webhook = describe(&mut transaction, row).await?;
    transaction.commit().await?;
    answer(StatusCode::OK, &webhook)
}

/// Whether the outbox still holds what follows.
async fn kept(connection: &mut sqlx::PgConnection, cursor: &str) -> Result<(), ApiError> {
    let places = Places::from_param(cursor);
    for (chain, place) in places.into_iter().flat_map(|places| places.at) {
        let (newest, oldest): (i64, i64) = sqlx::query_as(
            "SELECT coalesce(max(c.outbox_seq), 0), coalesce(min(o.seq), max(c.outbox_seq) + 1, 1)
             FROM archive.cursor c LEFT JOIN LATERAL (
                 SELECT min(seq) AS seq FROM archive.outbox o WHERE o.chain_id = c.chain_id
             ) o ON true WHERE c.chain_id = $1",
        )
        .bind(chain)
        .fetch_one(&mut *connection)
        .await?;
        if !(oldest..=newest + 1).contains(&place.next_row()) {
            return Err(ApiError::Expired(crate::live::EXPIRED.to_owned()));
        }
    }
    Ok(())
}

/// The parameters of the log.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read one by one")]
pub struct DeliveriesQuery {
    /// Only deliveries before this number: `next` of the page before.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<i64>,
    /// `pending`, `delivered`, `failed` or `dropped`; all without it.
    #[param(value_type = Option<String>)]
    state: Option<String>,
    /// At most so many, 1 to 100; 25 without it.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// A number that a page ended with.
struct Number(i64);

impl crate::params::FromParam for Number {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).map(Self)
    }

    fn allowed() -> String {
        "the `next` of the page before".to_owned()
    }
}

/// How a delivery may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Pending,
    Delivered,
    Failed,
    Dropped,
}

impl Choice for Stand {
    const ALL: &'static [(&'static str, Self)] = &[
        ("pending", Self::Pending),
        ("delivered", Self::Delivered),
        ("failed", Self::Failed),
        ("dropped", Self::Dropped),
    ];
}

/// What was sent and is to be, newest first, with each attempt. Kept for 7 days, 10,000 at most.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "listDeliveries",
    params(("id" = String, Path, description = "The webhook's id."), DeliveriesQuery),
    responses(
        (status = 200, description = "The deliveries.", body = DeliveriesAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn deliveries(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let before = params.take::<Number>("before")?.map_or(i64::MAX, |Number(before)| before);
    let state = params.take::<Stand>("state")?.map(Choice::word);
    let Limit(limit) = params.take("limit")?.unwrap_or_default();
    params.finish()?;
    app.hooks.master()?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    own(&mut transaction, &caller, &id).await?;
    let mut rows = delivery_page(&mut transaction, &id, before, state, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(|row| row.number);
    let told = DeliveriesAnswer { data: rows.into_iter().map(Delivery::from).collect(), next };
    let body = serde_json::to_vec(&told)
        .map_err(|error| ApiError::Internal(format!("a delivery does not serialise: {error}")))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}
