//! Rows as bytes.

use serde_json::{Map, Value};

use super::cell::Cell;
use super::layout::Layout;
use super::parquet::Parquet;
use crate::error::ApiError;
use crate::params::Choice;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Ndjson,
    Parquet,
}

impl Choice for Format {
    const ALL: &'static [(&'static str, Self)] =
        &[("csv", Self::Csv), ("ndjson", Self::Ndjson), ("parquet", Self::Parquet)];
}

impl Format {
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Rows that are read at once. In Parquet they are a row group, which is better for being larger.
    pub(crate) fn page(self) -> i64 {
        match self {
            Self::Csv | Self::Ndjson => 2_000,
            Self::Parquet => 10_000,
        }
    }
}

/// Writes pages as they come.
pub(crate) enum Writer {
    Csv,
    Ndjson,
    Parquet(Box<Parquet>),
}

impl Writer {
    /// A writer, and what stands before the first row.
    pub(crate) fn new(
        format: Format,
        layout: &Layout,
        about: &[(&str, String)],
    ) -> Result<(Self, Vec<u8>), ApiError> {
        Ok(match format {
            Format::Csv => {
                let names = layout.columns.iter().map(|column| column.name.clone());
                let mut head = Vec::new();
                line(&mut head, names);
                (Self::Csv, head)
            }
            Format::Ndjson => (Self::Ndjson, Vec::new()),
            Format::Parquet => (Self::Parquet(Box::new(Parquet::new(layout, about)?)), Vec::new()),
        })
    }

    pub(crate) fn page(&mut self, layout: &Layout, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, ApiError> {
        let mut out = Vec::with_capacity(rows.len() * 256);
        match self {
            Self::Csv => rows.iter().for_each(|row| line(&mut out, row.iter().map(Cell::text))),
            Self::Ndjson => {
                for row in rows {
                    let names = layout.columns.iter().map(|column| column.name.clone());
                    let object: Map<String, Value> = names.zip(row.into_iter().map(Cell::json)).collect();
                    serde_json::to_writer(&mut out, &object)
                        .map_err(|error| ApiError::Internal(format!("a row does not serialise: {error}")))?;
                    out.push(b'\n');
                }
            }
            Self::Parquet(parquet) => return parquet.page(layout, rows),
        }
        Ok(out)
    }

    /// What stands behind the last row.
    pub(crate) fn end(self) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Csv | Self::Ndjson => Ok(Vec::new()),
            Self::Parquet(parquet) => parquet.end(),
        }
    }
}

/// A line of CSV (RFC 4180).
fn line(out: &mut Vec<u8>, values: impl Iterator<Item = String>) {
    for (n, value) in values.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        if value.contains(['"', ',', '\n', '\r']) {
            out.push(b'"');
            out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(value.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_csv_would_misread_is_quoted() {
        let mut out = Vec::new();
        line(&mut out, ["a", "b,c", "say \"hi\"", "two\nlines", ""].map(str::to_owned).into_iter());
        assert_eq!(String::from_utf8(out).expect("text"), "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
    }
}
