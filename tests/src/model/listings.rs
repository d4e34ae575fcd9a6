use std::collections::{BTreeMap, BTreeSet};

use super::error::require;
use super::{Account, ListingEvent, ListingId, Model, Outcome, Refusal};

const MAX_PARENTS: usize = 8;
const MAX_PARENTS_BPS: u32 = 5_000;
const MAX_DERIVATIVE_BPS: u16 = 2_500;
const MAX_ROYALTY_BPS: u16 = 1_000;
const MAX_VERSION_URIS: u8 = 8;

/// Whether a listing sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Active,
    Paused,
    Retired,
}

/// What a provider states of a new listing, as far as money depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewListing {
    /// Stands for all that is only text.
    pub name: u32,
    pub derivatives: bool,
    pub derivative_bps: u16,
    /// Parents with their parts in bps.
    pub parents: Vec<(ListingId, u16)>,
    pub royalty_receiver: Account,
    pub royalty_bps: u16,
    /// How many places the first version can be fetched from.
    pub uris: u8,
}

/// An asset.
#[derive(Clone, Debug)]
pub struct Listing {
    pub owner: Account,
    pub approved: Account,
    pub status: Status,
    pub versions: u32,
    pub derivatives: bool,
    pub derivative_bps: u16,
    pub parents: Vec<(ListingId, u16)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Listings {
    pub(super) all: BTreeMap<ListingId, Listing>,
    /// (owner, operator), for all of an owner's listings
    pub(super) operators: BTreeSet<(Account, Account)>,
}

impl Listings {
    pub(super) fn get(&self, id: ListingId) -> Outcome<&Listing> {
        self.all.get(&id).ok_or(Refusal("ERC721NonexistentToken"))
    }

    fn get_mut(&mut self, id: ListingId) -> Outcome<&mut Listing> {
        self.all.get_mut(&id).ok_or(Refusal("ERC721NonexistentToken"))
    }

    /// Owner, operator, or approved for this one.
    pub(super) fn is_manager(&self, id: ListingId, account: Account) -> Outcome<bool> {
        let listing = self.get(id)?;
        Ok(account == listing.owner
            || account == listing.approved
            || self.operators.contains(&(listing.owner, account)))
    }

    fn check_parents(&self, parents: &[(ListingId, u16)]) -> Outcome {
        require(parents.len() <= MAX_PARENTS, "Listings_TooManyParents")?;
        let ascending = parents.windows(2).all(|pair| pair[0].0 < pair[1].0);
        require(
            ascending && parents.first().is_none_or(|first| first.0 > 0),
            "Listings_ParentsNotAscending",
        )?;
        let sum: u32 = parents.iter().map(|(_, bps)| u32::from(*bps)).sum();
        require(sum <= MAX_PARENTS_BPS, "Listings_BpsTooHigh")?;
        Ok(())
    }

    fn check_asked(&self, parents: &[(ListingId, u16)]) -> Outcome {
        for (id, bps) in parents {
            let parent = self.all.get(id).ok_or(Refusal("Listings_UnknownParent"))?;
            require(parent.derivatives, "Listings_ParentForbidsDerivatives")?;
            require(*bps >= parent.derivative_bps, "Listings_ParentAsksMore")?;
        }
        Ok(())
    }
}

impl Model {
    /// The newest listing's number, which is how many there are.
    #[must_use]
    pub fn listing_count(&self) -> ListingId {
        self.listings.all.len() as ListingId
    }

    /// A listing, if it exists.
    #[must_use]
    pub fn listing(&self, id: ListingId) -> Option<&Listing> {
        self.listings.all.get(&id)
    }

    pub(super) fn create_listing(&mut self, by: Account, new: &NewListing) -> Outcome {
        require(new.derivatives || new.derivative_bps == 0, "Listings_DerivativesNotAllowed")?;
        require(new.derivative_bps <= MAX_DERIVATIVE_BPS, "Listings_BpsTooHigh")?;
        require(new.royalty_bps <= MAX_ROYALTY_BPS, "Listings_BpsTooHigh")?;
        let receiver = new.royalty_bps == 0 || new.royalty_receiver != Account::Zero;
        require(receiver, "Listings_RoyaltyWithoutReceiver")?;
        self.listings.check_parents(&new.parents)?;
        self.listings.check_asked(&new.parents)?;
        require(new.uris <= MAX_VERSION_URIS, "Listings_TooManyUris")?;
        let id = self.listing_count() + 1;
        let listing = Listing {
            owner: by,
            approved: Account::Zero,
            status: Status::Active,
            versions: 1,
            derivatives: new.derivatives,
            derivative_bps: new.derivative_bps,
            parents: new.parents.clone(),
        };
        self.listings.all.insert(id, listing);
        self.tell(ListingEvent::Created { listing: id, owner: by, terms: new.clone() });
        self.tell(ListingEvent::Published { listing: id, version: 1, content: new.name, uris: new.uris });
        self.tell(ListingEvent::Transfer { from: Account::Zero, to: by, listing: id });
        Ok(())
    }

    fn managed_listing(&mut self, by: Account, id: ListingId) -> Outcome<&mut Listing> {
        require(self.listings.is_manager(id, by)?, "Listings_NotManager")?;
        self.listings.get_mut(id)
    }

    pub(super) fn publish(&mut self, by: Account, id: ListingId, content: u32, uris: u8) -> Outcome {
        let listing = self.managed_listing(by, id)?;
        require(listing.status != Status::Retired, "Listings_WrongStatus")?;
        require(uris <= MAX_VERSION_URIS, "Listings_TooManyUris")?;
        listing.versions += 1;
        let version = listing.versions;
        self.tell(ListingEvent::Published { listing: id, version, content, uris });
        Ok(())
    }

    /// Its description lies elsewhere from now on.
    pub(super) fn rename(&mut self, by: Account, id: ListingId, name: u32) -> Outcome {
        self.managed_listing(by, id)?;
        self.tell(ListingEvent::Renamed { listing: id, name });
        self.tell(ListingEvent::Refreshed { listing: id });
        Ok(())
    }

    /// Active and paused alternate; retired is for good.
    pub(super) fn set_status(&mut self, by: Account, id: ListingId, status: Status) -> Outcome {
        let listing = self.managed_listing(by, id)?;
        let possible = match status {
            Status::Active => listing.status == Status::Paused,
            Status::Paused => listing.status == Status::Active,
            Status::Retired => listing.status != Status::Retired,
        };
        require(possible, "Listings_WrongStatus")?;
        listing.status = status;
        self.tell(ListingEvent::StatusChanged { listing: id, status });
        Ok(())
    }

    pub(super) fn transfer_listing(
        &mut self,
        by: Account,
        id: ListingId,
        from: Account,
        to: Account,
    ) -> Outcome {
        require(to != Account::Zero, "ERC721InvalidReceiver")?;
        require(self.listings.is_manager(id, by)?, "ERC721InsufficientApproval")?;
        let listing = self.listings.get_mut(id)?;
        require(listing.owner == from, "ERC721IncorrectOwner")?;
        listing.owner = to;
        listing.approved = Account::Zero;
        self.tell(ListingEvent::Transfer { from, to, listing: id });
        Ok(())
    }

    pub(super) fn approve_listing(&mut self, by: Account, id: ListingId, to: Account) -> Outcome {
        let owner = self.listings.get(id)?.owner;
        let may = by == owner || self.listings.operators.contains(&(owner, by));
        require(may, "ERC721InvalidApprover")?;
        self.listings.get_mut(id)?.approved = to;
        self.tell(ListingEvent::Approval { owner, approved: to, listing: id });
        Ok(())
    }

    pub(super) fn approve_all_listings(&mut self, by: Account, operator: Account, approved: bool) -> Outcome {
        require(operator != Account::Zero, "ERC721InvalidOperator")?;
        if approved {
            self.listings.operators.insert((by, operator));
        } else {
            self.listings.operators.remove(&(by, operator));
        }
        self.tell(ListingEvent::ApprovalForAll { owner: by, operator, approved });
        Ok(())
    }
}
