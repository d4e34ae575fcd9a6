//! `GET /v1/spendings`: every spending of credits, filtered and paged.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::purchases::names;
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::Starts;
use crate::db::spending::{SpendingFilter, SpendingRow, spending_search};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, LogId, PublicId, Sort};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/spendings", get(spendings))
}

/// The parameters of `GET /v1/spendings`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SpendingsQuery {
    /// Only spendings on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only spendings of credits of this plan.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) plan: Option<PublicId>,
    /// Only spendings of credits that this account held.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) holder: Option<Addr>,
    /// Only spendings by this account: the holder itself, or who brought its signed order.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) spender: Option<Addr>,
    /// By time; `newest` without it.
    pub(crate) sort: Option<Sort>,
    /// How many spendings a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A spending of credits.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "SpendingRecord")]
pub struct Spending {
    /// Public id: `{chainId}-{block}-{logIndex}`.
    #[schema(value_type = String, example = "31337-812-4")]
    pub id: LogId,
    /// The block that holds it.
    #[schema(example = 812)]
    pub block_number: i64,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub block_time: OffsetDateTime,
    /// The transaction that made it.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// The plan whose credits they are.
    #[schema(value_type = String, example = "31337-3")]
    #[graphql(name = "planId")]
    pub plan: PublicId,
    /// The listing.
    #[schema(value_type = String, example = "31337-1")]
    #[graphql(name = "listingId")]
    pub listing: PublicId,
    /// The listing's name, where its metadata URI holds one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub listing_name: Option<String>,
    /// Whose credits.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub holder: Addr,
    /// Who spent them: the holder itself, or who brought its signed order.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub spender: Addr,
    /// How many units: a whole number.
    #[schema(value_type = String, example = "40")]
    pub units: Uint,
    /// What one unit is called.
    #[schema(example = "call")]
    pub unit: String,
    /// The holder's units after it.
    #[schema(value_type = String, example = "960")]
    pub remaining: Uint,
    /// The spender's own reference: 32 bytes.
    #[schema(value_type = String, example = "0x0000000000000000000000000000000000000000000000000000000000000007")]
    pub reference: Hash,
    pub finality: Finality,
}

/// The answer of `GET /v1/spendings`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpendingsAnswer {
    pub data: Vec<Spending>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Spendings of credits, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/spendings", tag = "purchases", operation_id = "searchSpendings",
    params(SpendingsQuery),
    responses(
        (status = 200, description = "A page of spendings.", body = SpendingsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn spendings(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &SpendingsQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl SpendingsQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            plan: params.take("plan")?,
            holder: params.take("holder")?,
            spender: params.take("spender")?,
            sort: params.take("sort")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        Ok(parsed)
    }
}

impl SpendingsQuery {
    pub(crate) fn filter(&self) -> SpendingFilter {
        SpendingFilter { plan: self.plan, holder: self.holder, spender: self.spender }
    }

    /// What the cursors of its pages are bound to.
    pub(crate) fn binding(&self) -> Binding {
        Binding::to(&("spendings", self.chain, self.filter(), self.sort.unwrap_or(Sort::Newest)))
    }
}

impl Question for SpendingsQuery {
    type Answer = Reply<Vec<Spending>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "plan", self.plan)?;
        let sort = self.sort.unwrap_or(Sort::Newest);
        let Limit(limit) = self.limit.unwrap_or_default();
        let (filter, binding) = (self.filter(), self.binding());
        let positions = Cursor::positions(self.cursor.as_ref(), binding)?;

        let starts = Starts::new(&chains, &positions, sort);
        // One more than the page: whether there is another.
        let mut rows = spending_search(snapshot.connection, &filter, sort, &starts, limit + 1).await?;
        let place = |row: &SpendingRow| (row.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, positions, place);

        let listings = rows.iter().filter_map(|row| Some((row.chain_id, row.listing?)));
        let names = names(snapshot, listings).await?;
        let data =
            rows.into_iter().map(|row| Spending::of(row, snapshot, &names)).collect::<Result<_, _>>()?;
        Ok(Reply { data, meta: snapshot.meta(&chains), next: Some(next) })
    }
}

impl Spending {
    fn of(
        row: SpendingRow,
        snapshot: &Snapshot<'_>,
        names: &HashMap<PublicId, String>,
    ) -> Result<Self, ApiError> {
        let SpendingRow { chain_id, block_number, log_index, .. } = row;
        let id = LogId { chain_id, block_number, log_index };
        let chain = snapshot.chain(chain_id);
        let plan = row.listing.zip(row.unit);
        let (listing, unit) =
            plan.ok_or_else(|| ApiError::Internal(format!("spending {id} is of an unknown plan")))?;
        let listing = PublicId { chain_id, number: listing };
        Ok(Self {
            id,
            block_number,
            block_time: row.block_time,
            tx_hash: row.tx_hash,
            plan: PublicId { chain_id, number: row.plan },
            listing,
            listing_name: names.get(&listing).cloned(),
            holder: row.holder,
            spender: row.spender,
            units: row.units,
            unit,
            remaining: row.remaining,
            reference: row.reference,
            finality: chain.map_or(Finality::Latest, |chain| chain.finality(block_number)),
        })
    }
}
