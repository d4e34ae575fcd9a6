//! What is said about keys, and what may be asked of one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::access::key::KeyRow;
use crate::access::rules::Scope;
use crate::error::ApiError;

const LONGEST_NAME: usize = 100;
const MOST_NETWORKS: usize = 50;

/// An API key, without what opens anything.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its public id: the first 12 characters behind its prefix.
    #[schema(example = "4jFq0Zr8LmXa")]
    pub id: String,
    /// The wallet that made it.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub owner: Addr,
    /// What its owner calls it.
    pub name: String,
    /// `live`, or `test`: always of the lowest tier, and counted apart.
    #[schema(example = "live")]
    pub environment: String,
    /// `active`, `expired` or `revoked`.
    #[schema(example = "active")]
    pub state: &'static str,
    /// What it may be used for: `read`, `export`, `sql`, `webhooks`, `relay`, `content`, `admin`.
    #[schema(example = json!(["read"]))]
    pub scopes: Vec<String>,
    /// Networks that it may come from; empty for all.
    #[schema(example = json!(["192.0.2.0/24", "2001:db8::/48"]))]
    pub networks: Vec<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
    /// Null for never.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked; null where it was not.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub revoked_at: Option<OffsetDateTime>,
    /// The key that a rotation has put in its place.
    #[schema(required = true)]
    pub replaced_by: Option<String>,
    /// An operator's limits for this key alone; null where it counts with its wallet.
    #[schema(required = true)]
    pub limits: Option<KeyLimits>,
    /// What each request with it is signed with (RFC 9421); null where none need be.
    #[schema(required = true)]
    pub signing: Option<KeySigning>,
    /// As of some seconds ago.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_used_at: Option<OffsetDateTime>,
    /// Where it came from then.
    #[schema(required = true)]
    pub last_used_from: Option<String>,
}

/// What requests with a key are signed with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySigning {
    /// `ed25519` or `hmac-sha256`.
    #[schema(example = "ed25519")]
    pub algorithm: String,
    /// Of `ed25519`: the 32 bytes of the public key in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")]
    pub public_key: Option<String>,
}

/// Limits of one key; null where the tier's holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyLimits {
    /// Cost that a minute brings.
    #[schema(minimum = 0)]
    pub per_minute: Option<i64>,
    /// Cost of a day.
    #[schema(minimum = 0)]
    pub per_day: Option<i64>,
    /// Premium calls of a month.
    #[schema(minimum = 0)]
    pub premium_per_month: Option<i64>,
}

/// A new key.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewApiKey {
    /// All of it, shown this once: it is not stored. Null in an answer that is told again for an `Idempotency-Key`;
    /// who has lost it rotates the key.
    #[schema(required = true, example = "stoa_live_…")]
    pub secret: Option<String>,
    /// What requests are signed with under `hmac-sha256`, in base64; shown this once, as the key. Null for other keys.
    #[schema(required = true)]
    pub signing_secret: Option<String>,
    #[serde(flatten)]
    pub key: ApiKey,
}

/// The answer about a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyAnswer {
    pub data: ApiKey,
}

/// The answer about a new key.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewApiKeyAnswer {
    pub data: NewApiKey,
}

/// The answer of `GET /v1/keys`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeysAnswer {
    pub data: Vec<ApiKey>,
}

/// What a new key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// At most 100 characters.
    #[schema(example = "nightly export")]
    pub name: String,
    /// `live` (the default) or `test`.
    #[serde(default)]
    pub environment: Option<String>,
    /// At least one of `read`, `export`, `sql`, `webhooks`, `relay`, `content`, `admin`.
    #[schema(example = json!(["read"]))]
    pub scopes: Vec<String>,
    /// Networks that it may come from, as CIDR; all without any.
    #[serde(default)]
    pub networks: Vec<String>,
    /// When it expires; never without it.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<OffsetDateTime>,
    /// Each request with the key must be signed so; none need be without it.
    #[serde(default)]
    pub signing: Option<KeySigning>,
}

/// What of a key is to be another; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeKey {
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// What it may be used for.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// Networks that it may come from; none for all.
    #[serde(default)]
    pub networks: Option<Vec<String>>,
    /// Null for never.
    #[serde(default, deserialize_with = "given_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Option<OffsetDateTime>>,
    /// Null for the tier's. Operators only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<KeyLimits>)]
    pub limits: Option<Option<KeyLimits>>,
}

/// How a key is to be replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// Seconds that the old key goes on for: an hour unless told, 30 days at most, 0 for none.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub overlap_seconds: Option<i64>,
    /// Another Ed25519 public key, for a key that signs with one; without it the new key has the old one's. A shared
    /// secret is made anew.
    #[serde(default)]
    pub public_key: Option<String>,
}

/// Told apart from what was left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn given_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<OffsetDateTime>>, D::Error> {
    time::serde::rfc3339::option::deserialize(from).map(Some)
}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        let state = row.state(OffsetDateTime::now_utc()).word();
        let limits =
            KeyLimits { per_minute: row.per_minute, per_day: row.per_day, premium_per_month: row.premium };
        let signing = row.signing.map(|algorithm| KeySigning {
            algorithm,
            public_key: row.public_key.map(|key| STANDARD.encode(key)),
        });
        let limited = row.per_minute.or(row.per_day).or(row.premium).is_some();
        Self {
            id: row.id,
            owner: row.owner,
            name: row.name,
            environment: row.environment,
            state,
            scopes: row.scopes,
            networks: row.networks,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            replaced_by: row.replaced_by,
            limits: limited.then_some(limits),
            signing,
            last_used_at: row.last_used_at,
            last_used_from: row.last_used_from,
        }
    }
}

pub(crate) fn name(text: &str) -> Result<String, ApiError> {
    let name = text.trim();
    let good =
        !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    good.then(|| name.to_owned()).ok_or_else(|| ApiError::bad("name", text, "1 to 100 visible characters"))
}

pub(super) fn scopes(words: &[String]) -> Result<Vec<String>, ApiError> {
    let allowed = || format!("some of {}", Scope::ALL.map(|scope| format!("`{}`", scope.word())).join(", "));
    let mut read = Vec::new();
    for word in words {
        read.push(Scope::of(word).ok_or_else(|| ApiError::bad("scopes", word, allowed()))?);
    }
    read.sort();
    read.dedup();
    if read.is_empty() {
        return Err(ApiError::missing("scopes", allowed()));
    }
    Ok(read.into_iter().map(|scope| scope.word().to_owned()).collect())
}

pub(super) fn networks(words: &[String]) -> Result<Vec<String>, ApiError> {
    const ALLOWED: &str = "at most 50 networks as in `192.0.2.0/24` or `2001:db8::/48`, or addresses";
    if words.len() > MOST_NETWORKS {
        return Err(ApiError::bad("networks", &words.len().to_string(), ALLOWED));
    }
    let read = |word: &String| {
        let address = || word.parse::<std::net::IpAddr>().ok().map(IpNet::from);
        let network = word.parse::<IpNet>().ok().or_else(address);
        network
            .map(|network| network.trunc().to_string())
            .ok_or_else(|| ApiError::bad("networks", word, ALLOWED))
    };
    words.iter().map(read).collect()
}

pub(super) fn future(ends: Option<OffsetDateTime>) -> Result<Option<OffsetDateTime>, ApiError> {
    match ends {
        Some(ends) if ends <= OffsetDateTime::now_utc() => {
            Err(ApiError::bad("expires_at", &ends.to_string(), "a time to come, or null for never"))
        }
        ends => Ok(ends),
    }
}
