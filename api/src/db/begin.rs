//! Transactions of requests, which may be dropped at any time.

use sqlx::{PgPool, Postgres, Transaction};

/// Begins a transaction. Whoever asked may leave meanwhile: it is begun all the same, and rolled back.
///
/// Dropped before `BEGIN` is answered, the driver knows of no transaction to roll back (sqlx 0.9), and whoever gets the
/// connection next would find itself in it. So that wait is not the caller's.
pub(crate) async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    match tokio::spawn(async move { pool.begin_with(statement).await }).await {
        Ok(begun) => begun,
        // The runtime ends, or the driver panicked.
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    }
}
