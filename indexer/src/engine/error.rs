//! Why the indexer gave up, or starts over.

use stoa_schema::types::Hash;

use crate::deployment::DeploymentError;
use crate::fetch::FetchError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    #[error(
        "the chain does not contain block {number} {ours} that this database holds as final{theirs}: the chain was \
         reset, or reorganised deeper than it told. Index into an empty database, or drop schemas archive and \
         market and start again"
    )]
    Diverged { number: u64, ours: Hash, theirs: String },
    #[error("blocks {from} to {to} are not believed: {why}")]
    Broken { from: u64, to: u64, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl IndexError {
    /// Whether starting over from the database's state may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_retryable(),
            Self::Fetch(error) => error.is_retryable(),
            Self::Broken { .. } => true,
            Self::Deployment(_) | Self::Diverged { .. } => false,
        }
    }

    /// The process's exit code: 3 where the chain is another one than the database has.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Diverged { .. }) { 3 } else { 1 }
    }
}
