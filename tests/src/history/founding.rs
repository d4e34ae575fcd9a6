//! Listings: they come to be and change.

use rand::Rng as _;

use super::player::{Moves, Player};
use super::pool::skewed;
use crate::model::{Account, Action, ListingId, Model, NewListing, Status};

/// How much all parents together may be granted, in bps.
const MOST_FOR_PARENTS: u16 = 5_000;

impl Player {
    /// An older one more often.
    pub(super) fn some_listing(&mut self, model: &Model) -> Option<ListingId> {
        let count = model.listing_count();
        (count > 0).then(|| skewed(&mut self.random, count as usize) as ListingId + 1)
    }

    /// One with its owner.
    pub(super) fn owned_listing(&mut self, model: &Model) -> Option<(ListingId, Account)> {
        let listing = self.some_listing(model)?;
        Some((listing, model.listing(listing)?.owner))
    }

    pub(super) fn create_listing(&mut self, model: &Model) -> Option<Moves> {
        let by = self.someone();
        let derivatives = self.sometimes(80);
        let royalty_bps = self.random.random_range(0..=1_000);
        let listing = NewListing {
            name: self.random.random_range(0..1_000_000),
            derivatives,
            derivative_bps: if derivatives { self.random.random_range(0..900) } else { 0 },
            parents: self.parents(model),
            royalty_receiver: if royalty_bps == 0 { Account::Zero } else { by },
            royalty_bps,
            uris: self.random.random_range(0..4),
        };
        Some(vec![(by, Action::CreateListing(listing))])
    }

    /// None or a few that allow it, each granted what it asks or a little more.
    fn parents(&mut self, model: &Model) -> Vec<(ListingId, u16)> {
        let mut parents = std::collections::BTreeMap::new();
        let mut left = MOST_FOR_PARENTS;
        let most = if self.sometimes(40) { self.random.random_range(1..=4) } else { 0 };
        for _ in 0..most {
            let Some(id) = self.some_listing(model) else { break };
            let Some(parent) = model.listing(id).filter(|parent| parent.derivatives) else { continue };
            let granted = parent.derivative_bps + self.random.random_range(0..100);
            if granted <= left && !parents.contains_key(&id) {
                left -= granted;
                parents.insert(id, granted);
            }
        }
        parents.into_iter().collect()
    }

    pub(super) fn publish(&mut self, model: &Model) -> Option<Moves> {
        let (listing, owner) = self.owned_listing(model)?;
        let possible = model.listing(listing)?.status != Status::Retired;
        let (content, uris) = (self.random.random(), self.random.random_range(0..4));
        possible.then(|| vec![(owner, Action::Publish { listing, content, uris })])
    }

    pub(super) fn rename(&mut self, model: &Model) -> Option<Moves> {
        let (listing, owner) = self.owned_listing(model)?;
        Some(vec![(owner, Action::Rename { listing, name: self.random.random_range(0..1_000_000) })])
    }

    /// Paused as a rule; for good now and then, where there are many.
    pub(super) fn set_status(&mut self, model: &Model) -> Option<Moves> {
        let (listing, owner) = self.owned_listing(model)?;
        let many = model.listing_count() > 20;
        let status = if many && self.sometimes(20) { Status::Retired } else { Status::Paused };
        let possible = model.listing(listing)?.status == Status::Active;
        possible.then(|| vec![(owner, Action::SetStatus { listing, status })])
    }

    pub(super) fn resume_listing(&mut self, model: &Model) -> Option<Moves> {
        let paused = |id| model.listing(id).is_some_and(|listing| listing.status == Status::Paused);
        let listing = self.scene.paused_listings.find(&mut self.random, paused)?;
        let owner = model.listing(listing)?.owner;
        Some(vec![(owner, Action::SetStatus { listing, status: Status::Active })])
    }

    pub(super) fn transfer_listing(&mut self, model: &Model) -> Option<Moves> {
        let (listing, from) = self.owned_listing(model)?;
        Some(vec![(from, Action::TransferListing { listing, from, to: self.someone() })])
    }

    pub(super) fn approve_listing(&mut self, model: &Model) -> Option<Moves> {
        let (listing, owner) = self.owned_listing(model)?;
        let to = if self.sometimes(20) { Account::Zero } else { self.someone() };
        Some(vec![(owner, Action::ApproveListing { listing, to })])
    }

    pub(super) fn approve_all_listings(&mut self, _: &Model) -> Option<Moves> {
        let (by, operator, approved) = (self.someone(), self.someone(), self.sometimes(70));
        Some(vec![(by, Action::ApproveAllListings { operator, approved })])
    }
}
