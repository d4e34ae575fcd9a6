//! Folder handling with errors that name the path.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use super::Error;

pub(super) fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::File {
        action: "cannot create",
        path: folder.to_owned(),
        source,
    })
}

pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::File { action: "cannot remove", path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|source| Error::File {
        action: "cannot create",
        path: to.to_owned(),
        source,
    })
}

/// Copies a folder with its permissions and symbolic links, calling `own` for everything made.
pub(super) fn copy(from: &Path, to: &Path, own: &dyn Fn(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let failed = |source| Error::File { action: "cannot copy", path: from.to_owned(), source };
    let mode = from.metadata().map_err(failed)?.permissions().mode();
    create(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(failed)?;
    own(to)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (kind, target) = (entry.file_type().map_err(failed)?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target, own)?;
        } else if kind.is_symlink() {
            let points_to = fs::read_link(entry.path()).map_err(failed)?;
            std::os::unix::fs::symlink(points_to, target).map_err(failed)?;
        } else {
            fs::copy(entry.path(), &target).map_err(failed)?;
            own(&target)?;
        }
    }
    Ok(())
}

/// Runs `work` while no other process of this machine holds the lock file.
pub(super) fn locked<T>(lock: &Path, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let failed = |source| Error::File { action: "cannot lock", path: lock.to_owned(), source };
    let file = File::options().create(true).append(true).open(lock).map_err(failed)?;
    file.lock().map_err(failed)?;
    work()
}
