//! `POST /v1/content` takes a file, `GET /v1/content/{cid}` answers it.

use std::sync::Arc;

use alloy::primitives::hex;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use sfv::{Dictionary, ListEntry, Parser};
use stoa_content::{Digest, Store, Whole};
use utoipa::ToSchema;

use super::receive::{ReceiveError, receive};
use super::row::{Upload, Uploaded, upload_add, upload_lock, upload_sums};
use super::{Limits, Uploads};
use crate::access::Caller;
use crate::access::routes::{answer, told};
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::params::Params;
use crate::problem::Problem;
use crate::routes::ipfs;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/content", get(limits).post(upload))
        .route("/content/{cid}", get(content))
        .method_not_allowed_fallback(crate::routes::method)
}

/// A file that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Content {
    /// Its name in IPFS: version 1, chunks of 256 KiB, as `ipfs add --cid-version=1 --raw-leaves` names it.
    #[schema(example = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")]
    pub cid: String,
    /// The address to put into a listing.
    #[schema(example = "ipfs://bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")]
    pub uri: String,
    /// sha-256 of its bytes: the content hash of a listing's version.
    #[schema(example = "0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")]
    pub sha256: String,
    /// Its length in bytes.
    #[schema(example = 11)]
    pub size: u64,
}

/// The answer of `POST /v1/content`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentAnswer {
    pub data: Content,
}

/// What may be uploaded here.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadLimits {
    /// Bytes of the largest file; 0 where this server takes none.
    #[schema(example = 268435456)]
    pub most: u64,
    /// Bytes that a wallet may upload in a day (UTC); 0 where this server takes none.
    #[schema(example = 536870912)]
    pub per_day: u64,
}

/// The answer of `GET /v1/content`.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadLimitsAnswer {
    pub data: UploadLimits,
}

/// How large files may be that are uploaded here, and how much in a day.
#[utoipa::path(get, path = "/v1/content", tag = "listings", operation_id = "getUploadLimits",
    responses(
        (status = 200, description = "The limits.", body = UploadLimitsAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn limits(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    // Where nobody can sign in, nobody uploads.
    let open = app.uploads.as_ref().filter(|_| app.access.setup.pepper.is_some());
    let (most, per_day) = open.map_or((0, 0), |uploads| (uploads.limits.file, uploads.limits.day));
    answer(StatusCode::OK, &UploadLimits { most, per_day })
}

/// Keeps a file, the body as it is, and names it. Content is named by its hash: the same file again is the same file.
#[utoipa::path(post, path = "/v1/content", tag = "listings", operation_id = "uploadContent",
    params(("Content-Digest" = Option<String>, Header, description = "RFC 9530: `sha-256=:…:`, the hash in base64. A body that is not that is refused.")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file."),
    responses(
        (status = 200, description = "This wallet has uploaded it before.", body = ContentAnswer),
        (status = 201, description = "It is kept.", body = ContentAnswer),
        (status = 400, description = "A header or the body is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "This server takes no uploads.", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The file is larger than this server takes.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is a form; send the file itself.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body's hash is not the one in `Content-Digest`.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "A quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "This server keeps no more.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn upload(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let uploads = app.uploads.as_ref().ok_or_else(off)?;
    // The rule lets nobody in who is not known.
    let account = caller.principal.account().ok_or_else(off)?;
    let expected = digest(&headers)?;
    no_form(&headers)?;
    let Some(_place) = uploads.place(account) else {
        return Err(ApiError::TooMany("Too many uploads run at once. Wait for one of them.".to_owned()));
    };
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if let Some(size) = declared {
        // What cannot be kept need not be sent.
        let sums = upload_sums(&mut *app.access.pool.acquire().await?, account).await?;
        room(uploads, sums, size)?;
    }
    let store = Store::new(&app.content);
    let (file, digest) = receive(store.clone(), body, uploads.limits.file).await.map_err(not_received)?;
    if let Some(expected) = expected
        && expected != digest.sha256
    {
        let shown = hex::encode_prefixed(digest.sha256);
        let detail =
            format!("The body's sha-256 is {shown}, not the one in `Content-Digest`. Nothing was kept.");
        return Err(told(StatusCode::UNPROCESSABLE_ENTITY, "wrong-digest", &detail));
    }
    let cid = digest.cid.to_string();
    let size = i64::try_from(digest.size).map_err(|_| too_large(uploads.limits.file))?;
    let mut transaction = begin(&app.access.pool, "BEGIN").await?;
    upload_lock(&mut transaction).await?;
    let sums = upload_sums(&mut transaction, account).await?;
    let new =
        upload_add(&mut transaction, &Upload { account, cid: &cid, sha256: &digest.sha256, size }).await?;
    if new {
        room(uploads, sums, digest.size)?;
    }
    keep(file, store).await?;
    transaction.commit().await?;
    answer(if new { StatusCode::CREATED } else { StatusCode::OK }, &shown(&digest))
}

async fn keep(file: Whole, store: Store) -> Result<(), ApiError> {
    let kept = tokio::task::spawn_blocking(move || file.keep(&store)).await;
    let kept = kept.map_err(|error| ApiError::Internal(format!("an upload was not kept: {error}")))?;
    kept.map_err(|error| ApiError::Internal(format!("an upload was not kept: {error}")))
}

fn shown(digest: &Digest) -> Content {
    let cid = digest.cid.to_string();
    Content {
        uri: format!("ipfs://{cid}"),
        cid,
        sha256: hex::encode_prefixed(digest.sha256),
        size: digest.size,
    }
}

/// Published content, whole or by `Range`, by its name: bytes to be saved, never a page. `/ipfs/{cid}` serves the same.
#[utoipa::path(get, path = "/v1/content/{cid}", tag = "listings", operation_id = "getContent",
    params(
        ("cid" = String, Path, description = "A CID of version 0 or 1 with sha-256.", example = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
        ("format" = Option<String>, Query, description = "`raw` answers the block that the name is the hash of."),
    ),
    responses(
        (status = 200, description = "The file; of a folder, its entries as JSON.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part that was asked for.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "It is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "This server does not have it.", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "The file has no such part."),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn content(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    Ok(ipfs::answer(app, &name, "", query.as_deref(), request).await?.into_response())
}

/// The sha-256 that the header tells (RFC 9530).
fn digest(headers: &HeaderMap) -> Result<Option<[u8; 32]>, ApiError> {
    let Some(value) = headers.get("content-digest") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let told = Parser::new(text).parse::<Dictionary>().ok().and_then(|named| {
        let ListEntry::Item(item) = named.get("sha-256")? else { return None };
        item.bare_item.as_byte_sequence()?.try_into().ok()
    });
    told.map(Some)
        .ok_or_else(|| ApiError::bad("Content-Digest", text, "`sha-256=:…:`, 32 bytes in base64 (RFC 9530)"))
}

/// A form would be kept with its boundaries, as nobody wants it.
fn no_form(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let form = |kind: &[u8]| kind.starts_with(b"multipart/") || kind.starts_with(b"application/x-www-form");
    match kind {
        Some(kind) if form(&kind) => Err(told(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "no-forms",
            "Send the file itself as the body, as in `curl --data-binary @FILE`, not a form.",
        )),
        _ => Ok(()),
    }
}

/// Whether so many bytes more may come.
fn room(uploads: &Uploads, sums: Uploaded, size: u64) -> Result<(), ApiError> {
    let Limits { file, day, all } = uploads.limits;
    let (today, kept) = (sums.today.unsigned_abs(), sums.all.unsigned_abs());
    if size > file {
        return Err(too_large(file));
    }
    if today.saturating_add(size) > day {
        let left = day.saturating_sub(today);
        let mut problem = Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "quota-exceeded",
            "The quota is used up",
            format!("A wallet may upload {day} bytes a day, and {left} are left; the file has {size}."),
        );
        (problem.limit, problem.reset) = (Some("upload".to_owned()), Some(sums.reset.unsigned_abs()));
        return Err(ApiError::Told(Box::new(problem)));
    }
    if kept.saturating_add(size) > all {
        let detail = "This server has no room for more uploads. Publish the file elsewhere, such as on IPFS.";
        return Err(told(StatusCode::INSUFFICIENT_STORAGE, "no-room", detail));
    }
    Ok(())
}

fn not_received(error: ReceiveError) -> ApiError {
    match error {
        ReceiveError::TooLarge(most) => too_large(most),
        ReceiveError::Slow => told(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "Nothing of the body came for 30 seconds, or all of it took more than an hour. Nothing was kept.",
        ),
        ReceiveError::BrokeOff(_) => {
            told(StatusCode::BAD_REQUEST, "broken-off", "The body broke off. Nothing was kept.")
        }
        ReceiveError::Store(error) => ApiError::Internal(format!("an upload cannot be written: {error}")),
        ReceiveError::Writer(error) => ApiError::Internal(format!("an upload cannot be written: {error}")),
    }
}

fn too_large(most: u64) -> ApiError {
    let detail = format!("A file may have up to {most} bytes here. Nothing was kept.");
    told(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", &detail)
}

fn off() -> ApiError {
    ApiError::NotFound(
        "This server takes no uploads: its operator sets how large they may be (STOA_UPLOAD_MIB).".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<[u8; 32]>, ApiError> {
        digest(&HeaderMap::from_iter([(
            "content-digest".parse().expect("a name"),
            value.parse().expect("a value"),
        )]))
    }

    #[test]
    fn digests_are_read_as_the_standard_writes_them() {
        // RFC 9530, section 2, whose sha-256 is of `{"hello": "world"}` and a line feed.
        let example = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(read(example).expect("reads").map(|hash| hash[0]), Some(0x44));
        assert_eq!(read(&format!("md5=:AAAA:, {example}")).expect("reads").map(|hash| hash[1]), Some(0xaf));
        assert!(digest(&HeaderMap::new()).expect("none").is_none());
        for wrong in ["", "sha-256", "sha-256=RK/0", "sha-256=:RK/0:", "sha-512=:AAAA:", "sha-256=::"] {
            assert_eq!(read(wrong).expect_err(wrong).problem().parameter.as_deref(), Some("Content-Digest"));
        }
    }
}
