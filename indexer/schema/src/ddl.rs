//! The event tables' DDL, generated from their declarations.

use std::fmt::Write;

use crate::event::{Column, POSITION, Table};
use crate::events::tables;

const HEAD: &str = "-- Event tables, one per declaration in src/events. Generated: do not edit.\n\
    -- `cargo test -p stoa-schema` compares; `STOA_BLESS=1 cargo test -p stoa-schema` writes it anew.\n";

/// The whole of the generated migration.
pub fn events_sql() -> String {
    let mut sql = HEAD.to_owned();
    for table in tables() {
        table_sql(table, &mut sql);
    }
    sql
}

const LOOKUP_HEAD: &str = "-- Finding the events of a transaction, for the API. A hash index is half a B-tree's size. Ranges of pages with
-- bloom filters (BRIN) were tried: the planner takes them for a whole scan where a column has no order.
-- Generated from the declarations in src/events: do not edit. `STOA_BLESS=1 cargo test -p stoa-schema` writes it
-- anew.

";

const PART_HEAD: &str = "-- Finding the events that name an account or a listing, for the API. Filters over ranges of pages cost writers
-- almost nothing, where a B-tree per address would cost more than the table. Their first column stands in order: by it
-- the planner knows that few ranges are read. Generated from the declarations in src/events: do not edit.
-- `STOA_BLESS=1 cargo test -p stoa-schema` writes it anew.

";

/// The whole of the generated migration that makes events findable by their transaction.
pub fn lookup_sql() -> String {
    statements(LOOKUP_HEAD, crate::lookup::by_tx())
}

/// The whole of the generated migration that makes events findable by accounts and listings.
pub fn part_sql() -> String {
    statements(PART_HEAD, crate::lookup::by_part())
}

fn statements(head: &str, indexes: impl Iterator<Item = (String, String)>) -> String {
    let mut sql = head.to_owned();
    for (_, create) in indexes {
        // Writing to a string does not fail.
        let _ = writeln!(sql, "{create};");
    }
    sql
}

fn table_sql(table: &Table, sql: &mut String) {
    let name = table.name;
    let columns = || POSITION.iter().chain(table.columns);
    let width = columns().map(|column| column.name.len()).max().unwrap_or_default();
    let mut push = |line: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = sql.write_fmt(line);
    };
    push(format_args!("\nCREATE TABLE archive.{name} (\n"));
    for Column { name, sql, .. } in columns() {
        push(format_args!("    {name:width$} {sql} NOT NULL,\n"));
    }
    push(format_args!("    PRIMARY KEY (chain_id, block_number, log_index)\n);\n"));
    push(format_args!("COMMENT ON TABLE archive.{name} IS {};\n", literal(table.doc)));
    for column in table.columns {
        push(format_args!("COMMENT ON COLUMN archive.{name}.{} IS {};\n", column.name, literal(column.doc)));
    }
}

fn literal(doc: &str) -> String {
    format!("'{}'", doc.trim().replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_migrations_are_current() {
        let wanted = [
            ("0002_events.sql", events_sql()),
            ("0005_lookup.sql", lookup_sql()),
            ("0006_part.sql", part_sql()),
        ];
        for (name, sql) in wanted {
            let path = format!("{}/migrations/{name}", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("STOA_BLESS").is_some() {
                std::fs::write(&path, &sql).expect("the migration is writable");
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == sql,
                "migrations/{name} is stale: run `STOA_BLESS=1 cargo test -p stoa-schema`"
            );
        }
    }
}
