//! What buyers do.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolValue as _,
};
use rand::{Rng as _, seq::IndexedRandom as _};
use stoa_contracts::Order;

use super::{CREDITS, Demo, Error, dollars, stoa};

/// `Vault.Funding`
const FROM_BALANCE: u8 = 0;
const FROM_ALLOWANCE: u8 = 1;

/// A plan as the demo remembers it.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) id: U256,
    listing: U256,
    kind: u8,
    token: Address,
    price: U256,
    cap: u64,
    sold: u64,
    version: u32,
    /// The zero address for everybody.
    pub(super) gate: Address,
}

impl Demo {
    pub(super) async fn load_offer(&mut self, id: U256) -> Result<(), Error> {
        let plan = self.market.planOf(id).call().await?;
        self.offers.retain(|offer| offer.id != id);
        if !plan.paused {
            self.offers.push(Offer {
                id,
                listing: U256::from(plan.listing),
                kind: plan.kind,
                token: plan.token,
                price: U256::from(plan.price),
                cap: plan.cap,
                sold: plan.sold,
                version: plan.version,
                gate: plan.gate,
            });
        }
        Ok(())
    }

    pub(super) fn random_buyer(&mut self) -> Address {
        self.cast.buyers[self.random.random_range(0..self.cast.buyers.len())]
    }

    pub(super) async fn buy(&mut self) -> Result<String, Error> {
        let buyer = self.random_buyer();
        // New listings are looked at more than old ones, as in any shop.
        let newest = self.random.random_bool(0.3);
        let from = if newest { self.offers.len().saturating_sub(8) } else { 0 };
        let on_sale: Vec<Offer> = self.offers[from..]
            .iter()
            .filter(|offer| offer.cap == 0 || offer.sold < offer.cap)
            .cloned()
            .collect();
        let Some(offer) = on_sale.choose(&mut self.random).cloned() else { return self.deposit().await };
        if offer.gate != Address::ZERO && self.staking.tierOf(buyer).call().await? == 0 {
            return self.stake_as(buyer).await;
        }
        let left = if offer.cap == 0 { u64::MAX } else { offer.cap - offer.sold };
        // What is free is sold one at a time.
        let left = if offer.price.is_zero() { 1 } else { left };
        let quantity =
            if self.random.random_bool(0.8) { 1 } else { self.random.random_range(2..=5).min(left) };
        let amount = offer.price * U256::from(quantity);
        let funding = self.choose_funding(buyer, offer.token, amount).await?;
        let order = Order { plan: offer.id, version: offer.version, quantity, recipient: buyer };
        let data = Bytes::from(order.abi_encode());
        let market = *self.market.address();
        let call = self.vault.pay(market, offer.token, amount, funding, data).from(buyer);
        if let Err(error) = self.transact(call).await {
            // Somebody else, perhaps the person watching, may have changed or used up the plan.
            self.load_offer(offer.id).await?;
            return Err(error);
        }
        if let Some(known) = self.offers.iter_mut().find(|known| known.id == offer.id) {
            known.sold += quantity;
        }
        Ok(format!("{buyer} bought {quantity} of plan {} of listing {}", offer.id, offer.listing))
    }

    /// From the vault balance half of the time, where it suffices; an empty wallet is filled up first.
    pub(super) async fn choose_funding(
        &mut self,
        buyer: Address,
        token: Address,
        amount: U256,
    ) -> Result<u8, Error> {
        let id = U256::from_be_slice(token.as_slice());
        let balance = self.vault.balanceOf(buyer, id).call().await?;
        if balance >= amount && self.random.random_bool(0.5) {
            return Ok(FROM_BALANCE);
        }
        let wallet = if token == *self.stoa.address() {
            self.stoa.balanceOf(buyer).call().await?
        } else {
            self.dollar.balanceOf(buyer).call().await?
        };
        if wallet < amount {
            self.refill(buyer).await?;
        }
        Ok(FROM_ALLOWANCE)
    }

    pub(super) async fn settle(&mut self) -> Result<String, Error> {
        let Some(offer) = self.offers.choose(&mut self.random).cloned() else { return self.deposit().await };
        let earner = self.revenue.beneficiaryOf(offer.listing).call().await?.beneficiary;
        let waiting = self.revenue.pending(offer.listing, earner, offer.token).call().await?;
        if waiting.is_zero() {
            return self.buy().await;
        }
        let caller = self.random_buyer();
        self.transact(self.revenue.settle(offer.listing, earner, offer.token).from(caller)).await?;
        Ok(format!("listing {} was settled", offer.listing))
    }

    /// Somebody pays a listing without buying, as thanks or by an agreement of their own.
    pub(super) async fn pay_directly(&mut self) -> Result<String, Error> {
        let payer = self.random_buyer();
        let Some(offer) = self.offers.choose(&mut self.random).cloned() else { return self.deposit().await };
        let (token, amount) = (*self.dollar.address(), dollars(&self.random.random_range(1..60).to_string()));
        let funding = self.choose_funding(payer, token, amount).await?;
        let memo = B256::from(U256::from(self.random.random_range(1..1_000_u32)));
        let data = Bytes::from((offer.listing, memo).abi_encode());
        let revenue = *self.revenue.address();
        self.transact(self.vault.pay(revenue, token, amount, funding, data).from(payer)).await?;
        Ok(format!("{payer} paid listing {} directly", offer.listing))
    }

    /// Somebody uses up a part of the credits it has.
    pub(super) async fn spend(&mut self) -> Result<String, Error> {
        let holder = self.random_buyer();
        let with_credits: Vec<U256> =
            self.offers.iter().filter(|offer| offer.kind == CREDITS).map(|offer| offer.id).collect();
        let Some(plan) = with_credits.choose(&mut self.random).copied() else { return self.buy().await };
        let left = self.market.balanceOf(holder, plan).call().await?;
        if left.is_zero() {
            return self.buy().await;
        }
        let most = left.saturating_to::<u64>().min(400);
        let units = U256::from(self.random.random_range(1..=most));
        let reference = B256::from(self.random.random::<[u8; 32]>());
        self.transact(self.market.spend(plan, units, reference).from(holder)).await?;
        Ok(format!("{holder} spent {units} credits of plan {plan}"))
    }

    pub(super) async fn deposit(&mut self) -> Result<String, Error> {
        let buyer = self.random_buyer();
        let in_stoa = self.random.random_bool(0.3);
        let (token, amount) = if in_stoa {
            (*self.stoa.address(), stoa("500"))
        } else {
            (*self.dollar.address(), dollars("250"))
        };
        self.choose_funding(buyer, token, amount).await?;
        self.transact(self.vault.deposit(token, amount, buyer).from(buyer)).await?;
        Ok(format!("{buyer} deposited"))
    }

    /// Between 5 % down and 5 % up, in steps of one per cent.
    pub(super) async fn change_price(&mut self) -> Result<String, Error> {
        let priced: Vec<Offer> = self.offers.iter().filter(|offer| !offer.price.is_zero()).cloned().collect();
        let Some(offer) = priced.choose(&mut self.random).cloned() else { return self.deposit().await };
        let owner = self.listings.ownerOf(offer.listing).call().await?;
        let price = offer.price * U256::from(self.random.random_range(95..=105)) / U256::from(100);
        let call = self.market.changePlan(offer.id, price.saturating_to(), offer.cap).from(owner);
        self.transact(call).await?;
        self.load_offer(offer.id).await?;
        Ok(format!("plan {} has a new price", offer.id))
    }
}
