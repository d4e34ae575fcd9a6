//! What a listing says of itself: a JSON object, held by its URI (`data:application/json[;base64],…`) or fetched.
//!
//! Whatever it is, or however it is broken, what cannot be read is left out: never an error.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::model::MetadataStatus;

/// Longer URIs are not read, in bytes.
pub(crate) const MAX_URI: usize = 64 * 1024;
const MAX_NAME: usize = 200;
const MAX_DESCRIPTION: usize = 10_000;
const MAX_TAGS: usize = 32;
const MAX_TAG: usize = 64;
const MAX_KINDS: usize = 8;
const MAX_LICENCE: usize = 128;

/// What a listing says of itself, as far as it was read. Its owner wrote it; nobody checked whether it is true.
#[derive(Clone, Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Metadata {
    pub status: MetadataStatus,
    /// What is wrong, in words; null while nothing is.
    #[schema(
        example = "the bytes at https://example.org/a.json are not those that the chain names",
        required = true
    )]
    pub reason: Option<String>,
    /// When it was last fetched (RFC 3339, UTC); null where the URI itself holds it, and before the first time.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-22T15:00:00Z", required = true)]
    pub checked_at: Option<OffsetDateTime>,
    /// Whether a hash on the chain, or in the address, says that these are the bytes that its owner meant.
    pub verified: bool,
    #[serde(flatten)]
    #[graphql(flatten)]
    pub fields: Fields,
}

/// What a document says.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, async_graphql::SimpleObject,
)]
#[serde(default)]
#[graphql(name = "MetadataFields")]
pub struct Fields {
    /// Name, at most 200 characters.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub name: Option<String>,
    /// Description, at most 10,000 characters.
    #[schema(example = "Tuned on 40,000 audited contracts.", required = true)]
    pub description: Option<String>,
    /// Tags, at most 32 of at most 64 characters.
    #[schema(example = json!(["text", "legal"]))]
    pub tags: Vec<String>,
    /// What it is for.
    #[schema(example = "text-generation", required = true)]
    pub task: Option<String>,
    /// Where it is used.
    #[schema(example = "legal", required = true)]
    pub sector: Option<String>,
    /// Kinds of data that it takes, at most 8.
    #[schema(example = json!(["text"]))]
    pub input: Vec<String>,
    /// Kinds of data that it gives, at most 8.
    #[schema(example = json!(["text"]))]
    pub output: Vec<String>,
    /// The smallest machine that runs it.
    #[schema(example = "gpu-24gb", required = true)]
    pub resource_class: Option<String>,
    /// What runs or reads it.
    #[schema(example = "PyTorch", required = true)]
    pub framework: Option<String>,
    /// Licence of the content, as the document has it.
    #[schema(example = "Apache-2.0", required = true)]
    pub licence: Option<String>,
    /// Tokens that it takes in at once.
    #[schema(example = 8192, required = true)]
    pub context_window: Option<u32>,
}

impl Metadata {
    /// Of a document that nobody has fetched yet.
    pub(crate) fn pending() -> Self {
        Self::without(MetadataStatus::Pending, None)
    }

    fn without(status: MetadataStatus, reason: Option<String>) -> Self {
        Self { status, reason, checked_at: None, verified: false, fields: Fields::default() }
    }

    /// Of a URI that holds its document; `None` where the document lies elsewhere.
    pub(crate) fn inline(uri: &str) -> Option<Self> {
        uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"))?;
        let read = decode(uri).ok_or(Wrong::NotAnObject).and_then(Fields::named);
        Some(match read {
            Ok(fields) => Self { verified: true, fields, ..Self::without(MetadataStatus::Ok, None) },
            Err(wrong) => Self::without(MetadataStatus::Invalid, Some(wrong.to_string())),
        })
    }
}

/// Why bytes are no metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("it is not one JSON object in UTF-8")]
    NotAnObject,
    #[error("it has no `name`")]
    Nameless,
}

/// The metadata that a URI holds.
pub(crate) fn decode(uri: &str) -> Option<Fields> {
    if uri.len() > MAX_URI {
        return None;
    }
    Fields::of(&body(uri)?)
}

impl Fields {
    /// Reads a document that must have a name.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Wrong> {
        Self::of(json).ok_or(Wrong::NotAnObject).and_then(Self::named)
    }

    fn named(self) -> Result<Self, Wrong> {
        if self.name.is_some() { Ok(self) } else { Err(Wrong::Nameless) }
    }

    /// What of a JSON object is of the right type and length; the rest is left out.
    fn of(json: &[u8]) -> Option<Self> {
        let Value::Object(object) = serde_json::from_slice(json).ok()? else { return None };
        let modalities = object.get("modalities");
        let kinds = |key| lines(modalities.and_then(|value| value.get(key)), MAX_KINDS);
        Some(Self {
            name: text(&object, "name", MAX_NAME),
            description: text(&object, "description", MAX_DESCRIPTION),
            tags: lines(object.get("tags"), MAX_TAGS),
            task: text(&object, "task", MAX_TAG),
            sector: text(&object, "sector", MAX_TAG),
            input: kinds("input"),
            output: kinds("output"),
            resource_class: text(&object, "resourceClass", MAX_TAG),
            framework: text(&object, "framework", MAX_TAG),
            licence: text(&object, "licence", MAX_LICENCE),
            context_window: object
                .get("contextWindow")
                .and_then(Value::as_u64)
                .and_then(|n| n.try_into().ok()),
        })
    }
}

/// The texts in a list.
fn lines(list: Option<&Value>, most: usize) -> Vec<String> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|text| line(text, MAX_TAG)).take(most).collect()
}

/// The bytes of a `data:` URI with the media type of JSON.
pub(crate) fn body(uri: &str) -> Option<Cow<'_, [u8]>> {
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
        let expected = Fields {
            name: Some("Größe".to_owned()),
            description: Some("100% of it".to_owned()),
            tags: vec!["a".to_owned(), "b".to_owned()],
            ..Fields::default()
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
        let expected = Fields { tags: vec!["ok".to_owned()], ..Fields::default() };
        assert_eq!(decode(uri), Some(expected));
        assert_eq!(decode(r#"data:application/json,{"tags":"no list"}"#), Some(Fields::default()));
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(name("data:application/json,{\"name\":\"  a\\u0000b\\u001bc \"}").as_deref(), Some("abc"));
        let long = format!("data:application/json,{{\"name\":\"{}\"}}", "é".repeat(500));
        assert_eq!(name(&long).map(|name| name.chars().count()), Some(MAX_NAME));
        let many = format!("data:application/json,{{\"tags\":{:?}}}", vec!["t"; 100]);
        assert_eq!(decode(&many).map(|metadata| metadata.tags.len()), Some(MAX_TAGS));
    }

    #[test]
    fn all_fields_are_read_and_a_document_needs_a_name() {
        let json =
            br#"{"name":"A","task":"t","sector":"s","modalities":{"input":["text"],"output":["code",7]},
            "resourceClass":"cpu","framework":"GGUF","licence":"MIT","contextWindow":8192,"trainedOn":[]}"#;
        let one = |text: &str| vec![text.to_owned()];
        let fields = Fields::read(json).expect("valid");
        assert_eq!(
            (fields.input, fields.output, fields.context_window),
            (one("text"), one("code"), Some(8192))
        );
        assert_eq!((fields.task.as_deref(), fields.resource_class.as_deref()), (Some("t"), Some("cpu")));
        for json in [&b"{}"[..], b"{\"name\":\"\\u0000 \"}"] {
            assert_eq!(Fields::read(json), Err(Wrong::Nameless));
        }
        for json in [&b""[..], b"[]", b"\0", b"<html>", b"\xff\xfe{}", b"{\"name\":\"a\"}{}"] {
            assert_eq!(Fields::read(json), Err(Wrong::NotAnObject));
        }
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
