//! What the demo wallets do.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolValue as _,
};
use rand::{Rng as _, seq::IndexedRandom as _};
use stoa_contracts::Order;

use super::{
    BUYERS, Demo, Error, PROVIDERS, address,
    catalogue::{CATALOGUE, Money, SECTORS, Sells, Template, metadata_uri},
    dollars, done, stoa, units,
};

/// `Vault.Funding`
const FROM_BALANCE: u8 = 0;
const FROM_ALLOWANCE: u8 = 1;
/// `PlanKind`
const LICENCE: u8 = 0;
const SUBSCRIPTION: u8 = 1;
const CREDITS: u8 = 2;
/// Seconds of 30 days.
const MONTH: u32 = 30 * 24 * 60 * 60;
/// New listings stop here, so that a demo that runs for days stays readable.
const MOST_LISTINGS: usize = 120;

/// A listing as the demo remembers it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: U256,
    pub(super) owner: Address,
}

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
    /// Reads all listings and plans from the chain.
    pub(super) async fn load(&mut self) -> Result<(), Error> {
        (self.items, self.offers) = (Vec::new(), Vec::new());
        let listings: u64 = self.listings.count().call().await?.saturating_to();
        for id in (1..=listings).map(U256::from) {
            let owner = self.listings.ownerOf(id).call().await?;
            self.items.push(Item { id, owner });
        }
        let plans: u64 = self.market.count().call().await?.saturating_to();
        for id in (1..=plans).map(U256::from) {
            self.load_offer(id).await?;
        }
        Ok(())
    }

    async fn load_offer(&mut self, id: U256) -> Result<(), Error> {
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

    pub(super) async fn list_from_catalogue(&mut self, n: usize) -> Result<(), Error> {
        let template = &CATALOGUE[n];
        let owner = address(PROVIDERS.start() + n % PROVIDERS.count());
        let parents: Vec<(U256, u16)> =
            template.parents.iter().map(|(parent, bps)| (U256::from(parent + 1), *bps)).collect();
        let uri = metadata_uri(template.name, template.description, template.tags);
        let id = self.create(owner, template, &uri, &parents).await?;
        for plan in template.plans {
            self.create_plan(owner, id, plan.money, plan.price, plan.sells).await?;
        }
        Ok(())
    }

    /// A listing and its first version; `parents` must be ascending.
    async fn create(
        &mut self,
        owner: Address,
        template: &Template,
        uri: &str,
        parents: &[(U256, u16)],
    ) -> Result<U256, Error> {
        let listing = stoa_contracts::Listings::NewListing {
            kind: template.kind,
            uri: uri.to_owned(),
            contentHash: keccak256(uri),
            uris: vec![file_uri(keccak256(uri))],
            licence: template.licence.to_owned(),
            derivatives: template.derivative_bps.is_some(),
            derivativeBps: template.derivative_bps.unwrap_or(0),
            parents: parents.iter().map(|(parent, _)| *parent).collect(),
            parentBps: parents.iter().map(|(_, bps)| *bps).collect(),
            royaltyReceiver: owner,
            royaltyBps: 500,
        };
        done(self.listings.create(listing).from(owner).send().await?).await?;
        let id = self.listings.count().call().await?;
        self.items.push(Item { id, owner });
        Ok(id)
    }

    async fn create_plan(
        &mut self,
        owner: Address,
        listing: U256,
        money: Money,
        price: &str,
        sells: Sells,
    ) -> Result<(), Error> {
        let (token, decimals) = match money {
            Money::Dollar => (*self.dollar.address(), 6),
            Money::Stoa => (*self.stoa.address(), 18),
        };
        let cap = if let Sells::Licence { cap } = sells { cap } else { 0 };
        let (kind, units_, unit) = match sells {
            Sells::Licence { .. } | Sells::ForStakers => (LICENCE, 0, ""),
            Sells::Month => (SUBSCRIPTION, 0, ""),
            Sells::Credits { units, unit } => (CREDITS, units, unit),
        };
        let plan = stoa_contracts::Market::NewPlan {
            listing,
            kind,
            token,
            price: units(price, decimals).saturating_to(),
            cap,
            transferable: cap != 0 || kind == CREDITS,
            period: if kind == SUBSCRIPTION { MONTH } else { 0 },
            units: units_,
            unit: unit.to_owned(),
            from: 0,
            until: 0,
            gate: if sells == Sells::ForStakers { *self.tier_gate.address() } else { Address::ZERO },
            tierDiscount: true,
        };
        done(self.market.createPlan(plan).from(owner).send().await?).await?;
        let id = self.market.count().call().await?;
        self.load_offer(id).await
    }

    pub(super) fn random_buyer(&mut self) -> Address {
        address(self.random.random_range(BUYERS))
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
        let quantity =
            if self.random.random_bool(0.8) { 1 } else { self.random.random_range(2..=5).min(left) };
        let amount = offer.price * U256::from(quantity);
        let funding = self.choose_funding(buyer, offer.token, amount).await?;
        let order = Order { plan: offer.id, version: offer.version, quantity, recipient: buyer };
        let data = Bytes::from(order.abi_encode());
        let market = *self.market.address();
        let call = self.vault.pay(market, offer.token, amount, funding, data).from(buyer);
        let sent = match call.send().await {
            Ok(sent) => sent,
            Err(error) => {
                // Somebody else, perhaps the person watching, may have changed or used up the plan.
                self.load_offer(offer.id).await?;
                return Err(error.into());
            }
        };
        done(sent).await?;
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
        done(self.revenue.settle(offer.listing, earner, offer.token).from(caller).send().await?).await?;
        Ok(format!("listing {} was settled", offer.listing))
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
        done(self.market.spend(plan, units, reference).from(holder).send().await?).await?;
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
        done(self.vault.deposit(token, amount, buyer).from(buyer).send().await?).await?;
        Ok(format!("{buyer} deposited"))
    }

    pub(super) async fn publish(&mut self) -> Result<String, Error> {
        let Some(item) = self.items.choose(&mut self.random).cloned() else { return self.deposit().await };
        let hash = B256::from(self.random.random::<[u8; 32]>());
        let call = self.listings.publish(item.id, hash, vec![file_uri(hash)]).from(item.owner);
        done(call.send().await?).await?;
        Ok(format!("listing {} published a version", item.id))
    }

    /// Between 5 % down and 5 % up, in steps of one per cent.
    pub(super) async fn change_price(&mut self) -> Result<String, Error> {
        let priced: Vec<Offer> = self.offers.iter().filter(|offer| !offer.price.is_zero()).cloned().collect();
        let Some(offer) = priced.choose(&mut self.random).cloned() else { return self.deposit().await };
        let owner = self.listings.ownerOf(offer.listing).call().await?;
        let price = offer.price * U256::from(self.random.random_range(95..=105)) / U256::from(100);
        let call = self.market.changePlan(offer.id, price.saturating_to(), offer.cap).from(owner);
        done(call.send().await?).await?;
        self.load_offer(offer.id).await?;
        Ok(format!("plan {} has a new price", offer.id))
    }

    /// A model or agent made from one of the catalogue, for one sector.
    pub(super) async fn list_derivative(&mut self) -> Result<String, Error> {
        let bases: Vec<usize> = (0..CATALOGUE.len()).filter(|n| CATALOGUE[*n].is_base()).collect();
        let (Some(base), Some(sector)) =
            (bases.choose(&mut self.random).copied(), SECTORS.choose(&mut self.random))
        else {
            return self.deposit().await;
        };
        if self.items.len() >= MOST_LISTINGS {
            return self.buy().await;
        }
        let template = &CATALOGUE[base];
        let owner = address(self.random.random_range(PROVIDERS));
        let name = format!("{} {}", template.name, sector.name);
        let description =
            format!("{} tuned on {}. Derived from it, and pays it a share.", template.name, sector.data);
        let uri = metadata_uri(&name, &description, &[sector.tag, "fine-tune", template.tags[0]]);
        let derived = Template { derivative_bps: None, shares: None, ..*template };
        let bps = template.derivative_bps.unwrap_or(0);
        let id = self.create(owner, &derived, &uri, &[(U256::from(base + 1), bps)]).await?;
        let price = self.random.random_range(9..90).to_string();
        let sells =
            *[Sells::Licence { cap: 0 }, Sells::Month].choose(&mut self.random).unwrap_or(&Sells::Month);
        self.create_plan(owner, id, Money::Dollar, &price, sells).await?;
        Ok(format!("{name} was listed"))
    }
}

fn file_uri(hash: B256) -> String {
    format!("https://assets.example/{}", alloy::hex::encode(hash))
}
