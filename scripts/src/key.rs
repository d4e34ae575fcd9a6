//! Somebody who signs transactions and typed messages: a key in memory, a device, or a service.

use std::{fmt, sync::Arc};

use alloy::{
    dyn_abi::TypedData,
    network::{EthereumWallet, TxSigner},
    primitives::{Address, Signature},
    signers::{Signer, local::PrivateKeySigner},
    sol_types::{Eip712Domain, SolStruct},
};
use serde::Serialize;

/// Any of alloy's signers.
#[derive(Clone)]
pub struct Key {
    wallet: EthereumWallet,
    signer: Arc<dyn Signer + Send + Sync>,
}

impl Key {
    pub fn new<S: Signer + TxSigner<Signature> + Send + Sync + 'static>(signer: S) -> Self {
        let signer = Arc::new(signer);
        Self { wallet: EthereumWallet::new(Arc::clone(&signer)), signer }
    }

    #[must_use]
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// What a provider signs transactions with.
    #[must_use]
    pub fn wallet(&self) -> EthereumWallet {
        self.wallet.clone()
    }

    /// Signs a typed message (EIP-712). The message goes to the signer whole, so that a device can show it.
    ///
    /// # Errors
    /// When the signer refuses or cannot be reached.
    pub async fn sign_typed<M: SolStruct + Serialize>(
        &self,
        message: &M,
        domain: &Eip712Domain,
    ) -> Result<Signature, alloy::signers::Error> {
        let typed = TypedData::from_struct(message, Some(domain.clone()));
        self.signer.sign_dynamic_typed_data(&typed).await
    }

    /// Signs a text for a person (EIP-191), as in signing in.
    ///
    /// # Errors
    /// When the signer refuses or cannot be reached.
    pub async fn sign_message(&self, text: &[u8]) -> Result<Signature, alloy::signers::Error> {
        self.signer.sign_message(text).await
    }
}

impl From<PrivateKeySigner> for Key {
    fn from(signer: PrivateKeySigner) -> Self {
        Self::new(signer)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.address()).finish()
    }
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::U256, signers::SignerSync as _, sol, sol_types::eip712_domain};
    use serde::Serialize;

    use super::*;
    use crate::anvil;

    sol! {
        #[derive(Serialize)]
        struct Inner { address who; bytes data; }
        #[derive(Serialize)]
        struct Message { uint256 amount; uint64 deadline; Inner inner; string text; }
    }

    /// The signature over what a device would show is the one over the struct.
    #[tokio::test]
    async fn a_message_is_signed_as_its_struct() {
        let (signer, who) = (anvil::signer(3), Address::repeat_byte(5));
        let inner = Inner { who, data: vec![1, 2, 3].into() };
        let message = Message { amount: U256::MAX, deadline: u64::MAX, inner, text: "…".to_owned() };
        let domain =
            eip712_domain! { name: "Stoa", version: "1", chain_id: 31_337, verifying_contract: who, };
        let expected = signer.sign_typed_data_sync(&message, &domain).unwrap();
        assert_eq!(Key::from(signer).sign_typed(&message, &domain).await.unwrap(), expected);
    }
}
