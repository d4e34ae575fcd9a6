//! Whether an account signed a text: by its key (EIP-191), else by what its contract says (EIP-1271).

use std::collections::BTreeMap;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, Signature, eip191_hash_message, hex};
use alloy::sol;
use alloy::sol_types::SolCall as _;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::config::Secret;

sol! {
    function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
}

/// How long a node may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// What `isValidSignature` answers where it agrees: its own selector.
const AGREED: [u8; 4] = isValidSignatureCall::SELECTOR;
/// Contracts' signatures may hold several keys'.
pub(crate) const LONGEST: usize = 8_192;

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    #[error("the node of chain {0} does not answer well")]
    Node(i64),
}

/// Whom to ask about contracts.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    nodes: BTreeMap<i64, Secret>,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Answer {
    result: Option<String>,
    error: Option<NodeError>,
}

#[derive(Deserialize)]
struct NodeError {
    code: i64,
    #[serde(default)]
    message: String,
}

impl Verifier {
    /// With a node's address for each chain on which contracts may sign in.
    pub fn new(nodes: BTreeMap<i64, Secret>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Ok(Self { nodes, client: client.build()? })
    }

    /// Whether this account signed this text.
    pub(super) async fn signed(
        &self,
        account: Address,
        chain_id: i64,
        text: &str,
        signature: &[u8],
    ) -> Result<bool, VerifyError> {
        let hash = eip191_hash_message(text);
        if signed_by_key(account, &hash, signature) {
            return Ok(true);
        }
        let Some(Secret(node)) = self.nodes.get(&chain_id) else { return Ok(false) };
        self.agreed(node, account, hash, signature).await.ok_or(VerifyError::Node(chain_id))
    }

    /// What the account's contract says; `None` where the node says nothing. A key's account has no contract, and says
    /// nothing at all, which is no.
    async fn agreed(&self, node: &str, account: Address, hash: B256, signature: &[u8]) -> Option<bool> {
        let call = isValidSignatureCall { hash, signature: Bytes::copy_from_slice(signature) };
        let data = hex::encode_prefixed(call.abi_encode());
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_call",
            "params": [{"to": account, "data": data, "gas": "0x4c4b40"}, "latest"]});
        let url = Url::parse(node).ok()?;
        let answer = self.client.post(url).json(&body).send().await.ok()?;
        let answer: Answer = answer.json().await.ok()?;
        if let Some(error) = answer.error {
            let reverted = error.code == 3 || error.message.to_lowercase().contains("revert");
            return reverted.then_some(false);
        }
        let said = hex::decode(answer.result?).ok()?;
        // One word: the selector, and nothing behind it.
        Some(said.len() == 32 && said[..4] == AGREED && said[4..].iter().all(|byte| *byte == 0))
    }
}

/// By recovery. Of the two signatures that each key can make of one, only the lower counts (EIP-2).
fn signed_by_key(account: Address, hash: &B256, signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_raw(signature) else { return false };
    if signature.normalize_s().is_some() {
        return false;
    }
    signature.recover_address_from_prehash(hash).is_ok_and(|signer| signer == account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::U256;
    use alloy::signers::SignerSync as _;
    use alloy::signers::local::PrivateKeySigner;

    #[test]
    fn a_key_signs_for_its_own_account_only_and_in_one_way() {
        let (signer, other) = (PrivateKeySigner::random(), PrivateKeySigner::random());
        let signature = signer.sign_message_sync(b"hello").expect("signs");
        let hash = eip191_hash_message("hello");
        assert!(signed_by_key(signer.address(), &hash, &signature.as_bytes()));
        assert!(!signed_by_key(other.address(), &hash, &signature.as_bytes()));
        assert!(!signed_by_key(signer.address(), &eip191_hash_message("hullo"), &signature.as_bytes()));
        let order =
            U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
        let twin = Signature::new(signature.r(), order.expect("a number") - signature.s(), !signature.v());
        assert!(!signed_by_key(signer.address(), &hash, &twin.as_bytes()), "malleable");
        for length in [0, 64, 66] {
            assert!(!signed_by_key(signer.address(), &hash, &vec![0; length]));
        }
    }
}
