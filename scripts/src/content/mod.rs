//! Publishing: where content goes, and how it comes back.
//!
//! What is published here is in the open: a licence says who may use it, and nothing keeps others from reading it.

mod fetch;
mod ipfs;
mod object;
mod publish;

use std::path::PathBuf;

pub use fetch::{Fetched, ReaderArgs, Wanted, fetch};
pub use publish::{Published, StoreArgs, publish};

use crate::checkout;

/// The folder of content of this checkout, which its API serves.
#[must_use]
pub fn folder() -> PathBuf {
    std::env::var_os("STOA_CONTENT").map_or_else(|| checkout::state_dir().join("content"), PathBuf::from)
}

/// A client that gives up on servers that say nothing.
pub(crate) fn client() -> anyhow::Result<reqwest::Client> {
    let seconds = std::time::Duration::from_secs;
    Ok(reqwest::Client::builder().connect_timeout(seconds(10)).read_timeout(seconds(60)).build()?)
}

/// A refusal's text may be long, and is somebody else's.
pub(crate) fn shortened(text: &str) -> String {
    let line: String = text.trim().chars().take(200).collect();
    line.replace(char::is_control, " ")
}
