// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";
import {IListings} from "./interfaces/IListings.sol";
import {ListingRules} from "./libraries/ListingRules.sol";
import {RevenueMath} from "./libraries/RevenueMath.sol";
import {Listing, NewListing, Parent, Status} from "./types/Listing.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Listings
/// @dev Parents exist before their children and never change, so lineage has no cycles.
contract Listings is IListings, ERC721 {
    // --------------------------------------------------------------------------------------------- constants

    /// @dev ERC-4906 names its own interface id.
    bytes4 private constant ERC4906_ID = 0x49064906;

    address private immutable REVENUE;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IListings
    uint256 public count;

    mapping(uint256 id => Listing) private _listings;
    mapping(uint256 id => Parent[8]) private _parents;
    mapping(uint256 id => string) private _uris;
    mapping(uint256 id => mapping(uint256 version => bytes32)) private _contentHashes;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer, which knows where Revenue will be.
    constructor() ERC721("Stoa Listings", "LISTING") {
        REVENUE = IDeployer(msg.sender).addressOf("Revenue");
    }

    modifier onlyManager(uint256 id) {
        if (!isManager(id, msg.sender)) revert Listings_NotManager(id, msg.sender);
        _;
    }

    // ---------------------------------------------------------------------------------------------- provider

    /// @inheritdoc IListings
    function create(NewListing calldata listing) external returns (uint256 id) {
        // Check
        ListingRules.checkTerms(listing);

        // Effect
        id = ++count;
        Listing storage stored = _listings[id];
        stored.royaltyReceiver = listing.royaltyReceiver;
        stored.royaltyBps = listing.royaltyBps;
        stored.derivativeBps = listing.derivativeBps;
        stored.kind = listing.kind;
        stored.derivatives = listing.derivatives;
        // Fits: checked to be at most 8.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.parents = uint8(listing.parents.length);
        _uris[id] = listing.uri;
        _linkParents(id, listing.parents, listing.parentBps);
        _emitCreated(id, listing);
        _publish(id, listing.contentHash, listing.uris);

        // Without the receiver hook: the caller asked for the NFT itself.
        _mint(msg.sender, id);
    }

    /// @inheritdoc IListings
    function publish(uint256 id, bytes32 contentHash, string[] calldata uris)
        external
        onlyManager(id)
        returns (uint256 version)
    {
        if (_listings[id].status == Status.Retired) revert Listings_WrongStatus(id, Status.Retired);
        return _publish(id, contentHash, uris);
    }

    /// @inheritdoc IListings
    function setUri(uint256 id, string calldata uri) external onlyManager(id) {
        ListingRules.checkUri(uri);
        _uris[id] = uri;
        emit UriChanged(id, uri);
        emit MetadataUpdate(id);
    }

    /// @inheritdoc IListings
    function pause(uint256 id) external onlyManager(id) {
        Status current = _listings[id].status;
        if (current != Status.Active) revert Listings_WrongStatus(id, current);
        _setStatus(id, Status.Paused);
    }

    /// @inheritdoc IListings
    function resume(uint256 id) external onlyManager(id) {
        Status current = _listings[id].status;
        if (current != Status.Paused) revert Listings_WrongStatus(id, current);
        _setStatus(id, Status.Active);
    }

    /// @inheritdoc IListings
    function retire(uint256 id) external onlyManager(id) {
        Status current = _listings[id].status;
        if (current == Status.Retired) revert Listings_WrongStatus(id, current);
        _setStatus(id, Status.Retired);
    }

    // ----------------------------------------------------------------------------------------------- revenue

    /// @inheritdoc IListings
    function bindRevenue(uint256 id, address share) external {
        // Check
        if (msg.sender != REVENUE) revert Listings_NotRevenue(msg.sender);
        Listing storage listing = _existing(id);
        if (listing.bound) revert Listings_BoundAlready(id);

        // Effect
        listing.bound = true;
        emit RevenueBound(id, share);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _publish(uint256 id, bytes32 contentHash, string[] calldata uris) private returns (uint256 version) {
        ListingRules.checkUris(uris);
        version = ++_listings[id].versions;
        _contentHashes[id][version] = contentHash;
        emit VersionPublished(id, version, contentHash, uris);
    }

    function _setStatus(uint256 id, Status newStatus) private {
        _listings[id].status = newStatus;
        emit StatusChanged(id, newStatus);
    }

    function _linkParents(uint256 id, uint256[] calldata parents, uint16[] calldata bps) private {
        for (uint256 i = 0; i < parents.length; ++i) {
            uint256 parent = parents[i];
            if (parent >= id) revert Listings_UnknownParent(parent);
            Listing storage terms = _listings[parent];
            if (!terms.derivatives) revert Listings_ParentForbidsDerivatives(parent);
            if (bps[i] < terms.derivativeBps) revert Listings_ParentAsksMore(parent, terms.derivativeBps, bps[i]);
            // The id fits: it is below `count`, which grows by one per listing.
            // forge-lint: disable-next-line(unsafe-typecast)
            _parents[id][i] = Parent({id: uint64(parent), bps: bps[i]});
        }
    }

    /// @dev Through memory: twelve values at once are too many for the compiler's old pipeline, which coverage uses.
    function _emitCreated(uint256 id, NewListing memory listing) private {
        emit ListingCreated(
            id,
            msg.sender,
            listing.kind,
            listing.uri,
            listing.licence,
            listing.derivatives,
            listing.derivativeBps,
            listing.parents,
            listing.parentBps,
            listing.royaltyReceiver,
            listing.royaltyBps
        );
    }

    /// @dev Every change of owner passes here.
    function _update(address to, uint256 id, address auth) internal override returns (address from) {
        from = super._update(to, id, auth);
        _listings[id].owner = to;
    }

    /// @dev Every listing has a version from its creation on.
    function _existing(uint256 id) private view returns (Listing storage listing) {
        listing = _listings[id];
        if (listing.versions == 0) revert ERC721NonexistentToken(id);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IListings
    function isManager(uint256 id, address account) public view returns (bool) {
        return _isAuthorized(_requireOwned(id), account, id);
    }

    /// @inheritdoc IListings
    function status(uint256 id) external view returns (Status) {
        return _existing(id).status;
    }

    /// @inheritdoc IListings
    function isBound(uint256 id) external view returns (bool) {
        return _existing(id).bound;
    }

    /// @inheritdoc IListings
    function stateOf(uint256 id) external view returns (Status current, address owner, bool bound) {
        Listing storage listing = _existing(id);
        return (listing.status, listing.owner, listing.bound);
    }

    /// @inheritdoc IListings
    function listingOf(uint256 id) external view returns (Listing memory) {
        return _existing(id);
    }

    /// @inheritdoc IListings
    function parentsOf(uint256 id) public view returns (uint256[] memory ids, uint16[] memory bps) {
        uint256 number = _existing(id).parents;
        if (number == 0) return (ids, bps);
        Parent[8] storage parents = _parents[id];
        ids = new uint256[](number);
        bps = new uint16[](number);
        for (uint256 i = 0; i < number; ++i) {
            (ids[i], bps[i]) = (parents[i].id, parents[i].bps);
        }
    }

    /// @inheritdoc IListings
    function lineageOf(uint256 id)
        external
        view
        returns (uint256[] memory ids, uint16[] memory bps, address[] memory owners)
    {
        (ids, bps) = parentsOf(id);
        if (ids.length == 0) return (ids, bps, owners);
        owners = new address[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            Listing storage parent = _listings[ids[i]];
            if (!parent.bound) owners[i] = parent.owner;
        }
    }

    /// @inheritdoc IListings
    function contentHashOf(uint256 id, uint256 version) external view returns (bytes32) {
        return _contentHashes[id][version];
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 id) public view override(ERC721, IERC721Metadata) returns (string memory) {
        _existing(id);
        return _uris[id];
    }

    /// @inheritdoc IERC2981
    function royaltyInfo(uint256 id, uint256 salePrice) external view returns (address receiver, uint256 royaltyDown) {
        Listing memory listing = _existing(id);
        return (listing.royaltyReceiver, RevenueMath.bpsDown(salePrice, listing.royaltyBps));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, IERC165) returns (bool) {
        return
            interfaceId == ERC4906_ID || interfaceId == type(IERC2981).interfaceId
                || super.supportsInterface(interfaceId);
    }
}
