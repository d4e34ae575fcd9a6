//! `/v1/webhooks`: a wallet's webhooks.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgConnection;
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::documents::{
    ChangeWebhook, CreateWebhook, NewWebhook, NewWebhookAnswer, Webhook, WebhookAnswer, WebhooksAnswer,
    about, topics,
};
use super::{conflict, note, own};
use crate::access::routes::keys::owner;
use crate::access::routes::{answer, body, envelope, key_documents, no_randomness};
use crate::access::{Caller, Kept, random_id};
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::hooks::delivery::delivery_waiting;
use crate::hooks::row::{
    HookRow, beginning, secret_add, secret_of, webhook_add, webhook_count, webhook_of, webhook_remove,
    webhook_set,
};
use crate::hooks::signature::Secret;
use crate::live::Places;
use crate::model::Finality;
use crate::params::{Choice as _, FromParam as _, Params};
use crate::problem::Problem;

/// Webhooks of one wallet.
const MOST: i64 = 20;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/webhooks", get(webhooks).post(create))
        .route("/webhooks/{id}", get(webhook).patch(change).delete(remove))
}

/// The wallet's webhooks, newest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", operation_id = "listWebhooks",
    responses(
        (status = 200, description = "The webhooks.", body = WebhooksAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn webhooks(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let mut connection = app.access.pool.acquire().await?;
    let rows = webhook_of(&mut connection, owner(&caller)?).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let waiting: HashMap<String, i64> = delivery_waiting(&mut connection, &ids).await?.into_iter().collect();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let secrets = secret_of(&mut connection, &row.id).await?;
        let waiting = waiting.get(&row.id).copied().unwrap_or_default();
        told.push(Webhook::of(row, waiting, secrets));
    }
    answer(StatusCode::OK, &told)
}

/// One webhook.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "getWebhook",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        (status = 200, description = "The webhook.", body = WebhookAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn webhook(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let row = own(&mut transaction, &caller, &id).await?;
    answer(StatusCode::OK, &describe(&mut transaction, row).await?)
}

/// Makes a webhook. It is told of what happens from now on. What its messages are signed with is in this answer and
/// nowhere else.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", operation_id = "createWebhook",
    params(("Idempotency-Key" = Option<String>, Header, description = "Requests with the same key and body are done once; for 24 hours.")),
    request_body = CreateWebhook,
    responses(
        (status = 201, description = "The webhook.", body = NewWebhookAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There are as many as there may be, or the same request still runs.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The `Idempotency-Key` came with another request.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let master = app.hooks.master()?;
    let wanted: CreateWebhook = body(sent)?;
    let level = wanted.level.as_deref().unwrap_or("latest");
    let level =
        Finality::from_param(level).ok_or_else(|| ApiError::bad("level", level, Finality::allowed()))?;
    let owner = owner(&caller)?;
    app.hooks.sender.check(&wanted.url)?;
    let id = format!("wh{}", random_id(14).map_err(no_randomness)?);
    let mut row = blank(id, owner);
    row.name = key_documents::name(&wanted.name)?;
    row.url = wanted.url;
    row.topics = topics(&wanted.topics)?;
    row.about = about(&wanted.about)?;
    row.chain_id = wanted.chain;
    row.level = level.word().to_owned();
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    if webhook_count(&mut transaction, owner).await? >= MOST {
        return Err(conflict(&format!("A wallet has at most {MOST} webhooks. Remove one.")));
    }
    row.cursor = beginning(&mut transaction, level, row.chain_id, false).await?;
    let row = webhook_add(&mut transaction, &row).await?;
    let secret = secret_add(&mut transaction, master, &row.id, 0).await?;
    note(&mut transaction, &caller, "webhook made", json!({ "webhook": row.id, "topics": row.topics }))
        .await?;
    let webhook = describe(&mut transaction, row).await?;
    transaction.commit().await?;
    shown_once(StatusCode::CREATED, &secret, webhook)
}

/// Changes a webhook, pauses it or lets it go on.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "changeWebhook",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = ChangeWebhook,
    responses(
        (status = 200, description = "The webhook.", body = WebhookAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn change(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let wanted: ChangeWebhook = body(sent)?;
    if let Some(url) = &wanted.url {
        app.hooks.sender.check(url)?;
    }
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let mut row = own(&mut transaction, &caller, &id).await?;
    if let Some(name) = &wanted.name {
        row.name = key_documents::name(name)?;
    }
    row.url = wanted.url.unwrap_or(row.url);
    if let Some(words) = &wanted.topics {
        row.topics = topics(words)?;
    }
    if let Some(words) = &wanted.about {
        row.about = about(words)?;
    }
    if let Some(chain) = wanted.chain {
        row.cursor = moved(&mut transaction, &row, chain).await?;
        row.chain_id = chain;
    }
    match wanted.state.as_deref() {
        None => {}
        Some("active") => {
            (row.state, row.paused_reason) = ("active".to_owned(), None);
            (row.failures, row.failing_since, row.next_at) = (0, None, OffsetDateTime::now_utc());
        }
        Some("paused") => {
            let reason = row.paused_reason.take().unwrap_or_else(|| "Its owner has paused it.".to_owned());
            (row.state, row.paused_reason) = ("paused".to_owned(), Some(reason));
        }
        Some(other) => return Err(ApiError::bad("state", other, "`active` or `paused`")),
    }
    let row = webhook_set(&mut transaction, &row).await?;
    note(&mut transaction, &caller, "webhook changed", json!({ "webhook": row.id, "state": row.state }))
        .await?;
    let webhook = describe(&mut transaction, row).await?;
    transaction.commit().await?;
    answer(StatusCode::OK, &webhook)
}

/// Removes a webhook with its log, its alerts, and what it was not told yet.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "removeWebhook",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        (status = 200, description = "The webhook as it was.", body = WebhookAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn remove(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let row = own(&mut transaction, &caller, &id).await?;
    let webhook = describe(&mut transaction, row).await?;
    webhook_remove(&mut transaction, &id).await?;
    note(&mut transaction, &caller, "webhook removed", json!({ "webhook": id })).await?;
    transaction.commit().await?;
    answer(StatusCode::OK, &webhook)
}

fn blank(id: String, owner: Addr) -> HookRow {
    let now = OffsetDateTime::now_utc();
    HookRow {
        id,
        owner,
        name: String::new(),
        url: String::new(),
        topics: Vec::new(),
        chain_id: None,
        about: Vec::new(),
        level: String::new(),
        cursor: String::new(),
        epoch: 1,
        state: "active".to_owned(),
        paused_reason: None,
        next_number: 1,
        failures: 0,
        failing_since: None,
        next_at: now,
        created_at: now,
    }
}

/// The cursor for other chains: where it stands on those that it was told of, and the beginning of others.
async fn moved(connection: &mut PgConnection, row: &HookRow, chain: Option<i64>) -> Result<String, ApiError> {
    let fresh = beginning(connection, row.level()?, chain, false).await?;
    let unread = || ApiError::Internal(format!("webhook {} has no cursor", row.id));
    let mut places = Places::from_param(&fresh).ok_or_else(unread)?;
    let stood = Places::from_param(&row.cursor).ok_or_else(unread)?;
    for (chain, place) in &mut places.at {
        *place = stood.at.get(chain).copied().unwrap_or(*place);
    }
    Ok(places.to_string())
}

pub(super) async fn describe(connection: &mut PgConnection, row: HookRow) -> Result<Webhook, ApiError> {
    let waiting = delivery_waiting(connection, std::slice::from_ref(&row.id)).await?;
    let secrets = secret_of(connection, &row.id).await?;
    Ok(Webhook::of(row, waiting.first().map_or(0, |(_, count)| *count), secrets))
}

/// The answer with the secret; told again, it is without.
pub(super) fn shown_once(
    status: StatusCode,
    secret: &Secret,
    webhook: Webhook,
) -> Result<Response, ApiError> {
    let mut data = NewWebhook { secret: None, webhook };
    let kept = envelope(&data)?;
    data.secret = Some(secret.reveal());
    let mut response = answer(status, &data)?;
    response.extensions_mut().insert(Kept(kept.into()));
    Ok(response)
}
