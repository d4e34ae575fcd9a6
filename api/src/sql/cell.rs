//! A value that Postgres wrote as text, as JSON.

use alloy::primitives::hex;
use serde_json::Value;

use crate::export::cell::digits;

/// The value of a column of a type.
pub(super) fn json(text: Option<String>, kind: &str) -> Value {
    let Some(text) = text else { return Value::Null };
    match kind {
        "BOOL" => Value::Bool(text == "true" || text == "t"),
        "INT2" | "INT4" | "INT8" => text.parse::<i64>().map_or(Value::String(text), Value::from),
        "FLOAT4" | "FLOAT8" => match text.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
            Some(number) => Value::Number(number),
            // NaN and infinity have no number in JSON.
            None => Value::String(text),
        },
        "BYTEA" => match text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok()) {
            Some(bytes) => Value::String(digits(&bytes)),
            None => Value::String(text),
        },
        "TIMESTAMPTZ" => Value::String(text.replacen(' ', "T", 1).replace("+00", "Z")),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_numbers_stay_text_and_addresses_are_checksummed() {
        let of = |text: &str, kind| json(Some(text.to_owned()), kind);
        assert_eq!(
            of("115792089237316195423570985008687907853269984665640564039457584007913129639935", "NUMERIC")
                .as_str()
                .map(str::len),
            Some(78)
        );
        assert_eq!(of("7", "INT8"), 7);
        assert_eq!(of("NaN", "FLOAT8"), "NaN");
        assert_eq!(
            of("\\xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "BYTEA"),
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
        );
        assert_eq!(of("2026-11-22 15:00:00+00", "TIMESTAMPTZ"), "2026-11-22T15:00:00Z");
        assert_eq!(json(None, "TEXT"), Value::Null);
    }
}
