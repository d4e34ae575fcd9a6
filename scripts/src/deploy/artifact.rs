//! Compiled contracts as `stoa compile` wrote them.

use std::{collections::BTreeMap, fs};

use alloy::{json_abi::JsonAbi, primitives::Bytes};
use serde::Deserialize;

use super::Error;
use crate::compile;

/// A contract's code.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// What a deployment sends, before constructor arguments.
    pub bytecode: Bytes,
    /// What is on the chain afterwards, with zeros where immutables stand.
    pub deployed_bytecode: Bytes,
    #[serde(default)]
    pub abi: JsonAbi,
    #[serde(default)]
    immutable_references: BTreeMap<String, Vec<Place>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Place {
    start: usize,
    length: usize,
}

impl Artifact {
    /// Reads `contracts/artifacts/<name>.json`.
    ///
    /// # Errors
    /// When it is missing, broken or without code.
    pub fn read(name: &str) -> Result<Self, Error> {
        let path = compile::folder().join(format!("{name}.json"));
        let failed = |reason: String| Error::Artifact { path: path.clone(), reason };
        let text = fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
        let artifact: Self = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
        if artifact.bytecode.is_empty() {
            return Err(failed("it has no bytecode".to_owned()));
        }
        Ok(artifact)
    }

    /// Whether this is the code on a chain, whatever its immutables are.
    pub fn matches(&self, code: &[u8]) -> bool {
        let mut masked = code.to_vec();
        for place in self.immutable_references.values().flatten() {
            match masked.get_mut(place.start..place.start + place.length) {
                Some(bytes) => bytes.fill(0),
                None => return false,
            }
        }
        masked == self.deployed_bytecode
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn immutables_are_masked_and_nothing_else() {
        let artifact: Artifact = serde_json::from_str(
            r#"{"bytecode": "0x01", "deployedBytecode": "0xaa0000bb",
                "immutableReferences": {"0": [{"start": 1, "length": 2}]}}"#,
        )
        .unwrap();
        assert!(artifact.matches(&[0xaa, 1, 2, 0xbb]));
        assert!(!artifact.matches(&[0xaa, 1, 2, 0xbc]));
        assert!(!artifact.matches(&[0xaa]));
    }
}
