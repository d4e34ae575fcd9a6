//! Where wallets sign in and manage their keys.

pub mod auth;
pub mod key_documents;
mod key_draft;
pub mod keys;
pub mod ledger;
pub mod oauth;
pub mod oauth_documents;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::ApiError;
use crate::problem::Problem;

pub(crate) fn router() -> Router<App> {
    auth::router().merge(keys::router()).merge(ledger::router()).merge(oauth::router())
}

/// `{"data": …}`, which nobody keeps.
pub(crate) fn answer(status: StatusCode, data: &impl Serialize) -> Result<Response, ApiError> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((status, headers, envelope(data)?).into_response())
}

pub(crate) fn envelope(data: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(&serde_json::json!({ "data": data }))
        .map_err(|error| ApiError::Internal(format!("the answer does not serialise: {error}")))
}

/// A body of JSON, every member known.
pub(crate) fn body<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, ApiError> {
    let body =
        body.map_err(|_| told(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"))?;
    serde_json::from_slice(&body).map_err(|error| {
        told(
            StatusCode::BAD_REQUEST,
            "invalid-body",
            &format!("The body is not what this route takes: {error}."),
        )
    })
}

pub(crate) fn told(status: StatusCode, name: &str, detail: &str) -> ApiError {
    ApiError::Told(Box::new(Problem::new(status, name, "The request cannot be done", detail)))
}

pub(crate) fn no_randomness(error: impl std::fmt::Display) -> ApiError {
    ApiError::Internal(format!("the system gives no random bytes: {error}"))
}
