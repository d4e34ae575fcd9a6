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
    fn the_committed_migration_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/0002_events.sql");
        if std::env::var_os("STOA_BLESS").is_some() {
            std::fs::write(path, events_sql()).expect("the migration is writable");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == events_sql(),
            "migrations/0002_events.sql is stale: run `STOA_BLESS=1 cargo test -p stoa-schema`"
        );
    }
}
