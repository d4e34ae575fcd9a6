//! The suite's contracts at a deployment's addresses.

use alloy::{primitives::Address, providers::DynProvider};
use anyhow::Context as _;
use stoa_contracts::{
    Listings, Market, MerkleGate, Revenue, RevenueShare, Staking, StoaToken, TierGate, Timelock, TokenGate,
    Vault,
};

use crate::deploy::Deployment;

/// Handles that read, and send as whoever signs.
#[derive(Clone, Debug)]
pub struct Contracts {
    pub vault: Vault::VaultInstance<DynProvider>,
    pub listings: Listings::ListingsInstance<DynProvider>,
    pub market: Market::MarketInstance<DynProvider>,
    pub revenue: Revenue::RevenueInstance<DynProvider>,
    pub staking: Staking::StakingInstance<DynProvider>,
    pub stoa: StoaToken::StoaTokenInstance<DynProvider>,
    pub timelock: Timelock::TimelockInstance<DynProvider>,
    pub merkle_gate: MerkleGate::MerkleGateInstance<DynProvider>,
    pub token_gate: TokenGate::TokenGateInstance<DynProvider>,
    pub tier_gate: TierGate::TierGateInstance<DynProvider>,
    provider: DynProvider,
}

impl Contracts {
    pub(super) fn new(deployment: &Deployment, provider: &DynProvider) -> anyhow::Result<Self> {
        let at = |name: &str| {
            deployment.address(name).with_context(|| format!("the deployment file names no {name}"))
        };
        Ok(Self {
            vault: Vault::new(at("Vault")?, provider.clone()),
            listings: Listings::new(at("Listings")?, provider.clone()),
            market: Market::new(at("Market")?, provider.clone()),
            revenue: Revenue::new(at("Revenue")?, provider.clone()),
            staking: Staking::new(at("Staking")?, provider.clone()),
            stoa: StoaToken::new(
                deployment.stoa().context("the deployment file names no StoaToken")?,
                provider.clone(),
            ),
            timelock: Timelock::new(at("Timelock")?, provider.clone()),
            merkle_gate: MerkleGate::new(at("MerkleGate")?, provider.clone()),
            token_gate: TokenGate::new(at("TokenGate")?, provider.clone()),
            tier_gate: TierGate::new(at("TierGate")?, provider.clone()),
            provider: provider.clone(),
        })
    }

    /// The shares at an address, as an ERC-20 token too.
    #[must_use]
    pub fn shares(&self, address: Address) -> RevenueShare::RevenueShareInstance<DynProvider> {
        RevenueShare::new(address, self.provider.clone())
    }

    /// Any ERC-20 token: STOA's bindings have all that one needs.
    #[must_use]
    pub fn token(&self, address: Address) -> StoaToken::StoaTokenInstance<DynProvider> {
        StoaToken::new(address, self.provider.clone())
    }
}
