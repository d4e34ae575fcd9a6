//! `api.upload`: who uploaded what.

use sqlx::PgConnection;
use stoa_schema::types::Addr;

/// A file that a wallet uploaded.
#[derive(Clone, Debug)]
pub(super) struct Upload<'a> {
    pub(super) account: Addr,
    pub(super) cid: &'a str,
    pub(super) sha256: &'a [u8],
    pub(super) size: i64,
}

/// Bytes that were uploaded.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(super) struct Uploaded {
    /// By the wallet, today in UTC.
    pub(super) today: i64,
    /// By all, ever.
    pub(super) all: i64,
    /// Seconds until tomorrow.
    pub(super) reset: i64,
}

/// Lets nobody else count until the transaction's end: two uploads must not both take the last of the room.
pub(super) async fn upload_lock(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('stoa upload', 0))")
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn upload_sums(connection: &mut PgConnection, account: Addr) -> sqlx::Result<Uploaded> {
    sqlx::query_as(include_str!("sql/upload_sums.sql")).bind(account).fetch_one(connection).await
}

/// Tells whether it was new of this wallet.
pub(super) async fn upload_add(connection: &mut PgConnection, upload: &Upload<'_>) -> sqlx::Result<bool> {
    let sql =
        "INSERT INTO api.upload (account, cid, sha256, size) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let done = sqlx::query(sql)
        .bind(upload.account)
        .bind(upload.cid)
        .bind(upload.sha256)
        .bind(upload.size)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
