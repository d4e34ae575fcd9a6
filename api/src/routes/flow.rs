//! `GET /v1/listings/{id}/flow`: how a listing's money was split.

use std::collections::BTreeMap;

use alloy::primitives::Address;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::listing::{must_exist, named};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::settlement::{SettlementRow, settlement_page};
use crate::db::token;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{Finality, PublicId, Token};
use crate::params::{FromParam as _, Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}/flow", get(flow))
}

/// The parameters of `GET /v1/listings/{id}/flow`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FlowParams {
    /// How many settlements a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A settlement: what sales brought until then, less the protocol fee that each paid, is split between the listing's
/// beneficiary at the sales and its parents'.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Settlement {
    /// The block that holds it.
    #[schema(example = 812)]
    pub block_number: i64,
    /// Its log's index in the block.
    #[schema(example = 4)]
    pub log_index: i32,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub block_time: OffsetDateTime,
    /// The transaction that made it.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// What was split.
    pub token: Token,
    /// Who earned at the sales: the listing's shares, else its owner then.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub beneficiary: Addr,
    /// All that this beneficiary's sales brought and that is split by now, in base units of the token.
    #[schema(value_type = String, example = "975000")]
    pub received: Uint,
    /// What the beneficiary got this time. Shares get theirs when holders claim, and 0 here.
    #[schema(value_type = String, example = "877500")]
    pub beneficiary_amount: Uint,
    /// What each parent got this time.
    pub royalties: Vec<Royalty>,
    pub finality: Finality,
}

/// A parent's part.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Royalty {
    /// Public id of the parent.
    #[schema(value_type = String, example = "31337-1")]
    pub parent: PublicId,
    /// Who earned it: the parent's shares, else its owner then.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub beneficiary: Addr,
    /// How much, in base units of the token.
    #[schema(value_type = String, example = "97500")]
    pub amount: Uint,
}

/// The answer of `GET /v1/listings/{id}/flow`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlowAnswer {
    pub data: Vec<Settlement>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// How a listing's sales were split between its beneficiaries and its parents, the newest settlement first.
#[utoipa::path(get, path = "/v1/listings/{id}/flow", tag = "listings", operation_id = "getFlow",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$"), FlowParams),
    responses(
        (status = 200, description = "A page of settlements.", body = FlowAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn flow(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let parsed = FlowParams { limit: params.take("limit")?, cursor: params.take("cursor")? };
    params.finish()?;
    ask(&app.pool, &FlowQuery { id: named(path)?, params: parsed }).await?.respond(&headers)
}

/// What is asked.
pub(crate) struct FlowQuery {
    pub(crate) id: PublicId,
    pub(crate) params: FlowParams,
}

impl Question for FlowQuery {
    type Answer = Reply<Vec<Settlement>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let id = self.id;
        must_exist(id, snapshot).await?;
        let binding = Binding::to(&("flow", id));
        let before = Cursor::positions(self.params.cursor.as_ref(), binding)?;
        let before = before.get(&id.chain_id).copied().unwrap_or((i64::MAX, i32::MAX));
        let Limit(limit) = self.params.limit.unwrap_or_default();
        let until = snapshot.projected(id.chain_id);
        let mut rows = settlement_page(snapshot.connection, id, until, before, limit + 1).await?;
        let place = |row: &SettlementRow| (id.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, BTreeMap::new(), place);
        let data = rows.into_iter().map(|row| settlement(id, row, snapshot)).collect::<Result<_, _>>()?;
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: Some(next) })
    }
}

fn settlement(id: PublicId, row: SettlementRow, snapshot: &Snapshot<'_>) -> Result<Settlement, ApiError> {
    let parents = row.parents.into_iter().zip(row.parent_beneficiaries).zip(row.parent_amounts);
    let royalty = |((number, beneficiary), amount): ((i64, Vec<u8>), String)| {
        let beneficiary = Address::try_from(beneficiary.as_slice()).map_err(|_| {
            ApiError::Internal(format!("a parent's beneficiary has {} bytes", beneficiary.len()))
        })?;
        let amount = Uint::from_param(&amount)
            .ok_or_else(|| ApiError::Internal(format!("a parent's part of {amount} is no amount")))?;
        Ok(Royalty { parent: PublicId { number, ..id }, beneficiary: Addr(beneficiary), amount })
    };
    let royalties = parents.map(royalty).collect::<Result<_, ApiError>>()?;
    let chain = snapshot.chain(id.chain_id);
    Ok(Settlement {
        block_number: row.block_number,
        log_index: row.log_index,
        block_time: row.block_time,
        tx_hash: row.tx_hash,
        token: token(row.token, row.name, row.symbol, row.decimals),
        beneficiary: row.beneficiary,
        received: row.received,
        beneficiary_amount: row.beneficiary_amount,
        royalties,
        finality: chain.map_or(Finality::Latest, |chain| chain.finality(row.block_number)),
    })
}
