//! One hash over files and folders, to tell whether something made from them is still current.

use std::{io, path::Path};

use alloy::primitives::{B256, Keccak256};

/// Hashes paths (relative to `root`) and contents of the given files and, recursively, folders. What does not
/// exist counts as empty. Folders named `node_modules` and names that start with a dot are passed over.
///
/// # Errors
/// When something that exists cannot be read.
pub fn of(root: &Path, parts: &[&str]) -> io::Result<B256> {
    let mut hasher = Keccak256::new();
    for part in parts {
        add(root, &root.join(part), &mut hasher)?;
    }
    Ok(hasher.finalize())
}

fn add(root: &Path, path: &Path, hasher: &mut Keccak256) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            if name != "node_modules" && !name.as_encoded_bytes().starts_with(b".") {
                add(root, &entry.path(), hasher)?;
            }
        }
    } else if path.is_file() {
        let content = std::fs::read(path)?;
        let name = path.strip_prefix(root).unwrap_or(path).as_os_str().as_encoded_bytes();
        for bytes in [name, &content] {
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
    }
    Ok(())
}

/// Whether the stamp file holds this fingerprint.
pub fn matches(stamp: &Path, fingerprint: B256) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|text| text.trim() == fingerprint.to_string())
}

/// Writes the stamp file.
///
/// # Errors
/// When it cannot be written.
pub fn record(stamp: &Path, fingerprint: B256) -> io::Result<()> {
    if let Some(folder) = stamp.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(stamp, format!("{fingerprint}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_with_content_and_names_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("src/node_modules")).unwrap();
        std::fs::write(root.join("src/a"), "1").unwrap();
        let first = of(root, &["src", "absent"]).unwrap();

        std::fs::write(root.join("src/node_modules/b"), "x").unwrap();
        std::fs::write(root.join("src/.hidden"), "x").unwrap();
        assert_eq!(of(root, &["src", "absent"]).unwrap(), first);

        std::fs::write(root.join("src/a"), "2").unwrap();
        let second = of(root, &["src", "absent"]).unwrap();
        assert_ne!(second, first);
        std::fs::rename(root.join("src/a"), root.join("src/c")).unwrap();
        assert_ne!(of(root, &["src", "absent"]).unwrap(), second);
    }

    #[test]
    fn stamps_are_compared() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = folder.path().join("deep/stamp");
        assert!(!matches(&stamp, B256::ZERO));
        record(&stamp, B256::ZERO).unwrap();
        assert!(matches(&stamp, B256::ZERO));
        assert!(!matches(&stamp, B256::repeat_byte(1)));
    }
}
