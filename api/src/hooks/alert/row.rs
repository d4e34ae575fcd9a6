//! `api.alert`.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::Watched;

/// An alert, without what statements read of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AlertRow {
    pub(crate) id: String,
    pub(crate) owner: Addr,
    pub(crate) webhook: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) watch: Json<Value>,
    pub(crate) fired_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
}

const COLUMNS: &str = "id, owner, webhook, name, enabled, watch, fired_at, created_at";

pub(crate) async fn alert_get(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<AlertRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM api.alert WHERE id = $1 FOR UPDATE"));
    sqlx::query_as(sql).bind(id).fetch_optional(connection).await
}

/// A wallet's, newest first.
pub(crate) async fn alert_of(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<Vec<AlertRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM api.alert WHERE owner = $1 ORDER BY created_at DESC, id LIMIT 1000"
    ));
    sqlx::query_as(sql).bind(owner).fetch_all(connection).await
}

/// How many a wallet has. Others of the wallet's wait until the transaction ends.
pub(crate) async fn alert_count(connection: &mut PgConnection, owner: Addr) -> sqlx::Result<i64> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('stoa.alert.' || encode($1, 'hex'), 0))")
        .bind(owner)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("SELECT count(*) FROM api.alert WHERE owner = $1")
        .bind(owner)
        .fetch_one(connection)
        .await
}

pub(crate) async fn alert_add(
    connection: &mut PgConnection,
    row: &AlertRow,
    watched: &Watched,
) -> sqlx::Result<AlertRow> {
    let sql = sqlx::AssertSqlSafe(format!(
        "INSERT INTO api.alert (id, owner, webhook, name, kind, watch, chain_id, number, token, account, term, above, below)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING {COLUMNS}"
    ));
    sqlx::query_as(sql)
        .bind(&row.id)
        .bind(row.owner)
        .bind(&row.webhook)
        .bind(&row.name)
        .bind(watched.kind)
        .bind(&row.watch)
        .bind(watched.chain_id)
        .bind(watched.number)
        .bind(watched.token)
        .bind(watched.account)
        .bind(watched.term)
        .bind(watched.above)
        .bind(watched.below)
        .fetch_one(connection)
        .await
}

/// Writes what may change. Another thing to watch has not been told of.
pub(crate) async fn alert_set(
    connection: &mut PgConnection,
    row: &AlertRow,
    watched: Option<&Watched>,
) -> sqlx::Result<AlertRow> {
    if let Some(watched) = watched {
        sqlx::query("DELETE FROM api.alert_fired WHERE alert = $1")
            .bind(&row.id)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "UPDATE api.alert SET kind = $2, watch = $3, chain_id = $4, number = $5, token = $6, account = $7,
                 term = $8, above = $9, below = $10 WHERE id = $1",
        )
        .bind(&row.id)
        .bind(watched.kind)
        .bind(&row.watch)
        .bind(watched.chain_id)
        .bind(watched.number)
        .bind(watched.token)
        .bind(watched.account)
        .bind(watched.term)
        .bind(watched.above)
        .bind(watched.below)
        .execute(&mut *connection)
        .await?;
    }
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE api.alert SET name = $2, enabled = $3, webhook = $4 WHERE id = $1 RETURNING {COLUMNS}"
    ));
    sqlx::query_as(sql)
        .bind(&row.id)
        .bind(&row.name)
        .bind(row.enabled)
        .bind(&row.webhook)
        .fetch_one(connection)
        .await
}

pub(crate) async fn alert_remove(connection: &mut PgConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM api.alert WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}
