//! The audit log: every change of keys and sessions, and every refusal. Rows are only added.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

/// Kinds of refusals that are kept until they are stored; beyond, the oldest kinds must do.
const MOST: usize = 10_000;

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) account: Option<Addr>,
    pub(crate) key_id: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) address: Option<IpAddr>,
    pub(crate) detail: Value,
}

/// A row of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AuditRow {
    pub(crate) id: i64,
    pub(crate) at: OffsetDateTime,
    pub(crate) account: Option<Addr>,
    pub(crate) key_id: Option<String>,
    pub(crate) action: String,
    pub(crate) times: i64,
    pub(crate) address: Option<String>,
    pub(crate) detail: Json<Value>,
}

const ADD: &str =
    "INSERT INTO api.audit (account, key_id, action, times, address, detail) VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds to the log, in the transaction that does what is told.
pub(crate) async fn audit_add(connection: &mut PgConnection, entry: &Entry<'_>) -> sqlx::Result<()> {
    sqlx::query(ADD)
        .bind(entry.account)
        .bind(entry.key_id)
        .bind(entry.action)
        .bind(1_i64)
        .bind(entry.address.map(|address| address.to_string()))
        .bind(Json(&entry.detail))
        .execute(connection)
        .await?;
    Ok(())
}

/// Rows behind one, oldest first; of one wallet, or of all.
pub(crate) async fn audit_page(
    connection: &mut PgConnection,
    account: Option<Addr>,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<AuditRow>> {
    let sql = "SELECT id, at, account, key_id, action, times, address, detail FROM api.audit
        WHERE id > $1 AND ($2::bytea IS NULL OR account = $2) ORDER BY id LIMIT $3";
    sqlx::query_as(sql).bind(after).bind(account).bind(limit).fetch_all(connection).await
}

/// Refusals that are not stored yet. Those of one kind become one row, so that nobody can fill the log by asking.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<Kind, i64>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    account: Option<Addr>,
    key_id: Option<String>,
    reason: &'static str,
    address: IpAddr,
    path: &'static str,
}

impl Refusals {
    /// Notes one. `path` is the route's, not what was asked for.
    pub(crate) fn add(
        &self,
        account: Option<Addr>,
        key_id: Option<&str>,
        reason: &'static str,
        address: IpAddr,
        path: &'static str,
    ) {
        let kind = Kind { account, key_id: key_id.map(str::to_owned), reason, address, path };
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kinds.len() < MOST || kinds.contains_key(&kind) {
            *kinds.entry(kind).or_default() += 1;
        }
    }

    /// Stores them. What cannot be stored is kept.
    pub(crate) async fn flush(&self, pool: &PgPool) -> sqlx::Result<()> {
        let kinds = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if kinds.is_empty() {
            return Ok(());
        }
        let stored = store(pool, &kinds).await;
        if stored.is_err() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (kind, times) in kinds {
                *kept.entry(kind).or_default() += times;
            }
        }
        stored
    }
}

async fn store(pool: &PgPool, kinds: &HashMap<Kind, i64>) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    for (kind, times) in kinds {
        sqlx::query(ADD)
            .bind(kind.account)
            .bind(&kind.key_id)
            .bind(format!("refused: {}", kind.reason))
            .bind(times)
            .bind(kind.address.to_string())
            .bind(Json(json!({ "route": kind.path })))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}
