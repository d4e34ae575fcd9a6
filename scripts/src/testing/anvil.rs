//! A chain for one test.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use alloy::{primitives::B256, signers::local::PrivateKeySigner};

use super::fail;
use crate::{anvil, checkout, child::Child};

/// How a test's chain differs from the usual one: a block per transaction, a free port, nothing kept.
#[derive(Clone, Debug, Default)]
pub struct AnvilOptions {
    /// Seconds between blocks.
    pub block_time: Option<u64>,
    /// Another chain id than 31337.
    pub chain_id: Option<u64>,
    /// A fixed port, for a chain that is started again.
    pub port: Option<u16>,
    /// A file that keeps the chain, written every second and when it stops.
    pub state: Option<PathBuf>,
    /// Further command-line arguments of Anvil.
    pub args: Vec<String>,
}

/// A running chain with its ten funded accounts, stopped when dropped.
#[derive(Debug)]
pub struct Anvil(anvil::Anvil);

impl Anvil {
    /// A chain that mines each transaction at once.
    pub async fn start() -> Self {
        Self::start_with(AnvilOptions::default()).await
    }

    pub async fn start_with(options: AnvilOptions) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let n = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = checkout::state_dir().join("tests").join(format!("anvil-{}-{n}.log", std::process::id()));
        let options = anvil::Options {
            port: options.port,
            chain_id: options.chain_id.unwrap_or(anvil::CHAIN_ID),
            block_time: options.block_time,
            state: options.state.map(|file| (file, 1)),
            args: options.args,
            log,
        };
        match anvil::Anvil::start(&options).await {
            Ok(anvil) => Self(anvil),
            Err(error) => fail("no chain for this test", &error),
        }
    }

    pub fn rpc_url(&self) -> &str {
        self.0.rpc_url()
    }

    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// The ten standard keys.
    pub fn keys() -> &'static [B256; 10] {
        &anvil::KEYS
    }

    /// The signer of the n-th standard key, 0 to 9.
    pub fn signer(n: usize) -> PrivateKeySigner {
        anvil::signer(n)
    }

    /// The process, to signal or watch.
    pub fn child(&self) -> &Child {
        self.0.child()
    }

    /// Stops it; its state file, if any, is written.
    pub async fn stop(self) {
        self.0.stop().await;
    }
}
