//! `GET /v1/accounts/{address}`: what an account has, on each chain.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::account_parts::collect;
use super::purchases::Purchase;
use crate::app::App;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{AllowanceScope, ChainId, Kind, ListingStatus, OperatorScope, PlanKind, PublicId, Token};
use crate::params::{FromParam, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/accounts/{address}", get(account))
}

/// The parameters of `GET /v1/accounts/{address}`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountParams {
    /// Only this chain: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
}

/// An account on each chain.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Account {
    /// The account.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub address: Addr,
    /// What it has on each chain, by chain id.
    pub chains: Vec<ChainAccount>,
}

/// What an account has on one chain, after the block in `meta`; what depends on time by the head's.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ChainAccount {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// How many purchases it paid for: a whole number.
    #[schema(value_type = String, example = "12")]
    pub purchases: Uint,
    /// How many listings it created: a whole number.
    #[schema(value_type = String, example = "2")]
    pub listings: Uint,
    /// What it paid for last, newest first, at most 10; `purchases` says how many there are.
    pub last_purchases: Vec<Purchase>,
    /// How many listings it owns now, by whomever created: a whole number.
    #[schema(value_type = String, example = "2")]
    pub owned: Uint,
    /// The newest of these, at most 10.
    pub owned_listings: Vec<OwnedListing>,
    /// What it holds in the Vault, by token, at most 1,000 in all.
    pub balances: Vec<Balance>,
    /// The passes that it holds, those of the newest plan first, at most 1,000 in all.
    pub passes: Vec<Pass>,
    /// Revenue shares that it holds, or has something to claim of, at most 1,000 in all.
    pub shares: Vec<Holding>,
    /// Who may move all that it has of something, at most 1,000 in all.
    pub operators: Vec<Operator>,
    /// Who may move some of what it has, at most 1,000 in all.
    pub allowances: Vec<Allowance>,
    /// Its staked STOA; null if it never staked nor chose to reinvest.
    #[schema(required = true)]
    pub lock: Option<Lock>,
}

/// A listing that an account owns.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct OwnedListing {
    /// Public id of the listing.
    #[schema(value_type = String, example = "31337-1")]
    pub id: PublicId,
    /// Its name, where its metadata holds one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub name: Option<String>,
    pub kind: Kind,
    pub status: ListingStatus,
    /// When it was created (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub created_at: OffsetDateTime,
    /// How many purchases were made of it: a whole number.
    #[schema(value_type = String, example = "12")]
    pub sales: Uint,
    /// How many accounts paid for it.
    #[schema(example = 5)]
    pub buyers: i64,
}

/// A Vault balance.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Balance {
    pub token: Token,
    /// How much, in base units of the token.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
}

/// What a purchase gave.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Pass {
    /// Public id of the plan.
    #[schema(value_type = String, example = "31337-3")]
    pub plan: PublicId,
    /// Public id of the listing.
    #[schema(value_type = String, example = "31337-1")]
    pub listing: PublicId,
    /// The listing's name, where its metadata URI holds one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub listing_name: Option<String>,
    pub kind: PlanKind,
    /// Licences held, or credits left; 1 for a subscription, valid or not.
    #[schema(value_type = String, example = "1")]
    pub quantity: Uint,
    /// Credits: what one unit is called; null for other kinds.
    #[schema(example = "call", required = true)]
    pub unit: Option<String>,
    /// Whether it can be passed on.
    pub transferable: bool,
    /// Subscription: first second in which it is not valid any more (RFC 3339, UTC); null for other kinds, and
    /// beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub expires_at: Option<OffsetDateTime>,
    /// Whether it is valid at the head's time.
    pub active: bool,
}

/// Somebody who acts for an account.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Operator {
    pub scope: OperatorScope,
    /// Who.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub operator: Addr,
}

/// What somebody may move of an account's.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Allowance {
    pub scope: AllowanceScope,
    /// Who.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub spender: Addr,
    pub token: Token,
    /// How much at most, in base units of the token: as it was allowed last. What was moved since is not taken off,
    /// because no event tells it.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
}

/// Revenue shares of one listing.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Holding {
    /// Contract of the shares.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub share: Addr,
    /// Public id of the listing.
    #[schema(value_type = String, example = "31337-1")]
    pub listing: PublicId,
    /// Name of the shares.
    #[schema(example = "Shares of a fine-tune")]
    pub name: String,
    /// Symbol of the shares.
    #[schema(example = "TUNE")]
    pub symbol: String,
    /// How many the account holds, in base units of 18 decimals; 0 where it has only something left to claim.
    #[schema(value_type = String, example = "250000000000000000000000")]
    pub amount: Uint,
    /// How many there are.
    #[schema(value_type = String, example = "1000000000000000000000000")]
    pub supply: Uint,
    /// What it can claim, in each token of the shares.
    pub claimable: Vec<Claimable>,
}

/// What an account can claim in one token.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Claimable {
    pub token: Token,
    /// What a claim would pay now, in base units of the token, rounded as the contract rounds.
    #[schema(value_type = String, example = "125000")]
    pub claimable: Uint,
    /// What was paid so far.
    #[schema(value_type = String, example = "100000")]
    pub claimed: Uint,
}

/// Staked STOA.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Lock {
    /// Principal, in base units of STOA (18 decimals); 0 once withdrawn.
    #[schema(value_type = String, example = "100000000000000000000")]
    pub amount: Uint,
    /// What it weighs at the head's time, in base units of STOA: 0 once it has ended.
    #[schema(value_type = String, example = "150000000000000000000")]
    pub score: Uint,
    /// First second in which it does not count any more (RFC 3339, UTC); null where nothing was locked yet.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-24T00:00:00Z", required = true)]
    pub ends_at: Option<OffsetDateTime>,
    /// Whether it counts at the head's time.
    pub active: bool,
    /// Tier of the score, 0 to 4.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    pub tier: i16,
    /// Whether anyone may add its STOA fees to its principal.
    pub reinvest: bool,
    /// What it can claim, in each token whose fees stakers share.
    pub claimable: Vec<Claimable>,
}

/// The answer of `GET /v1/accounts/{address}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountAnswer {
    pub data: Account,
    pub meta: Meta,
}

/// What an account has on each chain. One that never did anything has nothing, and is no error.
#[utoipa::path(get, path = "/v1/accounts/{address}", tag = "accounts", operation_id = "getAccount",
    params(("address" = String, Path, description = "The account: `0x` and 40 hexadecimal digits.",
        example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$"), AccountParams),
    responses(
        (status = 200, description = "The account.", body = AccountAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn account(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let AccountParams { chain } = AccountParams { chain: params.take("chain")? };
    params.finish()?;
    ask(&app.pool, &AccountQuery { address: named(path)?, chain }).await?.respond(&headers)
}

/// The account that a path names.
pub(crate) fn named(path: Result<Path<String>, PathRejection>) -> Result<Addr, ApiError> {
    let Path(text) = path.map_err(|_| ApiError::bad("address", "what is no UTF-8", Addr::allowed()))?;
    Addr::from_param(&text).ok_or_else(|| ApiError::bad("address", &text, Addr::allowed()))
}

pub(crate) struct AccountQuery {
    pub(crate) address: Addr,
    pub(crate) chain: Option<ChainId>,
}

impl Question for AccountQuery {
    type Answer = Reply<Account>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chain_ids = snapshot.chains_of(self.chain)?;
        let chains = collect(snapshot, &chain_ids, self.address).await?;
        let data = Account { address: self.address, chains };
        Ok(Reply { data, meta: snapshot.meta(&chain_ids), next: None })
    }
}
