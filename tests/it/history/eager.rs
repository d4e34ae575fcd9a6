use std::collections::BTreeMap;

use stoa_tests::model::{
    Account, Amount, Earner, Event, ListingId, Model, ShareEvent, StakingEvent, Token, VaultEvent,
};

/// Fees are kept in so many parts.
const PARTS: u32 = 96;

/// What everybody is owed, when each gets their part as soon as there is something to divide.
#[derive(Debug, Default)]
pub(super) struct Eager {
    /// Score and end of locks.
    locks: BTreeMap<Account, (Amount, u64)>,
    indexes: BTreeMap<Token, Amount>,
    fees: BTreeMap<(Account, Token), Amount>,
    held: BTreeMap<ListingId, BTreeMap<Account, Amount>>,
    supply: BTreeMap<ListingId, Amount>,
    received: BTreeMap<(ListingId, Token), Amount>,
    /// Divided so far, where shares earn in the token.
    divided: BTreeMap<(ListingId, Token), Amount>,
    /// Times supply.
    revenue: BTreeMap<(ListingId, Account, Token), Amount>,
}

impl Eager {
    pub(super) fn note(&mut self, model: &Model, told: &[Event]) {
        for event in told {
            match event {
                Event::Staking(event) => self.note_staking(model.now, event),
                Event::Shares(listing, event) => self.note_shares(model, *listing, event),
                Event::Vault(VaultEvent::Transfer { to, token, amount, .. }) => {
                    if let Account::Key { listing, earner } = *to
                        && earner == Earner::Shares(listing)
                    {
                        *self.received.entry((listing, *token)).or_default() += *amount;
                        self.divide(model, listing, *token);
                    }
                }
                _ => {}
            }
        }
    }

    fn note_staking(&mut self, now: u64, event: &StakingEvent) {
        match *event {
            StakingEvent::LockChanged { account, score, end, .. } => {
                self.locks.insert(account, (score, end));
            }
            StakingEvent::Distributed { token, index, .. } => {
                let gain = index - self.indexes.insert(token, index).unwrap_or_default();
                for (account, (score, end)) in &self.locks {
                    if *end > now {
                        *self.fees.entry((*account, token)).or_default() += gain * score;
                    }
                }
            }
            StakingEvent::Claimed { account, token, amount, .. } => {
                *self.fees.entry((account, token)).or_default() -= amount << PARTS;
            }
            _ => {}
        }
    }

    fn note_shares(&mut self, model: &Model, listing: ListingId, event: &ShareEvent) {
        match *event {
            ShareEvent::Transfer { from, to, amount } => {
                let held = self.held.entry(listing).or_default();
                if from == Account::Zero {
                    self.supply.insert(listing, amount);
                } else {
                    *held.entry(from).or_default() -= amount;
                }
                *held.entry(to).or_default() += amount;
            }
            ShareEvent::TokenAdded { token, .. } => {
                self.divided.insert((listing, token), Amount::ZERO);
                self.divide(model, listing, token);
            }
            ShareEvent::Claimed { account, token, amount, .. } => {
                *self.revenue.entry((listing, account, token)).or_default() -= amount * self.supply[&listing];
            }
            ShareEvent::Allowed { .. } | ShareEvent::Fixed { .. } => {}
        }
    }

    /// What has come since the last time, to those who hold now.
    fn divide(&mut self, model: &Model, listing: ListingId, token: Token) {
        let Some(divided) = self.divided.get_mut(&(listing, token)) else { return };
        let received = self.received.get(&(listing, token)).copied().unwrap_or_default();
        let parents: u16 =
            model.listing(listing).map_or(0, |listing| listing.parents.iter().map(|(_, bps)| *bps).sum());
        let earned = received * Amount::from(10_000 - parents) / Amount::from(10_000);
        let news = earned - *divided;
        *divided = earned;
        for (account, held) in &self.held[&listing] {
            *self.revenue.entry((listing, *account, token)).or_default() += news * held;
        }
    }

    /// Compares with what the model says can be claimed; says how many such claims there are.
    pub(super) fn check(&self, model: &Model) -> usize {
        for ((account, token), owed) in &self.fees {
            let claim = model.claimable_fees(*account, *token);
            assert_eq!(claim, *owed >> PARTS, "fees of {account:?} in {token:?}");
        }
        for ((listing, account, token), owed) in &self.revenue {
            let claim = model.claimable_revenue(*listing, *account, *token);
            assert_eq!(claim, *owed / self.supply[listing], "revenue of {listing}, {account:?} in {token:?}");
        }
        let nonzero = |owed: &&Amount| !owed.is_zero();
        self.fees.values().filter(nonzero).count() + self.revenue.values().filter(nonzero).count()
    }
}
