//! `GET /v1/market/retention`: whether buyers come back.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::db::retention::{RetentionFilter, purchase_retention};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Kind, PublicId};
use crate::params::{FromParam, Params, natural};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/market/retention", get(retention))
}

/// How many months are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months(i32);

impl FromParam for Months {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).filter(|months| *months <= 36).and_then(|months| i32::try_from(months).ok()).map(Self)
    }

    fn allowed() -> String {
        "a number of months from 1 to 36".to_owned()
    }
}

/// The parameters of `GET /v1/market/retention`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RetentionQuery {
    /// Only this chain: its id or CAIP-2 form. Without it, all of them, each by itself.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only purchases of this listing.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: Option<PublicId>,
    /// Only purchases of listings that this account owns now.
    #[param(value_type = Option<String>, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) provider: Option<Addr>,
    /// Only purchases of listings of this kind.
    pub(crate) kind: Option<Kind>,
    /// Only purchases paid in this token.
    #[param(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) token: Option<Addr>,
    /// How many months, up to that of the newest block.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 36, default = 12)]
    pub(crate) months: Option<Months>,
}

/// The buyers of a month, and what became of them.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Cohort {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// When the month begins (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-01T00:00:00Z")]
    pub month: OffsetDateTime,
    /// Accounts that paid for a purchase in it.
    #[schema(example = 40)]
    pub buyers: i64,
    /// How many of them paid for one in each later month; months in which none did have no entry.
    pub again: Vec<Again>,
}

/// Buyers that came back.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "ReturningBuyers")]
pub struct Again {
    /// When the later month begins (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    pub month: OffsetDateTime,
    /// How many bought again in it.
    #[schema(example = 12)]
    pub buyers: i64,
}

/// The answer of `GET /v1/market/retention`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionAnswer {
    /// By chain, oldest month first; months without buyers have no entry.
    pub data: Vec<Cohort>,
    pub meta: Meta,
}

/// How many of the buyers of each month bought again in each later one. What owners bought of themselves is left out.
#[utoipa::path(get, path = "/v1/market/retention", tag = "market", operation_id = "getRetention",
    params(RetentionQuery),
    responses(
        (status = 200, description = "The buyers of each month.", body = RetentionAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn retention(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let query = RetentionQuery {
        chain: params.take("chain")?,
        listing: params.take("listing")?,
        provider: params.take("provider")?,
        kind: params.take("kind")?,
        token: params.take("token")?,
        months: params.take("months")?,
    };
    params.finish()?;
    ask(&app.pool, &query).await?.respond(&headers)
}

impl Question for RetentionQuery {
    type Answer = Reply<Vec<Cohort>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let heads = chains.iter().map(|chain| snapshot.head_time(*chain)).collect::<Result<Vec<_>, _>>()?;
        let now = heads.into_iter().max().unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let filter = RetentionFilter {
            listing: self.listing,
            provider: self.provider,
            kind: self.kind,
            token: self.token,
        };
        let Months(months) = self.months.unwrap_or(Months(12));
        let rows = purchase_retention(snapshot.connection, &chains, &filter, (now, months)).await?;
        let mut data: Vec<Cohort> = Vec::new();
        for row in rows {
            match data.last_mut().filter(|last| (last.chain_id, last.month) == (row.chain_id, row.cohort)) {
                Some(cohort) => cohort.again.push(Again { month: row.month, buyers: row.buyers }),
                // Ordered by month: the first row of a cohort is its own month's.
                None => data.push(Cohort {
                    chain_id: row.chain_id,
                    month: row.cohort,
                    buyers: row.buyers,
                    again: Vec::new(),
                }),
            }
        }
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}
