//! The workspace's test programs.
//!
//! They are run directly instead of by `cargo test`: naming some of the packages to cargo would choose another
//! set of features and build half of the dependencies again.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use stoa_scripts::{cargo, checkout};

/// A built test program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) executable: PathBuf,
    /// The folder of its crate, where cargo would run it.
    pub(super) folder: PathBuf,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    executable: Option<PathBuf>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// Builds all test programs, with cargo's messages going to standard error.
pub(super) fn build() -> anyhow::Result<Vec<Program>> {
    let output = cargo::command()
        .args(["test", "--workspace", "--no-run", "--quiet", "--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the tests do not build: run `cargo build --workspace --all-targets`");
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

fn parse(messages: &str) -> Vec<Program> {
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let tests = artifacts.filter(|message| {
        message.reason == "compiler-artifact" && message.profile.as_ref().is_some_and(|profile| profile.test)
    });
    tests
        .filter_map(|message| {
            let folder = message.manifest_path?.parent()?.to_owned();
            Some(Program { executable: message.executable?, folder })
        })
        .collect()
}

/// The stories: files of `tests/it` that hold tests.
pub(super) fn stories() -> anyhow::Result<BTreeSet<String>> {
    let folder = checkout::root().join("tests/it");
    let mut names = BTreeSet::new();
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(names) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "rs") && holds_tests(&path)? {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    Ok(names)
}

fn holds_tests(path: &Path) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(["#[test]", "#[tokio::test"].iter().any(|mark| text.contains(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_test_programs_are_taken() {
        let messages = r#"
            {"reason": "compiler-artifact", "manifest_path": "/a/Cargo.toml", "executable": "/t/it", "profile": {"test": true}}
            {"reason": "compiler-artifact", "manifest_path": "/a/Cargo.toml", "executable": "/t/a", "profile": {"test": false}}
            {"reason": "compiler-artifact", "manifest_path": "/b/Cargo.toml", "executable": null, "profile": {"test": true}}
            {"reason": "build-finished", "success": true}"#;
        let expected = Program { executable: "/t/it".into(), folder: "/a".into() };
        assert_eq!(parse(messages), [expected]);
    }
}
