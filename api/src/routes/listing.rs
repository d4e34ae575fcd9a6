//! `GET /v1/listings/{id}`: one listing with all that belongs to it.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::plan::Plan;
use super::shares::{ShareSale, Shares, shares_of};
use super::summary::{ListingSummary, count, summaries};
use crate::app::App;
use crate::db::approval::approved_of;
use crate::db::listing::listing_get;
use crate::db::listing_parent::listing_parent_children;
use crate::db::listing_version::{VersionRow, listing_version_of};
use crate::db::plan::plan_of;
use crate::db::revenue::{RevenueRow, revenue_of};
use crate::db::share_sale::share_sale_open;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{Edge, PublicId, Token};
use crate::params::{FromParam, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}", get(listing))
}

/// A listing with its versions, plans, children, revenue and shares.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing {
    #[serde(flatten)]
    pub summary: ListingSummary,
    /// Who may manage and move it beside its owner and the owner's operators (ERC-721 approval); null for nobody.
    #[schema(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", required = true)]
    pub approved: Option<Addr>,
    /// Its releases, newest first, at most 1,000.
    pub versions: Vec<Version>,
    /// Ways to buy it, oldest first, at most 1,000.
    pub plans: Vec<Plan>,
    /// The listings that derive from it, oldest first, at most 1,000.
    pub children: Vec<Edge>,
    /// What its sales and direct payments brought, one entry per token: amounts in different tokens are never added.
    pub revenue: Vec<Revenue>,
    /// Its revenue shares; null while its owner has made none.
    #[schema(required = true)]
    pub shares: Option<Shares>,
    /// Offers of its shares that sell by the head's time or later, oldest first, at most 1,000.
    pub share_sales: Vec<ShareSale>,
}

/// An immutable release.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "Release")]
pub struct Version {
    /// Its number, from 1.
    #[schema(example = 1)]
    pub version: i64,
    /// SHA-256 of the content, or the digest of its CID.
    #[schema(value_type = String, example = "0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: Hash,
    /// Where the content is to be had.
    #[schema(example = json!(["ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"]))]
    pub uris: Vec<String>,
    /// When it was published (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub published_at: OffsetDateTime,
    /// The block in which it was published.
    #[schema(example = 17)]
    pub block_number: i64,
    /// The transaction that published it.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
}

/// What a listing's sales and direct payments brought in one token.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Revenue {
    pub token: Token,
    /// How many purchases: a whole number.
    #[schema(value_type = String, example = "12")]
    pub sales: Uint,
    /// What buyers paid, in base units of the token: fee and net.
    #[schema(value_type = String, example = "12000000")]
    pub gross: Uint,
    /// Protocol fee in it.
    #[schema(value_type = String, example = "300000")]
    pub fee: Uint,
    /// What the listing earned by them: gross less fee, before parents' parts.
    #[schema(value_type = String, example = "11700000")]
    pub net: Uint,
    /// How many times somebody paid the listing directly, without buying: a whole number.
    #[schema(value_type = String, example = "2")]
    pub payments: Uint,
    /// What was paid so, in base units of the token: beside `net`, without a fee, before parents' parts.
    #[schema(value_type = String, example = "500000")]
    pub paid: Uint,
}

/// The answer of `GET /v1/listings/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingAnswer {
    pub data: Listing,
    pub meta: Meta,
}

/// One listing with its versions, plans, children, revenue and shares.
#[utoipa::path(get, path = "/v1/listings/{id}", tag = "listings", operation_id = "getListing",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$")),
    responses(
        (status = 200, description = "The listing.", body = ListingAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn listing(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let id = named(path)?;
    ask(&app.pool, &ListingQuery(id)).await?.respond(&headers)
}

/// The listing that a path names.
pub(super) fn named(path: Result<Path<String>, PathRejection>) -> Result<PublicId, ApiError> {
    let Path(text) = path.map_err(|_| ApiError::bad("id", "what is no UTF-8", PublicId::allowed()))?;
    PublicId::from_param(&text).ok_or_else(|| ApiError::bad("id", &text, PublicId::allowed()))
}

struct ListingQuery(PublicId);

impl Question for ListingQuery {
    type Answer = Reply<Listing>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let Self(id) = *self;
        let Some(row) = listing_get(snapshot.connection, id).await? else {
            return Err(missing(id, snapshot));
        };
        let Some(summary) = summaries(snapshot, vec![row]).await?.pop() else {
            return Err(missing(id, snapshot));
        };
        let now = snapshot.head_time(id.chain_id)?;
        let connection = &mut *snapshot.connection;
        let approved = approved_of(connection, id).await?;
        let versions = listing_version_of(connection, id).await?;
        let plans = plan_of(connection, id).await?;
        let children = listing_parent_children(connection, id).await?;
        let revenue = revenue_of(connection, id).await?;
        let shares = shares_of(connection, id).await?;
        let sales = share_sale_open(connection, id, now.unix_timestamp()).await?;
        let Some(chain) = snapshot.chain(id.chain_id) else { return Err(missing(id, snapshot)) };
        let data = Listing {
            summary,
            approved,
            versions: versions.into_iter().map(Version::from).collect(),
            plans: plans.into_iter().map(|row| Plan::of(id, row, chain)).collect::<Result<_, _>>()?,
            children,
            revenue: revenue.into_iter().map(revenue_of_row).collect::<Result<_, _>>()?,
            shares,
            share_sales: sales.into_iter().map(|row| ShareSale::of(id, row, now)).collect(),
        };
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: None })
    }
}

/// Refuses a listing that there is not.
pub(crate) async fn must_exist(id: PublicId, snapshot: &mut Snapshot<'_>) -> Result<(), ApiError> {
    match listing_get(snapshot.connection, id).await? {
        Some(_) => Ok(()),
        None => Err(missing(id, snapshot)),
    }
}

pub(crate) fn missing(id: PublicId, snapshot: &Snapshot<'_>) -> ApiError {
    ApiError::NotFound(match snapshot.chain(id.chain_id) {
        Some(chain) => format!("There is no listing {id} up to block {}.", chain.projected.number),
        None => format!("There is no listing {id}: chain {} is not served here.", id.chain_id),
    })
}

impl From<VersionRow> for Version {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            content_hash: row.content_hash,
            uris: row.uris,
            published_at: row.block_time,
            block_number: row.block_number,
            tx_hash: row.tx_hash,
        }
    }
}

pub(crate) fn revenue_of_row(row: RevenueRow) -> Result<Revenue, ApiError> {
    let net = net(row.amount, row.fee)?;
    Ok(Revenue {
        token: row.token,
        sales: count(row.sales),
        gross: row.amount,
        fee: row.fee,
        net,
        payments: count(row.payments),
        paid: row.paid,
    })
}

/// What is left of an amount after the fee in it.
pub(crate) fn net(amount: Uint, fee: Uint) -> Result<Uint, ApiError> {
    let net = amount.0.checked_sub(fee.0);
    net.map(Uint)
        .ok_or_else(|| ApiError::Internal(format!("a fee of {fee} is more than its amount {amount}")))
}
