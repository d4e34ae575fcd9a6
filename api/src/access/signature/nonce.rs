//! `api.signature_nonce`: what was signed comes once, to whichever replica.

use sqlx::PgPool;
use time::OffsetDateTime;

/// Notes a nonce; false where it was noted before.
pub(crate) async fn nonce_spend(
    pool: &PgPool,
    key_id: &str,
    nonce: &str,
    until: OffsetDateTime,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO api.signature_nonce (key_id, nonce, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    let done = sqlx::query(sql).bind(key_id).bind(nonce).bind(until).execute(pool).await?;
    Ok(done.rows_affected() == 1)
}
