//! Schema `api`: the API's own tables.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnection;

/// The API's migrations. Its bookkeeping is in `api.migration`.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Brings schema `api` up to date. Safe to run from several processes at once.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let made: bool =
        sqlx::query_scalar("SELECT to_regnamespace('api') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !made {
        return MIGRATIONS.run(connection).await;
    }
    // Even to ask for a schema that is there takes the right to make schemas, which the role `stoa_api` has not.
    let within = Migrator {
        migrations: MIGRATIONS.migrations.clone(),
        table_name: MIGRATIONS.table_name.clone(),
        create_schemas: Cow::Borrowed(&[]),
        ..Migrator::DEFAULT
    };
    within.run(connection).await
}
