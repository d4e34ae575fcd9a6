// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Kind, Listing, NewListing, Status} from "../types/Listing.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

/// @title IListings
/// @notice AI assets as ERC-721 tokens: what they are, their versions, and what they derive from. Ids start at 1.
/// Every string is checked to be UTF-8 without control characters. A manager of a listing is its owner or whoever the
/// owner approved for the NFT.
interface IListings is IERC721Metadata, IERC2981, IERC4906 {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice A listing came to be; its version 1 is published by the same transaction.
    event ListingCreated(
        uint256 indexed listing,
        address indexed owner,
        Kind indexed kind,
        string uri,
        string licence,
        bool derivatives,
        uint16 derivativeBps,
        uint256[] parents,
        uint16[] parentBps,
        address royaltyReceiver,
        uint16 royaltyBps
    );

    /// @notice A version was published; versions count from 1 and never change.
    event VersionPublished(uint256 indexed listing, uint256 indexed version, bytes32 contentHash, string[] uris);

    /// @notice The metadata document moved.
    event UriChanged(uint256 indexed listing, string uri);

    /// @notice The listing was paused, resumed or retired.
    event StatusChanged(uint256 indexed listing, Status status);

    /// @notice From now on the listing earns for its share contract. Once, for good.
    event RevenueBound(uint256 indexed listing, address indexed share);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice The account does not manage the listing.
    error Listings_NotManager(uint256 listing, address account);

    /// @notice The listing's status does not allow this.
    error Listings_WrongStatus(uint256 listing, Status status);

    /// @notice A text is empty, too long, or not UTF-8 without control characters.
    /// `field` names it, `length` and `limit` are in bytes.
    error Listings_BadText(string field, uint256 length, uint256 limit);

    /// @notice More URIs than a version may have.
    error Listings_TooManyUris(uint256 uris, uint256 limit);

    /// @notice A share in bps above its limit. `field` names it.
    error Listings_BpsTooHigh(string field, uint256 bps, uint256 limit);

    /// @notice Derivative terms were given although derivatives are not allowed.
    error Listings_DerivativesNotAllowed(uint16 derivativeBps);

    /// @notice A royalty needs a receiver.
    error Listings_RoyaltyWithoutReceiver(uint16 royaltyBps);

    /// @notice As many bps as parents are needed.
    error Listings_ParentsMismatch(uint256 parents, uint256 parentBps);

    /// @notice More parents than a listing may have.
    error Listings_TooManyParents(uint256 parents, uint256 limit);

    /// @notice Parents must be strictly ascending by id.
    error Listings_ParentsNotAscending(uint256 previous, uint256 parent);

    /// @notice The parent does not exist.
    error Listings_UnknownParent(uint256 parent);

    /// @notice The parent does not allow derivatives.
    error Listings_ParentForbidsDerivatives(uint256 parent);

    /// @notice The parent asks for more than was granted.
    error Listings_ParentAsksMore(uint256 parent, uint16 asked, uint16 granted);

    /// @notice Only Revenue may do this.
    error Listings_NotRevenue(address caller);

    /// @notice The listing has its share contract already.
    error Listings_BoundAlready(uint256 listing);

    // ---------------------------------------------------------------------------------------------- provider

    /// @notice Creates a listing owned by the caller, with its first version.
    /// @param listing what it is
    /// @return id its id
    function create(NewListing calldata listing) external returns (uint256 id);

    /// @notice Publishes the next version. Not for a retired listing.
    /// @param id the listing; the caller must manage it
    /// @param contentHash sha-256 or CID digest; zero where there is no content
    /// @param uris where the version can be fetched: up to 8, each 1 to 512 bytes
    /// @return version its number
    function publish(uint256 id, bytes32 contentHash, string[] calldata uris) external returns (uint256 version);

    /// @notice Moves the metadata document, also of a retired listing.
    /// @param id the listing; the caller must manage it
    /// @param uri 1 to 512 bytes
    function setUri(uint256 id, string calldata uri) external;

    /// @notice Stops all sales of an active listing for now.
    /// @param id the listing; the caller must manage it
    function pause(uint256 id) external;

    /// @notice Lets a paused listing sell again.
    /// @param id the listing; the caller must manage it
    function resume(uint256 id) external;

    /// @notice Ends all sales for good. What was sold stays valid.
    /// @param id the listing; the caller must manage it
    function retire(uint256 id) external;

    // ----------------------------------------------------------------------------------------------- revenue

    /// @notice Notes that the listing earns for its share contract from now on. Only Revenue, once per listing.
    /// @param id the listing
    /// @param share the share contract
    function bindRevenue(uint256 id, address share) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice Whether the account is the listing's owner or approved by it for the NFT.
    function isManager(uint256 id, address account) external view returns (bool);

    /// @notice Whether the listing sells.
    function status(uint256 id) external view returns (Status);

    /// @notice Whether the listing earns for its share contract.
    function isBound(uint256 id) external view returns (bool);

    /// @notice What a sale needs to know in one call: whether the listing sells, who owns it, and whether it earns for
    /// its share contract instead of its owner.
    function stateOf(uint256 id) external view returns (Status current, address owner, bool bound);

    /// @notice What is kept of a listing.
    function listingOf(uint256 id) external view returns (Listing memory);

    /// @notice The listing's parents in ascending order and the bps of its revenue each gets.
    function parentsOf(uint256 id) external view returns (uint256[] memory ids, uint16[] memory bps);

    /// @notice What a settlement needs to know in one call: the parents, and for whom each earns now.
    /// @param id the listing
    /// @return ids its parents, ascending
    /// @return bps what each gets of the listing's revenue
    /// @return owners each parent's owner; zero where the parent earns for its share contract
    function lineageOf(uint256 id)
        external
        view
        returns (uint256[] memory ids, uint16[] memory bps, address[] memory owners);

    /// @notice The content hash of a version; zero for a version without content or not yet published.
    function contentHashOf(uint256 id, uint256 version) external view returns (bytes32);

    /// @notice How many listings there are; the newest has this id.
    function count() external view returns (uint256);
}
