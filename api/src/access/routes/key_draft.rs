//! Keys that are made: what is stored of them, and what is shown once.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sqlx::PgConnection;
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::key_documents::{ApiKey, KeySigning, NewApiKey};
use super::{answer, envelope, no_randomness};
use crate::access::Inner;
use crate::access::idempotency::Kept;
use crate::access::key::{KeyRow, NewKeyRow, key_add};
use crate::access::signature::{self, Algorithm};
use crate::access::token::{Environment, Token};
use crate::error::ApiError;

/// Bytes of an Ed25519 public key.
const PUBLIC_KEY: usize = 32;

/// What requests with a new key are to be signed with.
#[derive(Debug)]
pub(super) enum Signing {
    Ed25519(Vec<u8>),
    /// A secret that is made for it.
    Hmac,
}

impl Signing {
    pub(super) fn of(wanted: &KeySigning) -> Result<Self, ApiError> {
        let allowed = || Algorithm::ALL.map(|algorithm| format!("`{}`", algorithm.word())).join(" or ");
        match (Algorithm::of(&wanted.algorithm), &wanted.public_key) {
            (None, _) => Err(ApiError::bad("signing.algorithm", &wanted.algorithm, allowed())),
            (Some(Algorithm::Ed25519), None) => {
                Err(ApiError::missing("signing.public_key", "32 bytes of Ed25519 in base64"))
            }
            (Some(Algorithm::Ed25519), Some(key)) => public_key("signing.public_key", key).map(Self::Ed25519),
            (Some(Algorithm::HmacSha256), None) => Ok(Self::Hmac),
            (Some(Algorithm::HmacSha256), Some(key)) => Err(ApiError::bad(
                "signing.public_key",
                key,
                "nothing beside `hmac-sha256`: its secret is made here",
            )),
        }
    }

    /// Of the key in the place of another: of the same kind, a shared secret anew.
    pub(super) fn after(old: &KeyRow, given: Option<&str>) -> Result<Option<Self>, ApiError> {
        let kind = old.signing.as_deref().and_then(Algorithm::of);
        match (kind, given) {
            (Some(Algorithm::Ed25519), Some(key)) => Ok(Some(Self::Ed25519(public_key("public_key", key)?))),
            (Some(Algorithm::Ed25519), None) => Ok(old.public_key.clone().map(Self::Ed25519)),
            (_, Some(key)) => {
                Err(ApiError::bad("public_key", key, "nothing but for keys that sign with `ed25519`"))
            }
            (Some(Algorithm::HmacSha256), None) => Ok(Some(Self::Hmac)),
            (None, None) => Ok(None),
        }
    }
}

fn public_key(name: &'static str, text: &str) -> Result<Vec<u8>, ApiError> {
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == PUBLIC_KEY);
    bytes.ok_or_else(|| ApiError::bad(name, text, "32 bytes of Ed25519 in base64"))
}

/// What of a new key is shown once.
pub(super) struct Made {
    token: Token,
    signing_secret: Option<String>,
}

/// A key that is not stored yet.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) networks: Vec<String>,
    pub(super) expires_at: Option<OffsetDateTime>,
    pub(super) environment: Environment,
    pub(super) owner: Addr,
    pub(super) signing: Option<Signing>,
}

impl Draft {
    pub(super) async fn insert(
        &self,
        access: &Inner,
        connection: &mut PgConnection,
    ) -> Result<(Made, KeyRow), ApiError> {
        let token = Token::random(self.environment).map_err(no_randomness)?;
        let (mut algorithm, mut public_key, mut sealed, mut signing_secret) = (None, None, None, None);
        match &self.signing {
            None => {}
            Some(Signing::Ed25519(key)) => {
                (algorithm, public_key) = (Some(Algorithm::Ed25519), Some(key.as_slice()));
            }
            Some(Signing::Hmac) => {
                let mut secret = [0; signature::SECRET];
                OsRng.try_fill_bytes(&mut secret).map_err(no_randomness)?;
                let text = access.master()?.seal(&signature::place(token.id()), &secret);
                sealed =
                    Some(text.map_err(|error| ApiError::Internal(format!("a signing secret: {error}")))?);
                (algorithm, signing_secret) = (Some(Algorithm::HmacSha256), Some(STANDARD.encode(secret)));
            }
        }
        let row = NewKeyRow {
            id: token.id(),
            owner: self.owner,
            name: &self.name,
            environment: self.environment.word(),
            hash: &access.pepper()?.hash("key", token.reveal()),
            scopes: &self.scopes,
            networks: &self.networks,
            expires_at: self.expires_at,
            signing: algorithm.map(Algorithm::word),
            public_key,
            signing_secret: sealed.as_deref(),
        };
        let row = key_add(connection, &row).await?;
        Ok((Made { token, signing_secret }, row))
    }
}

/// The answer with the secrets; told again, it is without.
pub(super) fn shown_once(made: Made, row: KeyRow) -> Result<Response, ApiError> {
    let mut data = NewApiKey { secret: None, signing_secret: None, key: ApiKey::from(row) };
    let kept = envelope(&data)?;
    data.secret = Some(made.token.reveal().to_owned());
    data.signing_secret = made.signing_secret;
    let mut response = answer(StatusCode::CREATED, &data)?;
    response.extensions_mut().insert(Kept(kept.into()));
    Ok(response)
}
