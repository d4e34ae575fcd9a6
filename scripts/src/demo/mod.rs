//! Live activity on a local chain: demo wallets list, buy, settle, stake and share, so that there is something to look
//! at.

mod cast;
mod catalogue;
mod clock;
mod listing;
mod scenario;
mod shares;
mod stakes;
mod trade;

pub use cast::{ROLES, is_made_up};
pub use scenario::{Scenario, ScenarioError, Weights};

use std::sync::{Mutex, PoisonError};

use alloy::{
    contract::{self, CallBuilder, CallDecoder},
    primitives::{Address, U256, utils::parse_units},
    providers::{DynProvider, PendingTransactionError, Provider, ProviderBuilder},
    transports::TransportError,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use stoa_contracts::{DemoUSD, Listings, Market, Revenue, Staking, StoaToken, TierGate, Timelock, Vault};
use url::Url;

use crate::deploy::Deployment;
use cast::Cast;
use catalogue::CATALOGUE;
use clock::Clock;
use listing::Item;
use scenario::Kind;
use shares::ShareOffer;
use trade::Offer;

/// `PlanKind` of the Market.
const LICENCE: u8 = 0;
const SUBSCRIPTION: u8 = 1;
const CREDITS: u8 = 2;

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
    scenario: Scenario,
    cast: Cast,
    /// The chain's time, while it is ours.
    clock: Mutex<Option<Clock>>,
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
    pub fn connect(
        rpc_url: &Url,
        deployment: &Deployment,
        scenario: &Scenario,
        seed: u64,
    ) -> Result<Self, Error> {
        let (cast, wallet) = Cast::of(scenario);
        let provider = ProviderBuilder::new()
            .with_simple_nonce_management()
            .wallet(wallet)
            .connect_client(crate::cli::client(rpc_url, reqwest::Client::new()))
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
            scenario: scenario.clone(),
            cast,
            clock: Mutex::new(None),
            random: StdRng::seed_from_u64(seed),
            items: Vec::new(),
            offers: Vec::new(),
            share_offers: Vec::new(),
        })
    }

    /// How much [`Self::prepare`] has to do.
    #[must_use]
    pub fn preparations(&self) -> u64 {
        (CATALOGUE.len() + self.cast.buyers.len() + 1) as u64
    }

    /// Funds the wallets and lists the catalogue, as far as that is not done yet, and reads the market.
    /// `report` hears how much of it is done.
    ///
    /// # Errors
    /// When the chain refuses.
    pub async fn prepare(&mut self, report: impl Fn(u64)) -> Result<(), Error> {
        self.load().await?;
        let mut guests = self.cast.buyers.clone();
        guests.push(self.cast.yours);
        for account in self.cast.poor.clone() {
            let wei = U256::from(10).pow(U256::from(22));
            let _: serde_json::Value =
                self.provider.client().request("anvil_setBalance", (account, wei)).await?;
        }
        for (done, account) in (0..).zip(&guests) {
            report(done);
            self.fund(*account).await?;
        }
        for n in self.items.len()..CATALOGUE.len() {
            report((guests.len() + n) as u64);
            self.list_from_catalogue(n).await?;
        }
        self.divide().await?;
        self.set_rules().await
    }

    /// The scenario's actions, spread over its days, from the newest block's time on. Equal chains, scenarios and
    /// seeds get equal transactions in equal blocks at equal times. `report` hears how many are done.
    ///
    /// # Errors
    /// When the chain refuses one.
    pub async fn live_through(&mut self, report: impl Fn(u64)) -> Result<(), Error> {
        let actions = u64::from(self.scenario.actions);
        let span = u64::from(self.scenario.days) * 24 * 60 * 60;
        let start = self.now();
        for n in 0..actions {
            report(n);
            let due = start + span * n / actions + self.random.random_range(0..=span / actions);
            self.wait_until(due);
            let what = self.act().await?;
            tracing::debug!("{what}");
        }
        self.wait_until(start + span);
        Ok(())
    }

    /// From now on each transaction gets a time that depends on nothing but what was done before.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn take_time(&mut self) -> Result<(), Error> {
        let clock = Clock::start(&self.provider).await?;
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock);
        Ok(())
    }

    /// The chain's time is the world's again.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn release_time(&mut self) -> Result<(), Error> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        clock::release(&self.provider).await
    }

    fn now(&self) -> u64 {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).map_or(0, |clock| clock.now)
    }

    /// Lets time pass; it never goes back.
    fn wait_until(&self, time: u64) {
        if let Some(clock) = self.clock.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            clock.now = clock.now.max(time);
        }
    }

    /// Sends a transaction and waits until it is in a block and has not reverted.
    async fn transact<P: Provider, D: CallDecoder>(&self, call: CallBuilder<P, D>) -> Result<(), Error> {
        let time = {
            let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            clock.as_mut().map(Clock::tick)
        };
        if let Some(time) = time {
            clock::set(&self.provider, time).await?;
        }
        let receipt = call.send().await?.get_receipt().await?;
        if receipt.status() { Ok(()) } else { Err(Error::Reverted(receipt.transaction_hash)) }
    }

    /// Tokens, and the Vault's allowance for them; nothing for a wallet that has them already.
    async fn fund(&self, account: Address) -> Result<(), Error> {
        let (vault, dollar) = (*self.vault.address(), *self.dollar.address());
        if self.dollar.allowance(account, vault).call().await? == U256::MAX {
            return Ok(());
        }
        self.refill(account).await?;
        self.transact(self.stoa.approve(vault, U256::MAX).from(account)).await?;
        self.transact(self.dollar.approve(vault, U256::MAX).from(account)).await?;
        self.transact(self.vault.deposit(dollar, dollars("5000"), account).from(account)).await
    }

    async fn refill(&self, account: Address) -> Result<(), Error> {
        let operator = self.cast.operator;
        self.transact(self.dollar.mint(account, dollars("50000")).from(operator)).await?;
        self.transact(self.stoa.transfer(account, stoa("100000")).from(operator)).await
    }

    /// One thing that somebody on the market does; returns what it was, in a few words.
    ///
    /// # Errors
    /// When the chain refuses it.
    pub async fn act(&mut self) -> Result<String, Error> {
        match self.scenario.weights.choose(&mut self.random) {
            Kind::Buy => self.buy().await,
            Kind::Settle => self.settle().await,
            Kind::Derive => self.derive().await,
            Kind::Deposit => self.deposit().await,
            Kind::Publish => self.publish().await,
            Kind::Price => self.change_price().await,
            Kind::Pay => self.pay_directly().await,
            Kind::Spend => self.spend().await,
            Kind::BuyShares => self.buy_shares().await,
            Kind::ClaimShares => self.claim_shares().await,
            Kind::Stake => self.stake().await,
            Kind::Fees => self.collect_fees().await,
        }
    }
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
