//! `GET /v1/listings/{id}/prices`: what a listing's plans cost, and when.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::listing::{must_exist, named};
use crate::app::App;
use crate::db::price::{PriceRow, price_history};
use crate::db::token;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{PublicId, Token};
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}/prices", get(prices))
}

/// What a plan cost, from one change of its price to the next.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "PricePeriod")]
pub struct Price {
    /// Public id of the plan.
    #[schema(value_type = String, example = "31337-3")]
    pub plan: PublicId,
    /// Price of one, in base units of the token.
    #[schema(value_type = String, example = "1000000")]
    pub price: Uint,
    pub token: Token,
    /// The block from which on it cost so much.
    #[schema(example = 17)]
    pub from_block: i64,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub from_time: OffsetDateTime,
    /// The transaction that set the price.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// The block in which another price was set; null for the present one.
    #[schema(example = 812, required = true)]
    pub until_block: Option<i64>,
    /// That block's timestamp (RFC 3339, UTC); null for the present one.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub until_time: Option<OffsetDateTime>,
}

/// The answer of `GET /v1/listings/{id}/prices`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PricesAnswer {
    /// Newest first, at most 1,000.
    pub data: Vec<Price>,
    pub meta: Meta,
}

/// Every price of a listing's plans: from when on, until when.
#[utoipa::path(get, path = "/v1/listings/{id}/prices", tag = "listings", operation_id = "getPrices",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$")),
    responses(
        (status = 200, description = "The prices.", body = PricesAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn prices(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &PricesQuery(named(path)?)).await?.respond(&headers)
}

/// A listing's prices.
pub(crate) struct PricesQuery(pub(crate) PublicId);

impl Question for PricesQuery {
    type Answer = Reply<Vec<Price>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let Self(id) = *self;
        must_exist(id, snapshot).await?;
        let until = snapshot.projected(id.chain_id);
        let rows = price_history(snapshot.connection, id, until).await?;
        let data = rows.into_iter().map(|row| price(id.chain_id, row)).collect();
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: None })
    }
}

fn price(chain_id: i64, row: PriceRow) -> Price {
    Price {
        plan: PublicId { chain_id, number: row.plan },
        price: row.price,
        token: token(row.token, row.name, row.symbol, row.decimals),
        from_block: row.block_number,
        from_time: row.block_time,
        tx_hash: row.tx_hash,
        until_block: row.until_block,
        until_time: row.until_time,
    }
}
