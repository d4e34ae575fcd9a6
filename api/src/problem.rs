//! Problem documents (RFC 9457): what every refused request is answered with.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is: a stable URN that programs can compare.
    #[serde(rename = "type")]
    #[schema(example = "urn:stoa:problem:invalid-parameter")]
    pub kind: String,
    /// The kind in words. Equal for every problem of one type.
    #[schema(example = "A parameter is not valid")]
    pub title: String,
    /// The HTTP status, repeated.
    #[schema(example = 400)]
    pub status: u16,
    /// What was wrong with this request, and what to do.
    #[schema(example = "`limit` was `500`; expected a whole number from 1 to 100.")]
    pub detail: String,
    /// Which request it was about. Left out where the address says it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Name of the parameter that was wrong, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub parameter: Option<String>,
}

impl Problem {
    /// A problem of the kind `urn:stoa:problem:{name}`.
    pub fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:stoa:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            parameter: None,
        }
    }

    /// The problem of a status that something below the routes answered: a limit, a timeout, a panic.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "body-too-large",
                "The body is too large",
                "The request's body is larger than this server takes. Reads need no body: send none.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => Self::new(
                status,
                "busy",
                "The server is busy",
                "The answer took longer than allowed. Ask again in a moment, or for less: a smaller `limit`, more filters.",
            ),
            status if status.is_server_error() => Self::new(
                status,
                "internal",
                "The server failed",
                "The server failed to answer. The failure is in its log; asking again may help.",
            ),
            status => Self::new(
                status,
                "refused",
                status.canonical_reason().unwrap_or("The request was refused"),
                format!("The server refused the request with status {}.", status.as_u16()),
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A struct of strings and a number always serialises.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// Gives a body to errors that layers answered without one, so that every error is a problem document.
pub async fn fill_in(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    // GraphQL tells its errors in a form of its own, and pages (which alone have a policy) are for people.
    let told = kind.starts_with(b"application/") && kind.ends_with(b"json")
        || response.headers().contains_key(header::CONTENT_SECURITY_POLICY);
    if !is_error || told {
        return response;
    }
    if status.is_server_error() {
        tracing::warn!(%status, "a request took too long, or broke off");
    }
    Problem::of_status(status).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_its_media_type_and_leaves_out_what_is_not_there() {
        let problem =
            Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", "There is no listing 1-1.");
        let json = serde_json::to_value(&problem).expect("serialises");
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:stoa:problem:not-found", "title": "Not found", "status": 404,
                "detail": "There is no listing 1-1."
            })
        );
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        assert!(!response.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn a_busy_server_says_when_to_come_back() {
        let response = Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response();
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
}
