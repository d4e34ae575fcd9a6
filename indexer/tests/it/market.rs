//! A made-up but consistent market: what the contracts could have emitted, block by block.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use stoa_indexer::store::Batch;
use stoa_schema::events::{
    ListingsListingCreated, ListingsStatusChanged, ListingsTransfer, ListingsUriChanged,
    ListingsVersionPublished, MarketPlanChanged, MarketPlanCreated, MarketPurchased, MarketTransferBatch,
    MarketTransferSingle, RevenueSettled, VaultTokenDescribed, VaultTransfer,
};

use crate::earnings::Earnings;
use crate::powers;
use crate::support::at;

/// Generates a market's events, a block at a time, the same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    random: StdRng,
    listings: Vec<Address>,
    versions: BTreeMap<usize, i64>,
    plans: Vec<(i64, Address, u64)>,
    sold: BTreeMap<usize, u64>,
    received: BTreeMap<(i64, Address, Address), U256>,
    tokens: usize,
    earnings: Earnings,
}

impl Market {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            listings: Vec::new(),
            versions: BTreeMap::new(),
            plans: Vec::new(),
            sold: BTreeMap::new(),
            received: BTreeMap::new(),
            tokens: 0,
            earnings: Earnings::default(),
        }
    }

    /// The same market with another future.
    pub(crate) fn branch(&self, seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), ..self.clone() }
    }

    fn account(&mut self) -> Address {
        Address::with_last_byte(self.random.random_range(1..12))
    }

    /// The events of one block, into `batch`.
    pub(crate) fn block(&mut self, number: i64, batch: &mut Batch) {
        let mut index = 0;
        for _ in 0..self.random.random_range(0..6) {
            self.action(number, &mut index, batch);
        }
    }

    fn action(&mut self, number: i64, index: &mut i32, batch: &mut Batch) {
        let mut next = || {
            *index += 1;
            at(number, *index)
        };
        let kind = self.random.random_range(0..20);
        if self.listings.is_empty() || kind == 0 {
            let owner = self.account();
            let listing = self.listings.len() as i64 + 1;
            let parents: Vec<i64> = if listing > 2 { vec![1, listing - 1] } else { vec![] };
            self.listings.push(owner);
            self.versions.insert(self.listings.len() - 1, 1);
            batch.push(&next(), &ListingsTransfer { sender: Address::ZERO, receiver: owner, listing });
            batch.push(
                &next(),
                &ListingsListingCreated {
                    listing,
                    owner,
                    kind: (listing % 5) as i16,
                    uri: format!("data:,{listing}"),
                    licence: "MIT".to_owned(),
                    derivatives: true,
                    derivative_bps: 100,
                    parent_bps: vec![500; parents.len()],
                    parents,
                    royalty_receiver: owner,
                    royalty_bps: 250,
                },
            );
            let first = ListingsVersionPublished {
                listing,
                version: 1,
                content_hash: B256::with_last_byte(listing as u8),
                uris: vec![],
            };
            batch.push(&next(), &first);
            return;
        }
        let which = self.random.random_range(0..self.listings.len());
        let listing = which as i64 + 1;
        let owner = self.listings[which];
        match kind {
            1 => {
                let token = Address::repeat_byte(0xa0 + (self.tokens as u8 % 2));
                if self.tokens < 2 {
                    self.tokens += 1;
                    let symbol = format!("T{}", self.tokens);
                    let name = "Token".to_owned();
                    batch.push(&next(), &VaultTokenDescribed { token, name, symbol, decimals: 6 });
                }
                let price = self.random.random_range(0..1_000_000);
                self.plans.push((listing, token, price));
                batch.push(
                    &next(),
                    &MarketPlanCreated {
                        plan: self.plans.len() as i64,
                        listing,
                        token,
                        kind: 0,
                        price: U256::from(price),
                        cap: U256::ZERO,
                        transferable: true,
                        version: 1,
                        period: 0,
                        units: U256::ZERO,
                        unit: String::new(),
                        sells_from: U256::ZERO,
                        sells_until: U256::ZERO,
                        gate: Address::ZERO,
                        tier_discount: false,
                    },
                );
            }
            2 => {
                let version = self.versions.entry(which).or_default();
                *version += 1;
                let (version, content_hash) = (*version, B256::from(self.random.random::<[u8; 32]>()));
                batch.push(
                    &next(),
                    &ListingsVersionPublished { listing, version, content_hash, uris: vec![] },
                );
            }
            3 => {
                let status = self.random.random_range(0..2);
                batch.push(&next(), &ListingsStatusChanged { listing, status });
            }
            4 => {
                let receiver = self.account();
                self.listings[which] = receiver;
                batch.push(&next(), &ListingsTransfer { sender: owner, receiver, listing });
            }
            5 => {
                let uri = format!("data:,{number}-{index}", index = self.random.random_range(0..100));
                batch.push(&next(), &ListingsUriChanged { listing, uri });
            }
            12..14 => self.earnings.stake(&mut self.random, number, next, batch),
            14..16 => self.earnings.share(&mut self.random, listing, number, next, batch),
            19 => powers::bind(listing, next, batch),
            _ if self.plans.is_empty() => {}
            16..19 => {
                let plan = self.random.random_range(0..self.plans.len()) as i64 + 1;
                powers::tell(&mut self.random, (listing, plan), next, batch);
            }
            6 => {
                let plan = self.random.random_range(0..self.plans.len());
                self.plans[plan].2 += 1;
                let change = MarketPlanChanged {
                    plan: plan as i64 + 1,
                    version: number + 1,
                    price: U256::from(self.plans[plan].2),
                    cap: U256::from(u64::MAX),
                    paused: false,
                    sells_from: U256::ZERO,
                    sells_until: U256::from(number),
                    gate: Address::ZERO,
                };
                batch.push(&next(), &change);
            }
            7 => {
                let (from, to) = (self.account(), self.account());
                let plan = self.random.random_range(0..self.plans.len()) as i64 + 1;
                let moved = MarketTransferBatch {
                    operator: from,
                    sender: from,
                    receiver: to,
                    plans: vec![plan],
                    quantities: vec![U256::ZERO],
                };
                batch.push(&next(), &moved);
            }
            8 => {
                if let Some((&(listing, beneficiary, token), &received)) = self.received.iter().next() {
                    let settled = RevenueSettled {
                        listing,
                        beneficiary,
                        token,
                        received,
                        beneficiary_amount: U256::from(3),
                        parents: vec![1, 2],
                        parent_beneficiaries: vec![owner, owner],
                        parent_amounts: vec![U256::from(1), U256::from(2)],
                    };
                    batch.push(&next(), &settled);
                }
            }
            _ => self.purchase(next, batch),
        }
    }

    fn purchase(&mut self, mut next: impl FnMut() -> stoa_schema::event::Position, batch: &mut Batch) {
        let place = self.random.random_range(0..self.plans.len());
        let (listing, token, price) = self.plans[place];
        let plan = place as i64 + 1;
        let (payer, recipient) = (self.account(), self.account());
        let quantity = self.random.random_range(1..4);
        let amount = U256::from(price * quantity);
        let fee = amount / U256::from(40);
        let owner = self.listings[listing as usize - 1];
        let sold = self.sold.entry(place).or_default();
        *sold += quantity;
        let sold = U256::from(*sold);
        let quantity = U256::from(quantity);
        let earned = Address::repeat_byte(0xee);
        for (receiver, amount) in [(Address::repeat_byte(0xfe), fee), (earned, amount - fee)] {
            batch.push(
                &next(),
                &VaultTransfer { caller: payer, sender: Address::ZERO, receiver, token, amount },
            );
        }
        let minted = MarketTransferSingle {
            operator: payer,
            sender: Address::ZERO,
            receiver: recipient,
            plan,
            quantity,
        };
        batch.push(&next(), &minted);
        let sale = MarketPurchased {
            plan,
            payer,
            recipient,
            listing,
            quantity,
            amount,
            fee,
            beneficiary: owner,
            sold,
            expiry: if place % 2 == 0 { 1_700_000_000 + sold.to::<i64>() } else { 0 },
        };
        batch.push(&next(), &sale);
        *self.received.entry((listing, owner, token)).or_default() += amount - fee;
    }
}
