//! The server's programs: used where npm put them, or copied to where their account can reach them.

use std::{
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{Error, account::Runner, files};
use crate::checkout;

/// A folder with `bin`, `lib` and `share`.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// Names data folders that only this version can read.
    pub(super) version: String,
}

/// npm drops symbolic links; the package lists those it needs, relative to its own folder.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    version: String,
}

impl Binaries {
    pub(super) fn prepare(runner: &Runner) -> Result<Self, Error> {
        let package = checkout::contracts_package(&format!("@embedded-postgres/{}", platform()?));
        let native = package.join("native");
        if !native.join("bin/postgres").exists() {
            return Err(Error::Missing { path: package });
        }
        let version = version_of(&package)?;
        let folder = if runner.reaches(&native.join("bin/postgres")) {
            native
        } else {
            runner.base()?.join(format!("postgres-{version}"))
        };
        let base = runner.base()?;
        files::locked(&base.join("binaries.lock"), || {
            if !folder.exists() {
                let partial = base.join(format!("postgres-{version}.partial"));
                files::remove(&partial)?;
                files::copy(&package.join("native"), &partial, &readable)?;
                files::rename(&partial, &folder)?;
            }
            link(&package, &folder)?;
            executable(&folder)
        })?;
        Ok(Self { folder, version })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

fn platform() -> Result<&'static str, Error> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(Error::Platform { os, arch }),
    }
}

fn version_of(package: &Path) -> Result<String, Error> {
    let path = package.join("package.json");
    let failed = |source| Error::File { action: "cannot read", path: path.clone(), source };
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    let parsed: Package = serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
    Ok(parsed.version)
}

/// Makes the listed links that are missing in `folder`.
fn link(package: &Path, folder: &Path) -> Result<(), Error> {
    let list = package.join("native/pg-symlinks.json");
    let Ok(text) = std::fs::read_to_string(&list) else { return Ok(()) };
    let failed = |source| Error::File { action: "cannot read", path: list.clone(), source };
    let links: Vec<Link> = serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
    for Link { source, target } in links {
        let (Some(name), Ok(target)) = (source.file_name(), target.strip_prefix("native")) else { continue };
        let at = folder.join(target);
        if at.symlink_metadata().is_err() {
            let failed = |source| Error::File { action: "cannot link", path: at.clone(), source };
            symlink(name, &at).map_err(failed)?;
        }
    }
    Ok(())
}

/// The copy is read by another account than the one that made it.
fn readable(path: &Path) -> Result<(), Error> {
    add_mode(path, if path.is_dir() { 0o755 } else { 0o444 })
}

fn executable(folder: &Path) -> Result<(), Error> {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .try_for_each(|name| add_mode(&folder.join("bin").join(name), 0o555))
}

fn add_mode(path: &Path, wanted: u32) -> Result<(), Error> {
    let failed = |source| Error::File { action: "cannot make readable", path: path.to_owned(), source };
    let mode = path.metadata().map_err(failed)?.permissions().mode();
    if mode & wanted == wanted {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | wanted)).map_err(failed)
}
