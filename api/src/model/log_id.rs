//! Public ids of what happened: `{chainId}-{block}-{logIndex}`.

use std::fmt;

use serde::{Serialize, Serializer};

/// A log's place on its chain.
#[derive(Clone, Copy, Debug)]
pub struct LogId {
    pub(crate) chain_id: i64,
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.chain_id, self.block_number, self.log_index)
    }
}

impl Serialize for LogId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
