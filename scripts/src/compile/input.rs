//! The compiler's input as a document of its own, for whoever wants to compile the contracts elsewhere.

use std::{collections::BTreeMap, path::PathBuf};

use foundry_compilers::{
    Graph,
    artifacts::{Source, StandardJsonCompilerInput},
    resolver::parse::SolParser,
};
use serde_json::Value;

use super::{Error, project, read_profile, remappings, settings};
use crate::checkout;

/// What the compiler is given, as Standard JSON with paths relative to `contracts/`: the same sources in the same order
/// as [`compile`] gives it, so that the same bytes come out.
///
/// # Errors
/// When settings are wrong or sources are missing.
pub fn standard_input() -> Result<Value, Error> {
    let contracts = checkout::root().join("contracts");
    let profile = read_profile(&contracts.join("foundry.toml"))?;
    let sources_missing = |error: foundry_compilers::error::SolcError| Error::Contracts(error.to_string());
    let project = project(&contracts, &profile)?;
    let graph = Graph::<SolParser>::resolve(&project.paths).map_err(sources_missing)?;
    let nodes = graph.files().values().map(|index| graph.node(*index).unpack());
    let sources: BTreeMap<PathBuf, Source> = nodes
        .map(|(path, source)| (path.strip_prefix(&contracts).unwrap_or(path).to_owned(), source.clone()))
        .collect();
    let mut settings = settings(&profile)?;
    settings.remappings = remappings(&profile)?;
    let input = StandardJsonCompilerInput::new(sources.into_iter().collect(), settings);
    serde_json::to_value(input).map_err(|error| Error::Config(error.to_string()))
}
