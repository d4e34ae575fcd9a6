//! Validation, with sentences that name the field.

use std::sync::LazyLock;

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::{Metadata, schema};

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);
static VALIDATOR: LazyLock<Result<Validator, String>> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).map_err(|error| error.to_string()));

/// What is wrong with a document: one sentence for each place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Wrong(pub Vec<String>);

/// Reads a document.
///
/// # Errors
/// All that is wrong with it, each with the field's path, such as `trainedOn[0].hash`.
pub fn parse(text: &str) -> Result<Metadata, Wrong> {
    let one = |sentence: String| Wrong(vec![sentence]);
    let document: Value =
        serde_json::from_str(text).map_err(|error| one(format!("it is no JSON: {error}")))?;
    let validator = VALIDATOR.as_ref().map_err(|reason| one(reason.clone()))?;
    let wrong: Vec<String> = validator.iter_errors(&document).map(|error| sentence(&error)).collect();
    if !wrong.is_empty() {
        return Err(Wrong(wrong));
    }
    serde_json::from_value(document).map_err(|error| one(error.to_string()))
}

fn sentence(error: &ValidationError<'_>) -> String {
    let field = field(&error.instance_path().to_string());
    // The value itself may be long; the field names it.
    let reason = error.masked_with("it").to_string();
    match meaning(&error.schema_path().to_string()) {
        Some(meaning) if !field.is_empty() => format!("{field}: {reason} ({meaning})"),
        _ if field.is_empty() => reason,
        _ => format!("{field}: {reason}"),
    }
}

/// `/trainedOn/0/hash` as `trainedOn[0].hash`.
fn field(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |path, part| match part.parse::<usize>() {
        Ok(n) => format!("{path}[{n}]"),
        Err(_) if path.is_empty() => part.to_owned(),
        Err(_) => format!("{path}.{part}"),
    })
}

/// What the schema says of the field whose rule is broken.
fn meaning(rule: &str) -> Option<&'static str> {
    let (mut at, mut found) = (&*SCHEMA, None);
    for part in rule.split('/').skip(1) {
        at = match at {
            Value::Array(list) => list.get(part.parse::<usize>().ok()?)?,
            other => other.get(part)?,
        };
        if let Some(description) = at.get("description").and_then(Value::as_str) {
            found = Some(description.trim_end_matches('.'));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{
        "name": "Harbour Forecast", "description": "Berth times.", "tags": ["time-series"],
        "task": "time-series-forecasting", "sector": "logistics",
        "modalities": { "input": ["time-series", "text"], "output": ["table"] },
        "framework": "PyTorch", "licence": "Apache-2.0", "contextWindow": 8192, "maxOutputTokens": 512,
        "resourceClass": "gpu-24gb",
        "trainedOn": [{ "listing": "31337-2", "version": 1,
            "hash": "0x0101010101010101010101010101010101010101010101010101010101010101" }],
        "audits": [{ "auditor": "Lighthouse", "report": "https://audit.example/7",
            "hash": "0x0202020202020202020202020202020202020202020202020202020202020202" }]
    }"#;

    fn changed(pointer: &str, value: Value) -> Vec<String> {
        let mut document: Value = serde_json::from_str(WHOLE).unwrap();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match key.parse::<usize>() {
            Ok(n) => parent[n] = value,
            Err(_) => parent[key] = value,
        }
        parse(&document.to_string()).map_or_else(|wrong| wrong.0, |_| Vec::new())
    }

    #[test]
    fn a_whole_document_is_read_and_written_again() {
        let metadata = parse(WHOLE).unwrap();
        let written: Value = serde_json::from_str(&metadata.compact()).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(WHOLE).unwrap());
    }

    #[test]
    fn each_wrong_field_is_named_with_what_it_is() {
        for (pointer, value, expected) in [
            ("/name", "".into(), "name: it is shorter than 1 character (What it is called)"),
            ("/name", 7.into(), "name: it is not of type \"string\" (What it is called)"),
            (
                "/tags/0",
                "x".repeat(65).into(),
                "tags[0]: it is longer than 64 characters (Words to find it by)",
            ),
            ("/contextWindow", 0.into(), "contextWindow: it is less than the minimum of 1"),
            ("/modalities/input/1", "smell".into(), "modalities.input[1]: "),
            ("/trainedOn/0/hash", "0xAB".into(), "trainedOn[0].hash: it does not match"),
            ("/trainedOn/0/version", 0.into(), "trainedOn[0].version: it is less than the minimum of 1"),
            ("/audits/0/report", "javascript:alert(1)".into(), "audits[0].report: it does not match"),
            ("/resourceClass", "laptop".into(), "resourceClass: it is not one of "),
            ("/licence", Value::Null, "licence: it is not of type \"string\""),
            ("/modalities", Value::Null, "modalities: it is not of type \"object\""),
            ("/licens", "MIT".into(), "Additional properties are not allowed ('licens' was unexpected)"),
            (
                "/audits/0/by",
                "me".into(),
                "audits[0]: Additional properties are not allowed ('by' was unexpected)",
            ),
        ] {
            let wrong = changed(pointer, value);
            assert!(wrong.len() == 1 && wrong[0].starts_with(expected), "{pointer}: {wrong:?}");
        }
        let hash = &changed("/trainedOn/0/hash", "0xAB".into())[0];
        assert!(
            hash.ends_with("(That version's content hash on the chain: 0x and 64 hexadecimal digits)"),
            "{hash}"
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = parse(r#"{ "tags": "a", "task": "No Spaces" }"#).unwrap_err();
        assert_eq!(wrong.0.len(), 3, "{wrong}");
        assert!(wrong.to_string().contains("\"name\" is a required property"), "{wrong}");
        assert!(parse("{").unwrap_err().to_string().starts_with("it is no JSON: "));
        assert_eq!(parse("[]").unwrap_err().0.len(), 1);
    }
}
