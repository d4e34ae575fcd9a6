//! `api.revoked_token`: ids of tokens that were revoked before they ended.

use sqlx::PgConnection;
use time::OffsetDateTime;

pub(crate) async fn revoked_add(
    connection: &mut PgConnection,
    id: &str,
    ends: OffsetDateTime,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO api.revoked_token (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(sqlx::query(sql).bind(id).bind(ends).execute(connection).await?.rows_affected() == 1)
}

pub(crate) async fn revoked_has(connection: &mut PgConnection, id: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM api.revoked_token WHERE id = $1)")
        .bind(id)
        .fetch_one(connection)
        .await
}
