//! Events of Listings.

use alloy::primitives::{Address, B256};

use crate::event::event_tables;

event_tables! {
    /// A new listing.
    ListingsListingCreated => "listings_listing_created" {
        /// Listing's number.
        listing: i64,
        /// First owner.
        owner: Address,
        /// 0 model, 1 dataset, 2 compute, 3 agent, 4 service.
        kind: i16,
        /// Metadata URI.
        uri: String,
        /// Licence the listing is offered under.
        licence: String,
        /// Whether others may derive from it.
        derivatives: bool,
        /// What it asks of a derivative's revenue, in 1/10,000.
        derivative_bps: i32,
        /// Listings it derives from, ascending.
        parents: Vec<i64>,
        /// What each parent is granted, in 1/10,000.
        parent_bps: Vec<i32>,
        /// ERC-2981: who gets the resale royalty of the listing itself.
        royalty_receiver: Address,
        /// ERC-2981: resale royalty in 1/10,000.
        royalty_bps: i32,
    }

    /// A release of a listing.
    ListingsVersionPublished => "listings_version_published" {
        /// Listing's number.
        listing: i64,
        /// Version's number, from 1.
        version: i64,
        /// SHA-256 of the content, or the digest of its CID.
        content_hash: B256,
        /// Where the content is to be had.
        uris: Vec<String>,
    }

    /// A listing's metadata moved.
    ListingsUriChanged => "listings_uri_changed" {
        /// Listing's number.
        listing: i64,
        /// New metadata URI.
        uri: String,
    }

    /// A listing was paused, resumed or retired.
    ListingsStatusChanged => "listings_status_changed" {
        /// Listing's number.
        listing: i64,
        /// 0 active, 1 paused, 2 retired.
        status: i16,
    }

    /// ERC-721 `Transfer` of a listing. A new one comes from the zero address.
    ListingsTransfer => "listings_transfer" {
        /// Owner before.
        sender: Address,
        /// Owner after.
        receiver: Address,
        /// Listing's number.
        listing: i64,
    }

    /// ERC-721 `Approval` of a listing.
    ListingsApproval => "listings_approval" {
        /// Owner.
        owner: Address,
        /// Who may manage and move it.
        approved: Address,
        /// Listing's number.
        listing: i64,
    }

    /// ERC-721 `ApprovalForAll` over an owner's listings.
    ListingsApprovalForAll => "listings_approval_for_all" {
        /// Owner.
        owner: Address,
        /// Who may manage and move them.
        operator: Address,
        /// Whether they may.
        approved: bool,
    }

    /// ERC-4906 `MetadataUpdate`: a listing's metadata should be read anew.
    ListingsMetadataUpdate => "listings_metadata_update" {
        /// Listing's number.
        listing: i64,
    }

    /// From now on a listing earns for its share contract.
    ListingsRevenueBound => "listings_revenue_bound" {
        /// Listing's number.
        listing: i64,
        /// Its share contract.
        share: Address,
    }
}
