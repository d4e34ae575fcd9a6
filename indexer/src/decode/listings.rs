use alloy::primitives::Log;
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Listings::ListingsEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    ListingsApproval, ListingsApprovalForAll, ListingsListingCreated, ListingsMetadataUpdate,
    ListingsRevenueBound, ListingsStatusChanged, ListingsTransfer, ListingsUriChanged,
    ListingsVersionPublished,
};

use super::Undecoded;
use super::words::{counts, id, ids};
use crate::ledger::Series;
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::ListingCreated(event) => {
            counts(batch, at, Series::Listings, event.listing);
            batch.push(
                at,
                &ListingsListingCreated {
                    listing: id("listing", event.listing)?,
                    owner: event.owner,
                    kind: i16::from(event.kind),
                    uri: event.uri,
                    licence: event.licence,
                    derivatives: event.derivatives,
                    derivative_bps: i32::from(event.derivativeBps),
                    parents: ids("parents", &event.parents)?,
                    parent_bps: event.parentBps.into_iter().map(i32::from).collect(),
                    royalty_receiver: event.royaltyReceiver,
                    royalty_bps: i32::from(event.royaltyBps),
                },
            );
        }
        Event::VersionPublished(event) => {
            let versions = Series::Versions(id("listing", event.listing)?);
            counts(batch, at, versions, event.version);
            batch.push(
                at,
                &ListingsVersionPublished {
                    listing: id("listing", event.listing)?,
                    version: id("version", event.version)?,
                    content_hash: event.contentHash,
                    uris: event.uris,
                },
            );
        }
        Event::UriChanged(event) => {
            batch.push(at, &ListingsUriChanged { listing: id("listing", event.listing)?, uri: event.uri })
        }
        Event::StatusChanged(event) => batch.push(
            at,
            &ListingsStatusChanged {
                listing: id("listing", event.listing)?,
                status: i16::from(event.status),
            },
        ),
        Event::Transfer(event) => batch.push(
            at,
            &ListingsTransfer {
                sender: event.from,
                receiver: event.to,
                listing: id("tokenId", event.tokenId)?,
            },
        ),
        Event::Approval(event) => batch.push(
            at,
            &ListingsApproval {
                owner: event.owner,
                approved: event.approved,
                listing: id("tokenId", event.tokenId)?,
            },
        ),
        Event::ApprovalForAll(event) => batch.push(
            at,
            &ListingsApprovalForAll {
                owner: event.owner,
                operator: event.operator,
                approved: event.approved,
            },
        ),
        Event::RevenueBound(event) => batch
            .push(at, &ListingsRevenueBound { listing: id("listing", event.listing)?, share: event.share }),
        Event::MetadataUpdate(event) => {
            batch.push(at, &ListingsMetadataUpdate { listing: id("_tokenId", event._tokenId)? });
        }
        // Declared by ERC-4906; Listings never emits it.
        Event::BatchMetadataUpdate(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}
