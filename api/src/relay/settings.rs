//! What an operator sets.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::U256;
use alloy::signers::local::PrivateKeySigner;
use clap::Args;
use sqlx::PgPool;
use url::Url;

use super::node::Node;
use super::{Inner, Relay};
use crate::access::{SettingsError, nodes, secret_of};
use crate::config::Secret;

const KEY: &str = "STOA_RELAY_KEY";
const FLAG: &str = "--relay-rpc";
const RPC: &str = "STOA_RELAY_RPC";

/// Which orders are sent, and what that may cost.
#[derive(Clone, Debug, Args)]
#[group(id = "relay-settings")]
#[command(next_help_heading = "Relay")]
pub struct Settings {
    /// Node through which orders of a chain are sent, as in 8453=https://node.example; may be repeated; or
    /// STOA_RELAY_RPC_FILE, a file that lists them. Without one nothing is relayed
    #[arg(
        long = "relay-rpc",
        env = "STOA_RELAY_RPC",
        hide_env_values = true,
        value_name = "CHAIN=URL",
        value_delimiter = ' '
    )]
    pub relay_rpc: Vec<Secret>,
    /// File with the private key of the account that sends orders and pays for their gas; or the environment's
    /// STOA_RELAY_KEY. The relay alone must use it
    #[arg(long, env = "STOA_RELAY_KEY_FILE", value_name = "FILE")]
    pub relay_key_file: Option<PathBuf>,
    /// Also relay for whoever asks without a key or a session
    #[arg(long, env = "STOA_RELAY_ANONYMOUS")]
    pub relay_anonymous: bool,
    /// The most that the gas of a day (UTC) may cost on each chain, in wei
    #[arg(long, env = "STOA_RELAY_WEI_PER_DAY", default_value = "50000000000000000", value_name = "WEI")]
    pub relay_wei_per_day: U256,
    /// Seconds that a transaction may wait before a dearer one takes its place, 1 to 3600
    #[arg(long, env = "STOA_RELAY_BUMP_SECONDS", default_value_t = 30, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub relay_bump_seconds: u64,
}

/// A value that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("{KEY} or {KEY}_FILE: {0}")]
    Secret(String),
    #[error(transparent)]
    Node(#[from] SettingsError),
    #[error("--relay-rpc (STOA_RELAY_RPC) is given, and {KEY} or {KEY}_FILE is not")]
    NoKey,
    /// Not what was read: it may be most of a key.
    #[error("{KEY} or {KEY}_FILE must be a private key, 32 bytes in hexadecimal digits")]
    Key,
    #[error("--relay-rpc (STOA_RELAY_RPC): {0}")]
    Client(reqwest::Error),
}

impl Settings {
    /// What relays, if anything is relayed.
    pub fn relay(&self, pool: &PgPool) -> Result<Option<Relay>, RelayError> {
        let nodes = nodes(&self.relay_rpc, FLAG, RPC)?;
        if nodes.is_empty() {
            return Ok(None);
        }
        let given = secret_of(std::env::var(KEY).ok(), self.relay_key_file.as_deref());
        let signer = key(&given.map_err(RelayError::Secret)?.ok_or(RelayError::NoKey)?)?;
        let node = |(chain, Secret(url)): (i64, Secret)| {
            let url = Url::parse(&url).map_err(|_| SettingsError::Node { flag: FLAG, name: RPC })?;
            Ok((chain, Node::new(chain, url).map_err(RelayError::Client)?))
        };
        Ok(Some(Relay(Arc::new(Inner {
            pool: pool.clone(),
            signer,
            nodes: nodes.into_iter().map(node).collect::<Result<_, RelayError>>()?,
            budget: self.relay_wei_per_day,
            patience: Duration::from_secs(self.relay_bump_seconds),
            anyone: self.relay_anonymous,
        }))))
    }
}

fn key(text: &str) -> Result<PrivateKeySigner, RelayError> {
    text.trim().parse().map_err(|_| RelayError::Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_key_is_told_without_it() {
        for wrong in ["hunter2", "0x1234", "", &"f".repeat(64)] {
            let error = key(wrong).expect_err(wrong).to_string();
            assert!(error.contains(KEY) && !error.contains("hunter2") && !error.contains("fff"), "{error}");
        }
        assert!(key(&"1".repeat(64)).is_ok());
        assert!(key(&format!("0x{}\n", "1".repeat(64))).is_ok());
    }
}
