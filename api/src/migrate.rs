//! Schema `api`: the API's own tables.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnection;

/// The API's migrations. Its bookkeeping is in `api.migration`.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Brings schema `api` up to date. Safe to run from several processes at once.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), MigrateError> {
    MIGRATIONS.run(connection).await
}
