//! `GET /v1/listings/{id}/owners`: who owned a listing, and for how long.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use std::collections::BTreeMap;

use super::listing::{must_exist, named};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::owner::{OwnerRow, owner_page};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{Finality, PublicId};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}/owners", get(owners))
}

/// The parameters of `GET /v1/listings/{id}/owners`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnersParams {
    /// How many owners a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// An owner of a listing, from one transfer of its NFT to the next.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "ListingOwner")]
pub struct Owner {
    /// Who owned it.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub owner: Addr,
    /// The block from which on it did.
    #[schema(example = 17)]
    pub from_block: i64,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub from_time: OffsetDateTime,
    /// The transaction that made it the owner.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// The block in which the next one became the owner; null for who owns it now.
    #[schema(example = 812, required = true)]
    pub until_block: Option<i64>,
    /// That block's timestamp (RFC 3339, UTC); null for who owns it now.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub until_time: Option<OffsetDateTime>,
    pub finality: Finality,
}

/// The answer of `GET /v1/listings/{id}/owners`.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnersAnswer {
    pub data: Vec<Owner>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Who owned a listing's NFT, the present owner first, its creator last.
#[utoipa::path(get, path = "/v1/listings/{id}/owners", tag = "listings", operation_id = "getOwners",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$"), OwnersParams),
    responses(
        (status = 200, description = "A page of owners.", body = OwnersAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn owners(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let parsed = OwnersParams { limit: params.take("limit")?, cursor: params.take("cursor")? };
    params.finish()?;
    ask(&app.pool, &OwnersQuery { id: named(path)?, params: parsed }).await?.respond(&headers)
}

/// What is asked.
pub(crate) struct OwnersQuery {
    pub(crate) id: PublicId,
    pub(crate) params: OwnersParams,
}

impl Question for OwnersQuery {
    type Answer = Reply<Vec<Owner>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let id = self.id;
        must_exist(id, snapshot).await?;
        let binding = Binding::to(&("owners", id));
        let positions = Cursor::positions(self.params.cursor.as_ref(), binding)?;
        let before = positions.get(&id.chain_id).copied().unwrap_or((i64::MAX, i32::MAX));
        let Limit(limit) = self.params.limit.unwrap_or_default();
        let until = snapshot.projected(id.chain_id);
        let mut rows = owner_page(snapshot.connection, id, until, before, limit + 1).await?;
        let place = |row: &OwnerRow| (id.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, BTreeMap::new(), place);
        let data = rows.into_iter().map(|row| owner(id, row, snapshot)).collect();
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: Some(next) })
    }
}

fn owner(id: PublicId, row: OwnerRow, snapshot: &Snapshot<'_>) -> Owner {
    let chain = snapshot.chain(id.chain_id);
    Owner {
        owner: row.owner,
        from_block: row.block_number,
        from_time: row.block_time,
        tx_hash: row.tx_hash,
        until_block: row.until_block,
        until_time: row.until_time,
        finality: chain.map_or(Finality::Latest, |chain| chain.finality(row.block_number)),
    }
}
