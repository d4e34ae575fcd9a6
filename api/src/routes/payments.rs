//! `GET /v1/payments`: what was paid to listings without a sale, filtered and paged.

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
use crate::db::payment::{PaymentFilter, PaymentRow, listing_payment_search};
use crate::db::{self, Starts};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, LogId, PublicId, Sort, Token};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/payments", get(payments))
}

/// The parameters of `GET /v1/payments`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentsQuery {
    /// Only payments on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only payments to this listing.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: Option<PublicId>,
    /// Only payments by this account.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) payer: Option<Addr>,
    /// By time; `newest` without it.
    pub(crate) sort: Option<Sort>,
    /// How many payments a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A payment to a listing without a sale: a donation, or what another protocol passes on.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "PaymentRecord")]
pub struct Payment {
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
    /// The listing paid.
    #[schema(value_type = String, example = "31337-1")]
    #[graphql(name = "listingId")]
    pub listing: PublicId,
    /// The listing's name, where its metadata URI holds one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub listing_name: Option<String>,
    /// Who paid.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub payer: Addr,
    /// Who earns it: the listing's shares, else its owner when it was paid.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub beneficiary: Addr,
    /// What was paid in.
    pub token: Token,
    /// What was paid, in base units of the token. There is no fee in it.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
    /// 32 bytes of the payer's choice.
    #[schema(value_type = String, example = "0x0000000000000000000000000000000000000000000000000000000000000007")]
    pub memo: Hash,
    pub finality: Finality,
}

/// The answer of `GET /v1/payments`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentsAnswer {
    pub data: Vec<Payment>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Payments to listings without a sale, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/payments", tag = "purchases", operation_id = "searchPayments",
    params(PaymentsQuery),
    responses(
        (status = 200, description = "A page of payments.", body = PaymentsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn payments(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &PaymentsQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl PaymentsQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            listing: params.take("listing")?,
            payer: params.take("payer")?,
            sort: params.take("sort")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        Ok(parsed)
    }
}

impl PaymentsQuery {
    pub(crate) fn filter(&self) -> PaymentFilter {
        PaymentFilter { listing: self.listing, payer: self.payer }
    }

    /// What the cursors of its pages are bound to.
    pub(crate) fn binding(&self) -> Binding {
        Binding::to(&("payments", self.chain, self.filter(), self.sort.unwrap_or(Sort::Newest)))
    }
}

impl Question for PaymentsQuery {
    type Answer = Reply<Vec<Payment>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let sort = self.sort.unwrap_or(Sort::Newest);
        let Limit(limit) = self.limit.unwrap_or_default();
        let (filter, binding) = (self.filter(), self.binding());
        let positions = Cursor::positions(self.cursor.as_ref(), binding)?;

        let starts = Starts::new(&chains, &positions, sort);
        // One more than the page: whether there is another.
        let mut rows = listing_payment_search(snapshot.connection, &filter, sort, &starts, limit + 1).await?;
        let place = |row: &PaymentRow| (row.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, positions, place);

        let listings = rows.iter().map(|row| (row.chain_id, row.listing));
        let names = names(snapshot, listings).await?;
        let data =
            rows.into_iter().map(|row| Payment::of(row, snapshot, &names)).collect::<Result<_, _>>()?;
        Ok(Reply { data, meta: snapshot.meta(&chains), next: Some(next) })
    }
}

impl Payment {
    fn of(
        row: PaymentRow,
        snapshot: &Snapshot<'_>,
        names: &HashMap<PublicId, String>,
    ) -> Result<Self, ApiError> {
        let PaymentRow { chain_id, block_number, log_index, .. } = row;
        let id = LogId { chain_id, block_number, log_index };
        let chain = snapshot.chain(chain_id);
        let listing = PublicId { chain_id, number: row.listing };
        Ok(Self {
            id,
            block_number,
            block_time: row.block_time,
            tx_hash: row.tx_hash,
            listing,
            listing_name: names.get(&listing).cloned(),
            payer: row.payer,
            beneficiary: row.beneficiary,
            token: db::token(row.token, row.name, row.symbol, row.decimals),
            amount: row.amount,
            memo: row.memo,
            finality: chain.map_or(Finality::Latest, |chain| chain.finality(block_number)),
        })
    }
}
