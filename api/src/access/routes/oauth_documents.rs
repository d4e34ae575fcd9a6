//! What is said about access tokens, and how: in the standards' forms, not as problem documents.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;

/// What is asked for a token. The key says who it is by HTTP Basic (its public id and all of it), or here.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is read as pairs: here it is for the document")]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// Scopes with spaces between, of those that the key has; all of them without it.
    #[schema(example = "read export")]
    pub scope: Option<String>,
    /// The key's public id, where it is not told by HTTP Basic.
    pub client_id: Option<String>,
    /// The whole API key, where it is not told by HTTP Basic.
    pub client_secret: Option<String>,
}

/// A token that is asked about.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is read as pairs: here it is for the document")]
pub struct TokenQuestion {
    /// The access token.
    pub token: String,
    /// Ignored: there is one kind of token.
    pub token_type_hint: Option<String>,
    /// The key's public id, where it is not told by HTTP Basic.
    pub client_id: Option<String>,
    /// The whole API key, where it is not told by HTTP Basic.
    pub client_secret: Option<String>,
}

/// A token (RFC 6749 §5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessToken {
    /// A JWT (RFC 9068), for `Authorization: Bearer`.
    #[schema(example = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9…")]
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// What it may be used for.
    #[schema(example = "read export")]
    pub scope: String,
}

/// What is known of a token (RFC 7662 §2.2). Of one that opens nothing, `active` alone.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TokenState {
    /// Whether it opens anything now.
    pub active: bool,
    /// What it may be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The key's public id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it was given, in seconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// When it ends, in seconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// The token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// Why no token was given (RFC 6749 §5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct OauthError {
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    #[schema(example = "invalid_scope")]
    pub error: &'static str,
    /// What was wrong, and what to do.
    pub error_description: String,
}

/// An answer that is none of ours, in the standard's form.
pub(super) struct Wrong(StatusCode, OauthError);

impl Wrong {
    pub(super) fn new(error: &'static str, error_description: impl Into<String>) -> Self {
        let status =
            if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self(status, OauthError { error, error_description: error_description.into() })
    }
}

/// Why there is no answer.
pub(super) enum Failed {
    Wrong(Wrong),
    Ours(ApiError),
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl<E: Into<ApiError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

pub(super) fn respond(done: Result<Response, Failed>) -> Response {
    match done {
        Ok(response) => response,
        Err(Failed::Ours(error)) => error.into_response(),
        Err(Failed::Wrong(Wrong(status, error))) => {
            let mut response = json_of(status, &error);
            if status == StatusCode::UNAUTHORIZED {
                let asked = HeaderValue::from_static("Basic realm=\"stoa\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, asked);
            }
            response
        }
    }
}

pub(super) fn json_of(status: StatusCode, data: &impl Serialize) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match serde_json::to_vec(data) {
        Ok(body) => (status, headers, body).into_response(),
        Err(error) => ApiError::Internal(format!("the answer does not serialise: {error}")).into_response(),
    }
}
