//! Live activity on a local chain: demo wallets list, buy, settle, stake and share, so that there is something to look
//! at.

mod catalogue;
mod market;
mod shares;
mod stakes;

use alloy::{
    contract,
    network::EthereumWallet,
    primitives::{Address, U256, utils::parse_units},
    providers::{DynProvider, PendingTransactionError, Provider as _, ProviderBuilder},
    transports::TransportError,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use stoa_contracts::{DemoUSD, Listings, Market, Revenue, Staking, StoaToken, TierGate, Timelock, Vault};
use url::Url;

use crate::{anvil, deploy::Deployment};
use catalogue::CATALOGUE;
use market::{Item, Offer};
use shares::ShareOffer;

/// What the n-th well-known key does in the demo.
pub const ROLES: [&str; 10] =
    ["operator", "provider", "provider", "provider", "provider", "buyer", "buyer", "buyer", "buyer", "yours"];
const OPERATOR: usize = 0;
const PROVIDERS: std::ops::RangeInclusive<usize> = 1..=4;
const BUYERS: std::ops::RangeInclusive<usize> = 5..=8;
/// Funded, and left to whoever looks at the demo.
const YOURS: usize = 9;

/// What can go wrong with an action; the next one may work again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the deployment file names no contract {0}")]
    Missing(&'static str),
    #[error("{0}")]
    Contract(#[from] contract::Error),
    #[error("{0}")]
    Transport(#[from] TransportError),
    #[error("{0}")]
    Pending(#[from] PendingTransactionError),
    #[error("transaction {0} reverted")]
    Reverted(alloy::primitives::B256),
}

/// The demo's wallets and what it knows of the market.
#[derive(Debug)]
pub struct Demo {
    provider: DynProvider,
    vault: Vault::VaultInstance<DynProvider>,
    listings: Listings::ListingsInstance<DynProvider>,
    market: Market::MarketInstance<DynProvider>,
    revenue: Revenue::RevenueInstance<DynProvider>,
    staking: Staking::StakingInstance<DynProvider>,
    tier_gate: TierGate::TierGateInstance<DynProvider>,
    timelock: Timelock::TimelockInstance<DynProvider>,
    stoa: StoaToken::StoaTokenInstance<DynProvider>,
    dollar: DemoUSD::DemoUSDInstance<DynProvider>,
    random: StdRng,
    items: Vec<Item>,
    offers: Vec<Offer>,
    share_offers: Vec<ShareOffer>,
}

impl Demo {
    /// Connects with all demo wallets. Equal seeds choose equally.
    ///
    /// # Errors
    /// When the deployment lacks a contract.
    pub fn connect(rpc_url: &Url, deployment: &Deployment, seed: u64) -> Result<Self, Error> {
        let mut wallet = EthereumWallet::from(anvil::signer(OPERATOR));
        (1..anvil::KEYS.len()).for_each(|n| wallet.register_signer(anvil::signer(n)));
        let provider = ProviderBuilder::new()
            .with_simple_nonce_management()
            .wallet(wallet)
            .connect_http(rpc_url.clone())
            .erased();
        let at = |name| deployment.address(name).ok_or(Error::Missing(name));
        Ok(Self {
            vault: Vault::new(at("Vault")?, provider.clone()),
            listings: Listings::new(at("Listings")?, provider.clone()),
            market: Market::new(at("Market")?, provider.clone()),
            revenue: Revenue::new(at("Revenue")?, provider.clone()),
            staking: Staking::new(at("Staking")?, provider.clone()),
            tier_gate: TierGate::new(at("TierGate")?, provider.clone()),
            timelock: Timelock::new(at("Timelock")?, provider.clone()),
            stoa: StoaToken::new(at("StoaToken")?, provider.clone()),
            dollar: DemoUSD::new(at("DemoUSD")?, provider.clone()),
            provider,
            random: StdRng::seed_from_u64(seed),
            items: Vec::new(),
            offers: Vec::new(),
            share_offers: Vec::new(),
        })
    }

    /// Funds the wallets and lists the catalogue, as far as that is not done yet, and reads the market.
    /// `report` hears how much of it is done, from 0 to the number given first.
    ///
    /// # Errors
    /// When the chain refuses.
    pub async fn prepare(&mut self, report: impl Fn(u64, u64)) -> Result<(), Error> {
        self.load().await?;
        let total = (CATALOGUE.len() + BUYERS.count() + 1) as u64;
        for (done, buyer) in BUYERS.chain([YOURS]).enumerate() {
            report(done as u64, total);
            self.fund(buyer).await?;
        }
        for n in self.items.len()..CATALOGUE.len() {
            report((BUYERS.count() + 1 + n) as u64, total);
            self.list_from_catalogue(n).await?;
        }
        self.divide().await?;
        self.set_rules().await
    }

    /// Tokens, and the Vault's allowance for them; nothing for a wallet that has them already.
    async fn fund(&self, n: usize) -> Result<(), Error> {
        let account = address(n);
        let vault = *self.vault.address();
        if self.dollar.allowance(account, vault).call().await? == U256::MAX {
            return Ok(());
        }
        self.refill(account).await?;
        done(self.stoa.approve(vault, U256::MAX).from(account).send().await?).await?;
        let dollar = *self.dollar.address();
        done(self.dollar.approve(vault, U256::MAX).from(account).send().await?).await?;
        done(self.vault.deposit(dollar, dollars("5000"), account).from(account).send().await?).await
    }

    async fn refill(&self, account: Address) -> Result<(), Error> {
        let operator = address(OPERATOR);
        done(self.dollar.mint(account, dollars("50000")).from(operator).send().await?).await?;
        done(self.stoa.transfer(account, stoa("100000")).from(operator).send().await?).await
    }

    /// One thing that somebody on the market does; returns what it was, in a few words.
    ///
    /// # Errors
    /// When the chain refuses it.
    pub async fn act(&mut self) -> Result<String, Error> {
        match self.random.random_range(0..100) {
            0..62 => self.buy().await,
            62..69 => self.settle().await,
            69..73 => self.list_derivative().await,
            73..76 => self.deposit().await,
            76..79 => self.publish().await,
            79..81 => self.change_price().await,
            81..87 => self.spend().await,
            87..90 => self.buy_shares().await,
            90..93 => self.claim_shares().await,
            93..96 => self.stake().await,
            _ => self.collect_fees().await,
        }
    }
}

/// Waits until the transaction is in a block and has not reverted.
async fn done(
    pending: alloy::providers::PendingTransactionBuilder<alloy::network::Ethereum>,
) -> Result<(), Error> {
    let receipt = pending.get_receipt().await?;
    if receipt.status() { Ok(()) } else { Err(Error::Reverted(receipt.transaction_hash)) }
}

fn address(n: usize) -> Address {
    anvil::signer(n).address()
}

/// Demo dollars have 6 decimals.
fn dollars(amount: &str) -> U256 {
    units(amount, 6)
}

fn stoa(amount: &str) -> U256 {
    units(amount, 18)
}

fn units(amount: &str, decimals: u8) -> U256 {
    #[expect(clippy::unwrap_used, reason = "only called with literals, which the catalogue's test checks")]
    parse_units(amount, decimals).unwrap().get_absolute()
}
