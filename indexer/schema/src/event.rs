//! What an event table is: its columns, and how a row gets in.

use alloy::primitives::B256;
use time::OffsetDateTime;

use crate::copy::{CopyBuffer, Field};

/// Where a log stands: the columns that every event table begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub chain_id: i64,
    pub block_number: i64,
    pub log_index: i32,
    pub block_time: OffsetDateTime,
    pub tx_hash: B256,
}

/// A column: its name, its type as Postgres prints it, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub sql: &'static str,
    pub doc: &'static str,
    /// Whether it holds an address, or several.
    pub address: bool,
}

/// An event table of schema `archive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub doc: &'static str,
    /// The event's own columns, behind [`POSITION`].
    pub columns: &'static [Column],
}

/// The columns of [`Position`]. The first three are the primary key.
pub const POSITION: &[Column] = &[
    Column { name: "chain_id", sql: <i64 as Field>::SQL, doc: "EIP-155 chain id.", address: false },
    Column {
        name: "block_number",
        sql: <i64 as Field>::SQL,
        doc: "Block that holds the log.",
        address: false,
    },
    Column {
        name: "log_index",
        sql: <i32 as Field>::SQL,
        doc: "Place of the log in its block.",
        address: false,
    },
    Column {
        name: "block_time",
        sql: <OffsetDateTime as Field>::SQL,
        doc: "Timestamp of the block.",
        address: false,
    },
    Column {
        name: "tx_hash",
        sql: <B256 as Field>::SQL,
        doc: "Transaction that emitted the log.",
        address: false,
    },
];

/// A row of an event table.
pub trait EventRow {
    const TABLE: Table;

    /// Appends the event's own fields, in the order of `TABLE.columns`.
    fn write(&self, out: &mut CopyBuffer);

    /// Appends the whole row.
    fn write_row(&self, position: &Position, out: &mut CopyBuffer) {
        out.start_row(POSITION.len() + Self::TABLE.columns.len());
        out.field(&position.chain_id);
        out.field(&position.block_number);
        out.field(&position.log_index);
        out.field(&position.block_time);
        out.field(&position.tx_hash);
        self.write(out);
    }
}

/// Declares event tables: the one home of their columns.
macro_rules! event_tables {
    ($(
        $(#[doc = $table_doc:literal])+
        $row:ident => $table:literal {
            $( $(#[doc = $column_doc:literal])+ $column:ident: $type:ty, )+
        }
    )+) => {
        $(
            $(#[doc = $table_doc])+
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $row {
                $( $(#[doc = $column_doc])+ pub $column: $type, )+
            }

            impl $crate::event::EventRow for $row {
                const TABLE: $crate::event::Table = $crate::event::Table {
                    name: $table,
                    doc: concat!($($table_doc),+),
                    columns: &[$(
                        $crate::event::Column {
                            name: stringify!($column),
                            sql: <$type as $crate::copy::Field>::SQL,
                            doc: concat!($($column_doc),+),
                            address: <$type as $crate::copy::Field>::ADDRESS,
                        },
                    )+],
                };

                fn write(&self, out: &mut $crate::copy::CopyBuffer) {
                    $( out.field(&self.$column); )+
                }
            }
        )+

        pub(super) const TABLES: &[$crate::event::Table] = &[$(<$row as $crate::event::EventRow>::TABLE),+];
    };
}

pub(crate) use event_tables;
