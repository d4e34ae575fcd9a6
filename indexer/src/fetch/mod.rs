//! The only I/O besides Postgres: what the node says, checked before anyone believes it.

mod check;
mod client;

pub use check::Doubt;
pub use client::{Born, Client};

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Log;
use serde::Deserialize;

/// The fields of a block header that matter here. Read leniently: chains add fields of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    #[serde(with = "alloy::serde::quantity")]
    pub number: u64,
    pub hash: B256,
    pub parent_hash: B256,
    /// Unix time in seconds.
    #[serde(with = "alloy::serde::quantity")]
    pub timestamp: u64,
}

/// How far the node's chain goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub latest: Header,
    /// Block numbers of the tags `safe` and `finalized`.
    pub safe: u64,
    pub finalized: u64,
}

/// Everything our contracts emitted in a range of blocks.
#[derive(Clone, Debug)]
pub struct Range {
    pub first: Header,
    pub last: Header,
    /// Ascending; each with its block's timestamp.
    pub logs: Vec<(Log, u64)>,
    /// Contracts that were born in it.
    pub born: Vec<Address>,
}

/// Why a request brought nothing. All of these are worth another try.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("the node did not answer within {} s", .0.as_secs())]
    Timeout(std::time::Duration),
    #[error("the node refused: {0}")]
    Rpc(#[from] alloy::transports::TransportError),
    #[error("the node contradicts itself: {0}")]
    Doubt(#[from] Doubt),
}
