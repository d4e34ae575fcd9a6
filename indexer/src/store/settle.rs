//! What can wait until the projections are read: the archive's indexes by transaction, which it was filled without, and
//! a full sample of what the projections hold.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use stoa_schema::lookup;
use stoa_schema::market::{self, Place};
use tracing::info;

use super::StoreError;

/// Held by whoever settles, in this database.
const LOCK: i64 = i64::from_be_bytes(*b"stoa-set");

/// Makes the indexes that are missing, while others read and write. `fresh`: the projections were just built.
///
/// # Errors
/// Those of Postgres. What was made stays; what was begun is made anew.
pub async fn settle(options: &PgConnectOptions, fresh: bool) -> Result<(), StoreError> {
    let mut connection = options.clone().application_name("stoa-indexer indexes").connect().await?;
    // Whoever asked may be gone while an index is built. What a crash takes is made anew.
    let settings = "SET client_connection_check_interval = '1s'; SET synchronous_commit = off";
    sqlx::raw_sql(settings).execute(&mut connection).await?;
    if fresh {
        statistics(&mut connection).await?;
    }
    if !lookup::missing(&mut connection).await?.is_empty() {
        sqlx::query!("SELECT pg_advisory_lock($1)", LOCK).execute(&mut connection).await?;
        let missing = lookup::missing(&mut connection).await?;
        for index in &missing {
            index.make(&mut connection).await?;
        }
        info!(made = missing.len(), "transactions are found by index");
    }
    connection.close().await?;
    Ok(())
}

/// Tells the planner what the projections hold.
pub(super) async fn statistics(connection: &mut PgConnection) -> sqlx::Result<()> {
    for table in market::DDL.iter().flat_map(|ddl| ddl.tables(Place::Live)) {
        analyze(connection, &table).await?;
    }
    Ok(())
}

/// Samples a table that holds something. Of one that was sampled while it was empty the planner believes that it stays
/// so, and reads it from end to end when it no longer is; of one that was never sampled it assumes some pages.
pub(super) async fn analyze(connection: &mut PgConnection, table: &str) -> sqlx::Result<()> {
    let holds = format!("SELECT EXISTS (SELECT FROM {table})");
    if sqlx::query_scalar(AssertSqlSafe(holds)).fetch_one(&mut *connection).await? {
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {table}"))).execute(connection).await?;
    }
    Ok(())
}
