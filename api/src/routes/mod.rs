//! The routes under `/v1`, and published content at `/ipfs`. Each module owns its documents and its `router()`.

pub mod access;
pub mod account;
pub mod attribution;
pub mod balances;
pub mod flow;
pub mod grades;
pub(crate) mod ipfs;
pub mod leaders;
pub mod lineage;
pub mod listing;
pub mod listings;
pub mod market;
pub mod openapi;
pub mod owners;
pub mod payments;
pub mod plan;
pub mod prices;
pub mod purchases;
pub mod retention;
pub mod series;
pub mod shares;
pub mod spendings;
pub mod staking;
pub mod status;
pub mod yields;

pub(crate) mod summary;

pub(crate) mod account_parts;

use axum::Router;
use axum::http::Method;

use crate::app::App;
use crate::error::ApiError;
use crate::live;
use crate::{export, raw, sql};

/// Everything under `/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .merge(status::router())
        .merge(listings::router())
        .merge(listing::router())
        .merge(lineage::router())
        .merge(flow::router())
        .merge(owners::router())
        .merge(grades::router())
        .merge(prices::router())
        .merge(yields::router())
        .merge(access::router())
        .merge(purchases::router())
        .merge(payments::router())
        .merge(spendings::router())
        .merge(account::router())
        .merge(balances::router())
        .merge(staking::router())
        .merge(market::router())
        .merge(series::router())
        .merge(leaders::router())
        .merge(retention::router())
        .merge(attribution::router())
        .merge(raw::events::router())
        .merge(raw::history::router())
        .merge(raw::transaction::router())
        .merge(export::routes::router())
        .merge(sql::routes::router())
        .merge(live::router())
        .merge(crate::access::routes::router())
        .merge(crate::relay::routes::router())
        .merge(crate::hooks::routes::router())
        .merge(openapi::router())
        .fallback(unknown)
        .method_not_allowed_fallback(method)
}

pub(crate) async fn unknown() -> ApiError {
    ApiError::NotFound(
        "There is nothing at this address. GET /v1/openapi.json lists what there is.".to_owned(),
    )
}

pub(crate) async fn method(method: Method) -> ApiError {
    ApiError::Method(method.as_str().chars().take(20).collect())
}
