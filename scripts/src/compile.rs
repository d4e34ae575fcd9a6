//! Compiles `contracts/src` into the committed artifacts that Rust and the web app are built from.

mod input;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use foundry_compilers::{
    ConfigurableArtifacts, ProjectBuilder, ProjectPathsConfig,
    artifacts::SettingsMetadata,
    artifacts::{
        BytecodeHash, Contract, EvmVersion, Optimizer, Settings, output_selection::OutputSelection,
        remappings::Remapping,
    },
    compilers::solc::{Solc, SolcCompiler, SolcLanguage, SolcSettings},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub use input::standard_input;

use crate::{checkout, fingerprint};

/// What can go wrong when compiling.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("contracts/foundry.toml: {0}")]
    Config(String),
    #[error("the compiler does not start: {0}; run `cargo stoa toolchain`, which installs it")]
    Solc(String),
    #[error("the contracts do not compile:\n{0}")]
    Contracts(String),
    #[error("no contract with code was found in contracts/src")]
    Nothing,
    #[error("two contracts are called {0}: their artifacts would overwrite each other")]
    Twice(String),
    #[error("contract {0} has unlinked library references, which artifacts cannot carry")]
    Unlinked(String),
}

/// The part of `foundry.toml` that decides about bytecode; forge and this module must agree on it.
#[derive(Debug, Deserialize)]
struct Profile {
    src: PathBuf,
    libs: Vec<PathBuf>,
    remappings: Vec<String>,
    solc: PathBuf,
    evm_version: String,
    via_ir: bool,
    optimizer: bool,
    optimizer_runs: usize,
    bytecode_hash: String,
    cbor_metadata: bool,
}

/// Folders of `src` whose contents exist only to be used by contracts.
const INTERNAL: [&str; 3] = ["src/interfaces/", "src/libraries/", "src/types/"];

/// File name to content, as they belong into `contracts/artifacts`.
pub type Artifacts = BTreeMap<String, String>;

/// Compiles all contracts.
///
/// # Errors
/// When settings, compiler or contracts are at fault.
pub fn compile() -> Result<Artifacts, Error> {
    let contracts = checkout::root().join("contracts");
    let profile = read_profile(&contracts.join("foundry.toml"))?;
    let mut artifacts = Artifacts::new();
    for (source, name, contract) in run(&contracts, &profile)? {
        let internal = INTERNAL.iter().any(|folder| source.starts_with(folder));
        if internal || !source.starts_with("src/") {
            continue;
        }
        let Some(content) = render(&name, &contract)? else { continue };
        if artifacts.insert(format!("{name}.json"), content).is_some() {
            return Err(Error::Twice(name));
        }
    }
    if artifacts.is_empty() { Err(Error::Nothing) } else { Ok(artifacts) }
}

fn read_profile(path: &Path) -> Result<Profile, Error> {
    #[derive(Deserialize)]
    struct File {
        profile: Profiles,
    }
    #[derive(Deserialize)]
    struct Profiles {
        default: Profile,
    }
    let text = fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    let file: File = toml::from_str(&text).map_err(|error| Error::Config(error.to_string()))?;
    Ok(file.profile.default)
}

fn settings(profile: &Profile) -> Result<Settings, Error> {
    let config = |error: String| Error::Config(error);
    Ok(Settings {
        optimizer: Optimizer {
            enabled: Some(profile.optimizer),
            runs: Some(profile.optimizer_runs),
            details: None,
        },
        via_ir: Some(profile.via_ir),
        evm_version: Some(EvmVersion::from_str(&profile.evm_version).map_err(config)?),
        metadata: Some(SettingsMetadata::new(
            BytecodeHash::from_str(&profile.bytecode_hash).map_err(config)?,
            profile.cbor_metadata,
        )),
        output_selection: OutputSelection::common_output_selection([
            "abi".to_owned(),
            "evm.bytecode.object".to_owned(),
            "evm.bytecode.linkReferences".to_owned(),
            "evm.deployedBytecode.object".to_owned(),
            "evm.deployedBytecode.immutableReferences".to_owned(),
        ]),
        ..Settings::default()
    })
}

fn remappings(profile: &Profile) -> Result<Vec<Remapping>, Error> {
    profile
        .remappings
        .iter()
        .map(|text| Remapping::from_str(text).map_err(|error| Error::Config(error.to_string())))
        .collect()
}

fn project(
    contracts: &Path,
    profile: &Profile,
) -> Result<foundry_compilers::Project<SolcCompiler, ConfigurableArtifacts>, Error> {
    let remappings = remappings(profile)?;
    let paths: ProjectPathsConfig<SolcLanguage> = ProjectPathsConfig::builder()
        .sources(contracts.join(&profile.src))
        .tests(contracts.join("no-tests"))
        .scripts(contracts.join("no-scripts"))
        .libs(profile.libs.iter().map(|lib| contracts.join(lib)))
        .remappings(remappings.into_iter().map(|mut remapping| {
            remapping.path = contracts.join(&remapping.path).to_string_lossy().into_owned();
            remapping
        }))
        .build_with_root(contracts);
    let solc_path = contracts.join(&profile.solc);
    let solc = Solc::new(&solc_path).map_err(|error| Error::Solc(error.to_string()))?;
    ProjectBuilder::<SolcCompiler, _>::new(ConfigurableArtifacts::default())
        .paths(paths)
        .settings(SolcSettings { settings: settings(profile)?, ..SolcSettings::default() })
        .ephemeral()
        .no_artifacts()
        .offline()
        .single_solc_jobs()
        .build(SolcCompiler::Specific(solc))
        .map_err(|error| Error::Config(error.to_string()))
}

/// Source path (relative to `contracts/`), name and output of every contract.
fn run(contracts: &Path, profile: &Profile) -> Result<Vec<(String, String, Contract)>, Error> {
    let output =
        project(contracts, profile)?.compile().map_err(|error| Error::Contracts(error.to_string()))?;
    if output.has_compiler_errors() {
        let errors = output.output().errors.iter().filter(|error| error.severity.is_error());
        let text: Vec<String> = errors.map(ToString::to_string).collect();
        return Err(Error::Contracts(text.join("\n")));
    }
    let found = output.into_output().contracts_with_files_into_iter();
    Ok(found
        .map(|(path, name, contract)| {
            let path = path.strip_prefix(contracts).unwrap_or(&path).to_string_lossy().into_owned();
            (path, name, contract)
        })
        .collect())
}

/// The artifact's text, or `None` for what has no code of its own (abstract contracts, interfaces).
fn render(name: &str, contract: &Contract) -> Result<Option<String>, Error> {
    let Some(evm) = &contract.evm else { return Ok(None) };
    let (Some(creation), Some(deployed)) = (&evm.bytecode, &evm.deployed_bytecode) else { return Ok(None) };
    let Some(runtime) = &deployed.bytecode else { return Ok(None) };
    let unlinked = || Error::Unlinked(name.to_owned());
    let creation = creation.object.as_bytes().ok_or_else(unlinked)?;
    let runtime = runtime.object.as_bytes().ok_or_else(unlinked)?;
    if creation.is_empty() {
        return Ok(None);
    }
    // The compiler numbers immutables by its syntax tree, which other files change; offsets are what matters.
    let mut places: Vec<Vec<(u32, u32)>> = deployed
        .immutable_references
        .values()
        .map(|offsets| offsets.iter().map(|offset| (offset.start, offset.length)).collect())
        .collect();
    places.sort();
    let immutables: Map<String, Value> = places
        .into_iter()
        .enumerate()
        .map(|(n, offsets)| {
            let offsets =
                offsets.into_iter().map(|(start, length)| json!({ "start": start, "length": length }));
            (n.to_string(), offsets.collect())
        })
        .collect();
    let abi = serde_json::to_value(contract.abi.clone().unwrap_or_default())
        .map_err(|error| Error::Contracts(error.to_string()))?;
    let artifact = sorted(json!({
        "abi": abi,
        "bytecode": creation,
        "deployedBytecode": runtime,
        "immutableReferences": immutables,
    }));
    let text =
        serde_json::to_string_pretty(&artifact).map_err(|error| Error::Contracts(error.to_string()))?;
    Ok(Some(text + "\n"))
}

/// The same value with all object keys in order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// `contracts/artifacts`.
pub fn folder() -> PathBuf {
    checkout::root().join("contracts/artifacts")
}

/// The files whose committed content differs from `artifacts`, missing and surplus ones included.
///
/// # Errors
/// When the folder cannot be read.
pub fn stale(folder: &Path, artifacts: &Artifacts) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = artifacts
        .iter()
        .filter(|(name, content)| fs::read_to_string(folder.join(name)).ok().as_ref() != Some(content))
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(committed(folder)?.into_iter().filter(|name| !artifacts.contains_key(name)));
    names.sort();
    Ok(names)
}

/// Brings the folder to exactly `artifacts`; returns the names of the files that changed.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, artifacts: &Artifacts) -> Result<Vec<String>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let names = stale(folder, artifacts)?;
    for name in &names {
        let path = folder.join(name);
        match artifacts.get(name) {
            Some(content) => fs::write(&path, content).map_err(failed(&path))?,
            None => fs::remove_file(&path).map_err(failed(&path))?,
        }
    }
    Ok(names)
}

fn committed(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::File { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(failed)?;
    Ok(names.into_iter().filter(|name| name.ends_with(".json")).collect())
}

/// Whether sources, settings and artifacts are those that the last [`record_current`] saw on this machine.
///
/// # Errors
/// When a file cannot be read.
pub fn is_current() -> Result<bool, Error> {
    Ok(fingerprint::matches(&stamp(), inputs()?))
}

/// Notes that the artifacts belong to the sources as they are now.
///
/// # Errors
/// When the note cannot be written.
pub fn record_current() -> Result<(), Error> {
    let inputs = inputs()?;
    fingerprint::record(&stamp(), inputs).map_err(|source| Error::File { path: stamp(), source })
}

fn stamp() -> PathBuf {
    checkout::state_dir().join("toolchain/artifacts")
}

fn inputs() -> Result<alloy::primitives::B256, Error> {
    let root = checkout::root();
    let parts = ["src", "foundry.toml", "package-lock.json", "bin", "artifacts"];
    let contracts = root.join("contracts");
    fingerprint::of(&contracts, &parts).map_err(|source| Error::File { path: contracts.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifacts(pairs: &[(&str, &str)]) -> Artifacts {
        pairs.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
    }

    #[test]
    fn stale_files_are_named_whether_changed_missing_or_surplus() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("artifacts");
        let first = artifacts(&[("A.json", "1"), ("B.json", "2")]);
        assert_eq!(write(&path, &first).unwrap(), ["A.json", "B.json"]);
        assert!(stale(&path, &first).unwrap().is_empty());

        let second = artifacts(&[("A.json", "1!"), ("C.json", "3")]);
        assert_eq!(stale(&path, &second).unwrap(), ["A.json", "B.json", "C.json"]);
        write(&path, &second).unwrap();
        assert!(stale(&path, &second).unwrap().is_empty());
        assert!(!path.join("B.json").exists());
    }

    #[test]
    fn keys_are_ordered_at_every_depth() {
        let value = sorted(json!({ "b": [{ "d": 1, "c": 2 }], "a": 0 }));
        assert_eq!(value.to_string(), r#"{"a":0,"b":[{"c":2,"d":1}]}"#);
    }

    #[test]
    fn forge_settings_are_understood() {
        let profile = read_profile(&checkout::root().join("contracts/foundry.toml")).unwrap();
        let settings = settings(&profile).unwrap();
        assert_eq!(settings.via_ir, Some(true));
        assert_eq!(settings.optimizer.runs, Some(profile.optimizer_runs));
    }
}
