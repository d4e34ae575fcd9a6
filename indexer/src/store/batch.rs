//! A range's rows, by table, in the form in which Postgres takes them.

use std::collections::BTreeMap;

use alloy::primitives::U256;
use sqlx::postgres::PgConnection;
use stoa_schema::copy::CopyBuffer;
use stoa_schema::event::{EventRow, POSITION, Position, Table};

use super::contract::Birth;
use crate::ledger::{Before, Series, Tally};

/// Rows on their way into the event tables.
#[derive(Debug, Default)]
pub struct Batch {
    tables: BTreeMap<&'static str, (Table, CopyBuffer)>,
    born: Vec<Birth>,
    tallies: Vec<Tally>,
}

impl Batch {
    /// Adds a row.
    pub fn push<R: EventRow>(&mut self, at: &Position, row: &R) {
        let (_, rows) = self.tables.entry(R::TABLE.name).or_insert_with(|| (R::TABLE, CopyBuffer::default()));
        row.write_row(at, rows);
    }

    /// Notes that a contract was born, which is to be followed from now on.
    pub fn note_birth(&mut self, birth: Birth) {
        self.born.push(birth);
    }

    /// Notes a running total that a log tells: what it was before, and is from then on.
    pub fn tally(&mut self, at: &Position, series: Series, before: Before, after: U256) {
        let Position { block_number: block, log_index, .. } = *at;
        self.tallies.push(Tally { block, log_index, series, before, after });
    }

    /// The running totals that its logs tell, in order.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The contracts that were born in it.
    pub fn born(&self) -> &[Birth] {
        &self.born
    }

    /// How many rows it holds.
    pub fn rows(&self) -> usize {
        self.tables.values().map(|(_, rows)| rows.rows()).sum()
    }

    /// The tables that it has rows for.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.tables.keys().copied()
    }

    /// How many of its rows no declaration decodes.
    pub fn raw(&self) -> usize {
        self.tables.get("raw_log").map_or(0, |(_, rows)| rows.rows())
    }

    /// The contracts that were born in it.
    pub(super) fn take_born(&mut self) -> Vec<Birth> {
        std::mem::take(&mut self.born)
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
