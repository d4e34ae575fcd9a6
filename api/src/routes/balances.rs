//! `GET /v1/accounts/{address}/balances`: what an account holds in the Vault, or held after a block.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Uint};
use utoipa::{IntoParams, ToSchema};

use super::account::named;
use crate::app::App;
use crate::db::balance::balance_of;
use crate::db::past::balance_at;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Token};
use crate::params::Params;
use crate::problem::Problem;
use crate::raw::events::Block;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/accounts/{address}/balances", get(balances))
}

/// The parameters of `GET /v1/accounts/{address}/balances`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BalancesParams {
    /// Only this chain: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
    /// After which block, of the one chain that is asked for; without it, after the newest that was read.
    #[param(value_type = Option<i64>, minimum = 1, example = 812)]
    at_block: Option<Block>,
}

/// A Vault balance on a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceAt {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The block after which it stands.
    #[schema(example = 812)]
    pub block_number: i64,
    pub token: Token,
    /// How much, in base units of the token.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
}

/// The answer of `GET /v1/accounts/{address}/balances`.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesAnswer {
    /// By chain; at most 1,000.
    pub data: Vec<BalanceAt>,
    pub meta: Meta,
}

/// What an account holds in the Vault, or held after a block: the sum of its transfers up to it.
#[utoipa::path(get, path = "/v1/accounts/{address}/balances", tag = "accounts", operation_id = "getBalances",
    params(("address" = String, Path, description = "The account: `0x` and 40 hexadecimal digits.",
        example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$"), BalancesParams),
    responses(
        (status = 200, description = "The balances.", body = BalancesAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid, or the block was not read.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn balances(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let parsed = BalancesParams { chain: params.take("chain")?, at_block: params.take("at_block")? };
    params.finish()?;
    ask(&app.pool, &BalancesQuery { account: named(path)?, params: parsed }).await?.respond(&headers)
}

struct BalancesQuery {
    account: Addr,
    params: BalancesParams,
}

impl Question for BalancesQuery {
    type Answer = Reply<Vec<BalanceAt>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.params.chain)?;
        let at = self.params.at_block.map(|Block(block)| snapshot.at_block(&chains, block)).transpose()?;
        let rows = match at {
            Some(at) => balance_at(snapshot.connection, at, self.account).await?,
            None => balance_of(snapshot.connection, &chains, self.account).await?,
        };
        let shown = rows.into_iter().map(|row| BalanceAt {
            chain_id: row.chain_id,
            block_number: at.map_or_else(|| snapshot.projected(row.chain_id), |(_, block)| block),
            token: row.token,
            amount: row.amount,
        });
        let data = shown.collect();
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}
