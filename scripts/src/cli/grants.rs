//! Permits (ERC-2612) and authorizations (ERC-3009), for tokens that really take them.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct as _, SolValue as _},
};
use stoa_contracts::{
    StoaToken,
    Vault::{Authorization, SignedPay},
};

use super::{
    Session,
    typed::{CancelAuthorization, Permit, ReceiveWithAuthorization},
};

sol! {
    /// What such tokens answer.
    #[sol(rpc)]
    interface ISigned {
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (
            bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt,
            uint256[] extensions
        );
        function name() external view returns (string);
        function version() external view returns (string);
        function nonces(address owner) external view returns (uint256);
        function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);
        function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
    }
}

/// A transfer from the signer's wallet to the Vault.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    pub token: Address,
    pub amount: U256,
    /// The last second in which it is good.
    pub deadline: u64,
}

impl Session {
    /// The domain in which a token's messages are signed. None where the token does not tell its separator, or tells
    /// one that no known name and version give: then a signature would be worth nothing, and WETH accepts any call.
    pub async fn token_domain(&self, token: Address) -> Option<Eip712Domain> {
        let contract = ISigned::new(token, &self.provider);
        let separator = contract.DOMAIN_SEPARATOR().call().await.ok()?;
        let mut names = Vec::new();
        if let Ok(told) = contract.eip712Domain().call().await {
            names.push((told.name, told.version));
        }
        if let Ok(name) = contract.name().call().await {
            let told = contract.version().call().await.ok();
            let versions = told.into_iter().chain(["1".to_owned(), "2".to_owned()]);
            names.extend(versions.map(|version| (name.clone(), version)));
        }
        let domains = names.into_iter().map(|(name, version)| {
            let chain = Some(U256::from(self.network.chain_id));
            Eip712Domain::new(Some(name.into()), Some(version.into()), chain, Some(token), None)
        });
        domains.into_iter().find(|domain| domain.separator() == separator)
    }

    /// Whether the token takes permits: it tells its domain, and an account's next nonce.
    pub async fn takes_permits(&self, token: Address, owner: Address) -> bool {
        self.token_domain(token).await.is_some()
            && ISigned::new(token, &self.provider).nonces(owner).call().await.is_ok()
    }

    /// Whether the token takes authorizations: it tells its domain, and whether one is used.
    pub async fn takes_authorizations(&self, token: Address, from: Address) -> bool {
        self.token_domain(token).await.is_some()
            && self.is_authorization_used(token, from, B256::ZERO).await.is_some()
    }

    /// A permit for the Vault over this amount, encoded; none where the token has no permits.
    ///
    /// Whoever sees it can at most give the Vault an allowance, and the Vault takes nothing without the owner's own
    /// call or signature.
    ///
    /// # Errors
    /// When nobody signs.
    pub async fn permit(&self, transfer: Transfer) -> anyhow::Result<Option<Bytes>> {
        let permit = self.permit_call(transfer).await?;
        // As a word each, v is encoded as it is in the Vault's struct.
        Ok(permit.map(|it| (it.value, it.deadline, U256::from(it.v), it.r, it.s).abi_encode().into()))
    }

    /// The same as the token's own call.
    ///
    /// # Errors
    /// When nobody signs.
    pub async fn permit_call(&self, transfer: Transfer) -> anyhow::Result<Option<StoaToken::permitCall>> {
        let owner = self.account()?;
        let Some(domain) = self.token_domain(transfer.token).await else { return Ok(None) };
        let contract = ISigned::new(transfer.token, &self.provider);
        let Ok(nonce) = contract.nonces(owner).call().await else { return Ok(None) };
        let (value, deadline) = (transfer.amount, U256::from(transfer.deadline));
        let spender = *self.contracts.vault.address();
        let message = Permit { owner, spender, value, nonce, deadline };
        let (v, r, s) = split(&self.sign(&message, &domain).await?);
        Ok(Some(StoaToken::permitCall { owner, spender, value, deadline, v, r, s }))
    }

    /// Whether a signed payment's permit would still make its allowance: none since has used its nonce.
    pub async fn is_permit_good(&self, pay: &SignedPay, grant: &[u8]) -> bool {
        let Ok((value, deadline, v, r, s)) = <(U256, U256, U256, B256, B256)>::abi_decode(grant) else {
            return false;
        };
        let Some(domain) = self.token_domain(pay.token).await else { return false };
        let contract = ISigned::new(pay.token, &self.provider);
        let Ok(nonce) = contract.nonces(pay.from).call().await else { return false };
        let (owner, spender) = (pay.from, *self.contracts.vault.address());
        let digest = Permit { owner, spender, value, nonce, deadline }.eip712_signing_hash(&domain);
        let signature = [r.as_slice(), s.as_slice(), &v.to_be_bytes::<32>()[31..]].concat();
        let signer = Signature::from_raw(&signature).and_then(|it| it.recover_address_from_prehash(&digest));
        value >= pay.amount && signer.is_ok_and(|signer| signer == owner)
    }

    /// An authorization for the Vault over this amount, encoded; none where the token has no authorizations.
    ///
    /// `nonce` is a free one where the payer itself sends the payment: no other function of the Vault takes such a
    /// nonce, so it is of no use to whoever sees it. With `derived` it is the digest of a signed payment, and the
    /// encoding names none.
    ///
    /// # Errors
    /// When nobody signs.
    pub async fn authorization(
        &self,
        transfer: Transfer,
        nonce: B256,
        derived: bool,
    ) -> anyhow::Result<Option<Bytes>> {
        let from = self.account()?;
        let Some(domain) = self.token_domain(transfer.token).await else { return Ok(None) };
        if self.is_authorization_used(transfer.token, from, nonce).await != Some(false) {
            return Ok(None);
        }
        let message = ReceiveWithAuthorization {
            from,
            to: *self.contracts.vault.address(),
            value: transfer.amount,
            validAfter: U256::ZERO,
            // The token wants a time before this one, the Vault one that is not after the deadline.
            validBefore: U256::from(transfer.deadline) + U256::ONE,
            nonce,
        };
        let authorization = Authorization {
            validAfter: message.validAfter,
            validBefore: message.validBefore,
            nonce: if derived { B256::ZERO } else { nonce },
            signature: self.sign(&message, &domain).await?,
        };
        Ok(Some(authorization.abi_encode().into()))
    }

    /// What the payer of a signed payment signed for the token: an authorization with the payment's digest as nonce.
    pub async fn authorization_digest(
        &self,
        pay: &SignedPay,
        grant: &Authorization,
        nonce: B256,
    ) -> Option<B256> {
        let message = ReceiveWithAuthorization {
            from: pay.from,
            to: *self.contracts.vault.address(),
            value: pay.amount,
            validAfter: grant.validAfter,
            validBefore: grant.validBefore,
            nonce,
        };
        Some(message.eip712_signing_hash(&self.token_domain(pay.token).await?))
    }

    /// Whether the token knows this authorization as used or cancelled; none where it has no authorizations.
    pub async fn is_authorization_used(&self, token: Address, from: Address, nonce: B256) -> Option<bool> {
        ISigned::new(token, &self.provider).authorizationState(from, nonce).call().await.ok()
    }

    /// The call that voids an authorization of the signer.
    ///
    /// # Errors
    /// When nobody signs, or the token takes no authorizations.
    pub async fn authorization_cancellation(
        &self,
        token: Address,
        nonce: B256,
    ) -> anyhow::Result<ISigned::cancelAuthorizationCall> {
        let authorizer = self.account()?;
        let domain = self.token_domain(token).await;
        let domain = domain.ok_or_else(|| anyhow::anyhow!("the token {token} takes no signed messages"))?;
        let (v, r, s) = split(&self.sign(&CancelAuthorization { authorizer, nonce }, &domain).await?);
        Ok(ISigned::cancelAuthorizationCall { authorizer, nonce, v, r, s })
    }
}

/// The parts of a signature of 65 bytes.
fn split(signature: &Bytes) -> (u8, B256, B256) {
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    (signature[64], r, s)
}
