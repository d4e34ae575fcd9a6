//! `GET /v1/market/leaders`: who sells most.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Uint};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::summary::count;
use crate::app::App;
use crate::db::leader::{LeaderFilter, LeaderRow, leader_search};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Interval, Kind, Leaders, Measure, PublicId, Window};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/market/leaders", get(leaders))
}

/// The parameters of `GET /v1/market/leaders`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeadersQuery {
    /// Only this chain: its id or CAIP-2 form. Without it, all of them.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Who is ranked; `listings` without it.
    pub(crate) of: Option<Leaders>,
    /// What by; `sales` without it. Revenue needs a `token`: amounts in different tokens are never compared.
    pub(crate) by: Option<Measure>,
    /// Only sales paid in this token.
    #[param(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) token: Option<Addr>,
    /// Only listings of this kind.
    pub(crate) kind: Option<Kind>,
    /// How far back sales count; `month` without it.
    pub(crate) window: Option<Window>,
    /// How many at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
}

/// A listing or a provider, and what it sold.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Leader {
    /// Its place, from 1.
    #[schema(example = 1)]
    pub rank: i64,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The listing; null where providers are ranked.
    #[schema(value_type = Option<String>, example = "31337-1", required = true)]
    pub listing: Option<PublicId>,
    /// Who owns it now.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub provider: Addr,
    /// Purchases that count: a whole number.
    #[schema(value_type = String, example = "41")]
    pub sales: Uint,
    /// What was paid for these, in base units of the `token` asked for; null without one.
    #[schema(value_type = Option<String>, example = "1000000", required = true)]
    pub amount: Option<Uint>,
    /// Purchases that do not count: made by who owned the listing then, or ever held shares of it. A whole number.
    #[schema(value_type = String, example = "0")]
    pub ignored_sales: Uint,
    /// What was paid for these; null without a `token`.
    #[schema(value_type = Option<String>, example = "0", required = true)]
    pub ignored_amount: Option<Uint>,
}

/// The answer of `GET /v1/market/leaders`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadersAnswer {
    pub data: Vec<Leader>,
    pub meta: Meta,
}

/// Who sells most. What people sell to themselves does not count, and is shown.
#[utoipa::path(get, path = "/v1/market/leaders", tag = "market", operation_id = "getLeaders",
    params(LeadersQuery),
    responses(
        (status = 200, description = "The first of them.", body = LeadersAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn leaders(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &LeadersQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl LeadersQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            of: params.take("of")?,
            by: params.take("by")?,
            token: params.take("token")?,
            kind: params.take("kind")?,
            window: params.take("window")?,
            limit: params.take("limit")?,
        };
        params.finish()?;
        parsed.check()?;
        Ok(parsed)
    }

    /// What only makes sense together.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if self.by == Some(Measure::Revenue) && self.token.is_none() {
            let allowed = "`sales`, or a `token` beside it: amounts in different tokens are never compared";
            return Err(ApiError::bad("by", "revenue", allowed));
        }
        Ok(())
    }
}

impl Window {
    /// The hour from which on sales count.
    fn since(self, now: OffsetDateTime) -> OffsetDateTime {
        let back = match self {
            Self::Day => Duration::days(1),
            Self::Week => Duration::weeks(1),
            Self::Month => Duration::days(30),
            Self::Year => Duration::days(365),
            Self::All => return OffsetDateTime::UNIX_EPOCH,
        };
        Interval::Hour.start(now).checked_sub(back).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Question for LeadersQuery {
    type Answer = Reply<Vec<Leader>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.chain)?;
        let window = self.window.unwrap_or(Window::Month);
        let since = |chain: &i64| Ok(window.since(snapshot.head_time(*chain)?).unix_timestamp());
        let since = chains.iter().map(since).collect::<Result<Vec<_>, ApiError>>()?;
        let filter = LeaderFilter {
            of: self.of.unwrap_or(Leaders::Listings),
            by: self.by.unwrap_or(Measure::Sales),
            token: self.token,
            kind: self.kind,
        };
        let Limit(limit) = self.limit.unwrap_or_default();
        let rows = leader_search(snapshot.connection, (chains.clone(), since), &filter, limit).await?;
        let data = rows.into_iter().zip(1..).map(|(row, rank)| self.leader(row, rank)).collect();
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

impl LeadersQuery {
    fn leader(&self, row: LeaderRow, rank: i64) -> Leader {
        let in_token = |amount: Uint| self.token.map(|_| amount);
        Leader {
            rank,
            chain_id: row.chain_id,
            listing: row.listing.map(|number| PublicId { chain_id: row.chain_id, number }),
            provider: row.owner,
            sales: count(row.sales),
            amount: in_token(row.amount),
            ignored_sales: count(row.ignored_sales),
            ignored_amount: in_token(row.ignored_amount),
        }
    }
}
