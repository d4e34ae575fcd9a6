//! `GET /v1/access`: whether an account may use a listing now.

use std::cmp::Reverse;
use std::collections::HashMap;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::account::Pass;
use super::account_parts::pass;
use super::listing::missing;
use crate::app::App;
use crate::db::listing::{listing_get, listing_names};
use crate::db::pass::pass_of_listing;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{PlanKind, PublicId};
use crate::params::{FromParam, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/access", get(access))
}

/// The parameters of `GET /v1/access`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccessQuery {
    /// Public id of the listing.
    #[param(value_type = String, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: PublicId,
    /// The account.
    #[param(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) account: Addr,
}

/// Whether an account has a valid pass of a listing, after the block in `meta` and by the head's time.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Access {
    /// Public id of the listing.
    #[schema(value_type = String, example = "31337-1")]
    pub listing: PublicId,
    /// The account.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub account: Addr,
    /// Whether it holds a valid pass: a licence, a subscription that has not ended, or credits that are left.
    pub valid: bool,
    /// Of which kind the best valid pass is: a licence before a subscription before credits; null without one.
    #[schema(required = true)]
    pub kind: Option<PlanKind>,
    /// Of which plan it is; null without one.
    #[schema(value_type = Option<String>, example = "31337-3", required = true)]
    pub plan: Option<PublicId>,
    /// First second in which it is not valid any more (RFC 3339, UTC); null for what does not expire, and without one.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub expires_at: Option<OffsetDateTime>,
    /// Whether the account owns the listing: then it needs no pass.
    pub owner: bool,
    /// All passes of the listing that it holds, valid or not, those of the newest plan first, at most 1,000.
    pub passes: Vec<Pass>,
}

/// The answer of `GET /v1/access`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessAnswer {
    pub data: Access,
    pub meta: Meta,
}

/// Whether an account may use a listing: if it holds a valid pass, of which kind, and until when.
#[utoipa::path(get, path = "/v1/access", tag = "accounts", operation_id = "getAccess",
    params(AccessQuery),
    responses(
        (status = 200, description = "Whether it has a valid pass.", body = AccessAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn access(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let (listing, account) = (params.take("listing")?, params.take("account")?);
    params.finish()?;
    let question = AccessQuery {
        listing: listing.ok_or_else(|| ApiError::missing("listing", PublicId::allowed()))?,
        account: account.ok_or_else(|| ApiError::missing("account", Addr::allowed()))?,
    };
    ask(&app.pool, &question).await?.respond(&headers)
}

impl Question for AccessQuery {
    type Answer = Reply<Access>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let id = self.listing;
        let Some(listing) = listing_get(snapshot.connection, id).await? else {
            return Err(missing(id, snapshot));
        };
        let now = snapshot.head_time(id.chain_id)?.unix_timestamp();
        let rows = pass_of_listing(snapshot.connection, id, self.account).await?;
        let names: HashMap<PublicId, String> = listing_names(snapshot.connection, &[id]).await?;
        // A subscription beyond the year 9999 has no time that can be told; it still is the longest.
        let until: HashMap<i64, i64> = rows.iter().map(|row| (row.plan, row.expiry.unwrap_or(0))).collect();
        let passes = rows.into_iter().map(|row| pass(row, now, &names)).collect::<Result<Vec<_>, _>>()?;
        let rank = |pass: &&Pass| (pass.kind as u8, Reverse(until.get(&pass.plan.number).copied()));
        let best = passes.iter().filter(|pass| pass.active).min_by_key(rank);
        let data = Access {
            listing: id,
            account: self.account,
            valid: best.is_some(),
            kind: best.map(|pass| pass.kind),
            plan: best.map(|pass| pass.plan),
            expires_at: best.and_then(|pass| pass.expires_at),
            owner: listing.owner == self.account,
            passes,
        };
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: None })
    }
}
