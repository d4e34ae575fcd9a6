//! Answers for people and for programs.

use alloy::primitives::Address;
use comfy_table::{CellAlignment, ContentArrangement, presets};
use serde::Serialize;

/// Where a command's answer goes: a table, or one JSON document on standard output.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// Prints the answer: `record` for programs, what `people` returns for people.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn answer(self, record: &impl Serialize, people: impl FnOnce() -> String) -> anyhow::Result<()> {
        use std::io::Write as _;
        let text = if self.json { to_json(record)? } else { people() };
        match writeln!(std::io::stdout(), "{}", text.trim_end()) {
            // Whoever reads has seen enough, as `head` has.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

/// As JSON, with addresses as EIP-55 writes them: the library's own are in lower case.
pub(super) fn to_json(record: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(record)?;
    // Nothing but quotes parts a string from what is around it, and an escaped one has a backslash before it.
    let parts = text.split('"').map(|part| match part.parse::<Address>() {
        Ok(address) if part.starts_with("0x") => address.to_string(),
        _ => part.to_owned(),
    });
    Ok(parts.collect::<Vec<_>>().join("\""))
}

/// Rows under a header, aligned, without lines.
#[derive(Debug)]
pub struct Table(comfy_table::Table);

impl Table {
    #[must_use]
    pub fn new(header: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if !header.is_empty() {
            table.set_header(header.iter().map(|title| title.to_uppercase()));
        }
        Self(table)
    }

    /// Rows of a name and a value.
    #[must_use]
    pub fn of_pairs<N: ToString, V: ToString>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut table = Self::new(&[]);
        for (name, value) in pairs {
            table.row([name.to_string(), value.to_string()]);
        }
        table
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) -> &mut Self {
        self.0.add_row(cells);
        self
    }

    /// The n-th column is of numbers.
    pub fn right(&mut self, n: usize) -> &mut Self {
        if let Some(column) = self.0.column_mut(n) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        self
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        f.write_str(&lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_their_checksum_and_nothing_else_changes() {
        let lower = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
        let record = serde_json::json!({
            "address": lower, "bare": &lower[2..], "hash": format!("0x{}", "ab".repeat(32)),
            "quoted": format!("said \"{lower}"), "list": [lower, "\"", ""],
        });
        let text = to_json(&record).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let checksummed = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        assert_eq!(read["address"], checksummed);
        assert_eq!(read["list"], serde_json::json!([checksummed, "\"", ""]));
        for key in ["bare", "hash"] {
            assert_eq!(read[key], record[key]);
        }
        assert!(read["quoted"].as_str().unwrap().eq_ignore_ascii_case(record["quoted"].as_str().unwrap()));
    }
}
