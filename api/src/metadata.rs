//! Metadata of a listing, as far as its URI holds it: `data:application/json[;base64],…`.
//!
//! Whatever else the URI is, or however it is broken, there is no metadata: never an error.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Longer URIs are not read, in bytes.
pub(crate) const MAX_URI: usize = 64 * 1024;
const MAX_NAME: usize = 200;
const MAX_DESCRIPTION: usize = 10_000;
const MAX_TAGS: usize = 32;
const MAX_TAG: usize = 64;

/// What a listing says of itself. Its owner wrote it; nobody checked it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Metadata {
    /// Name, at most 200 characters.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub name: Option<String>,
    /// Description, at most 10,000 characters.
    #[schema(required = true)]
    pub description: Option<String>,
    /// Tags, at most 32 of at most 64 characters.
    #[schema(example = json!(["text", "legal"]))]
    pub tags: Vec<String>,
}

/// The metadata that a URI holds.
pub(crate) fn decode(uri: &str) -> Option<Metadata> {
    if uri.len() > MAX_URI {
        return None;
    }
    let Value::Object(object) = serde_json::from_slice(&body(uri)?).ok()? else { return None };
    let tags = object.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(Metadata {
        name: text(&object, "name", MAX_NAME),
        description: text(&object, "description", MAX_DESCRIPTION),
        tags: tags.iter().filter_map(|tag| line(tag, MAX_TAG)).take(MAX_TAGS).collect(),
    })
}

/// The bytes of a `data:` URI with the media type of JSON.
fn body(uri: &str) -> Option<Cow<'_, [u8]>> {
    let scheme = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"))?;
    let (head, body) = uri[scheme.len()..].split_once(',')?;
    let mut parts = head.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("application/json") {
        return None;
    }
    let mut base64 = false;
    for part in parts {
        base64 = part.eq_ignore_ascii_case("base64");
        if !base64 && !part.eq_ignore_ascii_case("charset=utf-8") {
            return None;
        }
    }
    let plain = percent_decode(body);
    if !base64 {
        return Some(plain);
    }
    let decoded = STANDARD.decode(plain.as_ref()).or_else(|_| STANDARD_NO_PAD.decode(plain.as_ref())).ok()?;
    Some(Cow::Owned(decoded))
}

/// Undoes percent-encoding; a `%` that starts no byte stands for itself, as in browsers.
fn percent_decode(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                // Two hexadecimal digits fit a byte.
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

fn text(object: &Map<String, Value>, key: &str, max: usize) -> Option<String> {
    object.get(key).and_then(|value| line(value, max))
}

/// A text without control characters but line breaks, cut to `max` characters; `None` when nothing is left.
fn line(value: &Value, max: usize) -> Option<String> {
    let kept = |character: &char| !character.is_control() || *character == '\n';
    let text: String = value.as_str()?.trim().chars().filter(kept).take(max).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(uri: &str) -> Option<String> {
        decode(uri)?.name
    }

    #[test]
    fn json_is_read_plain_encoded_and_in_base64() {
        let json = r#"{"name":"Größe","description":"100% of it","tags":["a","b"],"more":1}"#;
        let expected = Metadata {
            name: Some("Größe".to_owned()),
            description: Some("100% of it".to_owned()),
            tags: vec!["a".to_owned(), "b".to_owned()],
        };
        let encoded = json.replace('%', "%25").replace('"', "%22").replace(' ', "%20");
        let base64 = STANDARD.encode(json);
        for uri in [
            format!("data:application/json,{json}"),
            format!("data:application/json,{encoded}"),
            format!("data:application/json;base64,{base64}"),
            format!("data:application/json;base64,{}", base64.trim_end_matches('=')),
            format!("DATA:Application/JSON;charset=UTF-8;BASE64,{base64}"),
        ] {
            assert_eq!(decode(&uri).as_ref(), Some(&expected), "{uri}");
        }
    }

    #[test]
    fn everything_else_is_no_metadata() {
        let long = format!("data:application/json,{{\"name\":\"{}\"}}", "x".repeat(MAX_URI));
        for uri in [
            "",
            "data",
            "data:",
            "ipfs://bafy",
            "https://example.org/a.json",
            "data:text/plain,{}",
            "data:,{}",
            "data:application/json",
            "data:application/json,",
            "data:application/json,[]",
            "data:application/json,\"name\"",
            "data:application/json,{",
            "data:application/json;base64,****",
            "data:application/json;charset=utf-16,{}",
            "data:application/json,%ff{}",
            "dáta:application/json,{}",
            &long,
        ] {
            assert_eq!(decode(uri), None, "{uri:.60}");
        }
    }

    #[test]
    fn values_of_the_wrong_type_are_left_out() {
        let uri = r#"data:application/json,{"name":7,"description":null,"tags":["ok",1,null,"","  "]}"#;
        let expected = Metadata { name: None, description: None, tags: vec!["ok".to_owned()] };
        assert_eq!(decode(uri), Some(expected));
        assert_eq!(decode(r#"data:application/json,{"tags":"no list"}"#), Some(Metadata::default()));
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(name("data:application/json,{\"name\":\"  a\\u0000b\\u001bc \"}").as_deref(), Some("abc"));
        let long = format!("data:application/json,{{\"name\":\"{}\"}}", "é".repeat(500));
        assert_eq!(name(&long).map(|name| name.chars().count()), Some(MAX_NAME));
        let many = format!("data:application/json,{{\"tags\":{:?}}}", vec!["t"; 100]);
        assert_eq!(decode(&many).map(|metadata| metadata.tags.len()), Some(MAX_TAGS));
    }

    proptest! {
        #[test]
        fn any_uri_is_read_or_left(uri in "(data:)?(application/json)?(;base64)?,?.{0,80}") {
            let _ = decode(&uri);
        }

        #[test]
        fn deep_json_does_not_break_the_stack(depth in 1usize..30_000) {
            let _ = decode(&format!("data:application/json,{}", "[".repeat(depth)));
        }
    }
}
