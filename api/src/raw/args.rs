//! An event's arguments as JSON: whole numbers beyond 32 bits as decimal strings, addresses as EIP-55, other bytes
//! as `0x` and digits.
//!
//! PostgreSQL makes the object, so that one statement serves tables of different columns. It writes every number
//! that may outgrow JavaScript as text and bytes as digits; here the digits become addresses.

use alloy::primitives::{Address, hex};
use serde_json::{Map, Value};
use sqlx::{Postgres, QueryBuilder};

use super::catalogue::Kind;

/// Bytes that are never an address, however many they are.
const PLAIN: &str = "data";

/// Pushes the expression that makes the object. Names are those of the declarations.
pub(super) fn push_object(sql: &mut QueryBuilder<Postgres>, kind: &Kind) {
    sql.push("jsonb_build_object(");
    for (n, column) in kind.table.columns.iter().enumerate() {
        sql.push(if n == 0 { "'" } else { ", '" });
        sql.push(column.name).push("', e.").push(column.name);
        sql.push(match column.sql {
            "numeric(78,0)" | "bigint" => "::text",
            "numeric(78,0)[]" | "bigint[]" | "bytea[]" => "::text[]",
            "bytea" => "::text",
            _ => "",
        });
    }
    sql.push(")");
}

/// The arguments in the order of the declaration.
pub(super) fn read(kind: &Kind, mut object: Map<String, Value>) -> Map<String, Value> {
    let columns = kind.table.columns.iter();
    let named = columns.filter_map(|column| {
        let value = object.remove(column.name)?;
        let value = match column.sql {
            "bytea" | "bytea[]" => bytes(value, column.name == PLAIN),
            _ => value,
        };
        Some((column.name.to_owned(), value))
    });
    named.collect()
}

/// Postgres' `\x…`, in a list or alone.
fn bytes(value: Value, plain: bool) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| bytes(item, plain)).collect(),
        Value::String(text) => Value::String(told(text.trim_start_matches("\\x"), plain)),
        other => other,
    }
}

fn told(digits: &str, plain: bool) -> String {
    match hex::decode(digits) {
        Ok(bytes) if bytes.len() == 20 && !plain => Address::from_slice(&bytes).to_checksum(None),
        _ => format!("0x{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::catalogue::kind;
    use serde_json::json;

    #[test]
    fn twenty_bytes_are_an_address_and_data_never_is() {
        let address = "\\xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
        let kind = kind("raw_log").expect("declared");
        let Value::Object(object) =
            json!({"data": address, "address": address, "topics": ["\\x00ff"], "reason": "none"})
        else {
            panic!("an object")
        };
        let read = Value::Object(read(kind, object));
        assert_eq!(read["address"], "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        assert_eq!(read["data"], "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
        assert_eq!(read["topics"], json!(["0x00ff"]));
    }
}
