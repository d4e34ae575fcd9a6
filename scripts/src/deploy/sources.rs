//! The compiler's input (Standard JSON) beside the deployment file: what explorers ask for to verify sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Error;
use crate::compile;

/// `31337.sources.json` beside `31337.json`.
#[must_use]
pub fn path_of(deployment: &Path) -> PathBuf {
    deployment.with_extension("sources.json")
}

/// Writes the input that gives the artifacts' bytes, one file for all contracts; returns its path.
///
/// # Errors
/// When sources are missing (`npm ci` in contracts/ brings OpenZeppelin's), or the file cannot be written.
pub fn write(deployment: &Path) -> Result<PathBuf, Error> {
    let input = compile::standard_input().map_err(|error| Error::Sources { reason: error.to_string() })?;
    let path = path_of(deployment);
    let text = serde_json::to_string_pretty(&input).unwrap_or_default() + "\n";
    if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
        super::file::write_whole(&input, &path)?;
    }
    Ok(path)
}
