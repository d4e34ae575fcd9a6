//! `GET /v1/staking`: what is locked, and what stakers share.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Uint;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::db::lock::lock_totals;
use crate::db::protocol::protocol_of;
use crate::db::stake::{StakeTokenRow, stake_token_of};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Token};
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/staking", get(staking))
}

/// The parameters of `GET /v1/staking`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StakingQuery {
    /// Only this chain: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
}

/// Staking on each chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct Staking {
    /// The chains, by id.
    pub chains: Vec<ChainStaking>,
}

/// Staking on one chain, by the head's time.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ChainStaking {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// Sum of the scores of all locks that have not ended, in base units of STOA (18 decimals).
    #[schema(value_type = String, example = "150000000000000000000")]
    pub score: Uint,
    /// How many locks have not ended.
    #[schema(example = 7)]
    pub locks: i64,
    /// The tokens whose fees stakers share, at most 8, in the order in which they were listed.
    pub tokens: Vec<StakeToken>,
    /// The tiers and their scores, lowest first; empty where no Staking contract is followed.
    pub tiers: Vec<Tier>,
}

/// Fees in one token.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct StakeToken {
    pub token: Token,
    /// Fees divided so far, in base units of the token.
    #[schema(value_type = String, example = "3000000")]
    pub distributed: Uint,
    /// What of them was claimed.
    #[schema(value_type = String, example = "1000000")]
    pub claimed: Uint,
    /// What one base unit of score has earned since the first distribution, times 2^96.
    #[schema(value_type = String, example = "79228162514264337593543950336")]
    pub index: Uint,
}

/// A band of score.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Tier {
    /// Its number, from 1.
    #[schema(example = 1)]
    pub tier: i16,
    /// Score from which it begins, in whole STOA: a whole number.
    #[schema(value_type = String, example = "1000")]
    pub score: Uint,
}

/// The answer of `GET /v1/staking`.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakingAnswer {
    pub data: Staking,
    pub meta: Meta,
}

/// What is locked on each chain, and what stakers share.
#[utoipa::path(get, path = "/v1/staking", tag = "staking", operation_id = "getStaking",
    params(StakingQuery),
    responses(
        (status = 200, description = "Staking on each chain.", body = StakingAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn staking(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let question = StakingQuery { chain: params.take("chain")? };
    params.finish()?;
    ask(&app.pool, &question).await?.respond(&headers)
}

impl Question for StakingQuery {
    type Answer = Reply<Staking>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.chain)?;
        let clock = snapshot.clocks(&chains);
        let connection = &mut *snapshot.connection;
        let totals = lock_totals(connection, &clock).await?;
        let mut totals: HashMap<i64, _> =
            totals.into_iter().map(|row| (row.chain_id, (row.score, row.locks))).collect();
        let mut tokens: HashMap<i64, Vec<StakeToken>> = HashMap::new();
        for row in stake_token_of(connection, &chains).await? {
            tokens.entry(row.chain_id).or_default().push(StakeToken::of(row));
        }
        let tiers = protocol_of(connection, &chains).await?;
        let mut tiers: HashMap<i64, _> =
            tiers.into_iter().filter_map(|row| Some((row.chain_id, row.thresholds?))).collect();
        let chain = |chain_id: &i64| {
            let (score, locks) = totals.remove(chain_id).unwrap_or_default();
            ChainStaking {
                chain_id: *chain_id,
                score,
                locks,
                tokens: tokens.remove(chain_id).unwrap_or_default(),
                tiers: tiers.remove(chain_id).as_ref().map(bands).unwrap_or_default(),
            }
        };
        let data = Staking { chains: chains.iter().map(chain).collect() };
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

impl StakeToken {
    fn of(row: StakeTokenRow) -> Self {
        Self { token: row.token, distributed: row.distributed, claimed: row.claimed, index: row.reward_index }
    }
}

fn bands(thresholds: &[i64; 4]) -> Vec<Tier> {
    let band = |(tier, from): (i16, &i64)| Tier {
        tier,
        score: Uint::from(u64::try_from(*from).unwrap_or_default()),
    };
    (1..).zip(thresholds).map(band).collect()
}
