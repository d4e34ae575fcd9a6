//! `GET /v1/market`: the whole market in figures.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Uint;
use utoipa::{IntoParams, ToSchema};

use super::summary::count;
use crate::app::App;
use crate::db::market::{MarketRow, TurnoverRow, market_of, turnover_of};
use crate::db::past::{market_at, turnover_at};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Token};
use crate::params::Params;
use crate::problem::Problem;
use crate::raw::events::Block;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/market", get(market))
}

/// The parameters of `GET /v1/market`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MarketQuery {
    /// Only this chain: its id or CAIP-2 form. Without it, all of them.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// After which block, of the one chain that is asked for; without it, after the newest that was read.
    #[param(value_type = Option<i64>, minimum = 1)]
    pub(crate) at_block: Option<Block>,
}

/// A chain's market, as it stands after a block.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Market {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The block after which the figures stand: that of `at_block`, else the one in `meta`.
    #[schema(example = 812)]
    pub block_number: i64,
    /// Listings that sell.
    #[schema(example = 40)]
    pub active_listings: i64,
    /// Listings that do not sell for now.
    #[schema(example = 2)]
    pub paused_listings: i64,
    /// Listings that will not sell again.
    #[schema(example = 1)]
    pub retired_listings: i64,
    /// Plans of all listings, paused ones included.
    #[schema(example = 77)]
    pub plans: i64,
    /// Purchases made: a whole number.
    #[schema(value_type = String, example = "1200")]
    pub sales: Uint,
    /// Accounts that did something: see `/v1/accounts/{account}`.
    #[schema(example = 310)]
    pub accounts: i64,
    /// Those of them that paid for a purchase.
    #[schema(example = 290)]
    pub buyers: i64,
    /// Accounts that own a listing.
    #[schema(example = 20)]
    pub providers: i64,
    /// STOA that is locked, in base units of 18 decimals.
    #[schema(value_type = String, example = "5000000000000000000")]
    pub locked: Uint,
    /// What was paid, by token; those of most sales first.
    pub turnover: Vec<Turnover>,
}

/// What was paid in one token. Amounts are in its base units.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Turnover {
    pub token: Token,
    /// Listings that earned in it.
    #[schema(example = 12)]
    pub listings: i64,
    /// Purchases paid in it: a whole number.
    #[schema(value_type = String, example = "800")]
    pub sales: Uint,
    /// What buyers paid: fee and net.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
    /// Protocol fee in it.
    #[schema(value_type = String, example = "25000")]
    pub fee: Uint,
    /// Payments made to listings without a sale: a whole number.
    #[schema(value_type = String, example = "3")]
    pub payments: Uint,
    /// What they brought.
    #[schema(value_type = String, example = "4000")]
    pub paid: Uint,
}

/// The answer of `GET /v1/market`.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketAnswer {
    /// One for each chain.
    pub data: Vec<Market>,
    pub meta: Meta,
}

/// The whole market in figures.
#[utoipa::path(get, path = "/v1/market", tag = "market", operation_id = "getMarket",
    params(MarketQuery),
    responses(
        (status = 200, description = "Each chain's figures.", body = MarketAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn market(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let query = MarketQuery { chain: params.take("chain")?, at_block: params.take("at_block")? };
    params.finish()?;
    ask(&app.pool, &query).await?.respond(&headers)
}

impl Question for MarketQuery {
    type Answer = Reply<Vec<Market>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.chain)?;
        if let Some(Block(block)) = self.at_block {
            let at = snapshot.at_block(&chains, block)?;
            let row = market_at(snapshot.connection, at).await?;
            let data = vec![shown(row, block, turnover_at(snapshot.connection, at).await?)];
            return Ok(Reply { data, meta: snapshot.meta(&chains), next: None });
        }
        let mut turnover = turnover_of(snapshot.connection, &chains).await?;
        let mut data = Vec::with_capacity(chains.len());
        for row in market_of(snapshot.connection, &chains).await? {
            let (own, rest) = turnover.into_iter().partition(|part| part.chain_id == row.chain_id);
            turnover = rest;
            data.push(shown(row, snapshot.projected(row.chain_id), own));
        }
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

fn shown(row: MarketRow, block_number: i64, turnover: Vec<TurnoverRow>) -> Market {
    let part = |row: TurnoverRow| Turnover {
        token: row.token,
        listings: row.listings,
        sales: count(row.sales),
        amount: row.amount,
        fee: row.fee,
        payments: count(row.payments),
        paid: row.paid,
    };
    Market {
        chain_id: row.chain_id,
        block_number,
        active_listings: row.active,
        paused_listings: row.paused,
        retired_listings: row.retired,
        plans: row.plans,
        sales: count(row.sales),
        accounts: row.accounts,
        buyers: row.buyers,
        providers: row.providers,
        locked: row.locked,
        turnover: turnover.into_iter().map(part).collect(),
    }
}
