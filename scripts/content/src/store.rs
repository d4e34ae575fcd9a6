//! A folder of published content. Files are kept whole, named by their CID; of folders, and of files of several chunks,
//! the block that the CID is the hash of is kept too. Whoever asks names a CID, never a path of this machine.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::NamedTempFile;

use crate::{
    cid::{self, Cid, DAG_PB, RAW},
    file::{Digest, Hasher},
    node::{self, Entry, Node},
};

const FILES: &str = "files";
const BLOCKS: &str = "blocks";
const INCOMING: &str = "incoming";

/// Where it is. Nothing is made before something is kept.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The file with the whole content.
    File(PathBuf),
    Folder(Vec<Entry>),
}

/// Why content cannot be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the content folder holds a broken block {cid}: {reason}")]
    Broken { cid: Cid, reason: String },
}

impl Store {
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The block of this name, if it is kept: of a folder, or of a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not what its name says.
    pub fn block(&self, cid: &Cid) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(BLOCKS, cid);
        let block = match fs::read(&path) {
            Ok(block) => block,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Io { path, source }),
        };
        match cid::of(DAG_PB, &block) == *cid {
            true => Ok(Some(block)),
            false => Err(Error::Broken { cid: *cid, reason: "it is not what its name says".to_owned() }),
        }
    }

    /// What the name leads to, and the path of names in folders after it.
    ///
    /// # Errors
    /// As [`Self::block`].
    pub fn find<'a>(
        &self,
        cid: &Cid,
        path: impl IntoIterator<Item = &'a str>,
    ) -> Result<Option<(Cid, Found)>, Error> {
        let mut here = *cid;
        for name in path {
            let Some(Node::Folder(entries)) = self.node(&here)? else { return Ok(None) };
            let Some(entry) = entries.into_iter().find(|entry| entry.name == name) else { return Ok(None) };
            here = entry.cid;
        }
        let found = match self.node(&here)? {
            Some(Node::Folder(entries)) => Found::Folder(entries),
            _ => Found::File(self.path(FILES, &here)),
        };
        match &found {
            Found::File(path) if !path.is_file() => Ok(None),
            _ => Ok(Some((here, found))),
        }
    }

    fn node(&self, cid: &Cid) -> Result<Option<Node>, Error> {
        if cid.codec() == RAW {
            return Ok(None);
        }
        let Some(block) = self.block(cid)? else { return Ok(None) };
        let node = node::decode(&block).map_err(|reason| Error::Broken { cid: *cid, reason })?;
        Ok(Some(node))
    }

    /// A file to be, whose name is not known before its last byte.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn incoming(&self) -> Result<Incoming, Error> {
        Ok(Incoming { file: self.temporary()?, hasher: Hasher::default() })
    }

    /// Removes what others began to write before `age` and never finished: what a server left that was killed. How much
    /// there was.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self, age: Duration) -> Result<usize, Error> {
        let folder = self.folder.join(INCOMING);
        let failed = |source| Error::Io { path: folder.clone(), source };
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(source) => return Err(failed(source)),
        };
        let mut removed = 0;
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            // Another process may have finished it meanwhile.
            let written = fs::symlink_metadata(&path).and_then(|found| found.modified());
            let old = written.is_ok_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed >= age));
            if old && fs::remove_file(&path).is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn temporary(&self) -> Result<NamedTempFile, Error> {
        let folder = self.folder.join(INCOMING);
        for folder in [&folder, &self.folder.join(FILES), &self.folder.join(BLOCKS)] {
            fs::create_dir_all(folder).map_err(|source| Error::Io { path: folder.clone(), source })?;
        }
        // The server may run as somebody else.
        let readable = fs::Permissions::from_mode(0o644);
        tempfile::Builder::new()
            .permissions(readable)
            .tempfile_in(&folder)
            .map_err(|source| Error::Io { path: folder, source })
    }

    pub(crate) fn keep_block(&self, cid: &Cid, block: &[u8]) -> Result<(), Error> {
        let mut file = self.temporary()?;
        let written = file.write_all(block);
        written.map_err(|source| Error::Io { path: file.path().to_owned(), source })?;
        persist(file, self.path(BLOCKS, cid))
    }

    fn path(&self, kind: &str, cid: &Cid) -> PathBuf {
        self.folder.join(kind).join(cid.to_string())
    }
}

/// A file on its way into the folder. Dropped before it is kept, it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    file: NamedTempFile,
    hasher: Hasher,
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        let written = self.file.write_all(bytes);
        written.map_err(|source| Error::Io { path: self.file.path().to_owned(), source })
    }

    /// Says what it is, when there is no more to come.
    #[must_use]
    pub fn end(self) -> (Whole, Digest) {
        let digest = self.hasher.finish();
        (Whole { file: self.file, digest: digest.clone() }, digest)
    }
}

/// A file that is there whole, and has no name yet. Dropped before it is kept, it leaves nothing.
#[derive(Debug)]
pub struct Whole {
    file: NamedTempFile,
    digest: Digest,
}

impl Whole {
    /// Gives it its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(self, store: &Store) -> Result<(), Error> {
        // The block first: who finds the file finds its block too.
        if let Some(block) = &self.digest.block {
            store.keep_block(&self.digest.cid, block)?;
        }
        persist(self.file, store.path(FILES, &self.digest.cid))
    }
}

/// On the disk before it has its name: a name never leads to half of a file.
fn persist(file: NamedTempFile, path: PathBuf) -> Result<(), Error> {
    let synced = file.as_file().sync_all();
    synced.map_err(|source| Error::Io { path: file.path().to_owned(), source })?;
    file.persist(&path).map_err(|error| Error::Io { path: path.clone(), source: error.error })?;
    // The name too.
    let folder =
        path.parent().map_or(Ok(()), |folder| File::open(folder).and_then(|folder| folder.sync_all()));
    folder.map_err(|source| Error::Io { path, source })
}
