//! Listings, plans and money for buyers, made by the library.

use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    sol_types::SolEvent as _,
};
use stoa_contracts::{
    Listings::{self, NewListing},
    Market::{self, NewPlan},
    MerkleGate, StoaToken, TierGate,
};
use stoa_scripts::testing::Anvil;

use super::Desk;

/// STOA's smallest units in one.
pub(super) const STOA: u128 = 1_000_000_000_000_000_000;
pub(super) const MONTH: u32 = 30 * 86_400;

impl Desk {
    /// Who sends as wallet demo:N.
    pub(super) fn sender(&self, wallet: usize) -> DynProvider {
        let wallet = EthereumWallet::from(Anvil::signer(wallet));
        ProviderBuilder::new().wallet(wallet).connect_http(self.chain.rpc_url().parse().unwrap()).erased()
    }

    pub(super) fn at(&self, contract: &str) -> Address {
        self.deployment.address(contract).unwrap()
    }

    /// STOA from its holder, in whole ones.
    pub(super) async fn give_stoa(&self, wallet: usize, whole: u64) {
        let (to, value) = (Anvil::signer(wallet).address(), U256::from(whole) * U256::from(STOA));
        let stoa = StoaToken::new(self.at("StoaToken"), self.sender(0));
        stoa.transfer(to, value).send().await.unwrap().get_receipt().await.unwrap();
    }

    /// A model of wallet 1.
    pub(super) async fn list(&self) -> U256 {
        let listing = NewListing {
            kind: 0,
            uri: "data:application/json;base64,eyJuYW1lIjoiQXRsYXMifQ==".to_owned(),
            contentHash: B256::repeat_byte(1),
            uris: vec!["https://assets.example/atlas".to_owned()],
            licence: "Apache-2.0".to_owned(),
            derivatives: false,
            derivativeBps: 0,
            parents: Vec::new(),
            parentBps: Vec::new(),
            royaltyReceiver: Address::ZERO,
            royaltyBps: 0,
        };
        let listings = Listings::new(self.at("Listings"), self.sender(1));
        listings.create(listing).send().await.unwrap().get_receipt().await.unwrap();
        listings.count().call().await.unwrap()
    }

    /// A plan of wallet 1; its number.
    pub(super) async fn plan(&self, plan: NewPlan) -> U256 {
        let market = self.market(1);
        let receipt = market.createPlan(plan).send().await.unwrap().get_receipt().await.unwrap();
        let log =
            receipt.logs().iter().find(|log| log.topic0() == Some(&Market::PlanCreated::SIGNATURE_HASH));
        log.unwrap().log_decode::<Market::PlanCreated>().unwrap().inner.plan
    }

    pub(super) fn market(&self, wallet: usize) -> Market::MarketInstance<DynProvider> {
        Market::new(self.at("Market"), self.sender(wallet))
    }

    /// Puts a gate before a plan.
    pub(super) async fn gate(&self, plan: U256, gate: &str) {
        let call = self.market(1).boundPlan(plan, self.at(gate), 0, 0).send().await;
        call.unwrap().get_receipt().await.unwrap();
    }

    pub(super) async fn set_root(&self, plan: U256, root: B256) {
        let gate = MerkleGate::new(self.at("MerkleGate"), self.sender(1));
        gate.setRoot(plan, root).send().await.unwrap().get_receipt().await.unwrap();
    }

    pub(super) async fn set_tier(&self, plan: U256, tier: u8) {
        let gate = TierGate::new(self.at("TierGate"), self.sender(1));
        gate.setTier(plan, tier).send().await.unwrap().get_receipt().await.unwrap();
    }

    /// Lets the chain's clock run on.
    pub(super) async fn wait(&self, seconds: u64) {
        let provider = self.sender(0);
        let _: serde_json::Value = provider.raw_request("evm_increaseTime".into(), (seconds,)).await.unwrap();
        let _: serde_json::Value = provider.raw_request("evm_mine".into(), ()).await.unwrap();
    }

    pub(super) async fn now(&self) -> u64 {
        let block = self.sender(0).get_block_by_number(alloy::eips::BlockNumberOrTag::Latest).await.unwrap();
        block.unwrap().header.timestamp
    }
}

/// A licence for this price in base units.
pub(super) fn licence(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan {
        listing,
        kind: 0,
        token,
        price,
        cap: 0,
        transferable: true,
        period: 0,
        units: 0,
        unit: String::new(),
        from: 0,
        until: 0,
        gate: Address::ZERO,
        tierDiscount: false,
    }
}

pub(super) fn subscription(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan { kind: 1, period: MONTH, transferable: false, ..licence(listing, token, price) }
}

/// Packs of 100 calls.
pub(super) fn credits(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan { kind: 2, units: 100, unit: "call".to_owned(), ..licence(listing, token, price) }
}
