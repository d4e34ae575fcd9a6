//! What was signed, written down before it is sent: a run that was killed anywhere goes on from it.
//!
//! One line of JSON per transaction, beside the deployment file, removed when the deployment is complete. A line that
//! was only half written belongs to a transaction that was not sent yet. The file is locked while it is used, so that
//! two runs never sign for the same step.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use alloy::{
    consensus::{Transaction as _, TxEnvelope},
    eips::eip2718::Decodable2718 as _,
    primitives::{Address, B256, Bytes},
};
use serde::{Deserialize, Serialize};

use super::{Error, fee::Fee};

/// A signed transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub what: String,
    pub hash: B256,
    pub raw: Bytes,
    #[serde(skip)]
    pub nonce: u64,
    #[serde(skip)]
    pub gas: u64,
    #[serde(skip)]
    call: Option<(Address, Bytes)>,
    #[serde(skip)]
    fee: Option<Fee>,
}

impl Attempt {
    /// Reads what was signed from the raw transaction.
    pub(super) fn new(what: &str, raw: Bytes) -> Result<Self, String> {
        let signed = TxEnvelope::decode_2718(&mut raw.as_ref()).map_err(|error| error.to_string())?;
        let call = signed.to().map(|to| (to, signed.input().clone()));
        let (what, hash, nonce, gas) =
            (what.to_owned(), *signed.tx_hash(), signed.nonce(), signed.gas_limit());
        let most = signed.max_fee_per_gas();
        let fee = Some(Fee { most, tip: signed.max_priority_fee_per_gas().unwrap_or(most) });
        Ok(Self { what, hash, raw, nonce, gas, call, fee })
    }

    pub(super) fn is_call(&self, to: Address, data: &Bytes) -> bool {
        self.call.as_ref().is_some_and(|(at, input)| *at == to && input == data)
    }

    pub(super) fn fee(&self) -> Fee {
        self.fee.unwrap_or(Fee { most: 0, tip: 0 })
    }
}

/// The file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    file: Option<File>,
    attempts: Vec<Attempt>,
}

/// `31337.journal` beside `31337.json`.
pub(super) fn path_of(deployment: &Path) -> PathBuf {
    deployment.with_extension("journal")
}

impl Journal {
    /// Reads what an earlier run left, if it left anything.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let journal = Self { path, open: Mutex::default() };
        let file = match OpenOptions::new().read(true).append(true).open(&journal.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(journal),
            file => file.map_err(|error| journal.failed(error))?,
        };
        let open = journal.read(file)?;
        *journal.locked() = open;
        Ok(journal)
    }

    fn read(&self, mut file: File) -> Result<Open, Error> {
        self.lock(&file)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| self.failed(error))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(|error| self.failed(error))?;
        let broken = |reason: String| Error::BadJournal { path: self.path.clone(), reason };
        let read = |line: &str| -> Result<Attempt, Error> {
            let noted: Attempt = serde_json::from_str(line).map_err(|error| broken(error.to_string()))?;
            Attempt::new(&noted.what, noted.raw).map_err(broken)
        };
        let attempts = text[..whole].lines().map(read).collect::<Result<_, _>>()?;
        Ok(Open { file: Some(file), attempts })
    }

    fn lock(&self, file: &File) -> Result<(), Error> {
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => Error::InUse { path: self.path.clone() },
            fs::TryLockError::Error(error) => self.failed(error),
        })
    }

    /// Notes an attempt for good, before it is sent.
    pub(super) fn append(&self, attempt: &Attempt) -> Result<(), Error> {
        let mut open = self.locked();
        if open.file.is_none() {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(|error| self.failed(error))?;
            let file = OpenOptions::new().append(true).create_new(true).open(&self.path);
            let file = file.map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Error::InUse { path: self.path.clone() },
                _ => self.failed(error),
            })?;
            self.lock(&file)?;
            open.file = Some(file);
        }
        let line = serde_json::to_string(attempt).map_err(|error| self.failed(error.into()))? + "\n";
        if let Some(file) = &mut open.file {
            file.write_all(line.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| self.failed(error))?;
        }
        open.attempts.push(attempt.clone());
        Ok(())
    }

    /// All attempts at a call, oldest first.
    pub(super) fn attempts(&self, to: Address, data: &Bytes) -> Vec<Attempt> {
        self.locked().attempts.iter().filter(|attempt| attempt.is_call(to, data)).cloned().collect()
    }

    /// The deployment is complete: nothing needs to be remembered.
    pub(super) fn remove(&self) -> Result<(), Error> {
        match self.locked().file.take() {
            Some(_locked_until_removed) => fs::remove_file(&self.path).map_err(|error| self.failed(error)),
            None => Ok(()),
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::File { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The presigned transaction of the canonical CREATE2 deployer is as good as any.
    fn attempt(what: &str) -> Attempt {
        Attempt::new(what, super::super::create2::PRESIGNED).unwrap()
    }

    #[test]
    fn what_was_noted_is_read_again_and_half_a_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/1.journal");
        let journal = Journal::open(path.clone()).unwrap();
        assert!(!path.exists(), "nothing is written before there is something to note");
        journal.append(&attempt("one")).unwrap();
        journal.append(&attempt("two")).unwrap();
        drop(journal);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 9]).unwrap();

        let journal = Journal::open(path.clone()).unwrap();
        let names: Vec<_> = journal.locked().attempts.iter().map(|attempt| attempt.what.clone()).collect();
        assert_eq!(names, ["one"]);
        journal.append(&attempt("three")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
        journal.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn two_runs_never_share_one_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.journal");
        let first = Journal::open(path.clone()).unwrap();
        let second = Journal::open(path.clone()).unwrap();
        first.append(&attempt("one")).unwrap();
        let in_use = format!("another `stoa deploy` is at work with {}: wait for it", path.display());
        assert_eq!(second.append(&attempt("two")).unwrap_err().to_string(), in_use);
        assert_eq!(Journal::open(path.clone()).unwrap_err().to_string(), in_use);
        drop(first);
        fs::write(&path, "{}\n").unwrap();
        let error = Journal::open(path.clone()).unwrap_err().to_string();
        assert!(error.contains("1.journal is no journal of a deployment: missing field `what`"), "{error}");
    }
}
