//! Projections: entities folded from the event tables by set-based SQL, one file per entity.
//!
//! *Invariant:* what a table holds does not depend on how blocks were grouped into ranges.

use std::sync::LazyLock;

use alloy::primitives::{hex, keccak256};
use sqlx::postgres::PgConnection;
use stoa_schema::market;

/// One entity's fold, over the blocks `$2..=$3` of chain `$1`.
#[derive(Clone, Copy, Debug)]
pub struct Projection {
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! projections {
    ($($name:literal),+ $(,)?) => {
        /// Every projection, in the order in which they may read one another.
        pub const PROJECTIONS: &[Projection] =
            &[$(Projection { name: $name, sql: include_str!(concat!($name, ".sql")) }),+];
    };
}

projections!(
    "token", "account", "listing", "plan", "purchase", "revenue", "pass", "balance", "share", "staking"
);

impl Projection {
    /// The file's statements. Each ends with a semicolon at the end of a line.
    pub fn statements(&self) -> impl Iterator<Item = &'static str> {
        self.sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
    }
}

/// Folds blocks `from..=to` into the projections. The caller commits.
pub async fn apply(connection: &mut PgConnection, chain_id: i64, from: i64, to: i64) -> sqlx::Result<()> {
    for projection in PROJECTIONS {
        for statement in projection.statements() {
            sqlx::query(statement).bind(chain_id).bind(from).bind(to).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// The hash of all DDL and SQL that the projections come from.
pub fn hash() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let mut text = String::new();
        for (name, sql) in market::DDL
            .iter()
            .map(|ddl| (ddl.name, ddl.sql))
            .chain(PROJECTIONS.iter().map(|projection| (projection.name, projection.sql)))
        {
            text.push_str(name);
            text.push('\0');
            text.push_str(sql);
            text.push('\0');
        }
        hex::encode(keccak256(text))
    });
    &HASH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_bound_to_its_range() {
        for projection in PROJECTIONS {
            assert!(projection.statements().count() > 0, "{} is empty", projection.name);
            for statement in projection.statements() {
                for parameter in ["$1", "$2", "$3"] {
                    assert!(
                        statement.contains(parameter),
                        "{}: a statement lacks {parameter}",
                        projection.name
                    );
                }
            }
        }
    }

    #[test]
    fn every_entity_has_its_tables() {
        let tables: Vec<_> = market::DDL.iter().map(|ddl| ddl.name).collect();
        for projection in PROJECTIONS {
            assert!(tables.contains(&projection.name), "{} has no DDL", projection.name);
        }
    }
}
