//! `GET /v1/audit` and `GET /v1/usage`: what was done, and how much was asked for.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use serde_json::Value;
use stoa_schema::types::Addr;
use time::{Date, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use crate::access::Inner;
use crate::access::audit::{AuditRow, audit_page};
use crate::access::gate::{Caller, share};
use crate::access::principal::Principal;
use crate::access::quota::{Limits, Measure};
use crate::app::App;
use crate::error::ApiError;
use crate::params::{FromParam, Params, natural};
use crate::problem::Problem;

const MOST: i64 = 1_000;
const DAYS: i64 = 30;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/audit", get(audit)).route("/usage", get(usage))
}

/// A whole number from 0.
#[derive(Clone, Copy, Debug)]
struct Natural(i64);

impl FromParam for Natural {
    fn from_param(text: &str) -> Option<Self> {
        if text == "0" { Some(Self(0)) } else { natural(text).map(Self) }
    }

    fn allowed() -> String {
        "a whole number from 0".to_owned()
    }
}

/// As one document, or as lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Lines,
}

impl FromParam for Form {
    fn from_param(text: &str) -> Option<Self> {
        match text {
            "json" => Some(Self::Json),
            "ndjson" => Some(Self::Lines),
            _ => None,
        }
    }

    fn allowed() -> String {
        "`json` or `ndjson`".to_owned()
    }
}

/// The parameters of `GET /v1/audit`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read one by one")]
pub struct AuditQuery {
    /// Only what came after the entry with this id; from the beginning without it.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<i64>,
    /// At most so many, 1 to 1000; 100 without it.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// `json`, or `ndjson` for an entry a line.
    #[param(value_type = Option<String>)]
    format: Option<String>,
}

/// Something that was done, or refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Grows with time, with gaps.
    #[schema(example = 812)]
    pub id: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: OffsetDateTime,
    /// Whose key or session it is about.
    #[schema(value_type = Option<String>, required = true)]
    pub account: Option<Addr>,
    /// The key's public id.
    #[schema(required = true)]
    pub key: Option<String>,
    /// What was done, or `refused: ` and why.
    #[schema(example = "key rotated")]
    pub action: String,
    /// How often: refusals of one kind that came within seconds are one entry.
    #[schema(example = 1)]
    pub times: i64,
    /// Where it came from.
    #[schema(required = true)]
    pub address: Option<String>,
    /// More of it.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// The answer of `GET /v1/audit`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditAnswer {
    pub data: Vec<AuditEntry>,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            account: row.account,
            key: row.key_id,
            action: row.action,
            times: row.times,
            address: row.address,
            detail: row.detail.0,
        }
    }
}

/// What was done with the wallet's keys and sessions and what was refused, oldest first; operators see everybody's.
///
/// Entries are only added. Read on with the last `id` as `after`. An entry may show up a moment after one with a greater
/// id: who copies them goes back a minute.
#[utoipa::path(get, path = "/v1/audit", tag = "access", operation_id = "listAudit",
    params(AuditQuery),
    responses(
        (status = 200, description = "The entries.", body = AuditAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn audit(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let after = params.take::<Natural>("after")?.map_or(0, |Natural(after)| after);
    let limit = params.take::<Natural>("limit")?.map_or(100, |Natural(limit)| limit);
    let form = params.take::<Form>("format")?.unwrap_or(Form::Json);
    params.finish()?;
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::bad("limit", &limit.to_string(), "a whole number from 1 to 1000"));
    }
    let access = &*app.access;
    let account = known(&caller)?;
    let of = (!access.is_operator(account)).then_some(account);
    access.refusals.flush(&access.pool).await?;
    let rows = audit_page(&mut *access.pool.acquire().await?, of, after, limit).await?;
    let entries: Vec<AuditEntry> = rows.into_iter().map(AuditEntry::from).collect();
    if form == Form::Json {
        return answer(StatusCode::OK, &entries);
    }
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry)
            .map_err(|error| ApiError::Internal(format!("an entry does not serialise: {error}")))?;
        lines.push(b'\n');
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, lines).into_response())
}

/// The parameters of `GET /v1/usage`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read one by one")]
pub struct UsageQuery {
    /// Days that the series goes back, 1 to 366; 30 without it.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 366)]
    days: Option<i64>,
}

/// What a wallet asked for, and may ask for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    /// The wallet.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub account: Addr,
    /// Of what it has staked on the home chain; 0 for none.
    #[schema(example = 1)]
    pub tier: i16,
    /// What whoever asks may ask for; empty where this server limits nothing.
    pub limits: Vec<UsageLimit>,
    /// The wallet's days, oldest first; those without a request are left out.
    pub days: Vec<UsageDay>,
    /// The same by key, for keys that were used.
    pub keys: Vec<KeyUsage>,
}

/// One limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageLimit {
    /// `minute` and `day` count cost, `premium` the month's calls of SQL and exports.
    #[schema(example = "premium")]
    pub name: &'static str,
    /// How much there is.
    #[schema(example = 50)]
    pub limit: i64,
    /// What servers have taken of it, some calls ahead; null for `minute`, which fills up by itself.
    #[schema(required = true)]
    pub used: Option<i64>,
}

/// One day, in UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageDay {
    /// The day.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// How many requests were answered.
    pub requests: i64,
    /// What they cost.
    pub cost: i64,
    /// How many of them were premium calls.
    pub premium: i64,
    /// Refused for want of quota.
    pub refused: i64,
}

/// What a key asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyUsage {
    /// The key's public id.
    pub key: String,
    /// Its days, oldest first.
    pub days: Vec<UsageDay>,
}

/// The answer of `GET /v1/usage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageAnswer {
    pub data: Usage,
}

/// What the wallet asked for, day by day and by key, and what its limits are.
#[utoipa::path(get, path = "/v1/usage", tag = "access", operation_id = "getUsage",
    params(UsageQuery),
    responses(
        (status = 200, description = "The usage.", body = UsageAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn usage(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let days = params.take::<Natural>("days")?.map_or(DAYS, |Natural(days)| days);
    params.finish()?;
    if !(1..=366).contains(&days) {
        return Err(ApiError::bad("days", &days.to_string(), "a whole number from 1 to 366"));
    }
    let access = &*app.access;
    let account = known(&caller)?;
    access.usage.flush().await?;
    let mut wallet = Vec::new();
    let mut keys: Vec<KeyUsage> = Vec::new();
    type Row = (String, Date, i64, i64, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(include_str!("../sql/usage_of.sql"))
        .bind(format!("account:{account}"))
        .bind(account)
        .bind(i32::try_from(days).unwrap_or_default())
        .fetch_all(&access.pool)
        .await?;
    for (subject, day, requests, cost, premium, refused) in rows {
        let day = UsageDay { day: day.to_string(), requests, cost, premium, refused };
        let Some(key) = subject.strip_prefix("key:") else {
            wallet.push(day);
            continue;
        };
        match keys.last_mut().filter(|last| last.key == key) {
            Some(last) => last.days.push(day),
            None => keys.push(KeyUsage { key: key.to_owned(), days: vec![day] }),
        }
    }
    let limits = match share(access, &caller.principal, caller.address).await {
        Some((subject, limits)) => standing(access, &subject, limits).await?,
        None => Vec::new(),
    };
    // Whose key is for trying out, asks as of the lowest tier; the wallet has its own all the same.
    let tier = access.tiers.of(account).await;
    answer(StatusCode::OK, &Usage { account, tier, limits, days: wallet, keys })
}

async fn standing(access: &Inner, subject: &str, limits: Limits) -> Result<Vec<UsageLimit>, ApiError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT name, granted FROM api.quota WHERE subject = $1
         AND since >= date_trunc(CASE name WHEN 'day' THEN 'day' ELSE 'month' END, now(), 'UTC')",
    )
    .bind(subject)
    .fetch_all(&access.pool)
    .await?;
    let used = |measure: Measure| rows.iter().find(|(name, _)| name == measure.word()).map_or(0, |row| row.1);
    let limit = |measure: Measure| match measure {
        Measure::Minute => limits.per_minute,
        Measure::Day => limits.per_day,
        Measure::Premium => limits.premium_per_month,
    };
    let told = Measure::ALL.into_iter().map(|measure| UsageLimit {
        name: measure.word(),
        limit: limit(measure),
        used: (measure != Measure::Minute).then(|| used(measure)),
    });
    Ok(told.collect())
}

fn known(caller: &Caller) -> Result<Addr, ApiError> {
    match &caller.principal {
        Principal::Anonymous => {
            Err(ApiError::Internal("a route for wallets was reached without one".to_owned()))
        }
        principal => {
            principal.account().ok_or_else(|| ApiError::Internal("a principal without a wallet".to_owned()))
        }
    }
}
