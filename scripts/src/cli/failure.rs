//! Why a command ended, as far as a program that called it can act on it.

use alloy::primitives::B256;

/// What the process' exit code says. Documented in the README and in `stoa --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Anything that has no code of its own.
    Other = 1,
    /// The command line is not valid (clap's own code).
    Usage = 2,
    /// The contracts refuse it, now and with what is known now.
    Refused = 3,
    /// Nobody has agreed to it.
    Declined = 4,
    /// The chain does not answer, or is another one.
    Chain = 5,
    /// What was sent is in no block yet.
    Pending = 6,
    /// The database does not say what the contracts say.
    Differs = 7,
    /// It could not be found out whether it does.
    Unaudited = 8,
}

/// A reason with an exit code of its own. Each sentence says what was found and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{what} is refused: {reason}")]
    Refused { what: String, reason: String },
    #[error("{what} reverted in transaction {transaction}: {reason}")]
    Reverted { what: String, transaction: B256, reason: String },
    #[error(
        "{what} is still pending after {seconds} s: transaction {transaction}{state}; look whether it is in a block \
         before you send it again{link}"
    )]
    StillPending {
        what: String,
        transaction: B256,
        seconds: u64,
        /// What the node knows of it.
        state: &'static str,
        link: String,
    },
    #[error("nothing was sent: {0}")]
    Declined(String),
    #[error("no chain answers at {url}: {reason}; check --rpc-url")]
    Unreachable { url: String, reason: String },
    #[error(
        "network {network} is chain {expected}, but the endpoint is chain {found}: check --rpc-url and --network"
    )]
    WrongChain { network: String, expected: u64, found: u64 },
    #[error("{file} is signed for chain {expected}, and this is chain {found}: give --network {expected}")]
    OtherChain { file: String, expected: u64, found: u64 },
    #[error("{count} of {compared} figures differ from the chain's at block {block}")]
    Differs { count: usize, compared: u64, block: i64 },
}

impl Failure {
    /// The code that the process ends with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } | Self::Reverted { .. } => Exit::Refused,
            Self::Declined(_) => Exit::Declined,
            Self::StillPending { .. } => Exit::Pending,
            Self::Unreachable { .. } | Self::WrongChain { .. } | Self::OtherChain { .. } => Exit::Chain,
            Self::Differs { .. } => Exit::Differs,
        }
    }
}

/// The code for any error: that of its kind, where it has one.
#[must_use]
pub fn exit_of(error: &anyhow::Error) -> Exit {
    let of_deployment = || error.downcast_ref::<crate::deploy::Error>().map(crate::deploy::Error::exit);
    let of_audit = || error.downcast_ref::<crate::audit::Error>().map(|_| Exit::Unaudited);
    let known = error.downcast_ref::<Failure>().map(Failure::exit);
    known.or_else(of_deployment).or_else(of_audit).unwrap_or(Exit::Other)
}
