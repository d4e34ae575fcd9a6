//! A local chain: Anvil from the packages that `npm ci` in `contracts/` brings.

use std::{
    io::{Read as _, Seek as _, SeekFrom},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::{
    primitives::{Address, B256, b256},
    signers::local::PrivateKeySigner,
};

use crate::{
    checkout,
    child::{self, Child, Spec},
};

/// The chain id of every local chain.
pub const CHAIN_ID: u64 = 31337;

/// A machine under load takes its time.
const START: Duration = Duration::from_secs(180);

/// The ten keys of the mnemonic "test test test test test test test test test test test junk". Everybody knows
/// them: they may hold nothing of value on any chain.
pub const KEYS: [B256; 10] = [
    b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    b256!("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    b256!("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
    b256!("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
    b256!("47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
    b256!("8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    b256!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
    b256!("4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
    b256!("dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
    b256!("2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
];

/// The signer of the n-th well-known key, 0 to 9.
///
/// # Panics
/// When `n` is above 9.
pub fn signer(n: usize) -> PrivateKeySigner {
    #[expect(clippy::unwrap_used, reason = "each constant is a valid key")]
    PrivateKeySigner::from_bytes(&KEYS[n]).unwrap()
}

/// Whether this account's key is one of the well-known ones.
pub fn is_well_known(account: Address) -> bool {
    (0..KEYS.len()).any(|n| signer(n).address() == account)
}

/// What can go wrong with the chain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Anvil is missing at {path}: run `cargo stoa toolchain`, which installs it")]
    Missing { path: PathBuf },
    #[error("there is no Anvil package for {os} on {arch}")]
    Platform { os: &'static str, arch: &'static str },
    #[error(transparent)]
    Child(#[from] child::Error),
}

/// How to start a chain.
#[derive(Clone, Debug)]
pub struct Options {
    /// A fixed port on 127.0.0.1, or any free one.
    pub port: Option<u16>,
    /// [`CHAIN_ID`], unless a test wants another chain.
    pub chain_id: u64,
    /// Seconds between blocks; without it each transaction gets its own block at once.
    pub block_time: Option<u64>,
    /// The file that keeps the chain from one start to the next, and how often it is written, in seconds.
    pub state: Option<(PathBuf, u64)>,
    /// Further command-line arguments.
    pub args: Vec<String>,
    /// The file that Anvil's output is appended to.
    pub log: PathBuf,
}

/// A running chain. Dropping it stops it.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    port: u16,
    rpc_url: String,
}

impl Anvil {
    /// Starts a chain and waits until it answers.
    ///
    /// # Errors
    /// When Anvil is missing, ends, or does not answer within three minutes.
    pub async fn start(options: &Options) -> Result<Self, Error> {
        let program = native_program("anvil")?;
        let mut spec = Spec::new("Anvil", program, &options.log)
            .args(["--host", "127.0.0.1", "--chain-id", &options.chain_id.to_string()])
            .args(["--port", &options.port.unwrap_or(0).to_string()])
            .args(&options.args)
            .stop_with("TERM", Duration::from_secs(30));
        // States on disk are of no use here, and those of a chain that is killed stay behind: gigabytes, soon. Pruning
        // keeps none either, and Anvil refuses both together.
        if !options.args.iter().any(|arg| arg == "--prune-history") {
            spec = spec.args(["--max-persisted-states", "0"]);
        }
        if let Some(seconds) = options.block_time {
            spec = spec.args(["--block-time", &seconds.to_string()]);
        }
        if let Some((file, interval)) = &options.state {
            spec = spec.arg("--state").arg(file).args(["--state-interval", &interval.to_string()]);
        }
        let log_start = options.log.metadata().map_or(0, |metadata| metadata.len());
        let child = spec.start()?;
        let mut port = options.port;
        child
            .until(START, || {
                port = port.or_else(|| announced_port(&options.log, log_start));
                async move {
                    let Some(port) = port else { return false };
                    tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok()
                }
            })
            .await?;
        let port = port.unwrap_or_default();
        Ok(Self { child, port, rpc_url: format!("http://127.0.0.1:{port}") })
    }

    pub fn rpc_url(&self) -> &str {
        &self.rpc_url
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process, to watch.
    pub fn child(&self) -> &Child {
        &self.child
    }

    /// Stops the chain; its state file, if any, is written.
    pub async fn stop(self) {
        self.child.stop().await;
    }
}

/// The port in Anvil's line "Listening on 127.0.0.1:8545", as written after `start` in the log.
fn announced_port(log: &Path, start: u64) -> Option<u16> {
    let mut file = std::fs::File::open(log).ok()?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let (_, rest) = text.split_once("Listening on ")?;
    rest.lines().next()?.trim().rsplit(':').next()?.parse().ok()
}

/// The native program inside of Foundry's npm package for this platform: calling it directly spares the
/// JavaScript wrapper around it, which would not pass signals on.
///
/// # Errors
/// When the platform has no package, or it is not installed.
pub fn native_program(tool: &str) -> Result<PathBuf, Error> {
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-amd64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "x86_64") => "darwin-amd64",
        ("macos", "aarch64") => "darwin-arm64",
        (os, arch) => return Err(Error::Platform { os, arch }),
    };
    let path = checkout::contracts_package(&format!("@foundry-rs/{tool}-{platform}")).join("bin").join(tool);
    if path.exists() { Ok(path) } else { Err(Error::Missing { path }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::address;

    #[test]
    fn keys_are_those_of_the_test_mnemonic() {
        assert_eq!(signer(0).address(), address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
        assert_eq!(signer(9).address(), address!("a0Ee7A142d267C1f36714E4a8F75612F20a79720"));
        assert!(is_well_known(signer(5).address()));
        assert!(!is_well_known(Address::ZERO));
    }

    #[test]
    fn port_is_read_after_the_start_of_the_log() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let old = "Listening on 127.0.0.1:1\n";
        std::fs::write(log.path(), format!("{old}Listening on 127.0.0.1:8545\n")).unwrap();
        assert_eq!(announced_port(log.path(), old.len() as u64), Some(8545));
        assert_eq!(announced_port(log.path(), 1_000), None);
    }
}
