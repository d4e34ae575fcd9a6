//! `GET /v1/purchases`: every sale, filtered and paged.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::listing::net;
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::listing::listing_names;
use crate::db::purchase::{PurchaseFilter, PurchaseRow, purchase_search};
use crate::db::{self, Starts};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, LogId, PlanKind, PublicId, Sort, Token, moment_of, word_of};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/purchases", get(purchases))
}

/// The parameters of `GET /v1/purchases`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PurchasesQuery {
    /// Only purchases on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only purchases of this listing.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: Option<PublicId>,
    /// Only purchases that this account paid for.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) payer: Option<Addr>,
    /// Only purchases whose pass this account got.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) recipient: Option<Addr>,
    /// Only purchases that this account paid for or got the pass of.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) account: Option<Addr>,
    /// By time; `newest` without it.
    pub(crate) sort: Option<Sort>,
    /// How many purchases a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A sale, with the terms that held when it was made.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "PurchaseRecord")]
pub struct Purchase {
    /// Public id: `{chainId}-{block}-{logIndex}`.
    #[schema(value_type = String, example = "31337-812-4")]
    pub id: LogId,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
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
    /// Its log's index in the block.
    #[schema(example = 4)]
    pub log_index: i32,
    /// The listing sold.
    #[schema(value_type = String, example = "31337-1")]
    #[graphql(name = "listingId")]
    pub listing: PublicId,
    /// The listing's name, where its metadata URI holds one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub listing_name: Option<String>,
    /// The plan bought.
    #[schema(value_type = String, example = "31337-3")]
    #[graphql(name = "planId")]
    pub plan: PublicId,
    pub plan_kind: PlanKind,
    /// Who paid.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub payer: Addr,
    /// Who got the pass.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub recipient: Addr,
    /// Who earned the net.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub beneficiary: Addr,
    /// How many were bought.
    #[schema(value_type = String, example = "1")]
    pub quantity: Uint,
    /// What was paid, in base units of the token: fee and net.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
    /// Protocol fee in it.
    #[schema(value_type = String, example = "25000")]
    pub fee: Uint,
    /// What the listing earned: amount less fee.
    #[schema(value_type = String, example = "975000")]
    pub net: Uint,
    /// What it was paid in.
    pub token: Token,
    /// Until when the recipient's subscription is valid after it (RFC 3339, UTC); null for what does not expire,
    /// and beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub expires_at: Option<OffsetDateTime>,
    pub finality: Finality,
}

/// The answer of `GET /v1/purchases`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchasesAnswer {
    pub data: Vec<Purchase>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Purchases, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/purchases", tag = "purchases", operation_id = "searchPurchases",
    params(PurchasesQuery),
    responses(
        (status = 200, description = "A page of purchases.", body = PurchasesAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn purchases(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &PurchasesQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl PurchasesQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            listing: params.take("listing")?,
            payer: params.take("payer")?,
            recipient: params.take("recipient")?,
            account: params.take("account")?,
            sort: params.take("sort")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        Ok(parsed)
    }
}

impl PurchasesQuery {
    pub(crate) fn filter(&self) -> PurchaseFilter {
        PurchaseFilter {
            listing: self.listing,
            payer: self.payer,
            recipient: self.recipient,
            account: self.account,
        }
    }

    /// What the cursors of its pages are bound to.
    pub(crate) fn binding(&self) -> Binding {
        Binding::to(&("purchases", self.chain, self.filter(), self.sort.unwrap_or(Sort::Newest)))
    }
}

impl Question for PurchasesQuery {
    type Answer = Reply<Vec<Purchase>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let sort = self.sort.unwrap_or(Sort::Newest);
        let Limit(limit) = self.limit.unwrap_or_default();
        let (filter, binding) = (self.filter(), self.binding());
        let positions = Cursor::positions(self.cursor.as_ref(), binding)?;

        let starts = Starts::new(&chains, &positions, sort);
        // One more than the page: whether there is another.
        let mut rows = purchase_search(snapshot.connection, &filter, sort, &starts, limit + 1).await?;
        let place = |row: &PurchaseRow| (row.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, positions, place);

        let names = names(snapshot, rows.iter().map(|row| (row.chain_id, row.listing))).await?;
        let data = rows.into_iter().map(|row| purchase(row, snapshot, &names)).collect::<Result<_, _>>()?;
        Ok(Reply { data, meta: snapshot.meta(&chains), next: Some(next) })
    }
}

/// All purchases in these blocks of a chain.
pub(crate) async fn purchases_in(
    snapshot: &mut Snapshot<'_>,
    chain_id: i64,
    first: i64,
    last: i64,
) -> Result<Vec<Purchase>, ApiError> {
    const PAGE: i64 = 500;
    let filter = PurchaseFilter { listing: None, payer: None, recipient: None, account: None };
    let (mut at, mut found) = ((first - 1, i32::MAX), Vec::new());
    loop {
        let starts = Starts::new(&[chain_id], &BTreeMap::from([(chain_id, at)]), Sort::Oldest);
        let mut rows = purchase_search(snapshot.connection, &filter, Sort::Oldest, &starts, PAGE).await?;
        let more = rows.len() as i64 == PAGE;
        rows.retain(|row| row.block_number <= last);
        let end = rows.last().filter(|_| more).map(|row| (row.block_number, row.log_index));
        let names = names(snapshot, rows.iter().map(|row| (row.chain_id, row.listing))).await?;
        for row in rows {
            found.push(purchase(row, snapshot, &names)?);
        }
        match end {
            Some(end) => at = end,
            None => return Ok(found),
        }
    }
}

/// The names of the listings on a page: one statement, however many rows.
pub(crate) async fn names(
    snapshot: &mut Snapshot<'_>,
    listings: impl Iterator<Item = (i64, i64)>,
) -> Result<HashMap<PublicId, String>, ApiError> {
    let mut ids: Vec<PublicId> = listings.map(|(chain_id, number)| PublicId { chain_id, number }).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(listing_names(snapshot.connection, &ids).await?)
}

/// A purchase as it goes out.
pub(crate) fn purchase(
    row: PurchaseRow,
    snapshot: &Snapshot<'_>,
    names: &HashMap<PublicId, String>,
) -> Result<Purchase, ApiError> {
    let PurchaseRow { chain_id, block_number, log_index, .. } = row;
    let id = LogId { chain_id, block_number, log_index };
    let listing = PublicId { chain_id, number: row.listing };
    let kind =
        row.plan_kind.ok_or_else(|| ApiError::Internal(format!("purchase {id} is of an unknown plan")))?;
    let chain = snapshot.chain(chain_id);
    Ok(Purchase {
        id,
        chain_id,
        block_number,
        block_time: row.block_time,
        tx_hash: row.tx_hash,
        log_index,
        listing,
        listing_name: names.get(&listing).cloned(),
        plan: PublicId { chain_id, number: row.plan },
        plan_kind: word_of(kind, "kind of plan")?,
        payer: row.payer,
        recipient: row.recipient,
        beneficiary: row.beneficiary,
        quantity: row.quantity,
        amount: row.amount,
        fee: row.fee,
        net: net(row.amount, row.fee)?,
        token: db::token(row.token, row.name, row.symbol, row.decimals),
        expires_at: moment_of(row.expiry),
        finality: chain.map_or(Finality::Latest, |chain| chain.finality(block_number)),
    })
}
