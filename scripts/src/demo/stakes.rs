//! STOA that is locked, and the fees it earns.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::{SolCall as _, SolValue as _},
};
use rand::{Rng as _, seq::IndexedRandom as _};
use stoa_contracts::Staking;

use super::{Demo, Error, stoa};

/// The delay of a local chain's Timelock, in seconds.
const DELAY: u64 = 60;
/// More than any call to Staking takes. An estimate can be too low: what a change of the scores' history costs depends on
/// whether there was another in the same second.
const GAS: u64 = 600_000;
const WEEK: u64 = 7 * 24 * 60 * 60;
/// Tier from which plans for stakers sell.
const FIRST_TIER: u8 = 1;

impl Demo {
    /// Has plans for stakers sell to the first tier, and proposes fees in dollars; nothing where that is done.
    pub(super) async fn set_rules(&mut self) -> Result<(), Error> {
        let gated: Vec<U256> =
            self.offers.iter().filter(|offer| offer.gate != Address::ZERO).map(|offer| offer.id).collect();
        for plan in gated {
            if self.tier_gate.tierOf(plan).call().await? == 0 {
                let listing = self.market.planOf(plan).call().await?.listing;
                let owner = self.listings.ownerOf(listing).call().await?;
                self.transact(self.tier_gate.setTier(plan, FIRST_TIER).from(owner)).await?;
            }
        }
        let (staking, call) = self.listing_of_dollars();
        let id = self
            .timelock
            .hashOperation(staking, U256::ZERO, call.clone(), B256::ZERO, B256::ZERO)
            .call()
            .await?;
        if !self.timelock.isOperation(id).call().await? {
            let delay = U256::from(DELAY);
            let proposal = self.timelock.schedule(staking, U256::ZERO, call, B256::ZERO, B256::ZERO, delay);
            self.transact(proposal.from(self.cast.operator)).await?;
        }
        Ok(())
    }

    /// The call that lets stakers share the fees in dollars. Only the Timelock may make it, after its delay.
    fn listing_of_dollars(&self) -> (Address, Bytes) {
        let call = Staking::listTokenCall { token: *self.dollar.address() };
        (*self.staking.address(), call.abi_encode().into())
    }

    pub(super) async fn stake(&mut self) -> Result<String, Error> {
        let account = self.random_buyer();
        self.stake_as(account).await
    }

    /// Locks, raises the lock there is or extends it; withdraws one that is over, half of the time.
    pub(super) async fn stake_as(&mut self, account: Address) -> Result<String, Error> {
        let amount = stoa(&self.random.random_range(1_000..6_000).to_string());
        let lock = self.staking.lockOf(account).call().await?;
        let runs = !lock.score.is_zero();
        if !runs && !lock.amount.is_zero() && self.random.random_bool(0.5) {
            self.transact(self.staking.withdraw().gas(GAS).from(account)).await?;
            return Ok(format!("{account} withdrew its principal"));
        }
        // In its last week a lock cannot be raised. Without time of our own, locks are too young for that.
        let last_week = runs && self.now() + 2 * WEEK > lock.end;
        if last_week && self.random.random_bool(0.8) {
            // It lets its lock run out.
            return self.deposit().await;
        }
        if last_week || runs && self.random.random_bool(0.03) {
            self.transact(self.staking.extend(U256::from(52)).gas(GAS).from(account)).await?;
            return Ok(format!("{account} extended its lock"));
        }
        let term: u64 = if runs { 0 } else { self.random.random_range(2..=26) };
        let token = *self.stoa.address();
        let funding = self.choose_funding(account, token, amount).await?;
        let none = U256::ZERO;
        let data = (account, U256::from(term), none, none, Bytes::new()).abi_encode();
        let staking = *self.staking.address();
        let call = self.vault.pay(staking, token, amount, funding, data.into()).gas(GAS).from(account);
        self.transact(call).await?;
        Ok(format!("{account} locked {amount} of STOA's smallest unit"))
    }

    /// Divides the fees that have come, then somebody takes its part.
    pub(super) async fn collect_fees(&mut self) -> Result<String, Error> {
        let (staking, call) = self.listing_of_dollars();
        let none = B256::ZERO;
        let id = self.timelock.hashOperation(staking, U256::ZERO, call.clone(), none, none).call().await?;
        let caller = self.random_buyer();
        if self.timelock.isOperationReady(id).call().await? {
            let execution = self.timelock.execute(staking, U256::ZERO, call, none, none);
            self.transact(execution.from(caller)).await?;
            return Ok("from now on stakers share the fees in dollars, too".to_owned());
        }
        let tokens = self.staking.tokens().call().await?;
        let Some(token) = tokens.choose(&mut self.random).copied() else { return self.stake().await };
        if !self.staking.undistributed(token).call().await?.is_zero() {
            self.transact(self.staking.distribute(token).gas(GAS).from(caller)).await?;
            return Ok(format!("fees in {token} were distributed"));
        }
        if self.staking.claimable(caller, token).call().await?.is_zero() {
            return self.stake_as(caller).await;
        }
        self.transact(self.staking.claim(token).gas(GAS).from(caller)).await?;
        Ok(format!("{caller} claimed fees in {token}"))
    }
}
