//! `GET /v1/market/attribution`: where a listing's or a provider's money came from.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Uint};
use utoipa::{IntoParams, ToSchema};

use super::listing::net;
use super::summary::count;
use crate::app::App;
use crate::db::attribution::{AttributionRow, attribution_of, attribution_owned};
use crate::db::token;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, PublicId, RevenueSource, Token, word_of};
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// Rows of an answer at most.
const ROWS: i64 = 10_000;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/market/attribution", get(attribution))
}

/// The parameters of `GET /v1/market/attribution`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttributionQuery {
    /// Only this chain: its id or CAIP-2 form. Without it, all of them.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// The listing. Either it or `provider` is needed.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: Option<PublicId>,
    /// All listings that this account owns now.
    #[param(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) provider: Option<Addr>,
}

/// What a listing got from one source in one token. Amounts are in the token's base units.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Attribution {
    /// The listing that got it.
    #[schema(value_type = String, example = "31337-1")]
    pub listing: PublicId,
    pub source: RevenueSource,
    /// Royalties: the listing that derives from it and was sold; null for the other sources.
    #[schema(value_type = Option<String>, example = "31337-2", required = true)]
    pub child: Option<PublicId>,
    pub token: Token,
    /// Sales, payments, or settlements that paid a royalty: a whole number.
    #[schema(value_type = String, example = "12")]
    pub count: Uint,
    /// What was paid; royalties: what settlements brought so far.
    #[schema(value_type = String, example = "12000000")]
    pub amount: Uint,
    /// Protocol fee in it: only sales pay one.
    #[schema(value_type = String, example = "300000")]
    pub fee: Uint,
    /// Amount less fee, before the parts of the listing's own parents.
    #[schema(value_type = String, example = "11700000")]
    pub net: Uint,
}

/// The answer of `GET /v1/market/attribution`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttributionAnswer {
    /// By listing, source, child and token.
    pub data: Vec<Attribution>,
    pub meta: Meta,
}

/// Where a listing's or a provider's money came from: own sales, direct payments, and royalties of which child.
#[utoipa::path(get, path = "/v1/market/attribution", tag = "market", operation_id = "getAttribution",
    params(AttributionQuery),
    responses(
        (status = 200, description = "The sources, by token.", body = AttributionAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn attribution(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let query = AttributionQuery {
        chain: params.take("chain")?,
        listing: params.take("listing")?,
        provider: params.take("provider")?,
    };
    params.finish()?;
    query.check()?;
    ask(&app.pool, &query).await?.respond(&headers)
}

impl AttributionQuery {
    /// One of the two, and not both.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        match (self.listing, self.provider) {
            (None, None) => Err(ApiError::missing("listing", "a listing's id, or a `provider`")),
            (Some(listing), Some(_)) => {
                Err(ApiError::bad("listing", &listing.to_string(), "no `provider` beside it: one of the two"))
            }
            _ => Ok(()),
        }
    }
}

impl Question for AttributionQuery {
    type Answer = Reply<Vec<Attribution>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let mut data = Vec::new();
        for chain in &chains {
            let listings = match (self.listing, self.provider) {
                (Some(listing), _) => vec![listing.number],
                (None, Some(owner)) => attribution_owned(snapshot.connection, *chain, owner).await?,
                (None, None) => Vec::new(),
            };
            let at = (*chain, snapshot.projected(*chain));
            let rows = attribution_of(snapshot.connection, at, &listings, ROWS + 1).await?;
            for row in rows {
                data.push(shown(*chain, row)?);
            }
            if data.len() as i64 > ROWS {
                let read = self.provider.map(|provider| provider.to_string()).unwrap_or_default();
                let allowed = format!("a `listing`, or a `chain`: the answer has more than {ROWS} rows");
                return Err(ApiError::bad("provider", &read, allowed));
            }
        }
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

fn shown(chain_id: i64, row: AttributionRow) -> Result<Attribution, ApiError> {
    let id = |number| PublicId { chain_id, number };
    Ok(Attribution {
        listing: id(row.listing),
        source: word_of(row.source, "source of revenue")?,
        child: row.child.map(id),
        token: token(row.token, row.name, row.symbol, row.decimals),
        count: count(row.count),
        amount: row.amount,
        fee: row.fee,
        net: net(row.amount, row.fee)?,
    })
}
