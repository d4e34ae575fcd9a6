//! `GET /v1/export` and `GET /v1/export/{collection}.{csv|ndjson|parquet}`.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::collection::{collection, collections};
use super::format::Format;
use super::layout::{Layout, layout};
use super::manifest;
use super::page::{At, Wanted};
use super::stream::{body, page_rows};
use crate::access::ClientIp;
use crate::app::App;
use crate::error::ApiError;
use crate::meta::{BLOCK, BLOCK_HASH, Meta};
use crate::model::ChainId;
use crate::params::{Choice as _, FromParam, Params, natural};
use crate::problem::Problem;
use crate::raw::events::Block;
use crate::reply::Reply;
use crate::slots::Slots;
use crate::snapshot::{Question, Snapshot, ask};

/// By which columns rows are ordered: what `after` is made of.
pub(crate) const KEY: HeaderName = HeaderName::from_static("stoa-export-key");

/// Exports at once: each reads without a pause, and several of one client take from all others.
const AT_ONCE: (usize, usize) = (32, 4);

pub(crate) fn router() -> Router<App> {
    let slots =
        Slots::new("exports", "Wait until one has ended; parts can be read one after the other.", AT_ONCE);
    Router::new()
        .route("/export", get(catalogue))
        .route("/export/{file}", get(export).layer(Extension(slots)))
        .route("/export/{collection}/manifest", get(manifest::manifest))
}

/// The parameters of `GET /v1/export/{file}`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The chain whose rows they are: its id or CAIP-2 form. It may be left out where one chain is served.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// The block at which the rows stand, as `Stoa-Block` of an earlier part names it; the newest final block
    /// without it. Events, purchases and releases can be had at any final block; what changes only at the newest
    /// one, and is refused with 409 once another has become final.
    #[param(value_type = Option<i64>, minimum = 1)]
    pub(crate) block: Option<Block>,
    /// Only what stands behind this row: the columns that `Stoa-Export-Key` names, of the last row received,
    /// joined by commas.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<After>,
    /// How many rows to send at most; all without it.
    #[param(value_type = Option<i64>, minimum = 1)]
    pub(crate) rows: Option<Rows>,
}

/// A row's key as text. What it must be depends on the collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After(pub String);

impl FromParam for After {
    fn from_param(text: &str) -> Option<Self> {
        (text.len() <= 1_000).then(|| Self(text.to_owned()))
    }

    fn allowed() -> String {
        "the key of a row, joined by commas".to_owned()
    }
}

/// A number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows(pub i64);

impl FromParam for Rows {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).map(Self)
    }

    fn allowed() -> String {
        "a whole number from 1".to_owned()
    }
}

/// A collection that can be exported.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportCollection {
    /// Its name in addresses.
    #[schema(example = "purchases")]
    pub name: &'static str,
    /// Whether its rows change. Those of one that does can be had only as they stand at the newest final block.
    #[schema(example = false)]
    pub changes: bool,
    /// The columns that order it within a chain.
    #[schema(example = json!(["block_number", "log_index"]))]
    pub key: Vec<String>,
    /// Its columns, in order.
    pub columns: Vec<ExportColumn>,
}

/// A column of a collection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportColumn {
    /// Its name.
    #[schema(example = "amount")]
    pub name: String,
    /// How its values are written: `decimal` is an exact decimal string (cast it, as in `CAST(amount AS
    /// DECIMAL(38,0))`, knowing that a uint256 may have 78 digits), `bytes` an address or `0x` and digits, `json`
    /// JSON text, which in NDJSON stands as it is.
    #[serde(rename = "type")]
    #[schema(example = "decimal")]
    pub kind: &'static str,
    /// What it means, where the database says it.
    #[schema(example = "What was paid: fee and net together, in base units.", required = true)]
    pub description: Option<String>,
}

/// The answer of `GET /v1/export`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportCollectionsAnswer {
    pub data: Vec<ExportCollection>,
    pub meta: Meta,
}

/// What can be exported, with its columns.
#[utoipa::path(get, path = "/v1/export", tag = "raw", operation_id = "listExports",
    responses(
        (status = 200, description = "Every collection.", body = ExportCollectionsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn catalogue(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &Catalogue).await?.respond(&headers)
}

struct Catalogue;

impl Question for Catalogue {
    type Answer = Reply<Vec<ExportCollection>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(None)?;
        let mut data = Vec::new();
        for collection in collections() {
            let layout = layout(snapshot.connection, collection).await?;
            data.push(ExportCollection {
                name: &collection.name,
                changes: collection.source.changes(),
                key: layout.key_names().split(',').map(str::to_owned).collect(),
                columns: columns(&layout),
            });
        }
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

/// The columns as documents.
pub(crate) fn columns(layout: &Layout) -> Vec<ExportColumn> {
    let columns = layout.columns.iter().map(|column| ExportColumn {
        name: column.name.clone(),
        kind: column.kind.word(),
        description: column.doc.clone(),
    });
    columns.collect()
}

/// A whole collection, or what stands behind a row of it, as it stands at a final block. `Stoa-Block` names the
/// block; every part of one export has the same. A body that breaks off is resumed with `block` and `after`.
#[utoipa::path(get, path = "/v1/export/{file}", tag = "raw", operation_id = "exportCollection",
    params(
        ("file" = String, Path, description = "A collection of `GET /v1/export` and a format: `csv`, `ndjson` or `parquet`.", pattern = "^[a-z_]+\\.(csv|ndjson|parquet)$", example = "purchases.csv"),
        ExportQuery,
    ),
    responses(
        (status = 200, description = "Rows in the order of their key.", content((String = "text/csv"), (String = "application/x-ndjson"), (String = "application/vnd.apache.parquet"))),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such collection or format.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another block has become final, and the collection changes.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many exports at once.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn export(
    State(app): State<App>,
    Extension(slots): Extension<Arc<Slots>>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    file: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = ExportQuery::parse(query.as_deref())?;
    let file = file.map(|Path(file)| file).unwrap_or_default();
    let (name, format) = file.rsplit_once('.').unwrap_or_default();
    let (Some(collection), Some(format)) = (collection(name), Format::from_param(format)) else {
        return Err(absent());
    };
    let slot = slots.take(address)?;
    let chain_id = ask(&app.pool, &OneChain(query.chain)).await?;
    let rows = query.rows.map(|Rows(rows)| rows);
    let wanted = Wanted {
        collection,
        chain_id,
        block: query.block.map(|Block(block)| block),
        after: query.after.map(|After(after)| after),
        limit: page_rows(format, rows),
    };
    let first = ask(&app.pool, &wanted).await?;
    let mut headers = headers(first.at, &first.layout);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let name = format!("attachment; filename=\"{name}-{chain_id}-{}.{}\"", first.at.block, format.word());
    headers.extend(HeaderValue::from_str(&name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    let about = [
        ("collection", collection.name.clone()),
        ("chain_id", chain_id.to_string()),
        ("block", first.at.block.to_string()),
        ("key", first.layout.key_names()),
    ];
    let body = body((app.pool, slot), wanted, rows, format, first, &about)?;
    Ok((headers, body).into_response())
}

pub(crate) fn absent() -> ApiError {
    ApiError::NotFound(
        "There is no such export. GET /v1/export lists the collections; formats are csv, ndjson and parquet, as in \
         /v1/export/purchases.csv."
            .to_owned(),
    )
}

/// What every part says of its export.
pub(crate) fn headers(at: At, layout: &Layout) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(BLOCK, HeaderValue::from(at.block));
    headers.extend(HeaderValue::from_str(&layout.key_names()).ok().map(|key| (KEY, key)));
    if let Some(hash) = at.hash.and_then(|hash| HeaderValue::from_str(&hash.to_string()).ok()) {
        headers.insert(BLOCK_HASH, hash);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

impl ExportQuery {
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self::take(&mut params)?;
        params.finish()?;
        Ok(parsed)
    }

    pub(crate) fn take(params: &mut Params) -> Result<Self, ApiError> {
        Ok(Self {
            chain: params.take("chain")?,
            block: params.take("block")?,
            after: params.take("after")?,
            rows: params.take("rows")?,
        })
    }
}

/// Which chain is meant: an export is of one.
pub(crate) struct OneChain(pub(crate) Option<ChainId>);

impl Question for OneChain {
    type Answer = i64;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<i64, ApiError> {
        match snapshot.chains_of(self.0)?.as_slice() {
            [chain] => Ok(*chain),
            several => {
                let words: Vec<String> = several.iter().map(|chain| format!("`{chain}`")).collect();
                let allowed = format!("the chain to export, which is one of {}", words.join(", "));
                Err(ApiError::missing("chain", allowed))
            }
        }
    }
}
