//! The chains that are known by name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::primitives::Address;
use serde::Deserialize;
use url::Url;

use crate::anvil;

/// Committed beside the code; another file can be named.
const KNOWN: &str = include_str!("../../networks.toml");
/// Bounds of how often a chain is asked: often enough for a person who waits, not too often for a public endpoint.
const SHORTEST_POLL: Duration = Duration::from_millis(250);
const LONGEST_POLL: Duration = Duration::from_secs(3);
const LOCAL_URL: &str = "http://127.0.0.1:8545";

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    #[serde(skip)]
    pub name: String,
    /// EIP-155 id.
    pub chain_id: u64,
    /// Blocks after which one may be taken for final where the node does not say.
    pub finality_depth: u64,
    /// Seconds from block to block, about.
    pub block_seconds: u64,
    pub explorer: Option<Url>,
    /// The wrapped native token.
    pub weth: Option<Address>,
    /// Stablecoins by symbol.
    #[serde(default)]
    pub tokens: BTreeMap<String, Address>,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Networks(BTreeMap<String, Network>);

/// What is wrong with a file of networks, or with a name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {reason}")]
    Content { path: PathBuf, reason: String },
    #[error("no network is called {name:?}: there are {known}; --networks names another file")]
    Unknown { name: String, known: String },
    #[error("network {name} has no endpoint: give --rpc-url or set {variable}")]
    NoEndpoint { name: String, variable: String },
    #[error("{variable} is no URL: {reason}")]
    BadEndpoint { variable: String, reason: String },
}

impl Networks {
    /// Reads the named file, or the one that comes with the program.
    ///
    /// # Errors
    /// When the file cannot be read or says something that it may not.
    pub fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Self::parse(KNOWN, Path::new("networks.toml")) };
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let content = |reason| Error::Content { path: path.to_owned(), reason };
        let mut networks: BTreeMap<String, Network> =
            toml::from_str(text).map_err(|error| content(error.to_string()))?;
        let mut ids = BTreeMap::new();
        for (name, network) in &mut networks {
            network.name.clone_from(name);
            if let Some(other) = ids.insert(network.chain_id, name.clone()) {
                return Err(content(format!(
                    "{other} and {name} have the same chain_id {}",
                    network.chain_id
                )));
            }
        }
        Ok(Self(networks))
    }

    /// The network of this name or chain id.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str) -> Result<&Network, Error> {
        let id = name.parse::<u64>().ok();
        let by_id = || self.0.values().find(|network| Some(network.chain_id) == id);
        self.0.get(name).or_else(by_id).ok_or_else(|| Error::Unknown {
            name: name.to_owned(),
            known: self.0.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    pub fn all(&self) -> impl Iterator<Item = &Network> {
        self.0.values()
    }
}

impl Network {
    /// A chain that no file names.
    #[must_use]
    pub fn unknown(chain_id: u64) -> Self {
        Self {
            name: chain_id.to_string(),
            chain_id,
            finality_depth: 64,
            block_seconds: 12,
            explorer: None,
            weth: None,
            tokens: BTreeMap::new(),
        }
    }

    /// The environment variable that holds its endpoint.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("STOA_RPC_URL_{}", self.name.to_uppercase().replace('-', "_"))
    }

    /// Where it is reached: the URL given, else the environment's.
    ///
    /// # Errors
    /// When neither is there, or the environment's is no URL.
    pub fn endpoint(&self, given: Option<&Url>) -> Result<Url, Error> {
        if let Some(url) = given {
            return Ok(url.clone());
        }
        let variable = self.variable();
        let text = match std::env::var(&variable) {
            Ok(text) => text,
            Err(_) if self.is_local() => LOCAL_URL.to_owned(),
            Err(_) => return Err(Error::NoEndpoint { name: self.name.clone(), variable }),
        };
        text.parse()
            .map_err(|error: url::ParseError| Error::BadEndpoint { variable, reason: error.to_string() })
    }

    /// Whether it is a chain on which nothing has value.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.chain_id == anvil::CHAIN_ID
    }

    /// How often it is worth asking whether something is in a block by now.
    #[must_use]
    pub fn poll(&self) -> Duration {
        if self.is_local() {
            return Duration::from_millis(50);
        }
        Duration::from_millis(self.block_seconds.saturating_mul(250)).clamp(SHORTEST_POLL, LONGEST_POLL)
    }

    /// Where people look at a transaction.
    #[must_use]
    pub fn transaction_url(&self, hash: alloy::primitives::B256) -> Option<String> {
        let explorer = self.explorer.as_ref()?;
        Some(format!("{}/tx/{hash}", explorer.as_str().trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_ones_are_found_by_name_and_by_id() {
        let networks = Networks::read(None).unwrap();
        for (name, id) in [
            ("local", 31_337),
            ("sepolia", 11_155_111),
            ("base", 8_453),
            ("base-sepolia", 84_532),
            ("arbitrum", 42_161),
            ("optimism", 10),
        ] {
            assert_eq!(networks.find(name).unwrap().chain_id, id);
            assert_eq!(networks.find(&id.to_string()).unwrap().name, name);
        }
        assert_eq!(networks.find("base-sepolia").unwrap().variable(), "STOA_RPC_URL_BASE_SEPOLIA");
        let error = networks.find("bse").unwrap_err().to_string();
        assert_eq!(
            error,
            "no network is called \"bse\": there are arbitrum, base, base-sepolia, local, optimism, sepolia; \
             --networks names another file"
        );
        let error = networks.find("base").unwrap().endpoint(None).unwrap_err().to_string();
        assert_eq!(error, "network base has no endpoint: give --rpc-url or set STOA_RPC_URL_BASE");
    }

    /// A typo in an address would show.
    #[test]
    fn addresses_carry_their_checksum() {
        let written = KNOWN.split('"').filter(|text| text.len() == 42 && text.starts_with("0x"));
        let mut seen = 0;
        for text in written {
            assert!(Address::parse_checksummed(text, None).is_ok(), "{text}");
            seen += 1;
        }
        assert!(seen >= 12);
    }

    #[test]
    fn a_wrong_file_is_named_with_the_place() {
        let parse = |text: &str| Networks::parse(text, Path::new("my.toml")).unwrap_err().to_string();
        let misspelt = parse("[a]\nchain_id = 1\nfinality_depth = 1\nblock_seconds = 1\nwheth = \"0x00\"\n");
        assert!(misspelt.starts_with("my.toml: ") && misspelt.contains("wheth"), "{misspelt}");
        let one = "chain_id = 1\nfinality_depth = 1\nblock_seconds = 1\n";
        let twice = parse(&format!("[a]\n{one}[b]\n{one}"));
        assert_eq!(twice, "my.toml: a and b have the same chain_id 1");
    }
}
