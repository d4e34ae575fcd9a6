//! The web app's build.

use std::{io, path::PathBuf, time::Duration};

use crate::{
    checkout,
    child::{self, Spec},
    fingerprint,
    progress::Step,
};

/// What can go wrong with the build.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("the web app does not build: {line}; the log is at {log}")]
    Build { line: String, log: PathBuf },
    #[error(transparent)]
    Child(#[from] child::Error),
}

/// How long a build may take on a slow machine.
const LIMIT: Duration = Duration::from_secs(900);

/// Everything in `api/web` that the built app depends on.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    "tsconfig.node.json",
];

/// `api/web/dist`: what the API serves.
pub fn dist() -> PathBuf {
    checkout::root().join("api/web/dist")
}

/// Builds the app when its sources are not those of the last build on this machine. The packages must be
/// installed. Blocks.
///
/// # Errors
/// When the build fails.
pub fn build_if_changed() -> Result<(), Error> {
    let web = checkout::root().join("api/web");
    let stamp = checkout::state_dir().join("toolchain/web");
    let file_error = |path: &std::path::Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    let wanted = fingerprint::of(&web, &SOURCES).map_err(file_error(&web))?;
    if dist().join("index.html").exists() && fingerprint::matches(&stamp, wanted) {
        return Ok(());
    }
    let step = Step::start("Building the web app");
    let log = checkout::state_dir().join("toolchain/web.log");
    let _ = std::fs::remove_file(&log);
    let npm = Spec::new("npm", "npm", &log).args(["run", "build"]).current_dir(&web).start()?;
    let waited = npm.until_blocking(LIMIT, || npm.exited().is_some());
    match npm.exited() {
        Some(status) if status.success() => {}
        Some(_) => return Err(Error::Build { line: child::last_line(&log).unwrap_or_default(), log }),
        None => waited?,
    }
    fingerprint::record(&stamp, wanted).map_err(file_error(&stamp))?;
    step.done();
    Ok(())
}
