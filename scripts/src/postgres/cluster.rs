//! Data folders: initialised once, for tests copied from a cached template.

use std::{
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use super::{Error, account::Runner, binaries::Binaries, files};
use crate::child::is_alive;

/// A data folder and the password of its superuser `stoa`.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) data: PathBuf,
    pub(super) password: String,
}

/// The file inside of a data folder that keeps its password; as private as the folder.
const PASSWORD: &str = "stoa-password";

impl Cluster {
    /// The data folder of that name, made when it does not exist yet.
    pub(super) fn kept(runner: &Runner, binaries: &Binaries, name: &str) -> Result<Self, Error> {
        let folder = folder(runner, "data")?;
        files::locked(&folder.join(format!("{name}.lock")), || {
            let data = folder.join(name);
            if !data.exists() {
                initialise(runner, binaries, &data, &[])?;
            }
            Self::open(data)
        })
    }

    /// A fresh copy of the template, which is made by the first caller.
    pub(super) fn ephemeral(runner: &Runner, binaries: &Binaries) -> Result<Self, Error> {
        let folder = folder(runner, "ephemeral")?;
        let template = folder.join(format!("template-{}", binaries.version));
        files::locked(&folder.join("template.lock"), || {
            remove_abandoned(&folder);
            if template.exists() {
                return Ok(());
            }
            initialise(runner, binaries, &template, &["--no-data-checksums", "--wal-segsize=1"])
        })?;
        Self::copied(runner, &folder, &template)
    }

    /// A copy of any data folder.
    pub(super) fn copy_of(runner: &Runner, original: &Path) -> Result<Self, Error> {
        let folder = folder(runner, "ephemeral")?;
        files::locked(&folder.join("template.lock"), || {
            remove_abandoned(&folder);
            Ok(())
        })?;
        Self::copied(runner, &folder, original)
    }

    fn copied(runner: &Runner, folder: &Path, original: &Path) -> Result<Self, Error> {
        let unique: u32 = rand::random();
        let data = folder.join(format!("{}-{unique:08x}", std::process::id()));
        files::copy(original, &data, &|path| runner.own(path))?;
        // A server refuses folders that others may read.
        let failed = |source| Error::File { action: "cannot protect", path: data.clone(), source };
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        Self::open(data)
    }

    fn open(data: PathBuf) -> Result<Self, Error> {
        let path = data.join(PASSWORD);
        match std::fs::read_to_string(&path) {
            Ok(password) => Ok(Self { password: password.trim().to_owned(), data }),
            Err(source) => Err(Error::File { action: "cannot read", path, source }),
        }
    }
}

fn folder(runner: &Runner, name: &str) -> Result<PathBuf, Error> {
    let folder = runner.base()?.join(name);
    files::create(&folder)?;
    runner.own(&folder)?;
    Ok(folder)
}

/// Runs initdb beside the wanted place and moves the result there, so that a half-made folder is never used.
fn initialise(runner: &Runner, binaries: &Binaries, data: &Path, extra: &[&str]) -> Result<(), Error> {
    let partial = data.with_extension("partial");
    files::remove(&partial)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { action: "cannot write", path, source }
    };
    let password_file = data.with_extension("password");
    let password = format!("{:032x}", rand::random::<u128>());
    std::fs::write(&password_file, &password).map_err(failed(&password_file))?;
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&password_file, private.clone()).map_err(failed(&password_file))?;
    runner.own(&password_file)?;

    let mut command = Command::new(binaries.program("initdb"));
    command
        .arg("--pgdata")
        .arg(&partial)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username=stoa", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
        .args(extra)
        .env("LC_ALL", "C")
        .current_dir(data.parent().unwrap_or(data))
        .process_group(0);
    if let Some(account) = runner.account() {
        command.uid(account.uid).gid(account.gid);
    }
    let output = command.output().map_err(|source| Error::Initdb(source.to_string()))?;
    let _ = std::fs::remove_file(&password_file);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Initdb(said.trim().replace('\n', "; ")));
    }
    let kept = partial.join(PASSWORD);
    std::fs::write(&kept, &password).map_err(failed(&kept))?;
    std::fs::set_permissions(&kept, private).map_err(failed(&kept))?;
    runner.own(&kept)?;
    files::rename(&partial, data)
}

/// Ephemeral folders whose owner was killed: named after its process id, which is gone.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.split_once('-')?.0.parse::<u32>().ok());
        let server = std::fs::read_to_string(entry.path().join("postmaster.pid"));
        let server = server.ok().and_then(|text| text.lines().next()?.parse::<u32>().ok());
        if owner.is_some_and(|owner| !is_alive(owner)) && !server.is_some_and(is_alive) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
