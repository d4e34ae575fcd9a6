// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What a listing is. Only Model and Dataset are files; the rest are things that run.
enum Kind {
    Model,
    Dataset,
    Compute,
    Agent,
    Service
}

/// @notice Active sells. Paused sells nothing until resumed. Retired never sells again.
enum Status {
    Active,
    Paused,
    Retired
}

/// @notice What a provider states when creating a listing.
/// @param kind what the listing is
/// @param uri metadata document, 1 to 512 bytes of UTF-8
/// @param contentHash sha-256 or CID digest of version 1; zero where there is no content, as for a service
/// @param uris where version 1 can be fetched: up to 8, each 1 to 512 bytes of UTF-8
/// @param licence licence of the content, e.g. an SPDX identifier: up to 128 bytes of UTF-8
/// @param derivatives whether other listings may name this one as their parent
/// @param derivativeBps part of a derivative's revenue asked for, in bps, at most 2,500; 0 without derivatives
/// @param parents listings this one derives from: up to 8, strictly ascending
/// @param parentBps part of this listing's revenue given to each parent, in bps; at most 5,000 in sum
/// @param royaltyReceiver who gets the ERC-2981 royalty when the listing's NFT itself is resold
/// @param royaltyBps that royalty in bps, at most 1,000
struct NewListing {
    Kind kind;
    string uri;
    bytes32 contentHash;
    string[] uris;
    string licence;
    bool derivatives;
    uint16 derivativeBps;
    uint256[] parents;
    uint16[] parentBps;
    address royaltyReceiver;
    uint16 royaltyBps;
}

/// @notice What is kept of a listing. Two slots; a sale and a settlement need the first alone.
/// @param owner owner of the NFT, kept here too, so that they need not read another slot
/// @param royaltyBps see NewListing
/// @param derivativeBps see NewListing
/// @param versions number of published versions; the newest has this number
/// @param parents number of parents
/// @param kind see NewListing
/// @param status whether it sells
/// @param derivatives see NewListing
/// @param bound whether it earns for its share contract
/// @param royaltyReceiver see NewListing
struct Listing {
    address owner;
    uint16 royaltyBps;
    uint16 derivativeBps;
    uint24 versions;
    uint8 parents;
    Kind kind;
    Status status;
    bool derivatives;
    bool bound;
    address royaltyReceiver;
}

/// @notice One parent of a listing and its part of the listing's revenue. Three fit a slot.
struct Parent {
    uint64 id;
    uint16 bps;
}
