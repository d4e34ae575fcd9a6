//! `GET /v1/export/{collection}/manifest`: where an export can be cut, so that its parts are read apart.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder, Row as _};
use utoipa::{IntoParams, ToSchema};

use super::cell::Cell;
use super::collection::{Collection, Source, collection};
use super::format::Format;
use super::layout::KeyValue;
use super::layout::{Layout, layout};
use super::page::{At, Wanted, keyed, order};
use super::routes::{After, ExportColumn, OneChain, absent, columns};
use crate::app::App;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::ChainId;
use crate::params::{Choice as _, FromParam, Params, natural};
use crate::problem::Problem;
use crate::raw::catalogue::kinds;
use crate::raw::events::Block;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// Rows of a part, unless asked otherwise, and at most.
const PART: i64 = 100_000;
/// Parts that one answer lists at most.
const PARTS: usize = 20;

/// The parameters of `GET /v1/export/{collection}/manifest`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ManifestQuery {
    /// The chain whose rows they are: its id or CAIP-2 form. It may be left out where one chain is served.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
    /// The block at which the rows stand; the newest final block without it.
    #[param(value_type = Option<i64>, minimum = 1)]
    block: Option<Block>,
    /// The `next` of the manifest before.
    #[param(value_type = Option<String>)]
    after: Option<After>,
    /// Rows of a part.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100_000, default = 100_000)]
    rows: Option<PartRows>,
    /// The format of the parts; `parquet` without it.
    #[param(value_type = Option<String>, example = "parquet")]
    format: Option<Format>,
}

/// The rows of a part.
#[derive(Clone, Copy, Debug)]
pub struct PartRows(i64);

impl FromParam for PartRows {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).filter(|rows| *rows <= PART).map(Self)
    }

    fn allowed() -> String {
        format!("a whole number from 1 to {PART}")
    }
}

/// How an export is cut into parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Manifest {
    /// The collection.
    #[schema(example = "purchases")]
    pub collection: &'static str,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The final block at which every part stands.
    #[schema(example = 748)]
    pub block_number: i64,
    /// Its hash; null where it is not kept.
    #[schema(value_type = Option<String>, example = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060", required = true)]
    pub block_hash: Option<stoa_schema::types::Hash>,
    /// The columns that order the rows.
    #[schema(example = json!(["block_number", "log_index"]))]
    pub key: Vec<String>,
    /// The columns of every part.
    pub columns: Vec<ExportColumn>,
    /// The parts, in order.
    pub parts: Vec<Part>,
    /// `after` of the next manifest; null where this one lists the last part.
    #[schema(example = "812,4", required = true)]
    pub next: Option<String>,
}

/// A part of an export.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    /// Where to get it.
    #[schema(example = "/v1/export/purchases.parquet?chain=31337&block=748&rows=100000")]
    pub path: String,
    /// How many rows it has.
    #[schema(example = 100_000)]
    pub rows: i64,
}

/// The answer of `GET /v1/export/{collection}/manifest`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManifestAnswer {
    pub data: Manifest,
    pub meta: Meta,
}

/// The parts of an export, each a file of its own that can be had apart, again, and in any order.
#[utoipa::path(get, path = "/v1/export/{collection}/manifest", tag = "raw", operation_id = "getExportManifest",
    params(
        ("collection" = String, Path, description = "A collection of `GET /v1/export`.", pattern = "^[a-z_]+$", example = "purchases"),
        ManifestQuery,
    ),
    responses(
        (status = 200, description = "Where the export is cut.", body = ManifestAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such collection.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another block has become final, and the collection changes.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn manifest(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let query = ManifestQuery::parse(query.as_deref())?;
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let collection = collection(&name).ok_or_else(absent)?;
    let chain_id = ask(&app.pool, &OneChain(query.chain)).await?;
    let mut cut = Cut {
        collection,
        chain_id,
        block: query.block.map(|Block(block)| block),
        after: query.after.map(|After(after)| after),
        rows: query.rows.map_or(PART, |PartRows(rows)| rows),
    };
    let format = query.format.unwrap_or(Format::Parquet);
    let mut parts = Vec::new();
    loop {
        let found = ask(&app.pool, &cut).await?;
        cut.block = Some(found.at.block);
        let more = found.last.is_some() && found.count == cut.rows;
        if found.count > 0 || parts.is_empty() {
            parts.push(Part { path: cut.path(format), rows: found.count });
        }
        cut.after = found.last;
        if !more || parts.len() == PARTS {
            let data = Manifest {
                collection: &collection.name,
                chain_id,
                block_number: found.at.block,
                block_hash: found.at.hash,
                key: found.layout.key_names().split(',').map(str::to_owned).collect(),
                columns: columns(&found.layout),
                parts,
                next: cut.after.filter(|_| more),
            };
            return Reply { data, meta: found.meta, next: None }.respond(&request);
        }
    }
}

impl ManifestQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            block: params.take("block")?,
            after: params.take("after")?,
            rows: params.take("rows")?,
            format: params.take("format")?,
        };
        params.finish()?;
        Ok(parsed)
    }
}

/// Where the next part ends.
#[derive(Debug)]
struct Cut {
    collection: &'static Collection,
    chain_id: i64,
    block: Option<i64>,
    after: Option<String>,
    rows: i64,
}

struct Found {
    at: At,
    layout: Layout,
    meta: Meta,
    count: i64,
    last: Option<String>,
}

impl Cut {
    fn path(&self, format: Format) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("chain", &self.chain_id.to_string());
        if let Some(block) = self.block {
            query.append_pair("block", &block.to_string());
        }
        if let Some(after) = &self.after {
            query.append_pair("after", after);
        }
        query.append_pair("rows", &self.rows.to_string());
        format!("/v1/export/{}.{}?{}", self.collection.name, format.word(), query.finish())
    }
}

impl Question for Cut {
    type Answer = Found;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Found, ApiError> {
        let page = Wanted {
            collection: self.collection,
            chain_id: self.chain_id,
            block: self.block,
            after: self.after.clone(),
            limit: self.rows,
        };
        let at = page.at(snapshot.connection).await?;
        let layout = layout(snapshot.connection, self.collection).await?;
        let after = self.after.as_deref().map(|text| layout.key_from(text)).transpose()?;
        let mut sql = QueryBuilder::<Postgres>::new("SELECT n");
        for at in &layout.key {
            let column = &layout.columns[*at];
            sql.push(", ").push(&column.name).push(column.kind.cast());
        }
        sql.push(" FROM (SELECT s.*, row_number() OVER (");
        order(&mut sql, &layout, "s");
        sql.push(") AS n FROM (");
        match layout.source {
            Source::Events => union(&mut sql, at, after.as_deref(), self.rows),
            _ => keyed(&mut sql, &layout, at, after.as_deref(), self.rows)?,
        }
        sql.push(") s) s ORDER BY n DESC LIMIT 1");
        let row = sql.build().fetch_optional(&mut *snapshot.connection).await?;
        let meta = snapshot.meta(&[self.chain_id]);
        let Some(row) = row else { return Ok(Found { at, layout, meta, count: 0, last: None }) };
        let mut cells = Vec::new();
        for (n, at) in layout.key.iter().enumerate() {
            cells.push(Cell::read(&row, n + 1, layout.columns[*at].kind)?.text());
        }
        Ok(Found { count: row.try_get(0)?, last: Some(cells.join(",")), at, layout, meta })
    }
}

/// The places of all events, without what they say.
fn union(sql: &mut QueryBuilder<Postgres>, at: At, after: Option<&[KeyValue]>, rows: i64) {
    for (n, kind) in kinds().iter().enumerate() {
        sql.push(if n == 0 { "(" } else { " UNION ALL (" });
        sql.push("SELECT e.block_number, e.log_index FROM archive.").push(kind.table.name);
        sql.push(" e WHERE e.chain_id = ").push_bind(at.chain_id);
        sql.push(" AND e.block_number <= ").push_bind(at.block);
        if let Some([KeyValue::Integer(block), KeyValue::Integer(log)]) = after {
            sql.push(" AND (e.block_number, e.log_index) > (").push_bind(*block);
            sql.push(", ").push_bind(*log).push(")");
        }
        sql.push(" ORDER BY e.block_number, e.log_index LIMIT ").push_bind(rows).push(")");
    }
    sql.push(" ORDER BY block_number, log_index LIMIT ").push_bind(rows);
}
