//! What one `cargo dev` leaves for the next: `.stoa/dev`.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use stoa_scripts::{checkout, child::is_alive, postgres};

/// The folder, and the lock that keeps a second `cargo dev` out of it.
#[derive(Debug)]
pub(super) struct State {
    folder: PathBuf,
    _lock: File,
}

impl State {
    pub(super) fn lock(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder.join("logs"))
            .with_context(|| format!("cannot write to {}", folder.display()))?;
        let path = folder.join("lock");
        let mut lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        if lock.try_lock().is_err() {
            let mut owner = String::new();
            let _ = lock.read_to_string(&mut owner);
            let owner = owner.trim();
            bail!(
                "`cargo dev` already runs in this checkout (process {owner}): use it, or stop it with Ctrl-C first"
            );
        }
        lock.set_len(0)?;
        lock.seek(SeekFrom::Start(0))?;
        writeln!(lock, "{}", std::process::id())?;
        let folder = folder.canonicalize().with_context(|| format!("cannot use {}", folder.display()))?;
        Ok(Self { folder, _lock: lock })
    }

    /// The name of the database server's kept data: one for each state folder.
    pub(super) fn server(&self) -> String {
        format!("dev-{}", checkout::key_of(&self.folder))
    }

    pub(super) fn chain(&self) -> PathBuf {
        self.folder.join("chain.json")
    }

    /// Whether the chain's file can be read: a hard stop may come while it is being written.
    pub(super) fn chain_is_whole(&self) -> bool {
        match File::open(self.chain()) {
            Ok(file) => {
                let reader = std::io::BufReader::new(file);
                serde_json::from_reader::<_, serde::de::IgnoredAny>(reader).is_ok()
            }
            Err(_) => true,
        }
    }

    pub(super) fn deployment(&self) -> PathBuf {
        self.folder.join("deployment.json")
    }

    /// The file with the secret that API keys are hashed under; made once.
    pub(super) fn access_secret(&self) -> anyhow::Result<PathBuf> {
        self.secret("access-secret", "")
    }

    /// The file with the key that signing secrets are encrypted under; made once.
    pub(super) fn master_keys(&self) -> anyhow::Result<PathBuf> {
        self.secret("master-keys", "dev:")
    }

    fn secret(&self, name: &str, prefix: &str) -> anyhow::Result<PathBuf> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.folder.join(name);
        match File::options().create_new(true).write(true).mode(0o600).open(&path) {
            Ok(mut file) => writeln!(file, "{prefix}{}", alloy::hex::encode(rand::random::<[u8; 32]>()))?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot write {}", path.display())),
        }
        Ok(path)
    }

    /// The log of a child; the last start's is kept beside it.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        let log = self.folder.join("logs").join(format!("{name}.log"));
        let _ = fs::rename(&log, log.with_extension("log.1"));
        log
    }

    fn children(&self) -> PathBuf {
        self.folder.join("children")
    }

    /// Notes a child, so that the next start can wait for it if this process is killed.
    pub(super) fn note_child(&self, pid: u32) {
        let file = File::options().create(true).append(true).open(self.children());
        // Without the note the next start only misses a wait, and then says that a port is taken.
        let _ = file.and_then(|mut file| writeln!(file, "{pid}"));
    }

    /// After a kill -9 the children of the last run are being stopped by their watchdogs: let them finish.
    pub(super) async fn wait_for_leftovers(&self) {
        let text = fs::read_to_string(self.children()).unwrap_or_default();
        let running = || text.lines().filter_map(|line| line.parse().ok()).any(is_alive);
        if running() {
            eprintln!("  Waiting for the processes of the last run to end …");
        }
        let deadline = Instant::now() + Duration::from_secs(45);
        while running() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let _ = fs::remove_file(self.children());
    }

    /// Removes chain and data. Nothing may be running.
    pub(super) fn forget(&self) -> anyhow::Result<()> {
        for path in [self.chain(), self.deployment()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
                _ => {}
            }
        }
        // A server of the user's own is emptied when it is connected to; see `stack`.
        fs::write(self.folder.join("fresh"), "")?;
        postgres::remove_kept(&self.server())?;
        Ok(())
    }

    /// Whether [`Self::forget`] was called since the last time this was asked.
    pub(super) fn take_fresh(&self) -> bool {
        fs::remove_file(self.folder.join("fresh")).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_in_the_same_checkout_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let first = State::lock(folder.path()).unwrap();
        let error = State::lock(folder.path()).unwrap_err().to_string();
        let process = std::process::id();
        assert!(
            error.starts_with(&format!("`cargo dev` already runs in this checkout (process {process})")),
            "{error}"
        );
        drop(first);
        State::lock(folder.path()).unwrap();
    }
}
