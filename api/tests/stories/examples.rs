//! The OpenAPI document's examples are requests that are answered, and every route has some, and a test.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::chronicle;
use crate::stage::Stage;

/// Answers without an end, which have stories of their own.
const ENDLESS: [&str; 2] = ["/v1/stream", "/v1/live"];

/// What tells of the market. Who may do what to keys, tokens and deliveries is played route by route by `gate::matrix`.
const MARKET: [&str; 8] = ["accounts", "listings", "live", "market", "purchases", "raw", "staking", "status"];

fn is_of_the_market(operation: &Value) -> bool {
    operation["tags"][0].as_str().is_some_and(|tag| MARKET.contains(&tag))
}

async fn document(stage: &Stage) -> Value {
    stage.get("/v1/openapi.json").await.ok()
}

/// Every operation: method, path, and what is said of it.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().expect("an item");
        item.iter().map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

/// What a schema or a parameter gives as its value: an example, a word of a list, a default.
fn example<'d>(document: &'d Value, of: &'d Value) -> Option<&'d Value> {
    let schema = of.get("schema").unwrap_or(of);
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.trim_start_matches('#'))?,
        None => schema,
    };
    let either = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let chosen = || either?.iter().find_map(|one| example(document, one));
    of.get("example")
        .or_else(|| schema.get("example"))
        .or_else(|| schema.get("examples").and_then(|all| all.get(0)))
        .or_else(|| schema.get("enum").and_then(|all| all.get(0)))
        .or_else(|| schema.get("default"))
        .or_else(chosen)
}

fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn every_example_of_a_reading_is_answered() {
    let stage = chronicle::market().await;
    chronicle::sale(&stage, 20, 0xa1).await;
    stage.curate().await;
    let document = document(&stage).await;
    let mut asked = 0;
    for (method, path, operation) in operations(&document) {
        let own = operation["responses"].get("401").is_some();
        if method != "get" || ENDLESS.contains(&path) || own {
            continue;
        }
        let (mut address, mut always, mut further) = (path.to_owned(), Vec::new(), Vec::new());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let value = example(&document, parameter).map(text);
            match (parameter["in"].as_str(), value) {
                (Some("path"), Some(value)) => {
                    address = address.replace(&format!("{{{name}}}"), &value);
                }
                (Some("path"), None) => panic!("{path}: `{name}` has no example"),
                (Some("query"), Some(value)) if parameter["required"] == true => {
                    always.push(format!("{name}={value}"));
                }
                (Some("query"), None) if parameter["required"] == true => {
                    panic!("{path}: `{name}` has no example")
                }
                // Blocks that this market has not read are waited for in vain.
                (Some("query"), Some(value)) if name != "min_block" => {
                    further.push(format!("{name}={value}"))
                }
                _ => {}
            }
        }
        // What is needed, and that with each of what may stand beside it.
        let alone = std::iter::once(None).chain(further.iter().map(Some));
        for more in alone {
            let query: Vec<&str> = always.iter().chain(more).map(String::as_str).collect();
            let request = format!("{address}?{}", query.join("&"));
            let answer = stage.get(&request).await;
            let status = answer.status.as_u16();
            // The examples' listing, transaction or block need not be in this market; one of two may be asked for.
            let beside = status == 400 && answer.json()["detail"].as_str().is_some_and(is_of_another);
            assert!(
                matches!(status, 200 | 404 | 409) || beside,
                "{request}: {status} {}",
                String::from_utf8_lossy(&answer.body)
            );
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked} examples");
}

/// Whether a refusal is about a parameter that needs another beside it, or a block that the example's chain has.
fn is_of_another(detail: &str) -> bool {
    ["beside", "is missing", "a block that was read"].iter().any(|words| detail.contains(words))
}

/// An example that leaves nothing out, or where there is none.
fn missing(document: &Value, schema: &Value, at: &str, seen: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if seen.insert(reference.to_owned()) {
            let found = document.pointer(reference.trim_start_matches('#')).expect("declared");
            missing(document, found, reference.rsplit('/').next().unwrap_or(at), seen, wrong);
        }
        return;
    }
    if example(document, schema).is_some() {
        return;
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let Some(parts) = schema.get(key).and_then(Value::as_array) {
            parts.iter().for_each(|part| missing(document, part, at, seen, wrong));
            return;
        }
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            missing(document, property, &format!("{at}.{name}"), seen, wrong);
        }
    } else if let Some(items) = schema.get("items").filter(|items| !items.is_null()) {
        missing(document, items, &format!("{at}[]"), seen, wrong);
    } else if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
        missing(document, values, &format!("{at}.*"), seen, wrong);
    } else if !["null", "boolean", "object"].iter().any(|kind| schema["type"] == *kind) {
        // Objects without members hold whatever an event does.
        wrong.push(at.to_owned());
    }
}

#[tokio::test]
async fn every_answer_and_every_body_has_an_example_of_all_that_it_holds() {
    let stage = Stage::bare().await;
    let document = document(&stage).await;
    let (mut seen, mut wrong, mut read) = (BTreeSet::new(), Vec::new(), 0);
    for (method, path, operation) in operations(&document)
        .filter(|(_, path, operation)| *path != "/v1/openapi.json" && is_of_the_market(operation))
    {
        let at = format!("{method} {path}");
        let answers = operation["responses"].as_object().expect("answers");
        let answers = answers.iter().filter(|(status, _)| status.starts_with('2'));
        let bodies = answers.map(|(_, answer)| answer).chain(operation.get("requestBody"));
        for body in bodies {
            for (kind, content) in body["content"].as_object().into_iter().flatten() {
                read += 1;
                if kind == "application/json" && content.get("example").is_none() {
                    missing(&document, &content["schema"], &at, &mut seen, &mut wrong);
                }
            }
        }
    }
    assert!(read > 30, "{read} bodies");
    assert_eq!(wrong, Vec::<String>::new(), "without an example");
}

/// Sources of the stories, of this crate and of the whole system.
fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("stories/examples.rs") {
            into.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// Whether `text` asks at this address, whatever stands at its parameters.
fn asks(text: &str, path: &str) -> bool {
    let parts: Vec<&str> = path.split('{').collect();
    let (first, rest) = parts.split_first().expect("a part");
    // Formatted addresses hold braces of their own where a parameter stands.
    let value = |c: char| c.is_ascii_alphanumeric() || "{}-_.:".contains(c);
    text.match_indices(first).any(|(at, _)| {
        let mut left = &text[at + first.len()..];
        for part in rest {
            let end = left.find(|c| !value(c)).unwrap_or(left.len());
            let after = part.split_once('}').map_or("", |(_, after)| after);
            if end == 0 || !left[end..].starts_with(after) {
                return false;
            }
            left = &left[end + after.len()..];
        }
        // Of nothing longer.
        !left.starts_with(|c: char| c == '/' || c.is_ascii_alphanumeric() || c == '{')
    })
}

#[tokio::test]
async fn every_route_is_asked_by_a_test() {
    let stage = Stage::bare().await;
    let document = document(&stage).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("tests/stories"), &mut text);
    sources(&root.join("../tests/it"), &mut text);
    let reads = operations(&document).filter(|(_, _, operation)| is_of_the_market(operation));
    let untested = reads.map(|(_, path, _)| path).filter(|path| !asks(&text, path));
    assert_eq!(untested.collect::<BTreeSet<_>>(), BTreeSet::new(), "routes that no test asks");
    assert!(!asks(&text, "/v1/nothing/{id}") && asks("get(\"/v1/a/1-2/b?x\")", "/v1/a/{id}/b"));
    assert!(!asks("/v1/listings/31337-1/prices", "/v1/listings/{id}"));
}
