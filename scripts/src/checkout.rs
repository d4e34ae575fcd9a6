//! Where things are in a checkout of this repository.

use std::path::{Path, PathBuf};

/// The top folder of the checkout that holds the working directory, else of the one this was built in.
pub fn root() -> PathBuf {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::current_dir()
        .ok()
        .and_then(|here| here.ancestors().find(|folder| is_root(folder)).map(Path::to_path_buf))
        .or_else(|| built_in.parent().map(Path::to_path_buf))
        .unwrap_or_else(|| built_in.to_path_buf())
}

fn is_root(folder: &Path) -> bool {
    ["Cargo.toml", "contracts", "indexer/schema", "scripts"].iter().all(|part| folder.join(part).exists())
}

/// `.stoa/`: everything that is generated at run time and may be deleted.
pub fn state_dir() -> PathBuf {
    root().join(".stoa")
}

/// `contracts/node_modules/<package>`.
pub fn contracts_package(package: &str) -> PathBuf {
    root().join("contracts/node_modules").join(package)
}

/// A short name for this checkout, equal for equal paths: keys folders outside of it.
pub fn key() -> String {
    key_of(&root())
}

/// A short name for any path.
pub fn key_of(path: &Path) -> String {
    let hash = alloy::primitives::keccak256(path.as_os_str().as_encoded_bytes());
    alloy::hex::encode(&hash[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_found_from_the_working_directory() {
        assert!(is_root(&root()), "{} is no checkout", root().display());
    }

    #[test]
    fn key_is_stable_and_short() {
        assert_eq!(key(), key());
        assert_eq!(key().len(), 12);
    }
}
