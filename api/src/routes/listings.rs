//! `GET /v1/listings`: the listings, filtered and paged.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Addr;
use utoipa::{IntoParams, ToSchema};

use super::summary::{ListingSummary, summaries};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::Starts;
use crate::db::listing::{ListingFilter, listing_search};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Kind, ListingStatus, Sort};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings", get(listings))
}

/// The parameters of `GET /v1/listings`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListingsQuery {
    /// Only listings on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
    /// Only listings of this kind.
    kind: Option<Kind>,
    /// Only listings in this state.
    status: Option<ListingStatus>,
    /// Only listings whose NFT this account owns.
    #[param(value_type = Option<String>, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", pattern = "^0x[0-9a-fA-F]{40}$")]
    owner: Option<Addr>,
    /// By time of creation; `newest` without it.
    sort: Option<Sort>,
    /// How many listings a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// The answer of `GET /v1/listings`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingsAnswer {
    pub data: Vec<ListingSummary>,
    /// The cursor of the next page; null on the last one.
    #[schema(required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Listings, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/listings", tag = "listings", operation_id = "searchListings",
    params(ListingsQuery),
    responses(
        (status = 200, description = "A page of listings.", body = ListingsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn listings(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &ListingsQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl ListingsQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            kind: params.take("kind")?,
            status: params.take("status")?,
            owner: params.take("owner")?,
            sort: params.take("sort")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        Ok(parsed)
    }
}

impl Question for ListingsQuery {
    type Answer = Reply<Vec<ListingSummary>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.chain)?;
        let sort = self.sort.unwrap_or(Sort::Newest);
        let Limit(limit) = self.limit.unwrap_or_default();
        let filter = ListingFilter { kind: self.kind, status: self.status, owner: self.owner };
        let binding = Binding::to(&("listings", self.chain, filter, sort));
        let mut positions = Cursor::positions(self.cursor.as_ref(), binding)?;

        let starts = Starts::new(&chains, &positions, sort);
        // One more than the page: whether there is another.
        let mut rows = listing_search(snapshot.connection, &filter, sort, &starts, limit + 1).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        positions.extend(rows.iter().map(|row| (row.chain_id, (row.listing, 0))));
        let next = more.then(|| Cursor::new(binding, positions));
        Ok(Reply { data: summaries(snapshot, rows).await?, meta: snapshot.meta(&chains), next: Some(next) })
    }
}
