//! Access tokens: JSON Web Tokens (RFC 7519, RFC 9068), signed with Ed25519 (RFC 8037), and with nothing else.
//!
//! Signing keys come out of the server's secret and the week: all replicas know them, none is stored. The key of one
//! week signs in that week; those of the week before and the week after are published beside it, so that whoever keeps
//! the set for a day knows each key before its first token and until its last has ended.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::access::Pepper;

/// How long one key signs.
const WEEK: i64 = 7 * 24 * 60 * 60;
/// Seconds that a token opens anything.
pub(crate) const LIFETIME: i64 = 10 * 60;
/// Longer than any of ours.
const LONGEST: usize = 2048;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The server's origin.
    pub(crate) iss: String,
    /// The wallet, as EIP-55 writes it.
    pub(crate) sub: String,
    /// The server's origin: the token is for it alone.
    pub(crate) aud: String,
    /// The key's public id.
    pub(crate) client_id: String,
    /// Words with spaces between.
    pub(crate) scope: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// Not a token, not of this server, or altered.
    Unknown,
    Expired,
}

/// Whether it may be one: API keys look otherwise.
pub(crate) fn may_be(text: &str) -> bool {
    text.len() <= LONGEST && text.starts_with("eyJ") && text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// One week's key.
struct SigningKey {
    pair: Ed25519KeyPair,
    /// Its thumbprint (RFC 7638).
    kid: String,
    /// The public half, as a JWK has it.
    x: String,
}

impl SigningKey {
    fn of_week(pepper: &Pepper, week: i64) -> Option<Self> {
        let seed = pepper.hash("oauth signing key", &week.to_string());
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        let kid =
            URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)));
        Some(Self { pair, kid, x })
    }
}

/// The keys of the week before, of this and of the next.
fn keys(pepper: &Pepper, now: OffsetDateTime) -> impl Iterator<Item = SigningKey> {
    let week = now.unix_timestamp().div_euclid(WEEK);
    [week, week - 1, week + 1].into_iter().filter_map(|week| SigningKey::of_week(pepper, week))
}

/// The keys that tokens are checked with, as a JWK set (RFC 7517).
pub(crate) fn jwks(pepper: &Pepper, now: OffsetDateTime) -> Value {
    let key = |key: SigningKey| json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": key.x });
    json!({ "keys": keys(pepper, now).map(key).collect::<Vec<_>>() })
}

/// Writes a token; `None` where nothing can be signed.
pub(crate) fn sign(pepper: &Pepper, claims: &Claims, now: OffsetDateTime) -> Option<String> {
    let key = keys(pepper, now).next()?;
    let header = Header { alg: "EdDSA".to_owned(), typ: "at+jwt".to_owned(), kid: key.kid };
    let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    let signed =
        format!("{}.{}", part(serde_json::to_vec(&header).ok()?), part(serde_json::to_vec(claims).ok()?));
    let signature = key.pair.sign(signed.as_bytes());
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Reads a token of this issuer.
pub(crate) fn verify(pepper: &Pepper, issuer: &str, text: &str, now: OffsetDateTime) -> Result<Claims, Bad> {
    let claims = read(pepper, text, now).ok_or(Bad::Unknown)?;
    if claims.iss != issuer || claims.aud != issuer || claims.iat > now.unix_timestamp() + 60 {
        return Err(Bad::Unknown);
    }
    if claims.exp <= now.unix_timestamp() {
        return Err(Bad::Expired);
    }
    Ok(claims)
}

fn read(pepper: &Pepper, text: &str, now: OffsetDateTime) -> Option<Claims> {
    let (signed, signature) = text.rsplit_once('.').filter(|_| may_be(text))?;
    let (header, claims) = signed.split_once('.')?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Header = serde_json::from_slice(&decoded(header)?).ok()?;
    if header.alg != "EdDSA" || header.typ != "at+jwt" {
        return None;
    }
    let key = keys(pepper, now).find(|key| key.kid == header.kid)?;
    let public = UnparsedPublicKey::new(&ED25519, key.pair.public_key());
    public.verify(signed.as_bytes(), &decoded(signature)?).ok()?;
    serde_json::from_slice(&decoded(claims)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ISSUER: &str = "https://stoa.example";

    fn pepper(byte: u8) -> Pepper {
        Pepper::new(&[byte; 32]).expect("long enough")
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
    }

    fn claims(now: i64) -> Claims {
        Claims {
            iss: ISSUER.to_owned(),
            sub: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".to_owned(),
            aud: ISSUER.to_owned(),
            client_id: "4jFq0Zr8LmXa".to_owned(),
            scope: "read".to_owned(),
            iat: now,
            exp: now + LIFETIME,
            jti: "x".to_owned(),
        }
    }

    #[test]
    fn a_token_opens_until_it_ends_here_and_nowhere_else() {
        let now = 100 * WEEK + 5;
        let token = sign(&pepper(1), &claims(now), at(now)).expect("signs");
        assert!(may_be(&token));
        let read = |pepper: &Pepper, issuer, now| verify(pepper, issuer, &token, at(now));
        assert_eq!(read(&pepper(1), ISSUER, now).expect("good"), claims(now));
        assert_eq!(read(&pepper(1), ISSUER, now + LIFETIME), Err(Bad::Expired));
        assert_eq!(read(&pepper(2), ISSUER, now), Err(Bad::Unknown), "another secret");
        assert_eq!(read(&pepper(1), "https://other.example", now), Err(Bad::Unknown));
        assert_eq!(read(&pepper(1), ISSUER, now - 61), Err(Bad::Unknown), "not yet");
    }

    #[test]
    fn a_token_of_the_last_minute_of_a_week_is_good_in_the_next() {
        let now = 101 * WEEK - 1;
        let token = sign(&pepper(1), &claims(now), at(now)).expect("signs");
        assert!(verify(&pepper(1), ISSUER, &token, at(now + LIFETIME - 1)).is_ok());
        let kids = |now| {
            let keys = jwks(&pepper(1), at(now))["keys"].as_array().expect("keys").clone();
            keys.into_iter().map(|key| key["kid"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
        };
        let (before, after) = (kids(now), kids(now + 1));
        assert_eq!(before.len(), 3);
        assert_eq!(before[2], after[0], "known a week before it signs");
        assert_eq!(before[0], after[1], "and a week after");
    }

    #[test]
    fn other_algorithms_are_not_taken() {
        let now = 100 * WEEK;
        let good = sign(&pepper(1), &claims(now), at(now)).expect("signs");
        let (_, rest) = good.split_once('.').expect("parts");
        for header in
            [r#"{"alg":"none","typ":"at+jwt","kid":"x"}"#, r#"{"alg":"EdDSA","typ":"JWT","kid":"x"}"#]
        {
            let token = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(verify(&pepper(1), ISSUER, &token, at(now)), Err(Bad::Unknown));
        }
    }

    /// RFC 8037, A.1, A.2 and A.3.
    #[test]
    fn keys_and_thumbprints_are_those_of_the_standard() {
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").expect("base64");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        assert_eq!(x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let print = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        assert_eq!(URL_SAFE_NO_PAD.encode(print), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    proptest! {
        #[test]
        fn any_changed_letter_is_noticed(at_letter in 0_usize..400, letter in "[0-9A-Za-z_.-]") {
            let now = 100 * WEEK;
            let good = sign(&pepper(1), &claims(now), at(now)).expect("signs");
            let at_letter = at_letter % good.len();
            let mut text = good.clone();
            text.replace_range(at_letter..=at_letter, &letter);
            let read = verify(&pepper(1), ISSUER, &text, at(now));
            prop_assert!(text == good || read.is_err());
        }

        #[test]
        fn anything_may_be_sent(text in "(eyJ)?[ -~]{0,90}") {
            prop_assert!(verify(&pepper(1), ISSUER, &text, at(0)).is_err());
        }
    }
}
