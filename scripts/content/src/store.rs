//! A folder of published content. Files are kept whole, named by their CID; of folders, and of files of several chunks,
//! the block that the CID is the hash of is kept too. Whoever asks names a CID, never a path of this machine.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    cid::{self, Cid, DAG_PB, RAW},
    file::Digest,
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
    pub(crate) fn incoming(&self) -> Result<NamedTempFile, Error> {
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

    pub(crate) fn keep_file(&self, file: NamedTempFile, digest: &Digest) -> Result<(), Error> {
        persist(file, self.path(FILES, &digest.cid))?;
        match &digest.block {
            Some(block) => self.keep_block(&digest.cid, block),
            None => Ok(()),
        }
    }

    pub(crate) fn keep_block(&self, cid: &Cid, block: &[u8]) -> Result<(), Error> {
        let mut file = self.incoming()?;
        let written = file.write_all(block);
        written.map_err(|source| Error::Io { path: file.path().to_owned(), source })?;
        persist(file, self.path(BLOCKS, cid))
    }

    fn path(&self, kind: &str, cid: &Cid) -> PathBuf {
        self.folder.join(kind).join(cid.to_string())
    }
}

/// On the disk before it has its name: a name never leads to half of a file.
fn persist(file: NamedTempFile, path: PathBuf) -> Result<(), Error> {
    let synced = file.as_file().sync_all();
    synced.map_err(|source| Error::Io { path: file.path().to_owned(), source })?;
    let kept = file.persist(&path);
    kept.map(drop).map_err(|error| Error::Io { path, source: error.error })
}
