//! A range's rows, by table, in the form in which Postgres takes them.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use stoa_schema::copy::CopyBuffer;
use stoa_schema::event::{EventRow, POSITION, Position, Table};

/// Rows on their way into the event tables.
#[derive(Debug, Default)]
pub struct Batch {
    tables: BTreeMap<&'static str, (Table, CopyBuffer)>,
}

impl Batch {
    /// Adds a row.
    pub fn push<R: EventRow>(&mut self, at: &Position, row: &R) {
        let (_, rows) = self.tables.entry(R::TABLE.name).or_insert_with(|| (R::TABLE, CopyBuffer::default()));
        row.write_row(at, rows);
    }

    /// How many rows it holds.
    pub fn rows(&self) -> usize {
        self.tables.values().map(|(_, rows)| rows.rows()).sum()
    }

    /// How many of them no declaration decodes.
    pub fn raw(&self) -> usize {
        self.tables.get("raw_log").map_or(0, |(_, rows)| rows.rows())
    }

    /// Copies every row into its table. The caller commits.
    pub async fn copy(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        for (table, rows) in self.tables.into_values() {
            let mut copy = connection.copy_in_raw(&statement(&table)).await?;
            copy.send(rows.finish()).await?;
            copy.finish().await?;
        }
        Ok(())
    }
}

/// Table and column names are constants of the declarations.
fn statement(table: &Table) -> String {
    let mut sql = String::from("COPY archive.");
    sql.push_str(table.name);
    sql.push_str(" (");
    for (place, column) in POSITION.iter().chain(table.columns).enumerate() {
        if place > 0 {
            sql.push_str(", ");
        }
        sql.push_str(column.name);
    }
    sql.push_str(") FROM STDIN (FORMAT binary)");
    sql
}
