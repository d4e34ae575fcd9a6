//! Schema `market`: the projections' tables.
//!
//! Their DDL is versioned by its hash and never migrated: another hash means that the schema is built anew from the
//! archive, beside the old one, and takes its place when it is complete.

use std::borrow::Cow;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

/// A projection's DDL: one file per entity.
#[derive(Clone, Copy, Debug)]
pub struct Ddl {
    pub name: &'static str,
    pub sql: &'static str,
}

impl Ddl {
    /// The names of the entity's tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.sql.split("CREATE TABLE market.").skip(1).filter_map(|rest| rest.split_whitespace().next())
    }

    /// The entity's tables, as SQL names them.
    pub fn tables(&self, place: Place) -> Vec<String> {
        self.names().map(|name| format!("{}.{name}", place.schema())).collect()
    }

    /// The statements that make the entity's secondary indexes.
    pub fn indexes(&self, place: Place) -> Vec<String> {
        self.statements(place).filter(|statement| is_index(statement)).collect()
    }

    /// Each statement ends with a semicolon at the end of a line.
    fn statements(&self, place: Place) -> impl Iterator<Item = String> + use<> {
        let sql = place.sql(self.sql).into_owned();
        let statements: Vec<String> = sql.split(";\n").map(|part| part.trim().to_owned()).collect();
        statements.into_iter().filter(|statement| !statement.is_empty())
    }
}

macro_rules! ddl {
    ($($name:literal),+ $(,)?) => {
        /// Every entity's DDL, in the order of creation.
        pub const DDL: &[Ddl] = &[$(Ddl { name: $name, sql: include_str!(concat!("../market/", $name, ".sql")) }),+];
    };
}

ddl!(
    "token",
    "account",
    "listing",
    "plan",
    "purchase",
    "pass",
    "revenue",
    "series",
    "balance",
    "share",
    "staking",
    "spending",
    "gate",
    "approval",
    "nonce",
    "protocol",
    "analytics"
);

/// Which of the two schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `market`: what everybody reads.
    Live,
    /// `market_next`: what is being built.
    Next,
}

impl Place {
    pub fn schema(self) -> &'static str {
        match self {
            Self::Live => "market",
            Self::Next => "market_next",
        }
    }

    /// The same SQL, about the tables of this schema. SQL in files names schema `market`.
    pub fn sql(self, sql: &str) -> Cow<'_, str> {
        match self {
            Self::Live => Cow::Borrowed(sql),
            Self::Next => Cow::Owned(sql.replace("market.", "market_next.")),
        }
    }
}

/// Creates schema `market`, empty and complete. The caller commits.
pub async fn create(connection: &mut PgConnection) -> sqlx::Result<()> {
    begin(connection, Place::Live).await?;
    for ddl in DDL {
        for index in ddl.indexes(Place::Live) {
            sqlx::raw_sql(AssertSqlSafe(index)).execute(&mut *connection).await?;
        }
    }
    attach_journal(connection, Place::Live).await
}

/// Creates the schema's tables, empty, with no more than their primary keys: filling them is faster so.
pub async fn begin(connection: &mut PgConnection, place: Place) -> sqlx::Result<()> {
    let schema = place.schema();
    let mut sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};\n");
    for ddl in DDL {
        for statement in ddl.statements(place).filter(|statement| !is_index(statement)) {
            sql.push_str(&statement);
            sql.push_str(";\n");
        }
    }
    // Everything in it comes from constants of this crate.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    Ok(())
}

/// From now on the tables keep the journal that undoing blocks takes.
pub async fn attach_journal(connection: &mut PgConnection, place: Place) -> sqlx::Result<()> {
    sqlx::query("CALL archive.journal_attach($1)").bind(place.schema()).execute(connection).await?;
    Ok(())
}

fn is_index(statement: &str) -> bool {
    statement.lines().any(|line| line.starts_with("CREATE INDEX") || line.starts_with("CREATE UNIQUE INDEX"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_is_of_one_kind() {
        let (tables, indexes): (Vec<_>, Vec<_>) = DDL
            .iter()
            .flat_map(|ddl| ddl.statements(Place::Next))
            .partition(|statement| !is_index(statement));
        assert!(indexes.len() > 5, "{indexes:?}");
        assert!(indexes.iter().all(|index| index.matches("CREATE").count() == 1), "{indexes:?}");
        let created = |statement: &String| {
            statement.contains("CREATE TABLE market_next.")
                || statement.contains("CREATE VIEW market_next.")
                || statement.starts_with("DO $$")
        };
        assert!(tables.iter().all(|table| created(table) || table.starts_with("COMMENT")), "{tables:?}");
        let named: usize = DDL.iter().map(|ddl| ddl.tables(Place::Next).len()).sum();
        let is_table = |statement: &&String| statement.contains("CREATE TABLE market_next.");
        assert_eq!(named, tables.iter().filter(is_table).count());
    }
}
