//! What providers do: listings, versions and plans.

use alloy::primitives::{Address, B256, U256, keccak256};
use rand::{Rng as _, seq::IndexedRandom as _};

use super::{
    CREDITS, Demo, Error, LICENCE, SUBSCRIPTION,
    catalogue::{CATALOGUE, Money, SECTORS, Sells, Template, metadata_name, metadata_uri},
    units,
};

/// Seconds of 30 days.
const MONTH: u32 = 30 * 24 * 60 * 60;

/// A listing as the demo remembers it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: U256,
    pub(super) owner: Address,
    kind: u8,
    name: String,
    /// What derivatives owe, in bps; none where nothing may derive from it.
    asked: Option<u16>,
    /// How many listings it descends from, in the longest line.
    generation: u32,
}

impl Demo {
    /// Reads all listings and plans from the chain.
    pub(super) async fn load(&mut self) -> Result<(), Error> {
        (self.items, self.offers) = (Vec::new(), Vec::new());
        let listings: u64 = self.listings.count().call().await?.saturating_to();
        for id in (1..=listings).map(U256::from) {
            self.load_item(id).await?;
        }
        let plans: u64 = self.market.count().call().await?.saturating_to();
        for id in (1..=plans).map(U256::from) {
            self.load_offer(id).await?;
        }
        Ok(())
    }

    async fn load_item(&mut self, id: U256) -> Result<(), Error> {
        let owner = self.listings.ownerOf(id).call().await?;
        let terms = self.listings.listingOf(id).call().await?;
        let parents = self.listings.parentsOf(id).call().await?.ids;
        let uri = self.listings.tokenURI(id).call().await?;
        let older = self.items.iter().filter(|item| parents.contains(&item.id));
        let generation = older.map(|item| item.generation + 1).max().unwrap_or(0);
        self.items.push(Item {
            id,
            owner,
            kind: terms.kind,
            name: metadata_name(&uri).unwrap_or_else(|| format!("Listing {id}")),
            asked: terms.derivatives.then_some(terms.derivativeBps),
            generation,
        });
        Ok(())
    }

    pub(super) async fn list_from_catalogue(&mut self, n: usize) -> Result<(), Error> {
        let template = &CATALOGUE[n];
        let owner = self.cast.providers[n % self.cast.providers.len()];
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
        self.transact(self.listings.create(listing).from(owner)).await?;
        let id = self.listings.count().call().await?;
        self.load_item(id).await?;
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
        self.transact(self.market.createPlan(plan).from(owner)).await?;
        let id = self.market.count().call().await?;
        self.load_offer(id).await
    }

    pub(super) async fn publish(&mut self) -> Result<String, Error> {
        let Some(item) = self.items.choose(&mut self.random).cloned() else { return self.deposit().await };
        let hash = B256::from(self.random.random::<[u8; 32]>());
        let call = self.listings.publish(item.id, hash, vec![file_uri(hash)]).from(item.owner);
        self.transact(call).await?;
        Ok(format!("listing {} published a version", item.id))
    }

    /// A model or agent made from another listing, for one sector.
    pub(super) async fn derive(&mut self) -> Result<String, Error> {
        if self.items.len() >= self.scenario.listings {
            return self.buy().await;
        }
        let most = self.scenario.generations;
        let bases: Vec<&Item> = self
            .items
            .iter()
            .filter(|item| item.asked.is_some() && item.kind != DATASET && item.generation + 1 < most)
            .collect();
        let sector = SECTORS.choose(&mut self.random);
        let (Some(base), Some(sector)) = (bases.choose(&mut self.random).copied().cloned(), sector) else {
            return self.deposit().await;
        };
        let name = format!("{} {}", base.name, sector.name);
        if self.items.iter().any(|item| item.name == name) {
            return self.buy().await;
        }
        let owner = self.cast.providers[self.random.random_range(0..self.cast.providers.len())];
        let description =
            format!("{name} is tuned on {}. It pays a share to what it derives from.", sector.data);
        let uri = metadata_uri(&name, &description, &[sector.tag, "fine-tune"]);
        let bps = base.asked.unwrap_or(0);
        let derived = Template {
            kind: base.kind,
            licence: "Stoa Commercial 1.0",
            derivative_bps: self.random.random_bool(0.5).then_some(300),
            ..CATALOGUE[0]
        };
        let id = self.create(owner, &derived, &uri, &[(base.id, bps)]).await?;
        let price = self.random.random_range(9..90).to_string();
        let sells = if self.random.random_bool(0.5) { Sells::Month } else { Sells::Licence { cap: 0 } };
        self.create_plan(owner, id, Money::Dollar, &price, sells).await?;
        Ok(format!("{name} was listed"))
    }
}

/// `Kind.Dataset` of the Listings contract: what is made from one is no dataset.
const DATASET: u8 = 1;

fn file_uri(hash: B256) -> String {
    format!("https://assets.example/{}", alloy::hex::encode(hash))
}
