//! The indexes that find the events of a transaction: they are of no use while an archive is filled, and cost a third
//! of filling it, so that they go with its first rows and come back behind the projections.

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

/// An index that is not there, or was left unfinished.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Missing {
    /// As SQL names it.
    pub name: String,
    /// The statement that makes it.
    pub statement: String,
    /// Whether something of it is there, which nobody can use: it goes first.
    pub broken: bool,
}

impl Missing {
    /// Makes it while others write to its table. Not within a transaction.
    pub async fn make(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if self.broken {
            let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", self.name);
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
        }
        let sql = self.statement.replacen("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
        Ok(())
    }
}

/// Those which are missing.
pub async fn missing(connection: &mut PgConnection) -> sqlx::Result<Vec<Missing>> {
    let (names, statements): (Vec<String>, Vec<String>) = indexes().unzip();
    let sql = "SELECT name, statement, indexrelid IS NOT NULL AS broken
               FROM unnest($1::text[], $2::text[]) AS wanted (name, statement)
               LEFT JOIN pg_index ON indexrelid = to_regclass(name)
               WHERE indisvalid IS NOT TRUE";
    sqlx::query_as(sql).bind(names).bind(statements).fetch_all(connection).await
}
