//! Who runs the server, and where it may keep files.

use std::{
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::{Error, files};
use crate::{checkout, child::Account};

/// PostgreSQL refuses root: root runs it as `nobody`, everyone else as themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runner {
    account: Option<Account>,
}

impl Runner {
    pub(super) fn find() -> Result<Self, Error> {
        if effective_uid()? != 0 {
            return Ok(Self { account: None });
        }
        let users = std::fs::read_to_string("/etc/passwd").map_err(|_| Error::NoAccount)?;
        let account = nobody(&users).ok_or(Error::NoAccount)?;
        Ok(Self { account: Some(account) })
    }

    pub(super) fn account(&self) -> Option<Account> {
        self.account
    }

    /// Whether the server's account may pass through every folder above `path`.
    pub(super) fn reaches(&self, path: &Path) -> bool {
        let passable = |folder: &Path| {
            folder.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
        };
        self.account.is_none() || path.ancestors().skip(1).all(passable)
    }

    /// The folder for binaries and data: `.stoa/postgres`, or, where the account cannot reach that, one for
    /// this checkout among the temporary files.
    pub(super) fn base(&self) -> Result<PathBuf, Error> {
        let state = checkout::state_dir();
        files::create(&state)?;
        let inside = state.join("postgres");
        let base = if self.reaches(&inside) {
            inside
        } else {
            std::env::temp_dir().join(format!("stoa-{}", checkout::key()))
        };
        files::create(&base)?;
        self.own(&base)?;
        Ok(base)
    }

    /// Gives `path` to the server's account; refuses what a third user has put there.
    pub(super) fn own(&self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::File { action: "cannot give away", path: path.to_owned(), source };
        let metadata = path.symlink_metadata().map_err(failed)?;
        let Some(Account { uid, gid }) = self.account else {
            let mine = metadata.uid() == effective_uid()?;
            return if mine { Ok(()) } else { Err(Error::Foreign { path: path.to_owned() }) };
        };
        if metadata.uid() == uid {
            return Ok(());
        }
        if metadata.uid() != 0 || metadata.is_symlink() {
            return Err(Error::Foreign { path: path.to_owned() });
        }
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(failed)
    }
}

/// The owner of a file this process has just made.
fn effective_uid() -> Result<u32, Error> {
    let folder = std::env::temp_dir();
    let failed = |source| Error::File { action: "cannot write to", path: folder.clone(), source };
    let file = tempfile::tempfile_in(&folder).map_err(failed)?;
    Ok(file.metadata().map_err(failed)?.uid())
}

/// The account `nobody` among the lines of a passwd file; some systems write its ids as negative numbers.
fn nobody(users: &str) -> Option<Account> {
    let line = users.lines().find(|line| line.starts_with("nobody:"))?;
    let mut fields = line.split(':').skip(2);
    let mut id = || {
        let number: i64 = fields.next()?.parse().ok()?;
        u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok()
    };
    Some(Account { uid: id()?, gid: id()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_read_from_both_kinds_of_passwd_file() {
        let linux = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n";
        assert_eq!(nobody(linux), Some(Account { uid: 65534, gid: 65533 }));
        let mac = "nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n";
        assert_eq!(nobody(mac), Some(Account { uid: 4_294_967_294, gid: 4_294_967_294 }));
        assert_eq!(nobody("root:x:0:0::/:/bin/sh\n"), None);
    }
}
