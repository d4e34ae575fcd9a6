//! A listing's revenue shares, and the offers of them.

use serde::Serialize;
use sqlx::PgConnection;
use stoa_schema::earnings::share_earned;
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::db::share::{ShareRow, ShareTokenRow, share_of_listing, share_token_of};
use crate::db::share_sale::ShareSaleRow;
use crate::error::ApiError;
use crate::model::{PublicId, Token, moment, open};

/// ERC-20 shares that divide what a listing earns.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Shares {
    /// Contract of the shares, an ERC-20 of 18 decimals.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub share: Addr,
    /// Name that its owner gave it.
    #[schema(example = "Shares of a fine-tune")]
    pub name: String,
    /// Symbol that its owner gave it.
    #[schema(example = "TUNE")]
    pub symbol: String,
    /// How many shares there are, for good, in base units of 18 decimals.
    #[schema(value_type = String, example = "1000000000000000000000000")]
    pub supply: Uint,
    /// What the shares earn of what the listing receives, in 1/10,000; the rest is its parents'.
    #[schema(example = 9_000, minimum = 0, maximum = 10_000)]
    pub own_bps: i32,
    /// Vault account in which what they earn lies.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub account: Addr,
    /// How many accounts hold shares.
    #[schema(example = 3)]
    pub holders: i64,
    /// The tokens in which earnings are claimable, at most 4, in the order in which they were added.
    pub tokens: Vec<ShareToken>,
}

/// What shares earn in one token.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ShareToken {
    pub token: Token,
    /// What holders have claimed, in base units of the token.
    #[schema(value_type = String, example = "400000")]
    pub claimed: Uint,
    /// What all shares together have earned, claimed or not.
    #[schema(value_type = String, example = "900000")]
    pub earned: Uint,
}

/// An offer of shares at a fixed price. The shares stay the seller's until they are sold, so it may turn out
/// that there are too few of them.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ShareSale {
    /// Public id of the sale.
    #[schema(value_type = String, example = "31337-2")]
    pub id: PublicId,
    /// Who sells, and gets all that is paid.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub seller: Addr,
    /// Contract of the shares.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub share: Addr,
    /// What it is paid in.
    pub token: Token,
    /// Shares in one lot, in base units of 18 decimals.
    #[schema(value_type = String, example = "1000000000000000000")]
    pub lot: Uint,
    /// Price of a lot, in base units of the token.
    #[schema(value_type = String, example = "1000000")]
    pub price: Uint,
    /// How many lots are for sale in all; null is no limit.
    #[schema(value_type = Option<String>, example = "100", required = true)]
    pub cap: Option<Uint>,
    /// How many lots were sold.
    #[schema(value_type = String, example = "3")]
    pub sold: Uint,
    /// First second in which it sells (RFC 3339, UTC); null without such a bound, and beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-22T15:00:00Z", required = true)]
    pub sells_from: Option<OffsetDateTime>,
    /// First second in which it sells no more (RFC 3339, UTC); null without such a bound, and beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub sells_until: Option<OffsetDateTime>,
    /// Whether it sells by the head's time; what does not yet has a `sells_from`.
    pub on_sale: bool,
}

/// A listing's shares, if it has any.
pub(crate) async fn shares_of(
    connection: &mut PgConnection,
    listing: PublicId,
) -> Result<Option<Shares>, ApiError> {
    let Some(row) = share_of_listing(connection, listing).await? else { return Ok(None) };
    let tokens = share_token_of(connection, &[(listing.chain_id, row.share)], None).await?;
    Shares::of(row, tokens).map(Some)
}

impl Shares {
    /// A share contract with its tokens.
    pub(crate) fn of(row: ShareRow, tokens: Vec<ShareTokenRow>) -> Result<Self, ApiError> {
        let token = |token: ShareTokenRow| {
            let earned = earned(&token, row.own_bps)?;
            Ok(ShareToken { token: token.token, claimed: token.claimed, earned })
        };
        Ok(Self {
            share: row.share,
            name: row.name,
            symbol: row.symbol,
            supply: row.supply,
            own_bps: row.own_bps,
            account: row.account,
            holders: row.holders,
            tokens: tokens.into_iter().map(token).collect::<Result<_, ApiError>>()?,
        })
    }
}

/// What shares have earned of a token.
pub(crate) fn earned(token: &ShareTokenRow, own_bps: i32) -> Result<Uint, ApiError> {
    share_earned(token.received, own_bps).ok_or_else(|| {
        ApiError::Internal(format!("share {} earns {own_bps} of {}", token.share, token.received))
    })
}

impl ShareSale {
    /// An offer of a listing's shares, judged at `now`.
    pub(crate) fn of(listing: PublicId, row: ShareSaleRow, now: OffsetDateTime) -> Self {
        Self {
            id: PublicId { number: row.sale, ..listing },
            seller: row.seller,
            share: row.share,
            token: row.token,
            lot: row.lot,
            price: row.price,
            cap: (row.cap != Uint::default()).then_some(row.cap),
            sold: row.sold,
            sells_from: moment(row.sells_from),
            sells_until: moment(row.sells_until),
            on_sale: open(row.sells_from, row.sells_until, now),
        }
    }
}
