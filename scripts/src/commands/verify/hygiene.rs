//! Rules about the repository itself.

use std::process::Command;

use anyhow::{Context as _, bail};
use stoa_scripts::{checkout, testing::Bin};

use super::mutation;

/// What may stand at the top level beside dot-files.
const TOP_LEVEL: [&str; 12] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "api",
    "contracts",
    "indexer",
    "scripts",
    "tests",
];
/// A longer source file holds more than one idea.
const LONGEST: usize = 500;
/// Sources that a length is asked of.
const SOURCES: [&str; 4] = [".rs", ".sol", ".ts", ".tsx"];
/// Written by programs, read by none.
const GENERATED: [&str; 2] = ["api/web/src/api/schema.d.ts", "api/web/src/chain/abi.ts"];
/// Lock files of npm name no host, so that they install from anywhere.
const NPM_LOCK_FILES: [&str; 2] = ["contracts/package-lock.json", "api/web/package-lock.json"];

/// Every rule that is broken, one line each.
pub(super) fn check() -> anyhow::Result<Vec<String>> {
    let files = committed_files()?;
    let mut wrong = top_level(&files);
    for file in &files {
        let counted = SOURCES.iter().any(|end| file.ends_with(end)) && !GENERATED.contains(&file.as_str());
        if counted && let Ok(text) = std::fs::read_to_string(checkout::root().join(file)) {
            wrong.extend(too_long(file, &text));
        }
    }
    for file in NPM_LOCK_FILES {
        let text = std::fs::read_to_string(checkout::root().join(file))
            .with_context(|| format!("cannot read {file}"))?;
        wrong.extend(names_host(file, &text));
    }
    wrong.extend(mutation::stale()?);
    Ok(wrong)
}

/// What git has or is about to have: neither build output nor ignored files.
fn committed_files() -> anyhow::Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(checkout::root())
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn top_level(files: &[String]) -> Vec<String> {
    let mut names: Vec<&str> = files.iter().filter_map(|file| file.split('/').next()).collect();
    names.sort_unstable();
    names.dedup();
    let surplus = names.into_iter().filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name));
    surplus.map(|name| format!("{name} does not belong to the top level")).collect()
}

fn too_long(file: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST).then(|| format!("{file} has {lines} lines; {LONGEST} are the most: split it by idea"))
}

fn names_host(file: &str, text: &str) -> Option<String> {
    let line = text.lines().position(|line| line.contains("\"resolved\": \"http"))?;
    Some(format!("{file}:{} names a registry host: install with the folder's .npmrc in place", line + 1))
}

/// Whether `api/openapi.json` is what the API says of itself.
pub(super) fn openapi() -> anyhow::Result<Vec<String>> {
    let Some(api) = Bin::find("stoa-api") else {
        bail!("stoa-api is not built: run `cargo build --workspace`")
    };
    let output = Command::new(api).arg("openapi").output().context("cannot start stoa-api")?;
    if !output.status.success() {
        bail!("stoa-api openapi: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let path = checkout::root().join("api/openapi.json");
    let committed = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if committed == output.stdout {
        return Ok(Vec::new());
    }
    Ok(vec![
        "api/openapi.json is stale: run `target/debug/stoa-api openapi > api/openapi.json`, then \
             `npm run api-types` in api/web, and commit both"
            .to_owned(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rules_are_named() {
        let files = ["api/a.rs", ".github/x", "README.md", "notes.txt"].map(str::to_owned);
        assert_eq!(top_level(&files), ["notes.txt does not belong to the top level"]);
        assert_eq!(too_long("a.rs", &"x\n".repeat(500)), None);
        let said = too_long("a.rs", &"x\n".repeat(501)).unwrap();
        assert!(said.starts_with("a.rs has 501 lines"), "{said}");
        let lock = "{\n  \"resolved\": \"https://registry.example/a.tgz\"\n}";
        assert!(names_host("l.json", lock).unwrap().starts_with("l.json:2 names a registry host"));
        assert_eq!(names_host("l.json", "{\n \"version\": \"1\"\n}"), None);
    }
}
