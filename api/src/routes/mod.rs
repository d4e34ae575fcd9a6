//! The routes under `/v1`. Each module owns its documents and its `router()`.

pub mod listing;
pub mod listings;
pub mod openapi;
pub mod purchases;
pub mod status;

mod summary;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;

use crate::app::App;
use crate::error::ApiError;

/// Everything under `/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .merge(status::router())
        .merge(listings::router())
        .merge(listing::router())
        .merge(purchases::router())
        .merge(openapi::router())
        .fallback(unknown)
        .method_not_allowed_fallback(method)
}

async fn unknown(request: Request) -> impl IntoResponse {
    let path: String = request.uri().path().chars().take(120).collect();
    ApiError::NotFound(format!("There is nothing at `/v1{path}`. GET /v1/openapi.json lists what there is."))
}

async fn method(request: Request) -> impl IntoResponse {
    ApiError::Method(request.method().as_str().chars().take(20).collect())
}
