//! Schema `archive`: its migrations, and the rows that say how far each chain was read.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use time::OffsetDateTime;

use crate::types::Hash;

/// The archive's migrations. Its bookkeeping is in `archive.migration`.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The newest version of the archive that this build knows.
pub fn version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Brings schema `archive` to [`version`]. Safe to run from several processes at once.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), MigrateError> {
    // What `run` does, but as a future that can be spawned: `run` is generic over how a connection is come by.
    MIGRATIONS.run_direct(None, connection, false).await
}

/// Which version the database has; `None` before the first migration.
pub async fn version_in(connection: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    let there = sqlx::query_scalar::<_, bool>("SELECT to_regclass('archive.migration') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM archive.migration WHERE success").fetch_one(connection).await
}

/// A block as a cursor remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockRef {
    pub number: i64,
    pub hash: Hash,
    pub time: OffsetDateTime,
}
