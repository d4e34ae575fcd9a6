//! The indexes that find events by their transaction, an account or a listing: they are of no use while an archive is
//! filled, and cost a third of filling it, so that they go with its first rows and come back behind the projections.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::event::{Column, Table};
use crate::events::tables;

/// Columns by which an event belongs to a listing.
const LINKS: &[&str] = &["listing", "plan", "sale"];

/// Pages that one set of filters stands for, and different values that one filter is made for: as many as so many
/// pages of the shortest rows hold.
const PAGES: u32 = 8;
const VALUES: u32 = 600;

/// Each index, as SQL names it, with the statement that makes it.
pub fn indexes() -> impl Iterator<Item = (String, String)> {
    by_tx().chain(by_part())
}

/// Those that find the events of a transaction.
pub fn by_tx() -> impl Iterator<Item = (String, String)> {
    tables().map(|table| {
        let name = table.name;
        let create = format!("CREATE INDEX {name}_by_tx ON archive.{name} USING hash (tx_hash)");
        (format!("archive.{name}_by_tx"), create)
    })
}

/// Those that find the events that name an account or a listing.
pub fn by_part() -> impl Iterator<Item = (String, String)> {
    tables().flat_map(|table| filters(table).into_iter().chain(lists(table)))
}

/// Filters for ranges of pages. The block comes first: it stands in order, and without a column that does the planner
/// believes that every range must be read.
fn filters(table: &Table) -> Option<(String, String)> {
    let name = table.name;
    let filter = |column: &Column| {
        let class = match column.sql {
            "bytea" if column.address => "bytea_bloom_ops",
            "bigint" if LINKS.contains(&column.name) => "int8_bloom_ops",
            _ => return None,
        };
        Some(format!(", {} {class} (n_distinct_per_range = {VALUES})", column.name))
    };
    let columns: String = table.columns.iter().filter_map(filter).collect();
    let create = format!(
        "CREATE INDEX {name}_by_part ON archive.{name} USING brin (block_number{columns}) \
         WITH (pages_per_range = {PAGES}, autosummarize = on)"
    );
    (!columns.is_empty()).then(|| (format!("archive.{name}_by_part"), create))
}

/// Columns of several addresses or listings.
fn lists(table: &Table) -> impl Iterator<Item = (String, String)> {
    let name = table.name;
    let columns = table.columns.iter().filter(|column| match column.sql {
        "bytea[]" => column.address,
        list => list == "bigint[]",
    });
    columns.map(move |Column { name: column, .. }| {
        let create = format!("CREATE INDEX {name}_by_{column} ON archive.{name} USING gin ({column})");
        (format!("archive.{name}_by_{column}"), create)
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
