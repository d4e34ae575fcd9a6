//! Projections: entities folded from the event tables by set-based SQL, one file per entity.
//!
//! *Invariant:* what a table holds does not depend on how blocks were grouped into ranges.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use alloy::primitives::{hex, keccak256};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use stoa_schema::market::{self, Place};

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
    "token", "account", "listing", "plan", "purchase", "revenue", "series", "pass", "balance", "share",
    "staking", "spending", "gate", "approval", "nonce", "protocol"
);

/// Projections that read or change one another's tables, in order, and those that can start once these are done.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    pub projections: &'static [&'static str],
    /// They may read what this lane wrote, and know nothing of each other.
    pub then: &'static [&'static [&'static str]],
}

/// What a rebuild runs side by side, the longest first. Lanes know nothing of each other.
pub const LANES: &[Lane] = &[
    Lane { projections: &["token", "listing", "plan"], then: &[&["purchase"], &["revenue", "series"]] },
    Lane { projections: &["pass"], then: &[] },
    Lane { projections: &["balance"], then: &[] },
    Lane { projections: &["account"], then: &[] },
    Lane { projections: &["share"], then: &[] },
    Lane { projections: &["staking"], then: &[] },
    Lane { projections: &["spending", "nonce", "approval", "gate", "protocol"], then: &[] },
];

/// A statement of a projection.
#[derive(Clone, Debug)]
struct Statement {
    projection: &'static str,
    live: &'static str,
    next: String,
    /// The same while the new schema is empty: what is inserted meets no row then, and not looking for one saves a
    /// third of the work.
    first: String,
    /// Event tables that it reads: where none has a row in the range, it has nothing to do.
    reads: Vec<&'static str>,
}

static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    let of = |projection: &Projection| {
        let name = projection.name;
        projection.statements().map(move |sql| Statement {
            projection: name,
            live: sql,
            next: Place::Next.sql(sql).into_owned(),
            first: Place::Next.sql(&meeting_nobody(sql)).into_owned(),
            reads: event_tables(sql),
        })
    };
    PROJECTIONS.iter().flat_map(of).collect()
});

/// The statement without what it does about rows that are there, where it is the only one that inserts into its table.
fn meeting_nobody(sql: &'static str) -> Cow<'static, str> {
    let Some((insert, rest)) = sql.split_once("ON CONFLICT") else { return Cow::Borrowed(sql) };
    let table = insert.rsplit("INSERT INTO market.").next().and_then(|rest| rest.split(' ').next());
    let into = format!("INSERT INTO market.{} (", table.unwrap_or_default());
    let inserts: usize = PROJECTIONS.iter().map(|projection| projection.sql.matches(&into).count()).sum();
    if inserts != 1 {
        return Cow::Borrowed(sql);
    }
    // It ends with the statement, or with the part of it that inserts.
    Cow::Owned(format!(
        "{insert}{}",
        rest.split_once("\n)").map_or(String::new(), |(_, rest)| format!("\n){rest}"))
    ))
}

/// The event tables that a statement names.
fn event_tables(sql: &'static str) -> Vec<&'static str> {
    let names = sql.split("archive.").skip(1);
    names
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

impl Projection {
    /// The file's statements. Each ends with a semicolon at the end of a line.
    pub fn statements(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
    }
}

/// Blocks of a chain that are folded at once.
#[derive(Clone, Copy, Debug)]
pub struct Blocks {
    pub chain_id: i64,
    pub from: i64,
    pub to: i64,
}

/// Folds blocks into the projections. The caller commits.
///
/// `touched` names the event tables that have rows in these blocks.
pub async fn apply(
    connection: &mut PgConnection,
    place: Place,
    blocks: Blocks,
    touched: &BTreeSet<&str>,
) -> sqlx::Result<()> {
    for statement in STATEMENTS.iter() {
        if statement.reads.iter().any(|table| touched.contains(table)) {
            let sql = match place {
                Place::Live => statement.live,
                Place::Next => &statement.next,
            };
            run(connection, sql, blocks).await?;
        }
    }
    Ok(())
}

/// A balance below zero: something that came before must be missing.
pub async fn below_zero(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<Option<String>> {
    let sql = "SELECT format('%s of %s', 'a vault balance', encode(account, 'hex')) FROM market.balance
               WHERE chain_id = $1 AND amount < 0
               UNION ALL SELECT format('%s of %s', 'passes', encode(holder, 'hex')) FROM market.pass
               WHERE chain_id = $1 AND quantity < 0
               UNION ALL SELECT format('%s of %s', 'shares', encode(holder, 'hex')) FROM market.share_balance
               WHERE chain_id = $1 AND amount < 0
               LIMIT 1";
    sqlx::query_scalar(sql).bind(chain_id).fetch_optional(connection).await
}

/// Folds blocks into the new schema's projections of one of the [`LANES`], which hold nothing of their chain yet.
pub async fn fill_lane(
    connection: &mut PgConnection,
    blocks: Blocks,
    projections: &[&str],
) -> sqlx::Result<()> {
    for statement in STATEMENTS.iter().filter(|statement| projections.contains(&statement.projection)) {
        run(connection, &statement.first, blocks).await?;
    }
    Ok(())
}

async fn run(connection: &mut PgConnection, sql: &str, blocks: Blocks) -> sqlx::Result<()> {
    let Blocks { chain_id, from, to } = blocks;
    sqlx::query(AssertSqlSafe(sql)).bind(chain_id).bind(from).bind(to).execute(connection).await?;
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
    fn an_empty_schema_is_filled_without_looking_for_rows() {
        let of = |table: &str| {
            let into = format!("INSERT INTO market.{table} (");
            STATEMENTS.iter().filter(move |statement| statement.live.contains(&into))
        };
        for table in ["balance", "pass", "listing_buyer", "sale_hour", "account"] {
            let statements: Vec<_> = of(table).collect();
            assert_eq!(statements.len(), 1, "{table}");
            assert!(statements[0].next.contains("ON CONFLICT"), "{table}");
            assert!(!statements[0].first.contains("CONFLICT"), "{table}: {}", statements[0].first);
        }
        let buyers = of("listing_buyer").next().expect("a statement");
        assert!(buyers.first.contains(")\nUPDATE market_next.listing\n"), "{}", buyers.first);
        // Two statements insert locks: the second meets those of the first.
        assert!(of("lock").count() == 2 && of("lock").all(|lock| lock.first == lock.next));
    }

    #[test]
    fn every_statement_names_event_tables_that_exist() {
        let known: BTreeSet<&str> = stoa_schema::events::tables().map(|table| table.name).collect();
        for Statement { projection, reads, .. } in STATEMENTS.iter() {
            assert!(!reads.is_empty(), "{projection}: a statement would never run");
            assert!(reads.iter().all(|table| known.contains(table)), "{projection}: {reads:?}");
        }
    }

    /// What is told shows up somewhere; what no declaration decodes cannot.
    #[test]
    fn every_event_is_folded() {
        let read: BTreeSet<&str> = STATEMENTS.iter().flat_map(|statement| statement.reads.clone()).collect();
        let others: Vec<&str> = stoa_schema::events::tables().map(|table| table.name).collect();
        let others: Vec<&str> = others.into_iter().filter(|name| !read.contains(name)).collect();
        assert_eq!(others, ["raw_log"]);
    }

    #[test]
    fn every_entity_has_its_tables() {
        let tables: Vec<_> = market::DDL.iter().map(|ddl| ddl.name).collect();
        for projection in PROJECTIONS {
            assert!(tables.contains(&projection.name), "{} has no DDL", projection.name);
        }
    }

    #[test]
    fn every_projection_has_its_lane() {
        let mut laned: Vec<_> = LANES
            .iter()
            .flat_map(|lane| std::iter::once(&lane.projections).chain(lane.then).copied().flatten().copied())
            .collect();
        laned.sort_unstable();
        let mut all: Vec<_> = PROJECTIONS.iter().map(|projection| projection.name).collect();
        all.sort_unstable();
        assert_eq!(laned, all);
    }

    /// A lane may only touch the tables that its own projections declare, and what starts behind it those as well.
    #[test]
    fn lanes_know_nothing_of_each_other() {
        let tables_of = |entity: &str| {
            let ddl = market::DDL.iter().find(|ddl| ddl.name == entity).expect("it has DDL");
            ddl.tables(Place::Live)
        };
        let check = |projections: &[&str], known: &BTreeSet<String>| {
            for statement in STATEMENTS.iter().filter(|statement| projections.contains(&statement.projection))
            {
                for rest in statement.live.split("market.").skip(1) {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                    let table = format!("market.{}", &rest[..end.unwrap_or(rest.len())]);
                    assert!(known.contains(&table), "{}: {table}", statement.projection);
                }
            }
        };
        for lane in LANES {
            let own: BTreeSet<String> =
                lane.projections.iter().flat_map(|entity| tables_of(entity)).collect();
            check(lane.projections, &own);
            for then in lane.then {
                let own = own.iter().cloned().chain(then.iter().flat_map(|entity| tables_of(entity)));
                check(then, &own.collect());
            }
        }
    }
}
