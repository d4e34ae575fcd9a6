use alloy::network::EthereumWallet;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::sol_types::SolValue;
use stoa_contracts::{DemoUSD, Listings, Market, Order, Revenue, Vault};
use stoa_scripts::deploy::Deployment;
use stoa_scripts::testing::Anvil;

use super::Stack;

/// `Funding.Allowance` of the Vault.
const BY_ALLOWANCE: u8 = 1;

/// A sale as the chain confirmed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub(crate) tx: B256,
    pub(crate) block: u64,
    pub(crate) log_index: u64,
}

/// Wallets with keys of their own, and the contracts they call.
#[derive(Clone, Debug)]
pub(crate) struct Actors {
    pub(crate) provider: DynProvider,
    pub(crate) vault: Vault::VaultInstance<DynProvider>,
    pub(crate) listings: Listings::ListingsInstance<DynProvider>,
    pub(crate) market: Market::MarketInstance<DynProvider>,
    pub(crate) revenue: Revenue::RevenueInstance<DynProvider>,
    pub(crate) dollar: DemoUSD::DemoUSDInstance<DynProvider>,
}

impl Actors {
    /// Providers and buyers whose transactions are signed here, not by the node.
    pub(crate) fn of(stack: &Stack) -> Self {
        let mut wallet = EthereumWallet::new(Anvil::signer(0));
        for n in 1..10 {
            wallet.register_signer(Anvil::signer(n));
        }
        let url = stack.chain.rpc_url().parse().expect("a URL");
        let provider = ProviderBuilder::new().wallet(wallet).connect_http(url).erased();
        let deployment: &Deployment = &stack.deployment;
        let address = |name: &str| deployment.contracts[name].address;
        Self {
            vault: Vault::new(address("Vault"), provider.clone()),
            listings: Listings::new(address("Listings"), provider.clone()),
            market: Market::new(address("Market"), provider.clone()),
            revenue: Revenue::new(address("Revenue"), provider.clone()),
            // Local chains alone have it.
            dollar: DemoUSD::new(
                deployment.contracts.get("DemoUSD").map_or(Address::ZERO, |dollar| dollar.address),
                provider.clone(),
            ),
            provider,
        }
    }

    pub(crate) fn address(n: usize) -> Address {
        Anvil::signer(n).address()
    }

    /// Lists a model whose metadata is in its URI.
    pub(crate) async fn list(&self, owner: usize, name: &str, parents: &[(u64, u16)]) -> u64 {
        let listing = Listings::NewListing {
            kind: 0,
            uri: format!(r#"data:application/json,{{"name":"{name}","description":"A test","tags":["t"]}}"#),
            contentHash: B256::repeat_byte(0x11),
            uris: vec!["https://assets.example/model".to_owned()],
            licence: "Apache-2.0".to_owned(),
            derivatives: true,
            derivativeBps: 500,
            parents: parents.iter().map(|(parent, _)| U256::from(*parent)).collect(),
            parentBps: parents.iter().map(|(_, bps)| *bps).collect(),
            royaltyReceiver: Self::address(owner),
            royaltyBps: 100,
        };
        let sent = self.listings.create(listing).from(Self::address(owner)).send().await;
        done(sent.expect("the listing is taken")).await;
        self.listings.count().call().await.expect("a count").to()
    }

    /// A licence plan in dollars of 6 decimals.
    pub(crate) async fn plan(&self, owner: usize, listing: u64, price: u128) -> u64 {
        let plan = Market::NewPlan {
            listing: U256::from(listing),
            kind: 0,
            token: *self.dollar.address(),
            price,
            cap: 0,
            transferable: false,
            period: 0,
            units: 0,
            unit: String::new(),
            from: 0,
            until: 0,
            gate: Address::ZERO,
            tierDiscount: false,
        };
        let sent = self.market.createPlan(plan).from(Self::address(owner)).send().await;
        done(sent.expect("the plan is taken")).await;
        self.market.count().call().await.expect("a count").to()
    }

    /// Dollars in the wallet, and the Vault allowed to take them.
    pub(crate) async fn fund(&self, buyer: usize, amount: u128) {
        let (account, amount) = (Self::address(buyer), U256::from(amount));
        done(self.dollar.mint(account, amount).from(account).send().await.expect("minted")).await;
        let vault = *self.vault.address();
        done(self.dollar.approve(vault, amount).from(account).send().await.expect("approved")).await;
    }

    /// Buys by allowance, and waits for the receipt.
    pub(crate) async fn buy(&self, buyer: usize, plan: u64, quantity: u64, amount: u128) -> Sale {
        let recipient = Self::address(buyer);
        let order = Order { plan: U256::from(plan), version: 1, quantity, recipient };
        let (market, dollar) = (*self.market.address(), *self.dollar.address());
        let data = Bytes::from(order.abi_encode());
        let call = self.vault.pay(market, dollar, U256::from(amount), BY_ALLOWANCE, data).from(recipient);
        let receipt = done(call.send().await.expect("the payment is taken")).await;
        let sale = receipt
            .logs()
            .iter()
            .find(|log| log.log_decode::<Market::Purchased>().is_ok())
            .expect("the receipt holds the sale");
        Sale {
            tx: receipt.transaction_hash,
            block: receipt.block_number.expect("it is in a block"),
            log_index: sale.log_index.expect("it has a place"),
        }
    }
}

/// The receipt of a transaction that must succeed.
pub(crate) async fn done(
    sent: alloy::providers::PendingTransactionBuilder<alloy::network::Ethereum>,
) -> alloy::rpc::types::TransactionReceipt {
    let receipt = sent.with_required_confirmations(1).get_receipt().await.expect("a receipt");
    assert!(receipt.status(), "transaction {} reverted", receipt.transaction_hash);
    receipt
}
