//! Publishing: where content goes, and how it comes back.
//!
//! What is published here is in the open: a licence says who may use it, and nothing keeps others from reading it.

mod fetch;
mod ipfs;
mod object;
mod publish;

use std::{path::PathBuf, time::Duration};

pub use fetch::{Fetched, ReaderArgs, Wanted, fetch};
pub use publish::{Draft, Published, StoreArgs, draft, publish};

use crate::checkout;

/// The folder of content of this checkout, which its API serves.
#[must_use]
pub fn folder() -> PathBuf {
    std::env::var_os("STOA_CONTENT").map_or_else(|| checkout::state_dir().join("content"), PathBuf::from)
}

/// A client that gives up on servers that say nothing.
fn reader() -> reqwest::Result<reqwest::Client> {
    builder().read_timeout(Duration::from_secs(60)).build()
}

/// A client that waits as long as sending takes: the time to an answer counts from the first byte sent.
fn sender() -> reqwest::Result<reqwest::Client> {
    builder().build()
}

fn builder() -> reqwest::ClientBuilder {
    // A server that is gone is noticed all the same.
    reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).tcp_keepalive(Duration::from_secs(30))
}

/// A refusal's text may be long, and is somebody else's.
fn shortened(text: &str) -> String {
    let line: String = text.trim().chars().take(200).collect();
    line.replace(char::is_control, " ")
}
