//! A value on its way out of the database.

use alloy::primitives::{Address, hex};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{Row as _, types::time::OffsetDateTime};
use time::format_description::well_known::Rfc3339;

/// A column's type, and with it how its values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Boolean,
    /// `smallint`, `integer`, `bigint`.
    Integer,
    /// `numeric`: an exact decimal string.
    Decimal,
    /// `bytea`: EIP-55 where it is an address, else `0x` and digits.
    Bytes,
    /// `timestamptz`: RFC 3339 in UTC; in Parquet a timestamp in microseconds.
    Time,
    Text,
    /// JSON text: lists, and events' arguments.
    Json,
    /// A list of `bytea`.
    BytesList,
    /// A list of anything that is written as text.
    TextList,
    /// A list of `integer`.
    IntegerList,
}

impl Type {
    /// Reads what `format_type` prints.
    pub(crate) fn of(sql: &str) -> Self {
        match sql {
            "boolean" => Self::Boolean,
            "smallint" | "integer" | "bigint" => Self::Integer,
            "bytea" => Self::Bytes,
            "timestamp with time zone" => Self::Time,
            "jsonb" => Self::Json,
            "bytea[]" => Self::BytesList,
            "integer[]" | "bigint[]" | "smallint[]" => Self::IntegerList,
            _ if sql.starts_with("numeric") && !sql.ends_with("[]") => Self::Decimal,
            _ if sql.ends_with("[]") => Self::TextList,
            _ => Self::Text,
        }
    }

    /// What a select list casts a column of the type to, so that it is read exactly.
    pub(crate) fn cast(self) -> &'static str {
        match self {
            Self::Integer => "::bigint",
            Self::Decimal | Self::Text => "::text",
            Self::TextList => "::text[]",
            Self::IntegerList => "::bigint[]",
            Self::Boolean | Self::Bytes | Self::Time | Self::Json | Self::BytesList => "",
        }
    }

    /// The word outside.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Bytes => "bytes",
            Self::Time => "timestamp",
            Self::Text => "text",
            Self::Json | Self::BytesList | Self::TextList | Self::IntegerList => "json",
        }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Time(OffsetDateTime),
    Text(String),
    Json(Value),
}

impl Cell {
    /// Reads the column at a place.
    pub(crate) fn read(row: &PgRow, at: usize, kind: Type) -> sqlx::Result<Self> {
        fn some<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
            value.map_or(Cell::Null, cell)
        }
        Ok(match kind {
            Type::Boolean => some(row.try_get(at)?, Self::Boolean),
            Type::Integer => some(row.try_get(at)?, Self::Integer),
            Type::Time => some(row.try_get(at)?, Self::Time),
            Type::Text | Type::Decimal => some(row.try_get(at)?, Self::Text),
            Type::Bytes => some(row.try_get(at)?, |bytes: Vec<u8>| Self::Text(digits(&bytes))),
            Type::Json => some(row.try_get(at)?, |Json(value)| Self::Json(value)),
            Type::BytesList => some(row.try_get(at)?, |items: Vec<Vec<u8>>| {
                Self::Json(items.iter().map(|bytes| digits(bytes)).collect())
            }),
            Type::TextList => some(row.try_get(at)?, |items: Vec<String>| Self::Json(items.into())),
            Type::IntegerList => some(row.try_get(at)?, |items: Vec<i64>| Self::Json(items.into())),
        })
    }

    /// As text: what CSV and a cursor hold. Null is empty.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Time(value) => rfc3339(*value),
            Self::Text(text) => text.clone(),
            Self::Json(value) => value.to_string(),
        }
    }

    /// As JSON.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(value),
            Self::Integer(value) => Value::from(value),
            Self::Time(value) => Value::String(rfc3339(value)),
            Self::Text(text) => Value::String(text),
            Self::Json(value) => value,
        }
    }
}

/// Blocks' times are years of four digits.
fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// An address as EIP-55, other bytes as digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    match bytes.len() {
        20 => Address::from_slice(bytes).to_checksum(None),
        _ => hex::encode_prefixed(bytes),
    }
}

/// Bytes as [`digits`] writes them; any capitals.
pub(crate) fn undigits(text: &str) -> Option<Vec<u8>> {
    text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok())
}
