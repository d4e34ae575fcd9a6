//! Why a deployment cannot go on.

use std::{io, path::PathBuf};

use alloy::primitives::{Address, B256};

use crate::cli::Exit;

/// Each sentence says what was found, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no chain answers at {url}: {reason}; start one (`cargo dev` does) or check --rpc-url")]
    Unreachable { url: String, reason: String },
    #[error("the chain at {url} has id {found}, but {expected} is wanted: check --rpc-url")]
    WrongChain { url: String, expected: u64, found: u64 },
    #[error("{file} is of chain {expected}, but the endpoint is chain {found}: choose another --out")]
    OtherChain { file: PathBuf, expected: u64, found: u64 },
    #[error("the well-known local key must not be used on chain {chain_id}: give your own with --key-env")]
    WellKnownKey { chain_id: u64 },
    #[error(
        "chain {chain_id} has no deployment yet: give its parameters (--fee-bps, --timelock-delay, --proposer, --stoa-holder)"
    )]
    NoParameters { chain_id: u64 },
    #[error(
        "there is no contract at {address} on chain {chain_id}, which {option} names: nothing was sent, since it could \
         never be changed"
    )]
    NoToken { option: &'static str, address: Address, chain_id: u64 },
    #[error("chain {chain_id} lacks the canonical CREATE2 deployer at {address}: {reason}")]
    NoCreate2Deployer { chain_id: u64, address: Address, reason: String },
    #[error(
        "a unit of gas costs {needed} gwei now, more than --max-fee {cap}: nothing was sent; run again when it is \
         cheaper, or with a higher --max-fee"
    )]
    TooDear { needed: String, cap: String },
    #[error("{path} is no journal of a deployment: {reason}; remove it, if no deployment is under way")]
    BadJournal { path: PathBuf, reason: String },
    #[error("another `stoa deploy` is at work with {path}: wait for it")]
    InUse { path: PathBuf },
    #[error(
        "{what} is still in no block, as transaction {transaction}: run again to go on, perhaps with a higher --max-fee"
    )]
    StillPending { what: String, transaction: B256 },
    #[error(
        "{account} has another transaction waiting at nonce {nonce}: let it be mined or cancel it, then run again"
    )]
    NonceBusy { account: Address, nonce: u64 },
    #[error("the chain keeps taking back what it had confirmed: run again later, with more --confirmations")]
    Unsettled,
    #[error("everything is placed, but powers are not as they should be:\n  {}", problems.join("\n  "))]
    Powers { problems: Vec<String> },
    #[error(
        "the endpoint cannot try a deployment (eth_simulateV1): {reason}; use one that can, such as your own node"
    )]
    NoSimulation { reason: String },
    #[error("the contracts' sources cannot be put together: {reason}; run `cargo stoa toolchain`")]
    Sources { reason: String },
    #[error("{what} would fail: {reason}")]
    WouldFail { what: String, reason: String },
    #[error("{path} is no deployment file: {source}")]
    BadFile { path: PathBuf, source: serde_json::Error },
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("artifact {path} cannot be used: {reason}; run `cargo stoa compile`")]
    Artifact { path: PathBuf, reason: String },
    #[error(
        "{file} has {name} at {recorded}, but this code and operator give {expected}: deploy new code with another --out"
    )]
    AddressDiffers { name: String, file: PathBuf, recorded: Address, expected: Address },
    #[error(
        "the deployment file lists {name} at {address}, but the chain has no code there: is this the right endpoint?"
    )]
    CodeGone { name: String, address: Address },
    #[error("the code of {name} at {address} is not that of the artifact or of the deployment file")]
    CodeDiffers { name: String, address: Address },
    #[error(
        "the Deployer was configured with other code for {name} ({announced}, not {expected}): use the artifacts it was configured with"
    )]
    OtherCode { name: String, announced: Address, expected: Address },
    #[error("the Deployer at {deployer} was configured with other parameters: give the same ones again")]
    OtherParameters { deployer: Address },
    #[error("{what} failed: {reason}")]
    Transaction { what: String, reason: String },
    #[error("{what} reverted in transaction {transaction}")]
    Reverted { what: String, transaction: B256 },
    #[error(
        "the transaction that placed {name} at {address} was not found: use an endpoint that keeps history"
    )]
    BirthUnknown { name: String, address: Address },
    #[error("the chain did not answer {what}: {reason}")]
    Rpc { what: String, reason: String },
}

impl Error {
    /// The code that a process ends with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. } | Self::WrongChain { .. } | Self::OtherChain { .. } => Exit::Chain,
            Self::Reverted { .. } | Self::WouldFail { .. } => Exit::Refused,
            Self::TooDear { .. } => Exit::Declined,
            Self::StillPending { .. } | Self::NonceBusy { .. } => Exit::Pending,
            _ => Exit::Other,
        }
    }

    /// Whether the chain holds contracts of other code than the artifacts: where nothing of value is on it, a
    /// new chain is the way out.
    pub fn is_other_code(&self) -> bool {
        use Error::{AddressDiffers, CodeDiffers, CodeGone, OtherCode, OtherParameters};
        matches!(
            self,
            AddressDiffers { .. }
                | CodeDiffers { .. }
                | CodeGone { .. }
                | OtherCode { .. }
                | OtherParameters { .. }
        )
    }
}
