//! The messages that are signed (EIP-712), in a session.

use alloy::{
    primitives::{Address, Bytes},
    sol_types::Eip712Domain,
};
use stoa_contracts::Vault::SignedPay;
pub use stoa_contracts::typed::*;

use super::Session;

impl Session {
    /// The domain of the Vault's signatures.
    #[must_use]
    pub fn vault_domain(&self) -> Eip712Domain {
        self.domain("Stoa Vault", *self.contracts.vault.address())
    }

    /// The domain of the Market's signatures.
    #[must_use]
    pub fn market_domain(&self) -> Eip712Domain {
        self.domain("Stoa Market", *self.contracts.market.address())
    }

    /// The domain of Staking's signatures.
    #[must_use]
    pub fn staking_domain(&self) -> Eip712Domain {
        self.domain("Stoa Staking", *self.contracts.staking.address())
    }

    fn domain(&self, name: &'static str, contract: Address) -> Eip712Domain {
        domain(name, self.network.chain_id, contract)
    }

    /// Signs a payment for what it orders.
    ///
    /// # Errors
    /// When nobody signs.
    pub async fn sign_payment(&self, pay: &SignedPay, wanted: &Wanted) -> anyhow::Result<Bytes> {
        let domain = self.vault_domain();
        match wanted {
            Wanted::Plan(order) => self.sign(&plan::Pay::of(pay, order), &domain).await,
            Wanted::Shares(order) => self.sign(&shares::Pay::of(pay, order), &domain).await,
        }
    }
}
