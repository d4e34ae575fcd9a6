//! `Content-Digest` (RFC 9530): a signature names the digest, and the digest the body.

use aws_lc_rs::digest::{Context, SHA256, SHA512};
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::http::{HeaderMap, HeaderName};
use futures::StreamExt as _;
use sfv::{Dictionary, ListEntry, Parser};

use super::super::secret::equal;
use super::Reason;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
/// What is read before a route sees it; of a longer body the end fails where it is another than was signed.
const AT_ONCE: u64 = 64 * 1024;

/// The body, if it has the digest that the headers name.
pub(super) async fn checked(headers: &HeaderMap, body: Body) -> Result<Body, Reason> {
    let (mut context, told) = told(headers)?;
    if body.size_hint().upper().is_none_or(|most| most > AT_ONCE) {
        return Ok(streamed(body, context, told));
    }
    let cut = || ("wrong-digest", "The body could not be read to its end.".to_owned());
    let bytes = to_bytes(body, AT_ONCE as usize).await.map_err(|_| cut())?;
    context.update(&bytes);
    match equal(context.finish().as_ref(), &told) {
        true => Ok(Body::from(bytes)),
        false => Err(("wrong-digest", "The body is not the one that `Content-Digest` is of.".to_owned())),
    }
}

/// The strongest digest that the header names.
fn told(headers: &HeaderMap) -> Result<(Context, Vec<u8>), Reason> {
    let wrong = || {
        let detail = "`Content-Digest` must be as in `sha-256=:…:` or `sha-512=:…:` (RFC 9530).".to_owned();
        ("malformed-signature", detail)
    };
    let text = headers.get(CONTENT_DIGEST).and_then(|value| value.to_str().ok()).ok_or_else(wrong)?;
    let named: Dictionary = Parser::new(text).parse().map_err(|_| wrong())?;
    let found = [("sha-512", &SHA512), ("sha-256", &SHA256)].into_iter().find_map(|(name, algorithm)| {
        let ListEntry::Item(item) = named.get(name)? else { return None };
        Some((Context::new(algorithm), item.bare_item.as_byte_sequence()?.to_vec()))
    });
    found.ok_or_else(wrong)
}

fn streamed(body: Body, context: Context, told: Vec<u8>) -> Body {
    let flowing = (body.into_data_stream(), Some((context, told)));
    let chunks = futures::stream::unfold(flowing, |(mut body, left)| async move {
        let (mut context, told) = left?;
        match body.next().await {
            Some(Ok(chunk)) => {
                context.update(&chunk);
                Some((Ok(chunk), (body, Some((context, told)))))
            }
            Some(Err(error)) => Some((Err(error.to_string()), (body, None))),
            None if equal(context.finish().as_ref(), &told) => None,
            None => Some((Err("the body is not the signed one".to_owned()), (body, None))),
        }
    });
    Body::from_stream(chunks.map(|chunk: Result<Bytes, String>| chunk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    /// RFC 9421, B.2, of `{"hello": "world"}`.
    const SHA_512: &str =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_DIGEST, HeaderValue::from_str(value).expect("text"))])
    }

    #[tokio::test]
    async fn a_body_is_the_one_that_was_signed_or_cannot_be_read() {
        for chunked in [false, true] {
            let body = |text: &'static str| match chunked {
                true => Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>(text)])),
                false => Body::from(text),
            };
            let read = async |text: &'static str| {
                let body =
                    checked(&headers(SHA_512), body(text)).await.map_err(|(reason, _)| reason.to_owned());
                to_bytes(body?, usize::MAX).await.map_err(|error| error.to_string())
            };
            assert_eq!(read(r#"{"hello": "world"}"#).await.expect("the signed one"), r#"{"hello": "world"}"#);
            assert!(read(r#"{"hello": "w0rld"}"#).await.is_err(), "chunked: {chunked}");
            assert!(read("").await.is_err());
        }
    }

    #[tokio::test]
    async fn other_digests_are_told() {
        for wrong in ["", "md5=:AA==:", "sha-256=x", "sha-256", "sha-256=(1 2)", "sha-256=:AA==:"] {
            assert!(checked(&headers(wrong), Body::from("x")).await.is_err(), "{wrong}");
        }
        assert!(checked(&HeaderMap::new(), Body::from("x")).await.is_err());
    }
}
