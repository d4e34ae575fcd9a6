//! `GET /ipfs/{cid}` and `/ipfs/{cid}/{path}`: published content, from the folder that `stoa publish` fills.
//!
//! A file is answered whole or by ranges, a folder with its entries. `?format=raw` answers the block that the name is
//! the hash of, as IPFS gateways do, so that whoever asks can check it. Content is anybody's: it is never shown as a page.

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use stoa_content::{Cid, Found, Store, cid, store};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::app::App;
use crate::error::ApiError;
use crate::params::{FromParam, Params};
use crate::reply::unchanged;

/// No path in a folder of ours is longer.
const MAX_PATH: usize = 4096;
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const BLOCK: HeaderValue = HeaderValue::from_static("application/vnd.ipld.raw");
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/ipfs/{cid}", get(root))
        .route("/ipfs/{cid}/", get(root))
        .route("/ipfs/{cid}/{*path}", get(within))
        .method_not_allowed_fallback(super::method)
}

/// A folder, as it is answered.
#[derive(Debug, Serialize)]
struct Folder {
    cid: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    cid: String,
    /// Bytes of all blocks under it: a little more than the content.
    size: u64,
}

/// `format=raw`, the one format there is.
struct Raw;

impl FromParam for Raw {
    fn from_param(text: &str) -> Option<Self> {
        (text == "raw").then_some(Self)
    }

    fn allowed() -> String {
        "raw".to_owned()
    }
}

/// What is at the end of a path.
enum Answer {
    Found(Cid, Found),
    Block(Cid, Vec<u8>),
}

async fn root(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    answer(app, &name, "", query.as_deref(), request).await
}

async fn within(
    State(app): State<App>,
    Path((name, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    answer(app, &name, &path, query.as_deref(), request).await
}

pub(crate) async fn answer(
    app: App,
    name: &str,
    path: &str,
    query: Option<&str>,
    request: Request,
) -> Result<Response, ApiError> {
    let raw = wants_block(query, request.headers())?;
    let root = cid::parse(name)
        .map_err(|_| ApiError::bad("cid", name, "a CID of version 0 or 1 with sha-256, such as bafkrei…"))?;
    if path.len() > MAX_PATH {
        return Err(absent(name));
    }
    let (store, path) = (Store::new(app.content), path.to_owned());
    let looked = tokio::task::spawn_blocking(move || find(&store, root, &path, raw)).await;
    let found = looked.map_err(|error| ApiError::Internal(format!("content could not be read: {error}")))?;
    match found.map_err(|error| ApiError::Internal(error.to_string()))? {
        None => Err(absent(name)),
        Some(Answer::Block(cid, _) | Answer::Found(cid, _)) if unchanged(request.headers(), &tag(&cid)) => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            fixed_headers(response.headers_mut(), &cid);
            Ok(response)
        }
        Some(Answer::Block(cid, block)) => Ok(with_headers(block.into_response(), &cid, true)),
        Some(Answer::Found(cid, Found::Folder(entries))) => Ok(folder(&cid, entries)),
        Some(Answer::Found(cid, Found::File(file))) => {
            let Ok(response) = ServeFile::new(file).oneshot(request).await;
            Ok(with_headers(response.map(Body::new), &cid, raw))
        }
    }
}

fn find(store: &Store, root: Cid, path: &str, raw: bool) -> Result<Option<Answer>, store::Error> {
    let names = path.split('/').filter(|name| !name.is_empty());
    let Some((cid, found)) = store.find(&root, names)? else { return Ok(None) };
    if raw && cid.codec() == cid::DAG_PB {
        return Ok(store.block(&cid)?.map(|block| Answer::Block(cid, block)));
    }
    Ok(Some(Answer::Found(cid, found)))
}

/// As IPFS gateways are asked for a block: by `format=raw` or by the media type.
fn wants_block(query: Option<&str>, headers: &HeaderMap) -> Result<bool, ApiError> {
    let mut params = Params::parse(query)?;
    let format: Option<Raw> = params.take("format")?;
    params.finish()?;
    Ok(format.is_some() || headers.get(header::ACCEPT).is_some_and(|accept| accept == BLOCK))
}

fn folder(cid: &Cid, entries: Vec<stoa_content::Entry>) -> Response {
    let entry = |entry: stoa_content::Entry| Entry {
        name: entry.name,
        cid: entry.cid.to_string(),
        size: entry.total,
    };
    let folder = Folder { cid: cid.to_string(), entries: entries.into_iter().map(entry).collect() };
    let mut response = Json(folder).into_response();
    fixed_headers(response.headers_mut(), cid);
    response
}

/// Whatever the file's name says, it is bytes to be saved.
fn with_headers(mut response: Response, cid: &Cid, block: bool) -> Response {
    let headers = response.headers_mut();
    headers.remove(header::LAST_MODIFIED);
    headers.insert(header::CONTENT_TYPE, if block { BLOCK } else { OCTETS });
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    fixed_headers(headers, cid);
    response
}

fn fixed_headers(headers: &mut HeaderMap, cid: &Cid) {
    headers.insert(header::CACHE_CONTROL, FOREVER);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    // A CID is letters and digits.
    if let Ok(tag) = HeaderValue::from_str(&tag(cid)) {
        headers.insert(header::ETAG, tag);
    }
}

fn tag(cid: &Cid) -> String {
    format!("\"{cid}\"")
}

fn absent(name: &str) -> ApiError {
    let shown: String = name.chars().take(80).collect();
    ApiError::NotFound(format!("This server does not have {shown}, or nothing at that path in it."))
}
