//! Signed requests (RFC 9421), for keys that ask for them: who has only the key can do nothing with it, and a request
//! that was heard cannot be sent again or altered.
//!
//! - [`base`]: what a signature is over; [`digest`]: that a body is the signed one; [`nonce`]: that it comes once.

mod base;
mod digest;
mod nonce;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, header};
use time::OffsetDateTime;

use super::Inner;
use super::key::KeyRow;
use super::principal::{Refusal, Stop};
use crate::error::ApiError;
use base::{Input, Message};
use nonce::nonce_spend;

/// Seconds that clocks may differ by, and that a request may take to come.
pub(crate) const WINDOW: i64 = 60;
const NONCE: std::ops::RangeInclusive<usize> = 16..=128;
/// The bytes of a shared secret.
pub(crate) const SECRET: usize = 32;

/// What a key's requests are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Ed25519,
    HmacSha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 2] = [Self::Ed25519, Self::HmacSha256];

    /// As RFC 9421 §6.2.2 registers it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::HmacSha256 => "hmac-sha256",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.word() == word)
    }
}

/// Where a key's shared secret is sealed for.
pub(crate) fn place(key_id: &str) -> String {
    format!("api_key/{key_id}")
}

/// What checks the signatures of a key.
enum Check {
    Ed25519(Vec<u8>),
    Hmac(Box<hmac::Key>),
}

impl Check {
    fn of(access: &Inner, key: &KeyRow) -> Result<Self, ApiError> {
        let missing =
            || ApiError::Internal(format!("the key {} has nothing to check signatures with", key.id));
        match Algorithm::of(key.signing.as_deref().unwrap_or_default()).ok_or_else(missing)? {
            Algorithm::Ed25519 => Ok(Self::Ed25519(key.public_key.clone().ok_or_else(missing)?)),
            Algorithm::HmacSha256 => {
                let sealed = key.signing_secret.as_ref().ok_or_else(missing)?;
                let secret = access.master()?.open(&place(&key.id), sealed).map_err(|error| {
                    ApiError::Internal(format!("the signing secret of key {}: {error}", key.id))
                })?;
                Ok(Self::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &secret))))
            }
        }
    }

    fn holds(&self, base: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(public) => UnparsedPublicKey::new(&ED25519, public).verify(base, signature).is_ok(),
            Self::Hmac(key) => hmac::verify(key, base, signature).is_ok(),
        }
    }
}

/// The key that the first signature of a request names.
pub(super) fn key_id(headers: &HeaderMap) -> Option<String> {
    base::inputs(headers).ok()?.into_iter().find_map(|input| input.key_id)
}

/// Lets a request of a key through whose signature holds; its body is the signed one, or reading it fails.
pub(super) async fn verified(access: &Inner, key: &KeyRow, request: Request) -> Result<Request, Stop> {
    let refuse = |reason, detail: String| Stop::Refused(Refusal::unsigned(key, reason, detail));
    let (parts, body) = request.into_parts();
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    let named = uri.authority().map(|authority| authority.as_str());
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let message = Message {
        method: parts.method.as_str(),
        authority: host.or(named).unwrap_or_default(),
        path: uri.path(),
        query: uri.query(),
        headers: &parts.headers,
    };
    let has_body = !axum::body::HttpBody::is_end_stream(&body);
    let input = input(key, &message, has_body).map_err(|(reason, detail)| refuse(reason, detail))?;
    let now = OffsetDateTime::now_utc();
    timely(&input, now.unix_timestamp()).map_err(|(reason, detail)| refuse(reason, detail))?;
    let signed = base::base(&message, &input).map_err(|e| refuse("malformed-signature", format!("{e}.")))?;
    if !Check::of(access, key).map_err(Stop::Failed)?.holds(signed.as_bytes(), &input.signature) {
        let detail = "The signature does not hold: the request was altered, or is signed with another key. Signed \
                      here is, line by line, the base of RFC 9421, section 2.5.";
        return Err(refuse("wrong-signature", detail.to_owned()));
    }
    // Only what was signed is remembered: nobody else can fill the table.
    let until = now + time::Duration::seconds(2 * WINDOW);
    let nonce = input.nonce.as_deref().unwrap_or_default();
    if !nonce_spend(&access.pool, &key.id, nonce, until).await? {
        let detail = "This request came before: its nonce is used. Sign it anew, with a new one.".to_owned();
        return Err(refuse("replayed-request", detail));
    }
    let body = match has_body {
        true => {
            digest::checked(&parts.headers, body).await.map_err(|(reason, detail)| refuse(reason, detail))?
        }
        false => Body::empty(),
    };
    Ok(Request::from_parts(parts, body))
}

type Reason = (&'static str, String);

/// The signature that is the key's, with everything that it has to be over.
fn input(key: &KeyRow, message: &Message<'_>, has_body: bool) -> Result<Input, Reason> {
    let malformed = |error: base::Malformed| ("malformed-signature", format!("{error}."));
    let mut theirs = base::inputs(message.headers).map_err(malformed)?.into_iter();
    let input = theirs.find(|input| input.key_id.as_deref() == Some(&key.id)).ok_or_else(|| {
        let detail =
            format!("This key's requests are signed (RFC 9421), with keyid=\"{}\"; this one is not.", key.id);
        ("unsigned-request", detail)
    })?;
    if input.algorithm.as_deref().is_some_and(|named| Some(named) != key.signing.as_deref()) {
        let wanted = key.signing.as_deref().unwrap_or_default();
        return Err((
            "malformed-signature",
            format!("This key signs with `{wanted}`; leave `alg` out or name it."),
        ));
    }
    let mut wanted = vec!["@method", "@authority", "@path"];
    wanted.extend(message.query.map(|_| "@query"));
    wanted.extend(has_body.then_some("content-digest"));
    match wanted.into_iter().find(|wanted| !input.components.iter().any(|named| named == wanted)) {
        Some(left_out) => {
            Err(("malformed-signature", format!("The signature is not over `{left_out}`, and must be.")))
        }
        None => Ok(input),
    }
}

fn timely(input: &Input, now: i64) -> Result<(), Reason> {
    let Some(created) = input.created else {
        return Err((
            "malformed-signature",
            "The signature lacks `created`, in seconds of Unix time.".to_owned(),
        ));
    };
    let good = |nonce: &&String| NONCE.contains(&nonce.len());
    if input.nonce.as_ref().filter(good).is_none() {
        let (least, most) = (NONCE.start(), NONCE.end());
        return Err((
            "malformed-signature",
            format!("The signature lacks a `nonce` of {least} to {most} characters."),
        ));
    }
    let age = now.saturating_sub(created);
    if age > WINDOW || input.expires.is_some_and(|expires| expires <= now) {
        return Err((
            "late-request",
            format!("The signature is {age} s old; {WINDOW} s at most. It is {now} here."),
        ));
    }
    if age < -WINDOW {
        return Err(("early-request", format!("The signature is of {} s from now. It is {now} here.", -age)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn decoded(text: &str) -> Vec<u8> {
        STANDARD.decode(text).expect("base64")
    }

    /// The request of RFC 9421, B.2, with one of its signatures.
    fn vector(label: &str, input: &str, signature: &str) -> (HeaderMap, String) {
        let mut headers = HeaderMap::new();
        let (input, signature) = (format!("{label}={input}"), format!("{label}=:{signature}:"));
        for (name, value) in [
            ("host", "example.com"),
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            ("content-length", "18"),
            ("signature-input", &input),
            ("signature", &signature),
        ] {
            headers.insert(name, HeaderValue::from_str(value).expect("text"));
        }
        let read = base::inputs(&headers).expect("signatures").remove(0);
        let message = Message {
            method: "POST",
            authority: "example.com",
            path: "/foo",
            query: Some("param=Value&Pet=dog"),
            headers: &headers,
        };
        let base = base::base(&message, &read).expect("a base");
        (headers, base)
    }

    /// RFC 9421, B.2.6.
    #[test]
    fn the_standards_ed25519_signature_holds() {
        let signature =
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
        let input = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
        let (_, base) = vector("sig-b26", input, signature);
        let check = Check::Ed25519(decoded("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="));
        assert!(check.holds(base.as_bytes(), &decoded(signature)));
        assert!(!check.holds(base.replace("POST", "PUT").as_bytes(), &decoded(signature)));
    }

    /// RFC 9421, B.2.5.
    #[test]
    fn the_standards_hmac_signature_holds() {
        let signature = "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=";
        let input = r#"("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#;
        let (_, base) = vector("sig-b25", input, signature);
        let secret = decoded(
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
        );
        let check = Check::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &secret)));
        assert!(check.holds(base.as_bytes(), &decoded(signature)));
        assert!(!check.holds(b"another", &decoded(signature)));
    }

    /// The examples in the README are what this server takes.
    #[test]
    fn the_published_examples_hold() {
        let readme = include_str!("../../../README.md");
        let examples = readme.split("```text\n").find(|text| text.starts_with("GET /v1/listings?limit=1 at"));
        let examples = examples.and_then(|text| text.split("```").next()).expect("examples");
        let (get, post) = examples.split_once("\n\nPOST ").expect("two");
        let after = |text: &str, word: &str, ends: char| -> String {
            text.split(word).nth(1).and_then(|rest| rest.split(ends).next()).expect(word).to_owned()
        };
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &decoded(&after(get, "secret ", '\n')));
        let public = decoded(&after(post, "public key ", ','));
        let body = after(post, "body ", '\n');
        for (text, check, method, path, query) in [
            (get, Check::Hmac(Box::new(secret)), "GET", "/v1/listings", Some("limit=1")),
            (post, Check::Ed25519(public), "POST", "/v1/keys", None),
        ] {
            let mut headers = HeaderMap::new();
            for name in ["Signature-Input", "Signature"] {
                let value = after(text, &format!("\n{name}: "), '\n');
                headers.insert(
                    axum::http::HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                    HeaderValue::from_str(&value).expect("text"),
                );
            }
            let digest =
                STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes()));
            let digest = HeaderValue::from_str(&format!("sha-256=:{digest}:")).expect("text");
            headers.insert("content-digest", digest);
            let input = base::inputs(&headers).expect("signatures").remove(0);
            let message = Message { method, authority: "stoa.example", path, query, headers: &headers };
            let base = base::base(&message, &input).expect("a base");
            assert!(text.contains(&base), "{base}");
            assert!(check.holds(base.as_bytes(), &input.signature), "{base}");
        }
    }

    #[test]
    fn signatures_are_of_this_minute() {
        let of = |parameters: &str| {
            let (headers, _) = vector("a", &format!("(){parameters}"), "AA==");
            let input = base::inputs(&headers).expect("signatures").remove(0);
            timely(&input, 1_000).map_err(|(reason, _)| reason)
        };
        let nonce = ";nonce=\"0123456789abcdef\"";
        assert_eq!(of(&format!(";created=1000{nonce}")), Ok(()));
        assert_eq!(of(&format!(";created=940{nonce}")), Ok(()));
        assert_eq!(of(&format!(";created=1060{nonce}")), Ok(()));
        assert_eq!(of(&format!(";created=939{nonce}")), Err("late-request"));
        assert_eq!(of(&format!(";created=1061{nonce}")), Err("early-request"));
        assert_eq!(of(&format!(";created=1000;expires=1000{nonce}")), Err("late-request"));
        assert_eq!(of(&format!(";created=-999999999999999{nonce}")), Err("late-request"));
        assert_eq!(of(nonce), Err("malformed-signature"));
        assert_eq!(of(";created=1000"), Err("malformed-signature"));
        assert_eq!(of(";created=1000;nonce=\"short\""), Err("malformed-signature"));
    }
}
