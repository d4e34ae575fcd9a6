//! `api.webhook` and `api.webhook_secret`.

use sqlx::{PgConnection, PgPool};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::signature::Secret;
use crate::access::Master;
use crate::error::ApiError;
use crate::live::{Place, Places};
use crate::model::Finality;
use crate::params::FromParam as _;

/// A subscription, without what its messages are signed with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct HookRow {
    pub(crate) id: String,
    pub(crate) owner: Addr,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) topics: Vec<String>,
    pub(crate) chain_id: Option<i64>,
    pub(crate) about: Vec<String>,
    pub(crate) level: String,
    pub(crate) cursor: String,
    pub(crate) epoch: i64,
    pub(crate) state: String,
    pub(crate) paused_reason: Option<String>,
    pub(crate) next_number: i64,
    pub(crate) failures: i32,
    pub(crate) failing_since: Option<OffsetDateTime>,
    pub(crate) next_at: OffsetDateTime,
    pub(crate) created_at: OffsetDateTime,
}

const COLUMNS: &str = "id, owner, name, url, topics, chain_id, about, level, cursor, epoch, state, paused_reason, \
    next_number, failures, failing_since, next_at, created_at";

impl HookRow {
    pub(crate) fn level(&self) -> Result<Finality, ApiError> {
        let level = Finality::from_param(&self.level);
        level.ok_or_else(|| ApiError::Internal(format!("webhook {} has no level", self.id)))
    }
}

pub(crate) async fn webhook_get(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<HookRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM api.webhook WHERE id = $1"));
    sqlx::query_as(sql).bind(id).fetch_optional(connection).await
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn webhook_lock(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<HookRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM api.webhook WHERE id = $1 FOR UPDATE"));
    sqlx::query_as(sql).bind(id).fetch_optional(connection).await
}

/// A wallet's, newest first.
pub(crate) async fn webhook_of(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<Vec<HookRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM api.webhook WHERE owner = $1 ORDER BY created_at DESC, id LIMIT 1000"
    ));
    sqlx::query_as(sql).bind(owner).fetch_all(connection).await
}

/// How many a wallet has. Others of the wallet's wait until the transaction ends.
pub(crate) async fn webhook_count(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<i64> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('stoa.webhook.' || encode($1, 'hex'), 0))")
        .bind(owner)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("SELECT count(*) FROM api.webhook WHERE owner = $1")
        .bind(owner)
        .fetch_one(connection)
        .await
}

pub(crate) async fn webhook_add(connection: &mut PgConnection, row: &HookRow) -> sqlx::Result<HookRow> {
    let sql = sqlx::AssertSqlSafe(format!(
        "INSERT INTO api.webhook (id, owner, name, url, topics, chain_id, about, level, cursor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}"
    ));
    sqlx::query_as(sql)
        .bind(&row.id)
        .bind(row.owner)
        .bind(&row.name)
        .bind(&row.url)
        .bind(&row.topics)
        .bind(row.chain_id)
        .bind(&row.about)
        .bind(&row.level)
        .bind(&row.cursor)
        .fetch_one(connection)
        .await
}

/// Writes what may change. Whoever reads for it starts anew.
pub(crate) async fn webhook_set(connection: &mut PgConnection, row: &HookRow) -> sqlx::Result<HookRow> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE api.webhook SET name = $2, url = $3, topics = $4, chain_id = $5, about = $6, cursor = $7, state = $8,
             paused_reason = $9, failures = $10, failing_since = $11, next_at = $12, epoch = epoch + 1
         WHERE id = $1 RETURNING {COLUMNS}"
    ));
    sqlx::query_as(sql)
        .bind(&row.id)
        .bind(&row.name)
        .bind(&row.url)
        .bind(&row.topics)
        .bind(row.chain_id)
        .bind(&row.about)
        .bind(&row.cursor)
        .bind(&row.state)
        .bind(&row.paused_reason)
        .bind(row.failures)
        .bind(row.failing_since)
        .bind(row.next_at)
        .fetch_one(connection)
        .await
}

pub(crate) async fn webhook_remove(connection: &mut PgConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM api.webhook WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Where reading begins now, or before all that is kept.
pub(crate) async fn beginning(
    connection: &mut PgConnection,
    level: Finality,
    chain: Option<i64>,
    oldest: bool,
) -> Result<String, ApiError> {
    let rows: Vec<(i64, i64)> = match oldest {
        true => sqlx::query_as(include_str!("sql/oldest.sql")).fetch_all(connection).await?,
        false => {
            let level = crate::params::Choice::word(level);
            sqlx::query_as(include_str!("sql/start.sql")).bind(level).fetch_all(connection).await?
        }
    };
    let wanted = rows.into_iter().filter(|(id, _)| chain.is_none_or(|chain| chain == *id));
    let at: std::collections::BTreeMap<i64, Place> =
        wanted.map(|(id, seq)| (id, Place::behind(seq))).collect();
    match (at.is_empty(), chain) {
        (true, Some(chain)) => {
            Err(ApiError::bad("chain", &chain.to_string(), "a chain that is served here: see /v1/status"))
        }
        (true, None) => Err(ApiError::NotReady(crate::error::NO_PROJECTIONS.to_owned())),
        _ => Ok(Places { level, at }.to_string()),
    }
}

/// A secret, as it lies there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SecretRow {
    pub(crate) number: i32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: Option<OffsetDateTime>,
}

/// Those that are signed with, newest first.
pub(crate) async fn secret_of(connection: &mut PgConnection, id: &str) -> sqlx::Result<Vec<SecretRow>> {
    sqlx::query_as(
        "SELECT number, sealed, created_at, expires_at FROM api.webhook_secret
         WHERE webhook = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY number DESC",
    )
    .bind(id)
    .fetch_all(connection)
    .await
}

/// A new secret; the others end when their overlap does.
pub(crate) async fn secret_add(
    connection: &mut PgConnection,
    master: &Master,
    id: &str,
    overlap: i64,
) -> Result<Secret, ApiError> {
    sqlx::query("DELETE FROM api.webhook_secret WHERE webhook = $1 AND expires_at <= now()")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "UPDATE api.webhook_secret SET expires_at = least(expires_at, now() + make_interval(secs => $2))
         WHERE webhook = $1",
    )
    .bind(id)
    .bind(overlap as f64)
    .execute(&mut *connection)
    .await?;
    let number: i32 =
        sqlx::query_scalar("SELECT coalesce(max(number), 0) + 1 FROM api.webhook_secret WHERE webhook = $1")
            .bind(id)
            .fetch_one(&mut *connection)
            .await?;
    let random =
        |error: &dyn std::fmt::Display| ApiError::Internal(format!("the system makes no secret: {error}"));
    let secret = Secret::random().map_err(|error| random(&error))?;
    let sealed = master.seal(&place(id, number), secret.bytes()).map_err(|error| random(&error))?;
    sqlx::query("INSERT INTO api.webhook_secret (webhook, number, sealed) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(number)
        .bind(sealed)
        .execute(connection)
        .await?;
    Ok(secret)
}

/// Opens what messages are signed with, newest first, and seals anew what was sealed under an older key. What does not
/// open is left out and logged: the others still serve.
pub(crate) async fn secrets(pool: &PgPool, master: &Master, id: &str) -> sqlx::Result<Vec<Secret>> {
    let mut connection = pool.acquire().await?;
    let mut opened = Vec::new();
    for row in secret_of(&mut connection, id).await? {
        let place = place(id, row.number);
        let bytes = match master.open(&place, &row.sealed) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(webhook = id, %error, "a secret does not open");
                continue;
            }
        };
        if master.is_old(&row.sealed)
            && let Ok(sealed) = master.seal(&place, &bytes)
        {
            sqlx::query("UPDATE api.webhook_secret SET sealed = $3 WHERE webhook = $1 AND number = $2")
                .bind(id)
                .bind(row.number)
                .bind(sealed)
                .execute(&mut *connection)
                .await?;
        }
        opened.push(Secret::from_bytes(bytes));
    }
    Ok(opened)
}

/// Where a secret opens, and nowhere else.
fn place(id: &str, number: i32) -> String {
    format!("webhook/{id}/{number}")
}
