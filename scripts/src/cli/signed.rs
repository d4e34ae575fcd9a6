//! Files of signed messages, and whether a signature is somebody's.

use std::{io::Write as _, path::Path};

use alloy::{
    primitives::{Address, B256, Bytes, Signature, fixed_bytes},
    providers::Provider as _,
    sol,
};
use anyhow::Context as _;
use serde::{Serialize, de::DeserializeOwned};

use super::{Failure, Session, output::to_json};

/// What EIP-1271 answers for yes.
const YES: alloy::primitives::FixedBytes<4> = fixed_bytes!("1626ba7e");

sol! {
    #[sol(rpc)]
    interface IErc1271 {
        function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
    }
}

/// Writes a new file; one that exists is kept.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_new(path: &Path, record: &impl Serialize) -> anyhow::Result<()> {
    let text = to_json(record)?;
    let shown = path.display();
    let file = std::fs::File::options().write(true).create_new(true).open(path);
    let mut file = file.with_context(|| format!("{shown} cannot be written"))?;
    file.write_all(format!("{text}\n").as_bytes()).with_context(|| format!("{shown} cannot be written"))
}

/// Checks before anything is signed that [`write_new`] will find a free place.
///
/// # Errors
/// When there is a file already.
pub fn check_free(path: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(!path.exists(), "{} exists already: name another file with --out", path.display());
    Ok(())
}

/// What a file of signed messages says it is.
///
/// # Errors
/// When the file cannot be read or names no kind.
pub fn kind_of(path: &Path) -> anyhow::Result<(String, serde_json::Value)> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{shown} is no JSON"))?;
    let kind = value.get("kind").and_then(serde_json::Value::as_str);
    let kind = kind.with_context(|| format!("{shown} is no signed message: it has no \"kind\""))?;
    Ok((kind.to_owned(), value))
}

/// The whole content.
///
/// # Errors
/// What is missing, too much or malformed.
pub fn parse<T: DeserializeOwned>(path: &Path, value: serde_json::Value) -> anyhow::Result<T> {
    serde_json::from_value(value).map_err(|error| anyhow::anyhow!("{} is malformed: {error}", path.display()))
}

impl Session {
    /// Refuses a file that is signed for another chain.
    ///
    /// # Errors
    /// When it is.
    pub fn check_chain(&self, path: &Path, expected: u64) -> anyhow::Result<()> {
        let found = self.network.chain_id;
        let file = path.display().to_string();
        if expected == found { Ok(()) } else { Err(Failure::OtherChain { file, expected, found }.into()) }
    }

    /// Whether an account signed a digest: by its key, else by its code (EIP-1271), as the contracts check it.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn is_signed(&self, account: Address, digest: B256, signature: &Bytes) -> anyhow::Result<bool> {
        let recovered = Signature::from_raw(signature)
            .and_then(|signature| signature.recover_address_from_prehash(&digest));
        if recovered.is_ok_and(|signer| signer == account) {
            return Ok(true);
        }
        if self.provider.get_code_at(account).await?.is_empty() {
            return Ok(false);
        }
        let contract = IErc1271::new(account, &self.provider);
        let answer = contract.isValidSignature(digest, signature.clone()).call().await;
        Ok(answer.is_ok_and(|answer| answer == YES))
    }
}

/// Numbers of 256 bits as decimal strings.
pub mod decimal {
    use alloy::primitives::U256;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(number: &U256, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&number.to_string())
    }

    /// # Errors
    /// When it is no string of digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<U256, D::Error> {
        let text = String::deserialize(deserializer)?;
        crate::cli::parse_units(&text, 0)
            .map_err(|_| D::Error::custom(format!("{text:?} is no number: write decimal digits")))
    }
}
