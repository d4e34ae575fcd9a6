//! `POST /v1/sql`, and `GET /v1/sql`: what there is to ask.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgColumn;
use sqlx::{Column as _, TypeInfo as _};
use utoipa::ToSchema;

use super::check::check;
use super::lists::{FUNCTIONS, VIEWS};
use crate::access::ClientIp;
use crate::app::App;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::slots::Slots;
use crate::snapshot::{Question, Snapshot, ask};

/// Queries at once, those that wait for one of the few connections included.
const AT_ONCE: (usize, usize) = (32, 2);

pub(crate) fn router() -> Router<App> {
    let slots = Slots::new("queries", "Wait for their answers.", AT_ONCE);
    Router::new().route("/sql", get(views).post(sql).layer(Extension(slots)))
}

/// What is sent to `POST /v1/sql`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlRequest {
    /// One SELECT over the views that `GET /v1/sql` lists.
    #[schema(
        example = "SELECT symbol, decimals, count(*) AS sales, sum(amount) AS amount FROM purchases GROUP BY 1, 2"
    )]
    pub query: String,
}

/// A column of the answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlColumn {
    /// Its name.
    #[schema(example = "amount")]
    pub name: String,
    /// Its PostgreSQL type. Whole numbers of up to 64 bits, floats and booleans are JSON's; everything else is
    /// text: `NUMERIC` an exact decimal string, `BYTEA` an address or `0x` and digits.
    #[serde(rename = "type")]
    #[schema(example = "NUMERIC")]
    pub kind: String,
}

impl SqlColumn {
    pub(super) fn of(column: &PgColumn) -> Self {
        Self { name: column.name().to_owned(), kind: column.type_info().name().to_owned() }
    }
}

/// What a query was answered with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlRows {
    /// The columns, in order.
    pub columns: Vec<SqlColumn>,
    /// The rows, each a list of values in the order of the columns.
    #[schema(value_type = Vec<Vec<Value>>, example = json!([["DUSD", 6, 12, "240000000"]]))]
    pub rows: Vec<Value>,
    /// Whether there are more rows than are answered: at most 10,000, and 8 MiB.
    #[schema(example = false)]
    pub truncated: bool,
    #[serde(skip)]
    pub(super) cut_short: bool,
}

/// The answer of `POST /v1/sql`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlAnswer {
    pub data: SqlRows,
    pub meta: Meta,
}

/// A query over the views. It is answered within the request's time, from one snapshot, or refused.
#[utoipa::path(post, path = "/v1/sql", tag = "raw", operation_id = "querySql",
    request_body = SqlRequest,
    responses(
        (status = 200, description = "The rows.", body = SqlAnswer),
        (status = 400, description = "The query is not allowed, not valid, or takes too long.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "SQL is not enabled on this server.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many queries at once.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sql(
    State(app): State<App>,
    Extension(slots): Extension<Arc<Slots>>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let Some(sql) = &app.sql else { return Err(off()) };
    let body = match body {
        Ok(body) => body,
        // Larger than is taken, or broken off: the layers around say which.
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let request: SqlRequest = serde_json::from_slice(&body).map_err(|error| {
        refused(
            "invalid-body",
            "The body is not valid",
            format!("The body is not {{\"query\": \"SELECT …\"}}: {error}."),
        )
    })?;
    let checked = check(&request.query)
        .map_err(|error| refused("refused-query", "The query is not allowed", error.0))?;
    let _slot = slots.take(address)?;
    let (data, meta) = sql.run(&checked).await?;
    Reply { data, meta, next: None }.respond(&HeaderMap::new())
}

fn refused(name: &str, title: &str, detail: String) -> ApiError {
    ApiError::Told(Box::new(Problem::new(StatusCode::BAD_REQUEST, name, title, detail)))
}

fn off() -> ApiError {
    ApiError::NotFound(
        "SQL is not enabled on this server. Exports hold the same rows: GET /v1/export lists them."
            .to_owned(),
    )
}

/// What there is to ask.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlCatalogue {
    /// The views.
    pub views: Vec<SqlView>,
    /// The functions that a query may call.
    #[schema(example = json!(["avg", "count", "sum"]))]
    pub functions: Vec<&'static str>,
}

/// A view.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlView {
    /// Its name in a query.
    #[schema(example = "purchases")]
    pub name: String,
    /// What its rows are.
    #[schema(example = "Every sale, with the terms that held when it was made.", required = true)]
    pub description: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<SqlViewColumn>,
}

/// A column of a view.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlViewColumn {
    /// Its name.
    #[schema(example = "amount")]
    pub name: String,
    /// Its PostgreSQL type.
    #[serde(rename = "type")]
    #[schema(example = "numeric(78,0)")]
    pub kind: String,
    /// What it means; null where its name says it.
    #[schema(example = "Fee and net together, in base units of the token.", required = true)]
    pub description: Option<String>,
}

/// The answer of `GET /v1/sql`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlCatalogueAnswer {
    pub data: SqlCatalogue,
    pub meta: Meta,
}

/// The views and functions that a query may use.
#[utoipa::path(get, path = "/v1/sql", tag = "raw", operation_id = "listSqlViews",
    responses(
        (status = 200, description = "Every view and function.", body = SqlCatalogueAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn views(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &Views).await?.respond(&headers)
}

struct Views;

impl Question for Views {
    type Answer = Reply<SqlCatalogue>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(None)?;
        // View, what it is, column, type, what that is.
        type Row = (String, Option<String>, String, String, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT relname::text, obj_description(c.oid, 'pg_class'), attname::text, format_type(atttypid, atttypmod),
                    col_description(c.oid, attnum)
             FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
             WHERE relnamespace = to_regnamespace('market') AND relkind = 'v' AND relname = ANY($1)
             ORDER BY relname, attnum",
        )
        .bind(VIEWS)
        .fetch_all(&mut *snapshot.connection)
        .await?;
        let mut views: Vec<SqlView> = Vec::new();
        for (view, about, name, kind, description) in rows {
            let column = SqlViewColumn { name, kind, description };
            match views.last_mut().filter(|last| last.name == view) {
                Some(last) => last.columns.push(column),
                None => views.push(SqlView { name: view, description: about, columns: vec![column] }),
            }
        }
        let data = SqlCatalogue { views, functions: FUNCTIONS.to_vec() };
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}
