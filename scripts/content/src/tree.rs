//! A file or folder on disk, and the names of all that is in it.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    cid::{self, Cid},
    file::Hasher,
    node::{self, Entry},
    store::{self, Store},
};

const BUFFER: usize = 1024 * 1024;

/// What of a folder is published.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also what begins with a dot.
    pub hidden: bool,
}

/// What there is to publish.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Item,
    skipped: Vec<PathBuf>,
}

#[derive(Clone, Debug)]
struct Item {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    File(u64),
    Folder(Vec<(String, Item)>),
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub cid: Cid,
    /// A file's sha-256; of a folder that of its block, which is what its CID holds.
    pub hash: [u8; 32],
    /// Bytes of content.
    pub size: u64,
    pub folder: bool,
    total: u64,
}

/// Why it cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{path} is a symbolic link, which may lead anywhere: put the file itself there, or publish what it leads to"
    )]
    Link { path: PathBuf },
    #[error("{path} is neither a file nor a folder")]
    Special { path: PathBuf },
    #[error("{path}: the name is not UTF-8 or holds a backslash: rename it")]
    Name { path: PathBuf },
    #[error("{path}: {reason}")]
    Folder { path: PathBuf, reason: String },
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Tree {
    /// Looks at everything without reading it.
    ///
    /// # Errors
    /// When something cannot be looked at, or is of a kind that is not published.
    pub fn scan(path: &Path, options: Options) -> Result<Self, Error> {
        let read = |source| Error::Read { path: path.to_owned(), source };
        // Who names a link means what it leads to.
        let real = fs::canonicalize(path).map_err(read)?;
        let mut skipped = Vec::new();
        let root = scan(&real, options, &mut skipped)?;
        Ok(Self { root, skipped })
    }

    /// Bytes of content.
    #[must_use]
    pub fn size(&self) -> u64 {
        let mut size = 0;
        self.root.visit("", &mut |_, item| {
            if let Kind::File(bytes) = item.kind {
                size += bytes;
            }
        });
        size
    }

    #[must_use]
    pub fn is_folder(&self) -> bool {
        matches!(self.root.kind, Kind::Folder(_))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root.path
    }

    /// What begins with a dot and was left out.
    #[must_use]
    pub fn skipped(&self) -> &[PathBuf] {
        &self.skipped
    }

    /// Everything in it, folders before what they hold: the path from `root` on, the path on disk, whether a folder.
    #[must_use]
    pub fn items(&self, root: &str) -> Vec<(String, PathBuf, bool)> {
        let mut items = Vec::new();
        self.root.visit(root, &mut |name, item| {
            items.push((name.to_owned(), item.path.clone(), matches!(item.kind, Kind::Folder(_))));
        });
        items
    }

    /// Reads everything and names it; keeps it too, where a store is given. `progress` hears of bytes read.
    ///
    /// # Errors
    /// When something cannot be read or kept.
    pub fn name(&self, keep: Option<&Store>, progress: &mut dyn FnMut(u64)) -> Result<Named, Error> {
        name(&self.root, keep, progress)
    }
}

impl Item {
    fn visit(&self, name: &str, visitor: &mut dyn FnMut(&str, &Self)) {
        visitor(name, self);
        if let Kind::Folder(entries) = &self.kind {
            for (entry, item) in entries {
                item.visit(&format!("{name}/{entry}"), visitor);
            }
        }
    }
}

fn scan(path: &Path, options: Options, skipped: &mut Vec<PathBuf>) -> Result<Item, Error> {
    let read = |source| Error::Read { path: path.to_owned(), source };
    let found = fs::symlink_metadata(path).map_err(read)?;
    let path_of = || path.to_owned();
    if found.is_symlink() {
        return Err(Error::Link { path: path_of() });
    }
    if found.is_file() {
        return Ok(Item { path: path_of(), kind: Kind::File(found.len()) });
    }
    if !found.is_dir() {
        return Err(Error::Special { path: path_of() });
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(read)? {
        let entry = entry.map_err(read)?.path();
        let name = entry.file_name().and_then(|name| name.to_str()).filter(|name| !name.contains('\\'));
        let name = name.ok_or_else(|| Error::Name { path: entry.clone() })?.to_owned();
        if name.starts_with('.') && !options.hidden {
            skipped.push(entry);
            continue;
        }
        entries.push((name, scan(&entry, options, skipped)?));
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Item { path: path_of(), kind: Kind::Folder(entries) })
}

fn name(item: &Item, keep: Option<&Store>, progress: &mut dyn FnMut(u64)) -> Result<Named, Error> {
    let entries = match &item.kind {
        Kind::File(_) => return file(&item.path, keep, progress),
        Kind::Folder(entries) => entries,
    };
    let (mut links, mut size) = (Vec::new(), 0);
    for (name_of, inner) in entries {
        let named = name(inner, keep, progress)?;
        size += named.size;
        links.push(Entry { name: name_of.clone(), cid: named.cid, total: named.total });
    }
    let path = || item.path.clone();
    let (cid, total, block) =
        node::folder(&mut links).map_err(|reason| Error::Folder { path: path(), reason })?;
    if let Some(store) = keep {
        store.keep_block(&cid, &block)?;
    }
    Ok(Named { cid, hash: cid::digest(&cid), size, folder: true, total })
}

fn file(path: &Path, keep: Option<&Store>, progress: &mut dyn FnMut(u64)) -> Result<Named, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let mut source = File::open(path).map_err(failed)?;
    let mut copy = keep.map(|store| Ok::<_, Error>((store, store.incoming()?))).transpose()?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        let bytes = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        match &mut copy {
            Some((_, copy)) => copy.write(&buffer[..bytes])?,
            None => hasher.update(&buffer[..bytes]),
        }
        progress(bytes as u64);
    }
    let digest = match copy {
        Some((store, copy)) => {
            let (whole, digest) = copy.end();
            whole.keep(store)?;
            digest
        }
        None => hasher.finish(),
    };
    Ok(Named { cid: digest.cid, hash: digest.sha256, size: digest.size, folder: false, total: digest.total })
}
