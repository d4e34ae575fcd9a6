//! The workspace's own binaries.

use std::path::PathBuf;

use super::fail;

/// Finds binaries that the workspace has built.
#[derive(Debug)]
pub struct Bin;

impl Bin {
    /// The path of a built binary, such as `stoa-indexer`, from the target folder of the running test.
    ///
    /// # Panics
    /// When it has not been built.
    pub fn path(name: &str) -> PathBuf {
        Self::find(name).unwrap_or_else(|| {
            fail(name, &"it is not built yet; run `cargo build --workspace` first, then the test again")
        })
    }

    /// The same, or `None` when it has not been built.
    pub fn find(name: &str) -> Option<PathBuf> {
        let running = std::env::current_exe().ok()?;
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        // target/debug/deps/<test> or target/debug/<binary>
        running.ancestors().skip(1).take(2).map(|folder| folder.join(&file)).find(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unbuilt_binary_is_not_found() {
        assert_eq!(Bin::find("stoa-no-such-binary"), None);
    }
}
