//! Whose key signs, and where it comes from.

use std::{io::IsTerminal as _, path::PathBuf};

use alloy::signers::local::PrivateKeySigner;
use anyhow::{Context as _, bail};

use super::Network;
use crate::anvil;

const DEMO: &str = "demo:";

/// Who signs, and what it may cost.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Signing")]
pub struct SignerArgs {
    /// The wallet that signs: the name of a keystore (`stoa wallet list`), the path of one, or demo:N for the N-th
    /// well-known key of a local chain.
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
    /// The most that a unit of gas may cost, in gwei; nothing is sent while the chain asks for more.
    #[arg(long, value_name = "GWEI")]
    pub max_fee: Option<String>,
}

impl SignerArgs {
    /// The key itself.
    ///
    /// # Errors
    /// When there is none, it cannot be decrypted, or it is a well-known one and the chain is not a local one.
    pub fn signer(&self, network: &Network) -> anyhow::Result<PrivateKeySigner> {
        let signer = self.any_signer(network)?;
        if !network.is_local() && anvil::is_well_known(signer.address()) {
            bail!(
                "{} is a well-known key of local chains: everybody has it, so it must not be used on {}",
                signer.address(),
                network.name
            );
        }
        Ok(signer)
    }

    fn any_signer(&self, network: &Network) -> anyhow::Result<PrivateKeySigner> {
        if let Some(variable) = &self.key_env {
            return from_environment(variable);
        }
        let Some(name) = &self.wallet else {
            bail!("nobody signs: give --wallet NAME (`stoa wallet list` shows them), or set STOA_WALLET");
        };
        if let Some(number) = name.strip_prefix(DEMO) {
            let known = anvil::KEYS.len();
            let n = number.parse::<usize>().ok().filter(|n| *n < known);
            let n = n.with_context(|| {
                format!("there is no demo key {number}: they are demo:0 to demo:{}", known - 1)
            })?;
            if !network.is_local() {
                bail!("{name} is a well-known key, and network {} is no local chain", network.name);
            }
            return Ok(anvil::signer(n));
        }
        let path = keystore(name)?;
        let password = self.password(&format!("Password of {}: ", path.display()))?;
        PrivateKeySigner::decrypt_keystore(&path, password)
            .map_err(|error| anyhow::anyhow!("{} cannot be decrypted: {error}", path.display()))
    }

    /// From the file descriptor, or by asking on the terminal.
    ///
    /// # Errors
    /// When neither can be read.
    pub fn password(&self, prompt: &str) -> anyhow::Result<String> {
        if let Some(descriptor) = self.password_fd {
            return from_descriptor(descriptor);
        }
        if !std::io::stdin().is_terminal() {
            bail!("there is no terminal to ask for a password: give --password-fd");
        }
        Ok(rpassword::prompt_password(prompt)?)
    }
}

fn from_environment(variable: &str) -> anyhow::Result<PrivateKeySigner> {
    let key = std::env::var(variable)
        .with_context(|| format!("--key-env names {variable}, which is not set in the environment"))?;
    // The parser's own message is dropped: it may repeat parts of the key.
    key.trim().parse().map_err(|_| anyhow::anyhow!("{variable} holds no private key (32 bytes in hex)"))
}

fn from_descriptor(descriptor: u32) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(format!("/dev/fd/{descriptor}"))
        .with_context(|| format!("--password-fd {descriptor} cannot be read"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The folder of keystores.
///
/// # Errors
/// When there is no home folder and no STOA_WALLETS.
pub fn wallets_folder() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("STOA_WALLETS") {
        return Ok(PathBuf::from(folder));
    }
    let home = std::env::home_dir()
        .context("there is no home folder: set STOA_WALLETS to a folder for keystores")?;
    Ok(home.join(".stoa/wallets"))
}

/// The file of a keystore, by name or path.
fn keystore(name: &str) -> anyhow::Result<PathBuf> {
    let named = wallets_folder()?.join(format!("{name}.json"));
    let given = PathBuf::from(name);
    if named.is_file() {
        return Ok(named);
    }
    if given.is_file() {
        return Ok(given);
    }
    bail!("there is no wallet {name}: neither {} nor a file of that name", named.display())
}
