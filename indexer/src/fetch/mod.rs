//! The only I/O besides Postgres: what the nodes say, checked before anyone believes it.
//!
//! A [`Pool`] asks the best of several endpoints, goes on to the next where one fails, lies or lags, and learns
//! what each of them takes.

mod answer;
mod bloom;
mod check;
mod config;
mod endpoint;
mod error;
mod head;
mod heads;
mod health;
mod json;
mod limits;
mod pool;
mod question;
mod race;
mod receipts;
mod survey;
mod wire;

pub use check::Doubt;
pub use config::{Endpoint, PoolConfig, Verify};
pub use error::{FetchError, Told, Trouble};
pub use health::EndpointReport;
pub use limits::Smaller;
pub use pool::Pool;

use alloy::primitives::{Address, B256, Log};

/// A log as it is stored: what was emitted, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainLog {
    pub inner: Log,
    pub block_number: u64,
    pub block_hash: B256,
    pub transaction_hash: B256,
    pub log_index: u64,
    /// Unix time of its block, in seconds.
    pub time: u64,
}

/// The fields of a block header that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub number: u64,
    pub hash: B256,
    pub parent_hash: B256,
    /// Unix time in seconds.
    pub timestamp: u64,
}

/// How far a node's chain goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub latest: Header,
    /// Block numbers of the tags `safe` and `finalized`.
    pub safe: u64,
    pub finalized: u64,
    /// The final block itself, where a node told of it.
    pub final_block: Option<Header>,
}

/// Everything the followed contracts emitted in a range of blocks, from one endpoint.
#[derive(Clone, Debug)]
pub struct Range {
    pub first: Header,
    pub last: Header,
    /// Every block of the range where [`Detail::EveryBlock`] was wanted, each the next one's parent; else empty.
    pub headers: Vec<Header>,
    /// Ascending.
    pub logs: Vec<ChainLog>,
    /// Contracts that were born in it, in the order of their addresses.
    pub born: Vec<Address>,
    /// Who answered: the place in [`Pool::report`].
    pub endpoint: usize,
}

/// How many headers come with a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The first and the last block's.
    Ends,
    EveryBlock,
    /// As `Ends`, and the answer comes from a chain that contains this block, which is not before the range's last:
    /// a back-end on a fork that was left has another.
    Below(Header),
}

/// Which contract a log tells the birth of.
pub type Born = fn(&Log) -> Option<Address>;
