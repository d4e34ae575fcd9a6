//! The indexes that find the events of a transaction: they are of no use while an archive is filled, and cost a third
//! of filling it, so that they go with its first rows and come back with the projections.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::events::tables;

/// Each index, as SQL names it, with the statement that makes it.
pub fn indexes() -> impl Iterator<Item = (String, String)> {
    tables().map(|table| {
        let name = table.name;
        let create = format!("CREATE INDEX {name}_by_tx ON archive.{name} USING hash (tx_hash)");
        (format!("archive.{name}_by_tx"), create)
    })
}

/// Drops them all. The caller commits.
pub async fn forget(connection: &mut PgConnection) -> sqlx::Result<()> {
    let names: Vec<String> = indexes().map(|(name, _)| name).collect();
    // Names are constants of the declarations.
    let sql = format!("DROP INDEX IF EXISTS {}", names.join(", "));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

/// The statements that make those which are missing.
pub async fn missing(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let (names, statements): (Vec<String>, Vec<String>) = indexes().unzip();
    let sql = "SELECT statement FROM unnest($1::text[], $2::text[]) AS wanted (name, statement)
               WHERE to_regclass(name) IS NULL";
    sqlx::query_scalar(sql).bind(names).bind(statements).fetch_all(connection).await
}
