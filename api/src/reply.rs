//! The envelope around data: `data`, `next`, `meta`, the headers, and the ETag.

use alloy::primitives::hex;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cursor::Cursor;
use crate::error::ApiError;
use crate::meta::Meta;

/// What a question was answered with.
#[derive(Debug)]
pub struct Reply<T> {
    pub data: T,
    pub meta: Meta,
    /// For collections: where the next page begins, if there is one.
    pub next: Option<Option<Cursor>>,
}

impl<T: Serialize> Reply<T> {
    /// The response. Its ETag is the hash of the data: it stays while only the block number moves on.
    pub fn respond(self, request: &HeaderMap) -> Result<Response, ApiError> {
        self.respond_beside(&[], request)
    }

    /// The same with further members beside the data.
    pub(crate) fn respond_beside(
        self,
        members: &[(&'static str, serde_json::Value)],
        request: &HeaderMap,
    ) -> Result<Response, ApiError> {
        let mut body = b"{\"data\":".to_vec();
        write(&mut body, &self.data)?;
        if let Some(next) = &self.next {
            body.extend_from_slice(b",\"next\":");
            write(&mut body, &next.as_ref().map(Cursor::encode))?;
        }
        for (name, value) in members {
            body.extend_from_slice(b",");
            write(&mut body, name)?;
            body.extend_from_slice(b":");
            write(&mut body, value)?;
        }
        let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
        let mut headers = self.meta.headers();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if unchanged(request, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        body.extend_from_slice(b",\"meta\":");
        write(&mut body, &self.meta)?;
        body.push(b'}');
        Ok((headers, Body::from(body)).into_response())
    }
}

fn write(body: &mut Vec<u8>, value: &impl Serialize) -> Result<(), ApiError> {
    serde_json::to_writer(body, value)
        .map_err(|error| ApiError::Internal(format!("the answer does not serialise: {error}")))
}

/// Whether the client has this very data, by weak comparison (RFC 9110, 13.1.2).
pub(crate) fn unchanged(request: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|given| given.trim() == "*" || opaque(given) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etag(data: &str, request: &HeaderMap) -> (StatusCode, HeaderValue) {
        let reply = Reply { data, meta: Meta { chains: Vec::new() }, next: None };
        let response = reply.respond(request).expect("serialises");
        (response.status(), response.headers()[header::ETAG].clone())
    }

    #[test]
    fn equal_data_has_an_equal_tag_and_is_not_sent_twice() {
        let (status, tag) = etag("a", &HeaderMap::new());
        assert_eq!(status, StatusCode::OK);
        let mut request = HeaderMap::new();
        request.insert(header::IF_NONE_MATCH, tag.clone());
        assert_eq!(etag("a", &request), (StatusCode::NOT_MODIFIED, tag.clone()));
        let (status, other) = etag("b", &request);
        assert_eq!(status, StatusCode::OK);
        assert_ne!(other, tag);
    }

    #[test]
    fn lists_and_stars_of_tags_are_understood() {
        let tag = "W/\"abc\"";
        for (given, expected) in
            [("*", true), ("\"abc\"", true), ("\"x\", W/\"abc\"", true), ("\"abcd\"", false), ("", false)]
        {
            let mut request = HeaderMap::new();
            request.insert(header::IF_NONE_MATCH, HeaderValue::from_static(given));
            assert_eq!(unchanged(&request, tag), expected, "{given}");
        }
    }
}
