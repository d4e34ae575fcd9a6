use alloy::primitives::{Address, Log, U256};
use stoa_contracts::Listings;

use super::{Book, emit, texts};
use crate::model::{ListingEvent, ListingId, NewListing};

pub(super) fn log(book: &Book, event: &ListingEvent) -> Log {
    let listings = book.contracts.listings;
    let a = |account| book.account(account);
    match event {
        ListingEvent::Created { listing, owner, terms } => created(book, *listing, a(*owner), terms),
        ListingEvent::Published { listing, version, content, uris } => emit(
            listings,
            &Listings::VersionPublished {
                listing: U256::from(*listing),
                version: U256::from(*version),
                contentHash: texts::content_hash(*content),
                uris: texts::uris(*content, *uris),
            },
        ),
        ListingEvent::Renamed { listing, name } => {
            let (listing, uri) = (U256::from(*listing), texts::uri(*name));
            emit(listings, &Listings::UriChanged { listing, uri })
        }
        ListingEvent::Refreshed { listing } => {
            emit(listings, &Listings::MetadataUpdate { _tokenId: U256::from(*listing) })
        }
        ListingEvent::StatusChanged { listing, status } => {
            let (listing, status) = (U256::from(*listing), *status as u8);
            emit(listings, &Listings::StatusChanged { listing, status })
        }
        ListingEvent::Transfer { from, to, listing } => {
            let (from, to, id) = (a(*from), a(*to), U256::from(*listing));
            emit(listings, &Listings::Transfer { from, to, tokenId: id })
        }
        ListingEvent::Approval { owner, approved, listing } => {
            let (owner, approved, id) = (a(*owner), a(*approved), U256::from(*listing));
            emit(listings, &Listings::Approval { owner, approved, tokenId: id })
        }
        ListingEvent::ApprovalForAll { owner, operator, approved } => {
            let (owner, operator, approved) = (a(*owner), a(*operator), *approved);
            emit(listings, &Listings::ApprovalForAll { owner, operator, approved })
        }
        ListingEvent::Bound { listing } => {
            let (listing, share) = (U256::from(*listing), book.shares(*listing));
            emit(listings, &Listings::RevenueBound { listing, share })
        }
    }
}

fn created(book: &Book, listing: ListingId, owner: Address, terms: &NewListing) -> Log {
    let event = Listings::ListingCreated {
        listing: U256::from(listing),
        owner,
        kind: texts::kind(terms.name),
        uri: texts::uri(terms.name),
        licence: texts::licence(terms.name),
        derivatives: terms.derivatives,
        derivativeBps: terms.derivative_bps,
        parents: terms.parents.iter().map(|(parent, _)| U256::from(*parent)).collect(),
        parentBps: terms.parents.iter().map(|(_, bps)| *bps).collect(),
        royaltyReceiver: book.account(terms.royalty_receiver),
        royaltyBps: terms.royalty_bps,
    };
    emit(book.contracts.listings, &event)
}
