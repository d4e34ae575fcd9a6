//! What comes from npm: checked, installed by lock file, found.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde::Deserialize;

use crate::{
    anvil, checkout,
    child::{self, Spec},
    fingerprint,
    progress::Step,
};

/// The oldest Node.js that the packages run on.
pub const NODE: (u32, u32) = (20, 19);
/// How long `npm ci` may take; a slow network is no reason to give up early.
const INSTALL: Duration = Duration::from_secs(1_800);

/// What can go wrong with the toolchain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Node.js is missing: install Node.js {}.{} or newer (with npm) and run this again", NODE.0, NODE.1)]
    NodeMissing,
    #[error("Node.js {found} is too old: install Node.js {}.{} or newer and run this again", NODE.0, NODE.1)]
    NodeOld { found: String },
    #[error("npm is missing: it comes with Node.js; install it and run this again")]
    NpmMissing,
    #[error("`npm ci` in {folder} failed: {line}; its log is at {log}")]
    Install { folder: String, line: String, log: PathBuf },
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is not a lock file that npm wrote: {source}")]
    Lock { path: PathBuf, source: serde_json::Error },
    #[error(transparent)]
    Child(#[from] child::Error),
    #[error(transparent)]
    Package(#[from] anvil::Error),
}

/// The folders that have a lock file of their own.
pub const FOLDERS: [&str; 2] = ["contracts", "api/web"];

/// Checks Node.js and installs the packages of every folder whose lock file has changed since the last time.
///
/// # Errors
/// When Node.js or npm is missing or too old, or an installation fails.
pub fn prepare(folders: &[&str]) -> Result<(), Error> {
    check_node(&node_version())?;
    for folder in folders {
        install(folder)?;
    }
    Ok(())
}

/// What `node --version` says, or `None` without Node.js.
fn node_version() -> Option<String> {
    let output = Command::new("node").arg("--version").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn check_node(version: &Option<String>) -> Result<(), Error> {
    let Some(version) = version else { return Err(Error::NodeMissing) };
    let number = version.trim_start_matches('v');
    let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= NODE { Ok(()) } else { Err(Error::NodeOld { found: number.to_owned() }) }
}

fn install(folder: &str) -> Result<(), Error> {
    let path = checkout::root().join(folder);
    let state = checkout::state_dir().join("toolchain");
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    std::fs::create_dir_all(&state).map_err(file_error(&state))?;
    let name = folder.replace('/', "-");
    let lock_path = state.join(format!("{name}.lock"));
    let lock = File::create(&lock_path).map_err(file_error(&lock_path))?;
    lock.lock().map_err(file_error(&lock_path))?;

    let stamp = path.join("node_modules/.stoa-installed");
    let wanted = fingerprint::of(&path, &["package.json", "package-lock.json"]).map_err(file_error(&path))?;
    if fingerprint::matches(&stamp, wanted) {
        return Ok(());
    }
    if Command::new("npm").arg("--version").output().is_err() {
        return Err(Error::NpmMissing);
    }
    let packages = locked_packages(&path.join("package-lock.json"))?;
    let step = Step::with_total(format!("Installing packages of {folder}"), packages.len() as u64);
    let log = state.join(format!("{name}.log"));
    let _ = std::fs::remove_file(&log);
    let npm = Spec::new("npm", "npm", &log)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&path)
        .start()?;
    let waited = npm.until_blocking(INSTALL, || {
        step.at(packages.iter().filter(|package| path.join(package).exists()).count() as u64);
        npm.exited().is_some()
    });
    match npm.exited() {
        Some(status) if status.success() => {}
        Some(_) => {
            let line = child::last_line(&log).unwrap_or_default();
            return Err(Error::Install { folder: folder.to_owned(), line, log });
        }
        None => waited?,
    }
    fingerprint::record(&stamp, wanted).map_err(file_error(&stamp))?;
    step.done();
    Ok(())
}

/// The folders that `npm ci` will fill, those for other platforms left out.
fn locked_packages(lock: &Path) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Lock {
        packages: std::collections::BTreeMap<String, Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        #[serde(default)]
        optional: bool,
    }
    let text =
        std::fs::read_to_string(lock).map_err(|source| Error::File { path: lock.to_owned(), source })?;
    let parsed: Lock =
        serde_json::from_str(&text).map_err(|source| Error::Lock { path: lock.to_owned(), source })?;
    let needed = parsed.packages.into_iter().filter(|(name, package)| !name.is_empty() && !package.optional);
    Ok(needed.map(|(name, _)| name).collect())
}

/// Where the tools are, once [`prepare`] has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    pub forge: PathBuf,
    pub anvil: PathBuf,
    pub cast: PathBuf,
    /// The script that serves solc to forge and to `stoa compile`.
    pub solc: PathBuf,
}

impl Tools {
    /// # Errors
    /// When one of them is not installed, or this platform has none.
    pub fn find() -> Result<Self, Error> {
        Ok(Self {
            forge: anvil::native_program("forge")?,
            anvil: anvil::native_program("anvil")?,
            cast: anvil::native_program("cast")?,
            solc: checkout::root().join("contracts/bin/solc"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_must_be_there_and_recent() {
        let said = |version: Option<&str>| check_node(&version.map(str::to_owned)).map_err(|e| e.to_string());
        assert_eq!(said(Some("v20.19.0")), Ok(()));
        assert_eq!(said(Some("v22.11.0")), Ok(()));
        let old = "Node.js 18.19.1 is too old: install Node.js 20.19 or newer and run this again";
        assert_eq!(said(Some("v18.19.1")), Err(old.to_owned()));
        assert!(said(Some("v20.18.3")).is_err());
        let missing = "Node.js is missing: install Node.js 20.19 or newer (with npm) and run this again";
        assert_eq!(said(None), Err(missing.to_owned()));
    }

    #[test]
    fn packages_for_other_platforms_are_not_waited_for() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lock = r#"{"packages": {"": {}, "node_modules/a": {}, "node_modules/b": {"optional": true}}}"#;
        std::fs::write(file.path(), lock).unwrap();
        assert_eq!(locked_packages(file.path()).unwrap(), ["node_modules/a"]);
        std::fs::write(file.path(), "no").unwrap();
        assert!(matches!(locked_packages(file.path()), Err(Error::Lock { .. })));
    }
}
