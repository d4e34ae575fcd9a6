//! `api.api_key`.

use std::net::IpAddr;

use ipnet::IpNet;
use sqlx::{PgConnection, PgPool};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::quota::Limits;
use super::rules::Scope;

/// A key, without what would open anything.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct KeyRow {
    pub(crate) id: String,
    pub(crate) owner: Addr,
    pub(crate) name: String,
    pub(crate) environment: String,
    pub(crate) hash: Vec<u8>,
    pub(crate) scopes: Vec<String>,
    pub(crate) networks: Vec<String>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) revoked_at: Option<OffsetDateTime>,
    pub(crate) replaced_by: Option<String>,
    pub(crate) per_minute: Option<i64>,
    pub(crate) per_day: Option<i64>,
    pub(crate) premium: Option<i64>,
    pub(crate) last_used_at: Option<OffsetDateTime>,
    pub(crate) last_used_from: Option<String>,
    pub(crate) signing: Option<String>,
    pub(crate) public_key: Option<Vec<u8>>,
    pub(crate) signing_secret: Option<Vec<u8>>,
}

/// What is stored of a new one.
#[derive(Clone, Debug)]
pub(crate) struct NewKeyRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) owner: Addr,
    pub(crate) name: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) hash: &'a [u8],
    pub(crate) scopes: &'a [String],
    pub(crate) networks: &'a [String],
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) signing: Option<&'a str>,
    pub(crate) public_key: Option<&'a [u8]>,
    /// Sealed.
    pub(crate) signing_secret: Option<&'a [u8]>,
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyState {
    Active,
    Expired,
    Revoked,
}

impl KeyState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl KeyRow {
    pub(crate) fn state(&self, now: OffsetDateTime) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.expires_at.is_some_and(|ends| ends <= now) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }

    /// Whether it opens anything now.
    pub(crate) fn is_active(&self) -> bool {
        self.state(OffsetDateTime::now_utc()) == KeyState::Active
    }

    pub(crate) fn has(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|word| word == scope.word())
    }

    /// Whether it may come from this address.
    pub(crate) fn welcomes(&self, address: IpAddr) -> bool {
        let mut networks = self.networks.iter().filter_map(|text| text.parse::<IpNet>().ok());
        self.networks.is_empty() || networks.any(|network| network.contains(&address))
    }

    /// An operator's limits for this key alone, each where one is set; `None` where it is counted with its wallet.
    pub(crate) fn own_limits(&self, tier: Limits) -> Option<Limits> {
        if self.per_minute.is_none() && self.per_day.is_none() && self.premium.is_none() {
            return None;
        }
        Some(Limits {
            per_minute: self.per_minute.unwrap_or(tier.per_minute),
            per_day: self.per_day.unwrap_or(tier.per_day),
            premium_per_month: self.premium.unwrap_or(tier.premium_per_month),
        })
    }
}

pub(crate) async fn key_get(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<KeyRow>> {
    sqlx::query_as("SELECT * FROM api.api_key WHERE id = $1").bind(id).fetch_optional(connection).await
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn key_lock(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<KeyRow>> {
    sqlx::query_as("SELECT * FROM api.api_key WHERE id = $1 FOR UPDATE")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// A wallet's keys, newest first.
pub(crate) async fn key_of(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query_as("SELECT * FROM api.api_key WHERE owner = $1 ORDER BY created_at DESC, id LIMIT 1000")
        .bind(owner)
        .fetch_all(connection)
        .await
}

/// How many keys of a wallet open something now. Others of the wallet's wait until the transaction ends.
pub(crate) async fn key_count(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<i64> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('stoa.api_key.' || encode($1, 'hex'), 0))")
        .bind(owner)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar(
        "SELECT count(*) FROM api.api_key
         WHERE owner = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())",
    )
    .bind(owner)
    .fetch_one(connection)
    .await
}

pub(crate) async fn key_add(connection: &mut PgConnection, key: &NewKeyRow<'_>) -> sqlx::Result<KeyRow> {
    sqlx::query_as(
        "INSERT INTO api.api_key (id, owner, name, environment, hash, scopes, networks, expires_at, signing, public_key,
             signing_secret)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING *",
    )
    .bind(key.id)
    .bind(key.owner)
    .bind(key.name)
    .bind(key.environment)
    .bind(key.hash)
    .bind(key.scopes)
    .bind(key.networks)
    .bind(key.expires_at)
    .bind(key.signing)
    .bind(key.public_key)
    .bind(key.signing_secret)
    .fetch_one(connection)
    .await
}

/// Every sealed secret, by its key's id.
pub(crate) async fn signing_secrets(pool: &PgPool) -> sqlx::Result<Vec<(String, Vec<u8>)>> {
    sqlx::query_as("SELECT id, signing_secret FROM api.api_key WHERE signing_secret IS NOT NULL")
        .fetch_all(pool)
        .await
}

/// The same secret, sealed otherwise, unless another replica was first.
pub(crate) async fn signing_secret_set(pool: &PgPool, id: &str, from: &[u8], to: &[u8]) -> sqlx::Result<()> {
    sqlx::query("UPDATE api.api_key SET signing_secret = $3 WHERE id = $1 AND signing_secret = $2")
        .bind(id)
        .bind(from)
        .bind(to)
        .execute(pool)
        .await?;
    Ok(())
}

/// Writes what of a key may change.
pub(crate) async fn key_set(connection: &mut PgConnection, key: &KeyRow) -> sqlx::Result<KeyRow> {
    sqlx::query_as(
        "UPDATE api.api_key SET name = $2, scopes = $3, networks = $4, expires_at = $5, revoked_at = $6,
             replaced_by = $7, per_minute = $8, per_day = $9, premium = $10
         WHERE id = $1 RETURNING *",
    )
    .bind(&key.id)
    .bind(&key.name)
    .bind(&key.scopes)
    .bind(&key.networks)
    .bind(key.expires_at)
    .bind(key.revoked_at)
    .bind(&key.replaced_by)
    .bind(key.per_minute)
    .bind(key.per_day)
    .bind(key.premium)
    .fetch_one(connection)
    .await
}
