//! The web app, served from a folder at run time.

use std::path::Path;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::app::App;

/// Where the build puts files whose names carry their hash.
const HASHED: &str = "/assets/";
/// No file of the app has a longer path; file systems fail on names that are too long.
const MAX_PATH: usize = 255;
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Nothing but our own files and our own API; no inline script or style, no frames around us.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Explorer and interactive documentation set styles on elements as they draw, and their style sheets hold their
/// fonts; scripts are ours alone all the same.
const POLICY_OF_TOOLS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
     connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const ABSENT: &str = "The web app is not built.\n\n\
    Run `cargo dev`, which builds and serves it, or build it alone:\n\n\
    \x20   cd api/web && npm ci && npm run build\n\n\
    and give stoa-api its folder: --web DIR (STOA_WEB_DIR). The API itself is at /v1/status.\n";

/// Answers everything outside `/v1`: a file, or the app's page for addresses that the app itself routes.
pub(crate) async fn web(State(app): State<App>, request: Request) -> Response {
    protected(find(&app.web, request).await, POLICY)
}

/// The interactive documentation of the REST routes.
pub(crate) async fn docs(State(app): State<App>, request: Request) -> Response {
    explorer(&app.web, "docs.html", request).await
}

/// A page of its own beside the app.
pub(crate) async fn explorer(folder: &Path, name: &str, request: Request) -> Response {
    let page = folder.join(name);
    if !tokio::fs::try_exists(&page).await.unwrap_or(false) {
        return protected(told(StatusCode::SERVICE_UNAVAILABLE, ABSENT), POLICY);
    }
    let (parts, _) = request.into_parts();
    let Ok(mut response) = ServeFile::new(page).oneshot(Request::from_parts(parts, Body::empty())).await;
    response.headers_mut().insert(header::CACHE_CONTROL, REVALIDATE);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    protected(response.map(Body::new), POLICY_OF_TOOLS)
}

fn protected(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    let fixed: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
        // Wallets open pop-ups that talk back.
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin-allow-popups"),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, value);
    }
    response
}

async fn find(folder: &Path, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "Only GET and HEAD are allowed here.\n")
            .into_response();
    }
    let index = folder.join("index.html");
    if !tokio::fs::try_exists(&index).await.unwrap_or(false) {
        return told(StatusCode::SERVICE_UNAVAILABLE, ABSENT);
    }
    let hashed = request.uri().path().starts_with(HASHED);
    let page = accepts_html(request.headers()) && !hashed;
    let (parts, _) = request.into_parts();
    let named = parts.uri.path().len() <= MAX_PATH;
    let served = match named {
        true => ServeDir::new(folder).oneshot(Request::from_parts(parts.clone(), Body::empty())).await.ok(),
        false => None,
    };
    let found = served.filter(|response| response.status() != StatusCode::NOT_FOUND);
    let Ok(mut response) = match found {
        Some(response) => Ok(response),
        None if page => ServeFile::new(index).oneshot(Request::from_parts(parts, Body::empty())).await,
        None => return told(StatusCode::NOT_FOUND, "There is no such file.\n"),
    };
    let cache = if hashed { FOREVER } else { REVALIDATE };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response.map(Body::new)
}

/// Whether a browser asks for a page, rather than for a script, an image or data.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"))
}

fn told(status: StatusCode, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, text).into_response()
}
