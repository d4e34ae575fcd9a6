//! `/v1/alerts`: what a wallet wants to be told of once it happens.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{conflict, note, own};
use crate::access::routes::keys::owner;
use crate::access::routes::{answer, body, key_documents, no_randomness};
use crate::access::{Caller, random_id};
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::hooks::alert::{
    AlertRow, Watch, Watched, alert_add, alert_count, alert_get, alert_of, alert_remove, alert_set,
};
use crate::model::PublicId;
use crate::params::Params;
use crate::problem::Problem;
use crate::routes::listing::must_exist;
use crate::snapshot::{Question, Snapshot, ask};

/// Alerts of one wallet.
const MOST: i64 = 100;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/alerts", get(alerts).post(create))
        .route("/alerts/{id}", get(alert).patch(change).delete(remove))
}

/// Something that is watched.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Its public id.
    #[schema(example = "al4jFq0Zr8LmXaQ2")]
    pub id: String,
    /// The wallet that made it.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub owner: Addr,
    /// What its owner calls it.
    pub name: String,
    /// The webhook that is told.
    #[schema(example = "wh4jFq0Zr8LmXaQ2")]
    pub webhook: String,
    /// Whether it is looked at.
    pub enabled: bool,
    pub watch: Watch,
    /// When it was last told; null for never.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub fired_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
}

/// The answer about an alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertAnswer {
    pub data: Alert,
}

/// The answer of `GET /v1/alerts`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsAnswer {
    pub data: Vec<Alert>,
}

/// What is to be watched.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAlert {
    /// At most 100 characters.
    #[schema(example = "price went up")]
    pub name: String,
    /// A webhook of the wallet.
    #[schema(example = "wh4jFq0Zr8LmXaQ2")]
    pub webhook: String,
    pub watch: Watch,
}

/// What of an alert is to be another; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAlert {
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// Another webhook of the wallet.
    #[serde(default)]
    pub webhook: Option<String>,
    /// Whether it is looked at.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Something else to watch: it has not been told of.
    #[serde(default)]
    pub watch: Option<Watch>,
}

/// The wallet's alerts, newest first.
#[utoipa::path(get, path = "/v1/alerts", tag = "webhooks", operation_id = "listAlerts",
    responses(
        (status = 200, description = "The alerts.", body = AlertsAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn alerts(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let rows = alert_of(&mut *app.access.pool.acquire().await?, owner(&caller)?).await?;
    let told = rows.into_iter().map(Alert::of).collect::<Result<Vec<_>, ApiError>>()?;
    answer(StatusCode::OK, &told)
}

/// One alert.
#[utoipa::path(get, path = "/v1/alerts/{id}", tag = "webhooks", operation_id = "getAlert",
    params(("id" = String, Path, description = "The alert's id.")),
    responses(
        (status = 200, description = "The alert.", body = AlertAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The wallet has no such thing, or webhooks are not enabled here.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn alert(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    app.hooks.master()?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    answer(StatusCode::OK, &Alert::of(theirs(&mut transaction, &caller, &id).await?)?)
}

/// Watches something. What is so already is told at once; see the README for when the same is told again.
#[utoipa::path(post, path = "/v1/alerts", tag = "webhooks", operation_id = "createAlert",
    params(("Idempotency-Key" = Option<String>, Header, description = "Requests with the same key and body are done once; for 24 hours.")),
    request_body = CreateAlert,
    responses(
        (status = 201, description = "The alert.", body = AlertAnswer),
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
    app.hooks.master()?;
    let wanted: CreateAlert = body(sent)?;
    let owner = owner(&caller)?;
    let watched = wanted.watch.read(owner)?;
    exists(&app.pool, &watched).await?;
    let row = AlertRow {
        id: format!("al{}", random_id(14).map_err(no_randomness)?),
        owner,
        name: key_documents::name(&wanted.name)?,
        webhook: wanted.webhook,
        enabled: true,
        watch: Json(json!(wanted.watch)),
        fired_at: None,
        created_at: OffsetDateTime::now_utc(),
    };
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    own(&mut transaction, &caller, &row.webhook).await?;
    if alert_count(&mut transaction, owner).await? >= MOST {
        return Err(conflict(&format!("A wallet has at most {MOST} alerts. Remove one.")));
    }
    let row = alert_add(&mut transaction, &row, &watched).await?;
    note(&mut transaction, &caller, "alert made", json!({ "alert": row.id, "watch": row.watch.0 })).await?;
    transaction.commit().await?;
    answer(StatusCode::CREATED, &Alert::of(row)?)
}

/// Changes an alert, stops it or lets it go on.
#[utoipa::path(patch, path = "/v1/alerts/{id}", tag = "webhooks", operation_id = "changeAlert",
    params(("id" = String, Path, description = "The alert's id.")),
    request_body = ChangeAlert,
    responses(
        (status = 200, description = "The alert.", body = AlertAnswer),
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
    let wanted: ChangeAlert = body(sent)?;
    let watched = wanted.watch.as_ref().map(|watch| watch.read(owner(&caller)?)).transpose()?;
    if let Some(watched) = &watched {
        exists(&app.pool, watched).await?;
    }
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    let mut row = theirs(&mut transaction, &caller, &id).await?;
    if let Some(name) = &wanted.name {
        row.name = key_documents::name(name)?;
    }
    if let Some(webhook) = wanted.webhook {
        own(&mut transaction, &caller, &webhook).await?;
        row.webhook = webhook;
    }
    if let Some(watch) = &wanted.watch {
        row.watch = Json(json!(watch));
    }
    row.enabled = wanted.enabled.unwrap_or(row.enabled);
    let row = alert_set(&mut transaction, &row, watched.as_ref()).await?;
    note(&mut transaction, &caller, "alert changed", json!({ "alert": id, "enabled": row.enabled })).await?;
    transaction.commit().await?;
    answer(StatusCode::OK, &Alert::of(row)?)
}

/// Watches it no more.
#[utoipa::path(delete, path = "/v1/alerts/{id}", tag = "webhooks", operation_id = "removeAlert",
    params(("id" = String, Path, description = "The alert's id.")),
    responses(
        (status = 200, description = "The alert as it was.", body = AlertAnswer),
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
    let row = theirs(&mut transaction, &caller, &id).await?;
    alert_remove(&mut transaction, &id).await?;
    note(&mut transaction, &caller, "alert removed", json!({ "alert": id })).await?;
    transaction.commit().await?;
    answer(StatusCode::OK, &Alert::of(row)?)
}

impl Alert {
    fn of(row: AlertRow) -> Result<Self, ApiError> {
        let unread =
            |error| ApiError::Internal(format!("alert {} watches what nobody knows: {error}", row.id));
        let watch = serde_json::from_value(row.watch.0).map_err(unread)?;
        Ok(Self {
            id: row.id,
            owner: row.owner,
            name: row.name,
            webhook: row.webhook,
            enabled: row.enabled,
            watch,
            fired_at: row.fired_at,
            created_at: row.created_at,
        })
    }
}

/// The alert, where it is the caller's. To all others it is not there.
async fn theirs(connection: &mut PgConnection, caller: &Caller, id: &str) -> Result<AlertRow, ApiError> {
    let account = owner(caller)?;
    let row = alert_get(connection, id).await?.filter(|row| row.owner == account);
    let shown: String = id.chars().take(40).collect();
    row.ok_or_else(|| ApiError::NotFound(format!("This wallet has no alert `{shown}`.")))
}

/// Refuses to watch what there is not.
async fn exists(pool: &PgPool, watched: &Watched) -> Result<(), ApiError> {
    ask(pool, &Exists(watched)).await
}

struct Exists<'a>(&'a Watched);

impl Question for Exists<'_> {
    type Answer = ();

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<(), ApiError> {
        let Watched { kind, chain_id, number, .. } = self.0;
        let Some(chain_id) = *chain_id else { return Ok(()) };
        let Some(number) = *number else {
            return snapshot.chains_of(Some(crate::model::ChainId(chain_id))).map(drop);
        };
        let id = PublicId { chain_id, number };
        if matches!(*kind, "grade" | "revenue") {
            return must_exist(id, snapshot).await;
        }
        let found: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM market.plan WHERE chain_id = $1 AND plan = $2)")
                .persistent(false)
                .bind(chain_id)
                .bind(number)
                .fetch_one(&mut *snapshot.connection)
                .await?;
        if found { Ok(()) } else { Err(ApiError::NotFound(format!("There is no plan {id}."))) }
    }
}
