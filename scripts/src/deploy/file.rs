//! The deployment file.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};

use super::{Error, chain::IDeployer};
use crate::checkout;

/// Where the contracts are on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    pub chain_id: u64,
    /// The lowest block that holds any of the contracts: where an indexer starts.
    pub block: u64,
    pub contracts: BTreeMap<String, Placed>,
    pub parameters: Parameters,
}

/// One contract on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    pub address: Address,
    /// The transaction that created it, and its block.
    pub transaction: B256,
    pub block: u64,
    /// keccak256 of the runtime code on chain.
    pub code_hash: B256,
}

/// What the constructors read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    /// Seconds between a proposal and its execution.
    pub timelock_delay: u64,
    pub proposers: Vec<Address>,
    /// The zero address lets anyone execute.
    pub executors: Vec<Address>,
    /// Protocol fee at birth in bps, at most 500.
    pub fee_bps: u16,
    /// Who receives the whole supply of STOA on its home chain.
    pub stoa_holder: Address,
    /// The chain's wrapped native token; the zero address where there is none.
    #[serde(default)]
    pub weth: Address,
    /// The token as which STOA was bridged to this chain; the zero address on its home chain.
    #[serde(default)]
    pub bridged_stoa: Address,
}

impl Parameters {
    /// For a local chain: a minute's delay, the operator proposes, anyone executes, 2.5 % fee.
    pub fn local(operator: Address) -> Self {
        Self {
            timelock_delay: 60,
            proposers: vec![operator],
            executors: vec![Address::ZERO],
            fee_bps: 250,
            stoa_holder: operator,
            weth: Address::ZERO,
            bridged_stoa: Address::ZERO,
        }
    }

    pub(super) fn to_solidity(&self) -> IDeployer::Parameters {
        IDeployer::Parameters {
            timelockDelay: U256::from(self.timelock_delay),
            proposers: self.proposers.clone(),
            executors: self.executors.clone(),
            feeBps: self.fee_bps,
            stoaHolder: self.stoa_holder,
            weth: self.weth,
            bridgedStoa: self.bridged_stoa,
        }
    }
}

/// `scripts/deployments/<chainId>.json`.
#[must_use]
pub fn default_path(chain_id: u64) -> PathBuf {
    checkout::root().join("scripts/deployments").join(format!("{chain_id}.json"))
}

impl Deployment {
    /// The file's content, or `None` when there is no file.
    ///
    /// # Errors
    /// When the file cannot be read or is no deployment file.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        match fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|source| Error::BadFile { path: path.to_owned(), source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { path: path.to_owned(), source }),
        }
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        write_whole(self, path)
    }

    /// STOA on this chain: as it was bridged here, else as it was minted here.
    pub fn stoa(&self) -> Option<Address> {
        let bridged = self.parameters.bridged_stoa;
        if bridged == Address::ZERO { self.address("StoaToken") } else { Some(bridged) }
    }

    /// The address of a contract by its name.
    pub fn address(&self, name: &str) -> Option<Address> {
        self.contracts.get(name).map(|placed| placed.address)
    }
}

/// Writes a JSON document whole or not at all.
pub(super) fn write_whole(document: &impl Serialize, path: &Path) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let text = serde_json::to_string_pretty(document).map_err(|error| failed(error.into()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    io::Write::write_all(&mut file, format!("{text}\n").as_bytes()).map_err(failed)?;
    // The temporary file is private; a deployment is for everyone to read.
    let public = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), public).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The name too is on the disk before whatever comes next, such as the journal's end.
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_back_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/31337.json");
        assert_eq!(Deployment::read(&path).unwrap(), None);
        let placed =
            Placed { address: Address::ZERO, transaction: B256::ZERO, block: 3, code_hash: B256::ZERO };
        let deployment = Deployment {
            chain_id: 31337,
            block: 3,
            contracts: [("Vault".to_owned(), placed)].into(),
            parameters: Parameters::local(Address::ZERO),
        };
        deployment.write(&path).unwrap();
        assert_eq!(Deployment::read(&path).unwrap(), Some(deployment));
        fs::write(&path, "{}").unwrap();
        let error = Deployment::read(&path).unwrap_err().to_string();
        assert!(error.contains("31337.json is no deployment file: missing field `chainId`"), "{error}");
    }
}
