//! Whose key signs, and where it comes from.

use std::path::PathBuf;

use alloy::signers::local::PrivateKeySigner;
use anyhow::{Context as _, bail};

use super::{Network, Secret, remote};
use crate::{
    anvil,
    demo::is_made_up,
    key::Key,
    keystore::{self, Wallets},
};

const DEMO: &str = "demo:";

/// Who signs, and what it may cost.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Signing")]
pub struct SignerArgs {
    /// The wallet that signs: the name of a keystore (`stoa wallet list`), the path of one, or demo:N for the N-th
    /// well-known key of a local chain. Where stoa is built with them also ledger:N (the N-th account of a Ledger),
    /// aws-kms:KEY and gcp-kms:projects/…/cryptoKeyVersions/N; these three have never been tried on real devices.
    #[arg(long, env = "STOA_WALLET", value_name = "NAME")]
    pub wallet: Option<String>,
    /// Read the keystore's password from this file descriptor instead of asking for it.
    #[arg(long, value_name = "FD")]
    pub password_fd: Option<u32>,
    /// The environment variable that holds a private key, instead of a keystore.
    #[arg(long, value_name = "NAME", conflicts_with = "wallet")]
    pub key_env: Option<String>,
    /// Send without asking.
    #[arg(long, short)]
    pub yes: bool,
    /// The most that a unit of gas may cost, in gwei; nothing is sent while the next block costs more.
    #[arg(long, value_name = "GWEI")]
    pub max_fee: Option<String>,
    /// How long to wait for a transaction's block, in seconds [default: 300; 1800 for a deployment's].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: Option<u64>,
}

impl SignerArgs {
    /// Who signs.
    ///
    /// # Errors
    /// When there is nobody, a keystore does not open, a device does not answer, or the key is a well-known one and
    /// the chain is not a local one.
    pub async fn signer(&self, network: &Network) -> anyhow::Result<Key> {
        let key = self.any_signer(network).await?;
        if !network.is_local() && anvil::is_well_known(key.address()) {
            bail!(
                "{} is a well-known key of local chains: everybody has it, so it must not be used on {}",
                key.address(),
                network.name
            );
        }
        Ok(key)
    }

    async fn any_signer(&self, network: &Network) -> anyhow::Result<Key> {
        if let Some(variable) = &self.key_env {
            return of_ones_own(from_environment(variable)?, network);
        }
        let Some(name) = &self.wallet else {
            bail!("nobody signs: give --wallet NAME (`stoa wallet list` shows them), or set STOA_WALLET");
        };
        if let Some(number) = name.strip_prefix(DEMO) {
            return Ok(demo(name, number, network)?.into());
        }
        if let Some(key) = remote::signer(name).await? {
            return Ok(key);
        }
        let path = Wallets::of_user()?.find(name)?;
        let password = self.password(&format!("Password of {}: ", path.display()))?;
        of_ones_own(keystore::open(&path, &password)?, network)
    }

    /// From the file descriptor, or by asking on the terminal.
    ///
    /// # Errors
    /// When neither can be read.
    pub fn password(&self, prompt: &str) -> anyhow::Result<String> {
        Secret { what: "a password", option: "--password-fd", descriptor: self.password_fd }.read(prompt)
    }
}

/// The demo makes more keys than Anvil has, by a rule that everybody can read.
fn of_ones_own(signer: PrivateKeySigner, network: &Network) -> anyhow::Result<Key> {
    if !network.is_local() && is_made_up(&signer) {
        bail!(
            "{} is a key of the demo: everybody can make it, so it must not be used on {}",
            signer.address(),
            network.name
        );
    }
    Ok(signer.into())
}

fn demo(name: &str, number: &str, network: &Network) -> anyhow::Result<PrivateKeySigner> {
    let known = anvil::KEYS.len();
    let n = number.parse::<usize>().ok().filter(|n| *n < known);
    let n =
        n.with_context(|| format!("there is no demo key {number}: they are demo:0 to demo:{}", known - 1))?;
    if !network.is_local() {
        bail!("{name} is a well-known key, and network {} is no local chain", network.name);
    }
    Ok(anvil::signer(n))
}

fn from_environment(variable: &str) -> anyhow::Result<PrivateKeySigner> {
    let key = std::env::var(variable)
        .with_context(|| format!("--key-env names {variable}, which is not set in the environment"))?;
    // The parser's own message is dropped: it may repeat parts of the key.
    key.trim().parse().map_err(|_| anyhow::anyhow!("{variable} holds no private key (32 bytes in hex)"))
}

/// The folder of keystores.
///
/// # Errors
/// When there is no home folder and no STOA_WALLETS.
pub fn wallets_folder() -> anyhow::Result<PathBuf> {
    Ok(Wallets::of_user()?.folder().to_owned())
}
