//! What a listing says of itself: the document that its metadata URI leads to.
//!
//! The type is the one declaration; `scripts/metadata.schema.json` is generated from it and committed, and documents are
//! validated against that.

mod check;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::{Wrong, parse};

/// The longest URI that the contract takes, in bytes.
pub const LONGEST_URI: usize = 512;

/// Metadata of a Stoa listing. Its owner wrote it; nobody checked whether it is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// What it is called.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// What it does, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 10_000))]
    pub description: String,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(min = 1, max = 64)))]
    pub tags: Vec<String>,
    /// What it is for, in small letters and hyphens, such as text-generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub task: Option<String>,
    /// Where it is used, in small letters and hyphens, such as health.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub sector: Option<String>,
    /// What goes in and comes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Modalities>,
    /// What runs or reads it, such as PyTorch, GGUF or Parquet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub framework: Option<String>,
    /// Licence of the content: an SPDX identifier, or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub licence: Option<String>,
    /// Tokens that it takes in at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4_294_967_295_u64))]
    pub context_window: Option<u32>,
    /// Tokens that one answer has at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4_294_967_295_u64))]
    pub max_output_tokens: Option<u32>,
    /// The smallest machine that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_class: Option<ResourceClass>,
    /// Listings that it was trained on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub trained_on: Vec<TrainedOn>,
    /// Who has looked at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub audits: Vec<Audit>,
}

/// What goes in and comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Modalities {
    /// What it takes.
    #[schemars(length(min = 1, max = 8))]
    pub input: Vec<Modality>,
    /// What it gives.
    #[schemars(length(min = 1, max = 8))]
    pub output: Vec<Modality>,
}

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Modality {
    Text,
    Image,
    Audio,
    Video,
    Table,
    TimeSeries,
    Embedding,
    Code,
    Action,
}

/// A class of machines, by what limits them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceClass {
    Phone,
    Cpu,
    #[serde(rename = "gpu-8gb")]
    Gpu8gb,
    #[serde(rename = "gpu-24gb")]
    Gpu24gb,
    #[serde(rename = "gpu-80gb")]
    Gpu80gb,
    MultiGpu,
    Cluster,
    Remote,
}

/// A version of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainedOn {
    /// Its public id: chain id and number, such as 8453-17.
    #[schemars(regex(pattern = r"^[1-9][0-9]{0,18}-[1-9][0-9]{0,18}$"))]
    pub listing: String,
    /// The number of the version.
    #[schemars(range(min = 1, max = 16_777_215))]
    pub version: u32,
    /// That version's content hash on the chain: 0x and 64 hexadecimal digits.
    #[schemars(regex(pattern = r"^0x[0-9a-f]{64}$"))]
    pub hash: String,
}

/// A report by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Audit {
    /// Who wrote it.
    #[schemars(length(min = 1, max = 200))]
    pub auditor: String,
    /// Where it can be read: an https or ipfs address.
    #[schemars(length(max = 512), regex(pattern = r"^(https|ipfs)://[^\s]+$"))]
    pub report: String,
    /// The report's sha-256: 0x and 64 hexadecimal digits.
    #[schemars(regex(pattern = r"^0x[0-9a-f]{64}$"))]
    pub hash: String,
}

impl Metadata {
    /// The document without needless space.
    ///
    /// # Panics
    /// Never: strings, numbers and lists of them always serialise.
    #[must_use]
    pub fn compact(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As a URI that holds all of it, where the contract takes so much.
    #[must_use]
    pub fn inline(&self) -> Option<String> {
        let uri = format!("data:application/json;base64,{}", STANDARD.encode(self.compact()));
        (uri.len() <= LONGEST_URI).then_some(uri)
    }
}

/// The JSON Schema (2020-12) of [`Metadata`].
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Metadata>().to_value();
    schema["title"] = "Metadata of a Stoa listing".into();
    without_null(&mut schema);
    schema
}

/// What a field does not say is left out: `null` is one more way to say nothing, and is refused.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type")
        && let Value::Array(list) = types
    {
        list.retain(|name| name != "null");
        if let [only] = list.as_slice() {
            *types = only.clone();
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    match schema {
        Value::Object(map) => map.values_mut().for_each(without_null),
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout;

    #[test]
    fn the_committed_schema_is_current() {
        let path = checkout::root().join("scripts/metadata.schema.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if std::env::var_os("STOA_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "scripts/metadata.schema.json is stale: run `stoa listing schema > scripts/metadata.schema.json`"
        );
    }

    #[test]
    fn every_field_of_the_schema_says_what_it_is() {
        fn look(at: &str, schema: &Value) -> usize {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let inner = schema.get("items").map_or(0, |items| look(at, items));
            fields.fold(inner, |seen, (name, field)| {
                assert!(field["description"].is_string(), "{at}.{name}: {field}");
                seen + 1 + look(&format!("{at}.{name}"), field)
            })
        }
        assert!(look("", &schema()) >= 18);
    }

    #[test]
    fn small_documents_fit_the_chain() {
        let small = parse(r#"{ "name": "Harbour", "tags": ["a"] }"#).unwrap();
        let uri = small.inline().unwrap();
        let json = STANDARD.decode(uri.strip_prefix("data:application/json;base64,").unwrap()).unwrap();
        assert_eq!(json, br#"{"name":"Harbour","tags":["a"]}"#);
        assert_eq!(
            parse(&format!(r#"{{ "name": "A", "description": "{}" }}"#, "x".repeat(400))).unwrap().inline(),
            None
        );
    }
}
