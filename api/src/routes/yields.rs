//! `GET /v1/listings/{id}/yield`: what a listing's shares earned.

use alloy::primitives::{U256, U512, utils::format_units};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::earnings::share_earned;
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::listing::{missing, named};
use crate::app::App;
use crate::db::listing::listing_get;
use crate::db::share::{ShareRow, ShareTokenRow, share_of_listing, share_token_of};
use crate::db::yields::{CreditRow, ShareSoldRow, credit_of, share_sold_last};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{PublicId, Token};
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// Decimals of shares, and of what one earned.
const WHOLE: u8 = 18;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}/yield", get(yields))
}

/// What a listing's shares earned in one token.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Yield {
    /// Contract of the shares.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub share: Addr,
    pub token: Token,
    /// How many shares there are, in base units of 18 decimals.
    #[schema(value_type = String, example = "1000000000000000000000000")]
    pub supply: Uint,
    /// What they earned in the last 30, 90 and 365 days before the data's block.
    pub windows: Vec<YieldWindow>,
    /// The last sale of shares that was paid in the same token; null where none was.
    #[schema(required = true)]
    pub last_sale: Option<LastShareSale>,
}

/// What shares earned in so many days. What children owe counts once it is settled.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct YieldWindow {
    /// How many.
    #[schema(example = 30)]
    pub days: i32,
    /// What all shares together earned, in base units of the token.
    #[schema(value_type = String, example = "975000")]
    pub earned: Uint,
    /// What one whole share earned, in base units of the token: a decimal number, rounded down at 18 decimals.
    #[schema(example = "0.975000000000000000")]
    pub per_share: String,
    /// Earned per share by the price of the last sale, in 1/10,000, rounded down, not annualised; null without a sale.
    #[schema(value_type = Option<String>, example = "250", required = true)]
    pub of_last_price_bps: Option<Uint>,
}

/// What shares were sold for.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct LastShareSale {
    /// Price of one whole share, in base units of the token: a decimal number, rounded down at 18 decimals.
    #[schema(example = "39.000000000000000000")]
    pub price: String,
    /// When (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub time: OffsetDateTime,
}

/// The answer of `GET /v1/listings/{id}/yield`.
#[derive(Debug, Serialize, ToSchema)]
pub struct YieldAnswer {
    /// One for each token in which the shares earn; none for a listing without shares.
    pub data: Vec<Yield>,
    pub meta: Meta,
}

/// What a listing's shares earned lately, beside what they were sold for last.
#[utoipa::path(get, path = "/v1/listings/{id}/yield", tag = "listings", operation_id = "getYield",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$")),
    responses(
        (status = 200, description = "What the shares earned, by token.", body = YieldAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn yields(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &YieldQuery(named(path)?)).await?.respond(&headers)
}

/// What a listing's shares earned.
pub(crate) struct YieldQuery(pub(crate) PublicId);

impl Question for YieldQuery {
    type Answer = Reply<Vec<Yield>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let Self(id) = *self;
        let row = listing_get(snapshot.connection, id).await?;
        let Some((_, at)) = row.zip(snapshot.chain(id.chain_id).map(|chain| chain.projected)) else {
            return Err(missing(id, snapshot));
        };
        let mut data = Vec::new();
        if let Some(share) = share_of_listing(snapshot.connection, id).await? {
            let place = (id.chain_id, at.number);
            let credits = credit_of(snapshot.connection, place, share.account, at.time).await?;
            let sold = share_sold_last(snapshot.connection, id, at.number).await?;
            for token in share_token_of(snapshot.connection, &[(id.chain_id, share.share)], None).await? {
                data.push(in_token(&share, token, &credits, &sold)?);
            }
        }
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: None })
    }
}

fn in_token(
    share: &ShareRow,
    row: ShareTokenRow,
    credits: &[CreditRow],
    sold: &[ShareSoldRow],
) -> Result<Yield, ApiError> {
    let amiss = || ApiError::Internal(format!("what the shares {} earned does not add up", share.share));
    let credit = credits.iter().find(|credit| credit.token == row.token.address);
    let sold = sold.iter().find(|sold| sold.token == row.token.address);
    let earned = |received: U256| share_earned(Uint(received), share.own_bps).map(|earned| earned.0);
    let window = |days: i32, credited: Uint| {
        let before = earned(row.received.0.checked_sub(credited.0)?)?;
        let earned = earned(row.received.0)?.checked_sub(before)?;
        let of_last = |sold: &ShareSoldRow| ratio(earned, sold.shares.0, share.supply.0, sold.amount.0);
        Some(YieldWindow {
            days,
            earned: Uint(earned),
            per_share: each(earned, share.supply.0)?,
            of_last_price_bps: sold.and_then(of_last).map(Uint),
        })
    };
    let [month, quarter, year] = credit.map_or([Uint::default(); 3], |c| [c.days_30, c.days_90, c.days_365]);
    let windows = [window(30, month), window(90, quarter), window(365, year)];
    let last_sale = sold.and_then(|sold| {
        Some(LastShareSale { price: each(sold.amount.0, sold.shares.0)?, time: sold.block_time })
    });
    Ok(Yield {
        share: share.share,
        supply: share.supply,
        windows: windows.into_iter().collect::<Option<_>>().ok_or_else(amiss)?,
        last_sale,
        token: row.token,
    })
}

/// An amount for so many shares in base units, as that of one whole share.
fn each(amount: U256, shares: U256) -> Option<String> {
    let scale = U512::from(10).pow(U512::from(2 * u32::from(WHOLE)));
    let scaled = U512::from(amount).checked_mul(scale)?.checked_div(U512::from(shares))?;
    format_units(narrow(scaled)?, WHOLE).ok()
}

/// `10,000 * earned * shares / (supply * amount)`, rounded down: earned per share by price per share.
fn ratio(earned: U256, shares: U256, supply: U256, amount: U256) -> Option<U256> {
    let above = U512::from(earned).checked_mul(U512::from(shares))?.checked_mul(U512::from(10_000))?;
    narrow(above.checked_div(U512::from(supply).checked_mul(U512::from(amount))?)?)
}

fn narrow(number: U512) -> Option<U256> {
    (number <= U512::from(U256::MAX)).then(|| number.to())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_share_earned_is_exact_to_18_decimals() {
        let stoa = |whole: u64| U256::from(whole) * U256::from(10).pow(U256::from(18));
        assert_eq!(each(U256::from(975), stoa(1_000)).as_deref(), Some("0.975000000000000000"));
        assert_eq!(each(U256::from(10), stoa(3)).as_deref(), Some("3.333333333333333333"));
        assert_eq!(each(U256::from(1), U256::ZERO), None, "no shares");
        // 975 of 1,000 shares, of which 10 were sold for 39: 0.975 of 3.9.
        assert_eq!(ratio(U256::from(975), stoa(10), stoa(1_000), U256::from(39)), Some(U256::from(2_500)));
        assert_eq!(ratio(U256::from(1), stoa(1), stoa(1), U256::ZERO), None, "a gift has no yield");
    }
}
