// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IListings} from "../interfaces/IListings.sol";
import {NewListing} from "../types/Listing.sol";
import {Utf8} from "./Utf8.sol";

/// @title ListingRules
/// @notice Bounds of what a provider may state; what needs no knowledge of other listings.
library ListingRules {
    uint256 internal constant MAX_PARENTS = 8;
    uint256 internal constant MAX_URIS = 8;
    uint256 internal constant MAX_URI_LENGTH = 512;
    uint256 internal constant MAX_LICENCE_LENGTH = 128;
    uint256 internal constant MAX_DERIVATIVE_BPS = 2500;
    uint256 internal constant MAX_PARENTS_BPS = 5000;
    uint256 internal constant MAX_ROYALTY_BPS = 1000;

    /// @notice Checks the terms of a new listing.
    function checkTerms(NewListing calldata listing) internal pure {
        checkUri(listing.uri);
        _checkText("licence", listing.licence, 0, MAX_LICENCE_LENGTH);
        if (!listing.derivatives && listing.derivativeBps != 0) {
            revert IListings.Listings_DerivativesNotAllowed(listing.derivativeBps);
        }
        _checkBps("derivativeBps", listing.derivativeBps, MAX_DERIVATIVE_BPS);
        _checkBps("royaltyBps", listing.royaltyBps, MAX_ROYALTY_BPS);
        if (listing.royaltyBps != 0 && listing.royaltyReceiver == address(0)) {
            revert IListings.Listings_RoyaltyWithoutReceiver(listing.royaltyBps);
        }
        _checkParents(listing.parents, listing.parentBps);
    }

    /// @notice Checks where a metadata document lies.
    function checkUri(string calldata uri) internal pure {
        _checkText("uri", uri, 1, MAX_URI_LENGTH);
    }

    /// @notice Checks where a version can be fetched.
    function checkUris(string[] calldata uris) internal pure {
        if (uris.length > MAX_URIS) revert IListings.Listings_TooManyUris(uris.length, MAX_URIS);
        for (uint256 i = 0; i < uris.length; ++i) {
            _checkText("uris", uris[i], 1, MAX_URI_LENGTH);
        }
    }

    function _checkParents(uint256[] calldata parents, uint16[] calldata bps) private pure {
        if (parents.length != bps.length) revert IListings.Listings_ParentsMismatch(parents.length, bps.length);
        if (parents.length > MAX_PARENTS) revert IListings.Listings_TooManyParents(parents.length, MAX_PARENTS);
        uint256 previous = 0;
        uint256 sum = 0;
        for (uint256 i = 0; i < parents.length; ++i) {
            if (parents[i] <= previous) revert IListings.Listings_ParentsNotAscending(previous, parents[i]);
            previous = parents[i];
            sum += bps[i];
        }
        _checkBps("parentBps", sum, MAX_PARENTS_BPS);
    }

    function _checkText(string memory field, string calldata text, uint256 least, uint256 most) private pure {
        uint256 length = bytes(text).length;
        if (length < least || length > most || !Utf8.isText(bytes(text))) {
            revert IListings.Listings_BadText(field, length, most);
        }
    }

    function _checkBps(string memory field, uint256 bps, uint256 limit) private pure {
        if (bps > limit) revert IListings.Listings_BpsTooHigh(field, bps, limit);
    }
}
