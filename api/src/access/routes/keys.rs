//! `/v1/keys`: a wallet's API keys.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use sqlx::PgConnection;
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::key_documents::{
    ApiKey, ApiKeyAnswer, ApiKeysAnswer, ChangeKey, CreateKey, KeyLimits, NewApiKeyAnswer, RotateKey, future,
    name, networks, scopes,
};
use super::key_draft::{Draft, Signing, shown_once};
use super::{answer, body, told};
use crate::access::Inner;
use crate::access::audit::{Entry, audit_add};
use crate::access::gate::Caller;
use crate::access::key::{KeyRow, KeyState, key_count, key_get, key_lock, key_of, key_set};
use crate::access::principal::Principal;
use crate::access::token::Environment;
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::params::Params;
use crate::problem::Problem;

/// Keys of one wallet that open something at once.
const MOST_KEYS: i64 = 50;
/// The old key's last hour unless told, its last thirty days at most.
const OVERLAP: i64 = 60 * 60;
const LONGEST_OVERLAP: i64 = 30 * 24 * 60 * 60;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/keys", get(keys).post(create))
        .route("/keys/{id}", get(key).patch(change).delete(revoke))
        .route("/keys/{id}/rotate", post(rotate))
}

/// The wallet's keys, newest first, those that open nothing any more included.
#[utoipa::path(get, path = "/v1/keys", tag = "access", operation_id = "listKeys",
    responses(
        (status = 200, description = "The keys.", body = ApiKeysAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn keys(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let rows = key_of(&mut *app.access.pool.acquire().await?, owner(&caller)?).await?;
    answer(StatusCode::OK, &rows.into_iter().map(ApiKey::from).collect::<Vec<_>>())
}

/// One key. Operators see everybody's.
#[utoipa::path(get, path = "/v1/keys/{id}", tag = "access", operation_id = "getKey",
    params(("id" = String, Path, description = "The key's public id.")),
    responses(
        (status = 200, description = "The key.", body = ApiKeyAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such key.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn key(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let row = key_get(&mut *app.access.pool.acquire().await?, &id).await?;
    answer(StatusCode::OK, &ApiKey::from(theirs(&app.access, &caller, row, &id)?))
}

/// Makes a key. What opens anything is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/keys", tag = "access", operation_id = "createKey",
    params(("Idempotency-Key" = Option<String>, Header, description = "Requests with the same key and body make one API key; for 24 hours.")),
    request_body = CreateKey,
    responses(
        (status = 201, description = "The key.", body = NewApiKeyAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The wallet has as many keys as it may have, or the same request still runs.", body = Problem, content_type = "application/problem+json"),
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
    let wanted: CreateKey = body(sent)?;
    let environment = wanted.environment.as_deref().unwrap_or("live");
    let environment = Environment::of(environment)
        .ok_or_else(|| ApiError::bad("environment", environment, "`live` or `test`"))?;
    let owner = owner(&caller)?;
    let draft = Draft {
        name: name(&wanted.name)?,
        scopes: scopes(&wanted.scopes)?,
        networks: networks(&wanted.networks)?,
        expires_at: future(wanted.expires_at)?,
        environment,
        owner,
        signing: wanted.signing.as_ref().map(Signing::of).transpose()?,
    };
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    room(&mut transaction, owner).await?;
    let (made, row) = draft.insert(&app.access, &mut transaction).await?;
    note(
        &mut transaction,
        &caller,
        &row,
        "key made",
        json!({ "scopes": row.scopes, "networks": row.networks, "signing": row.signing }),
    )
    .await?;
    transaction.commit().await?;
    shown_once(made, row)
}

/// Changes a key's name, scopes, networks or end; for operators also its limits.
#[utoipa::path(patch, path = "/v1/keys/{id}", tag = "access", operation_id = "changeKey",
    params(("id" = String, Path, description = "The key's public id.")),
    request_body = ChangeKey,
    responses(
        (status = 200, description = "The key as it is now.", body = ApiKeyAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key opens nothing any more.", body = Problem, content_type = "application/problem+json"),
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
    let wanted: ChangeKey = body(sent)?;
    let access = &*app.access;
    let mut transaction = begin(&access.pool, "BEGIN").await?;
    let row = key_lock(&mut transaction, &id).await?;
    let mut row = active(theirs(access, &caller, row, &id)?)?;
    let mut changed = serde_json::Map::new();
    if let Some(text) = &wanted.name {
        row.name = name(text)?;
        changed.insert("name".to_owned(), json!(row.name));
    }
    if let Some(words) = &wanted.scopes {
        row.scopes = scopes(words)?;
        changed.insert("scopes".to_owned(), json!(row.scopes));
    }
    if let Some(words) = &wanted.networks {
        row.networks = networks(words)?;
        changed.insert("networks".to_owned(), json!(row.networks));
    }
    if let Some(ends) = wanted.expires_at {
        row.expires_at = future(ends)?;
        changed.insert("expires_at".to_owned(), json!(row.expires_at.map(|ends| ends.unix_timestamp())));
    }
    if let Some(limits) = wanted.limits {
        limit(access, &caller, &mut row, limits)?;
        changed.insert("limits".to_owned(), json!(limits));
    }
    let row = key_set(&mut transaction, &row).await?;
    note(&mut transaction, &caller, &row, "key changed", Value::Object(changed)).await?;
    transaction.commit().await?;
    access.lookups.forget(&format!("key:{id}"));
    answer(StatusCode::OK, &ApiKey::from(row))
}

/// Revokes a key, at once and on every server.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "access", operation_id = "revokeKey",
    params(("id" = String, Path, description = "The key's public id.")),
    responses(
        (status = 200, description = "The key, which opens nothing from now on.", body = ApiKeyAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such key.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let access = &*app.access;
    let mut transaction = begin(&access.pool, "BEGIN").await?;
    let row = key_lock(&mut transaction, &id).await?;
    let mut row = theirs(access, &caller, row, &id)?;
    if row.revoked_at.is_none() {
        row.revoked_at = Some(OffsetDateTime::now_utc());
        row = key_set(&mut transaction, &row).await?;
        note(&mut transaction, &caller, &row, "key revoked", json!({})).await?;
        transaction.commit().await?;
    }
    access.lookups.forget(&format!("key:{id}"));
    answer(StatusCode::OK, &ApiKey::from(row))
}

/// Puts a new key in a key's place. The old one goes on for a while, so that nothing stands still meanwhile; its
/// `last_used_at` shows when nobody has it any more.
#[utoipa::path(post, path = "/v1/keys/{id}/rotate", tag = "access", operation_id = "rotateKey",
    params(
        ("id" = String, Path, description = "The old key's public id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Requests with the same key and body rotate once; for 24 hours."),
    ),
    request_body = RotateKey,
    responses(
        (status = 201, description = "The new key.", body = NewApiKeyAnswer),
        (status = 400, description = "The body or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key opens nothing any more, or was rotated before.", body = Problem, content_type = "application/problem+json"),
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
    let wanted: RotateKey = match sent {
        Ok(bytes) if bytes.is_empty() => RotateKey::default(),
        sent => body(sent)?,
    };
    let overlap = wanted.overlap_seconds.unwrap_or(OVERLAP);
    if !(0..=LONGEST_OVERLAP).contains(&overlap) {
        return Err(ApiError::bad(
            "overlap_seconds",
            &overlap.to_string(),
            "a whole number from 0 to 2592000",
        ));
    }
    let access = &*app.access;
    let mut transaction = begin(&access.pool, "BEGIN").await?;
    let row = key_lock(&mut transaction, &id).await?;
    let mut old = active(theirs(access, &caller, row, &id)?)?;
    if old.replaced_by.is_some() {
        return Err(conflict("This key was rotated before; rotate the one that replaced it."));
    }
    room(&mut transaction, old.owner).await?;
    let draft = Draft {
        name: old.name.clone(),
        scopes: old.scopes.clone(),
        networks: old.networks.clone(),
        expires_at: old.expires_at,
        environment: Environment::of(&old.environment).unwrap_or(Environment::Live),
        owner: old.owner,
        signing: Signing::after(&old, wanted.public_key.as_deref())?,
    };
    let (made, mut new) = draft.insert(access, &mut transaction).await?;
    if old.per_minute.or(old.per_day).or(old.premium).is_some() {
        (new.per_minute, new.per_day, new.premium) = (old.per_minute, old.per_day, old.premium);
        new = key_set(&mut transaction, &new).await?;
    }
    let ends = OffsetDateTime::now_utc() + time::Duration::seconds(overlap);
    old.expires_at = Some(old.expires_at.map_or(ends, |earlier| earlier.min(ends)));
    old.replaced_by = Some(new.id.clone());
    let old = key_set(&mut transaction, &old).await?;
    note(&mut transaction, &caller, &old, "key rotated", json!({ "to": new.id, "overlap_seconds": overlap }))
        .await?;
    transaction.commit().await?;
    access.lookups.forget(&format!("key:{id}"));
    shown_once(made, new)
}

pub(crate) fn owner(caller: &Caller) -> Result<Addr, ApiError> {
    let known = caller.principal.account();
    known.ok_or_else(|| ApiError::Internal("a route for wallets was reached without one".to_owned()))
}

/// The key, where it is the caller's, or the caller an operator. To all others it is not there.
fn theirs(access: &Inner, caller: &Caller, row: Option<KeyRow>, id: &str) -> Result<KeyRow, ApiError> {
    let account = owner(caller)?;
    let visible = row.filter(|row| row.owner == account || access.is_operator(account));
    let shown: String = id.chars().take(40).collect();
    visible.ok_or_else(|| ApiError::NotFound(format!("This wallet has no API key `{shown}`.")))
}

fn active(row: KeyRow) -> Result<KeyRow, ApiError> {
    match row.state(OffsetDateTime::now_utc()) {
        KeyState::Active => Ok(row),
        state => Err(conflict(&format!("This key is {} and stays so. Make a new one.", state.word()))),
    }
}

async fn room(connection: &mut PgConnection, owner: Addr) -> Result<(), ApiError> {
    if key_count(connection, owner).await? < MOST_KEYS {
        return Ok(());
    }
    Err(conflict(&format!("A wallet has at most {MOST_KEYS} keys at once. Revoke one.")))
}

fn conflict(detail: &str) -> ApiError {
    told(StatusCode::CONFLICT, "conflict", detail)
}

/// Limits are the operators' to set.
fn limit(
    access: &Inner,
    caller: &Caller,
    row: &mut KeyRow,
    limits: Option<KeyLimits>,
) -> Result<(), ApiError> {
    if !access.is_operator(owner(caller)?) {
        return Err(told(
            StatusCode::FORBIDDEN,
            "operators-only",
            "Limits of a key are set by this server's operators.",
        ));
    }
    let none = KeyLimits { per_minute: None, per_day: None, premium_per_month: None };
    let limits = limits.unwrap_or(none);
    for limit in [limits.per_minute, limits.per_day, limits.premium_per_month].into_iter().flatten() {
        if !(0..=1_000_000_000_000).contains(&limit) {
            return Err(ApiError::bad("limits", &limit.to_string(), "whole numbers from 0 to 1000000000000"));
        }
    }
    (row.per_minute, row.per_day, row.premium) =
        (limits.per_minute, limits.per_day, limits.premium_per_month);
    Ok(())
}

async fn note(
    connection: &mut PgConnection,
    caller: &Caller,
    row: &KeyRow,
    action: &str,
    mut detail: Value,
) -> Result<(), ApiError> {
    // Who did it, where it was not the owner by a session.
    match &caller.principal {
        Principal::Key(key) => detail["by_key"] = json!(key.id),
        Principal::Session(session) if session.account != row.owner => detail["by"] = json!(session.account),
        _ => {}
    }
    let entry = Entry {
        account: Some(row.owner),
        key_id: Some(&row.id),
        action,
        address: Some(caller.address),
        detail,
    };
    Ok(audit_add(connection, &entry).await?)
}
