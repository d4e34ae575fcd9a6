//! Which contracts are followed, as `stoa deploy` wrote it down.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alloy::primitives::Address;
use serde::Deserialize;

/// One deployment of the protocol on one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The lowest block that holds any of the contracts.
    pub first_block: u64,
    /// Every contract of the deployment by name, as the file tells them.
    pub contracts: BTreeMap<String, Address>,
    /// The contracts whose events are followed.
    pub followed: Followed,
}

/// The contracts whose events are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    pub vault: Address,
    pub listings: Address,
    pub market: Address,
    pub revenue: Address,
    pub staking: Address,
    pub merkle_gate: Address,
    pub tier_gate: Address,
    pub token_gate: Address,
}

impl Followed {
    /// Each contract with the name under which it stands in the deployment.
    pub fn named(&self) -> [(&'static str, Address); 8] {
        [
            ("Vault", self.vault),
            ("Listings", self.listings),
            ("Market", self.market),
            ("Revenue", self.revenue),
            ("Staking", self.staking),
            ("MerkleGate", self.merkle_gate),
            ("TierGate", self.tier_gate),
            ("TokenGate", self.token_gate),
        ]
    }

    /// Their addresses, to filter logs by.
    pub fn addresses(&self) -> Vec<Address> {
        self.named().into_iter().map(|(_, address)| address).collect()
    }
}

/// Why a deployment file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    #[error("cannot read the deployment file {path}: {source}; `stoa deploy` writes one")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the deployment file {path} is not what `stoa deploy` writes: {source}")]
    Malformed { path: PathBuf, source: serde_json::Error },
    #[error("the deployment file {path} names no contract `{name}`; `stoa deploy` writes a complete one")]
    Missing { path: PathBuf, name: &'static str },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    chain_id: u64,
    block: u64,
    contracts: BTreeMap<String, Contract>,
}

#[derive(Deserialize)]
struct Contract {
    address: Address,
}

impl Deployment {
    /// Reads a deployment file.
    pub fn read(path: &Path) -> Result<Self, DeploymentError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| DeploymentError::Unreadable { path: path.to_owned(), source })?;
        let file: File = serde_json::from_str(&text)
            .map_err(|source| DeploymentError::Malformed { path: path.to_owned(), source })?;
        let contracts: BTreeMap<_, _> =
            file.contracts.into_iter().map(|(name, contract)| (name, contract.address)).collect();
        let named = |name: &'static str| {
            contracts
                .get(name)
                .copied()
                .ok_or_else(|| DeploymentError::Missing { path: path.to_owned(), name })
        };
        let followed = Followed {
            vault: named("Vault")?,
            listings: named("Listings")?,
            market: named("Market")?,
            revenue: named("Revenue")?,
            staking: named("Staking")?,
            merkle_gate: named("MerkleGate")?,
            tier_gate: named("TierGate")?,
            token_gate: named("TokenGate")?,
        };
        Ok(Self { chain_id: file.chain_id, first_block: file.block, contracts, followed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Deployment, DeploymentError> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("it is writable");
        Deployment::read(file.path())
    }

    #[test]
    fn a_missing_contract_is_named() {
        let error = read(r#"{"chainId":1,"block":2,"contracts":{}}"#).expect_err("no Vault");
        assert!(error.to_string().contains("names no contract `Vault`"), "{error}");
    }

    #[test]
    fn a_malformed_file_says_where() {
        let error = read(r#"{"chainId":"one"}"#).expect_err("not a number");
        assert!(error.to_string().contains("line 1 column"), "{error}");
    }

    #[test]
    fn a_missing_file_says_how_to_make_it() {
        let error = Deployment::read(Path::new("/nowhere/1.json")).expect_err("not there");
        assert!(error.to_string().contains("`stoa deploy` writes one"), "{error}");
    }
}
