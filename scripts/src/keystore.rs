//! Encrypted keys in files: Web3 Secret Storage, version 3, as Foundry's and geth's.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use alloy::{
    primitives::Address,
    signers::{k256::elliptic_curve::rand_core::OsRng, local::PrivateKeySigner},
};
use serde_json::Value;

/// Fewer characters can be tried out by whoever gets hold of the file.
pub const LEAST_PASSWORD: usize = 10;

/// What is wrong with a keystore, or with a wish for one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no home folder: set STOA_WALLETS to a folder for keystores")]
    NoHome,
    #[error(
        "{0:?} is no name for a wallet: use letters, digits, - and _, at most 64, beginning with a letter or digit"
    )]
    Name(String),
    #[error("there is no wallet {name}: neither {path} nor a file of that name")]
    Missing { name: String, path: PathBuf },
    #[error("{path} is there already: choose another name")]
    Exists { path: PathBuf },
    #[error("the password has {0} characters: at least {LEAST_PASSWORD} are asked for")]
    ShortPassword(usize),
    #[error("{path} is no keystore: {reason}")]
    Broken { path: PathBuf, reason: String },
    #[error("{path} does not open: the password is wrong, or the file was changed")]
    Locked { path: PathBuf },
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
}

/// A folder of keystores.
#[derive(Clone, Debug)]
pub struct Wallets(PathBuf);

/// One of them, unopened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    pub name: String,
    /// As the file says, which it need not.
    pub address: Option<Address>,
    pub path: PathBuf,
}

impl Wallets {
    /// The folder that STOA_WALLETS names, else `~/.stoa/wallets`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn of_user() -> Result<Self, Error> {
        if let Some(folder) = std::env::var_os("STOA_WALLETS") {
            return Ok(Self(PathBuf::from(folder)));
        }
        Ok(Self(std::env::home_dir().ok_or(Error::NoHome)?.join(".stoa/wallets")))
    }

    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The path that a wallet of this name has, or will have.
    ///
    /// # Errors
    /// When it can be no name.
    pub fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !begins || name.len() > 64 || !name.bytes().all(fits) {
            return Err(Error::Name(name.to_owned()));
        }
        Ok(self.0.join(format!("{name}.json")))
    }

    /// The file of a wallet, by its name here or by its path anywhere.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str) -> Result<PathBuf, Error> {
        let named = self.path(name).ok();
        let given = PathBuf::from(name);
        let mut known = named.iter().chain([&given]);
        match known.find(|path| path.is_file()) {
            Some(path) => Ok(path.clone()),
            None => Err(Error::Missing { name: name.to_owned(), path: self.0.join(format!("{name}.json")) }),
        }
    }

    /// Encrypts a key into a new file that only its owner may read. Nothing is ever overwritten.
    ///
    /// # Errors
    /// When the password is too short, the name is taken, or the file cannot be written.
    pub fn create(&self, name: &str, signer: &PrivateKeySigner, password: &str) -> Result<Wallet, Error> {
        let path = self.path(name)?;
        let length = password.chars().count();
        if length < LEAST_PASSWORD {
            return Err(Error::ShortPassword(length));
        }
        if path.exists() {
            return Err(Error::Exists { path });
        }
        let failed = |source| Error::File { path: path.clone(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(failed)?;
        let text = encrypt(signer, password).map_err(failed)?;
        // A temporary file is readable by its owner only, and stays so under its final name.
        let mut file = tempfile::NamedTempFile::new_in(&self.0).map_err(failed)?;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).map_err(failed)?;
        io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: path.clone() },
            _ => failed(error.error),
        })?;
        Ok(Wallet { name: name.to_owned(), address: Some(signer.address()), path })
    }

    /// All of them, by name. Files that are no keystores are passed over.
    ///
    /// # Errors
    /// When the folder cannot be read; one that is not there is empty.
    pub fn list(&self) -> Result<Vec<Wallet>, Error> {
        let failed = |source| Error::File { path: self.0.clone(), source };
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut wallets = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if self.path(&name).is_ok_and(|expected| expected == path)
                && let Ok(address) = address(&path)
            {
                wallets.push(Wallet { name, address, path });
            }
        }
        wallets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(wallets)
    }
}

/// The keystore's text, with the address that others write too.
fn encrypt(signer: &PrivateKeySigner, password: &str) -> io::Result<String> {
    // The crate writes only to a file: into a folder of its own, whose content is encrypted already.
    let folder = tempfile::tempdir()?;
    let key = signer.to_bytes();
    PrivateKeySigner::encrypt_keystore(folder.path(), &mut OsRng, key, password, Some("key"))
        .map_err(io::Error::other)?;
    let text = fs::read_to_string(folder.path().join("key"))?;
    let mut keystore: serde_json::Map<String, Value> = serde_json::from_str(&text)?;
    keystore.insert("address".to_owned(), alloy::hex::encode(signer.address()).into());
    Ok(serde_json::to_string(&keystore)? + "\n")
}

/// The address that a keystore names.
///
/// # Errors
/// When the file is no keystore.
pub fn address(path: &Path) -> Result<Option<Address>, Error> {
    let broken = |reason: String| Error::Broken { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    let keystore: Value = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
    if !keystore["crypto"].is_object() {
        return Err(broken("it has no field crypto".to_owned()));
    }
    match keystore["version"].as_u64() {
        Some(3) => {}
        _ => return Err(broken("its version is not 3".to_owned())),
    }
    Ok(keystore["address"].as_str().and_then(|address| address.parse().ok()))
}

/// Decrypts a keystore.
///
/// # Errors
/// When it is none, or the password is not its own.
pub fn open(path: &Path, password: &str) -> Result<PrivateKeySigner, Error> {
    address(path)?;
    PrivateKeySigner::decrypt_keystore(path, password).map_err(|error| match error.to_string() {
        // The crate that says so is not ours to name.
        reason if reason == "Mac Mismatch" => Error::Locked { path: path.to_owned() },
        reason => Error::Broken { path: path.to_owned(), reason },
    })
}
