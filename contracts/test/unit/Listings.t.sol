// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IListings} from "../../src/interfaces/IListings.sol";
import {Kind, Listing, NewListing, Status} from "../../src/types/Listing.sol";
import {Base} from "../utils/Base.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ListingsTest is Base {
    function _rejected(NewListing memory listing, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(provider);
        listings.create(listing);
    }

    function _text(uint256 length) private pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            text[i] = "a";
        }
        return string(text);
    }

    function _badText(string memory field, uint256 length, uint256 limit) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IListings.Listings_BadText.selector, field, length, limit);
    }

    // ------------------------------------------------------------------------------------------------ create

    function test_Create() public {
        uint256 parent = _list(friend);
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (_ids(parent), _bps(300));
        (listing.kind, listing.derivativeBps) = (Kind.Agent, 700);
        (listing.royaltyReceiver, listing.royaltyBps) = (friend, 500);

        vm.expectEmit(address(listings));
        emit IListings.ListingCreated(
            2,
            provider,
            Kind.Agent,
            listing.uri,
            listing.licence,
            true,
            700,
            listing.parents,
            listing.parentBps,
            friend,
            500
        );
        vm.expectEmit(address(listings));
        emit IListings.VersionPublished(2, 1, listing.contentHash, listing.uris);
        vm.expectEmit(address(listings));
        emit IERC721.Transfer(address(0), provider, 2);
        vm.prank(provider);
        assertEq(listings.create(listing), 2);

        Listing memory stored = listings.listingOf(2);
        assertEq(stored.royaltyReceiver, friend);
        assertEq(stored.royaltyBps, 500);
        assertEq(stored.derivativeBps, 700);
        assertEq(stored.versions, 1);
        assertEq(stored.parents, 1);
        assertEq(uint8(stored.kind), uint8(Kind.Agent));
        assertEq(uint8(stored.status), uint8(Status.Active));
        assertTrue(stored.derivatives);
        assertEq(listings.count(), 2);
        assertEq(listings.ownerOf(2), provider);
        assertEq(listings.tokenURI(2), listing.uri);
        assertEq(listings.contentHashOf(2, 1), listing.contentHash);
        (uint256[] memory ids, uint16[] memory bps) = listings.parentsOf(2);
        assertEq(ids.length, 1);
        assertEq(ids[0], parent);
        assertEq(bps[0], 300);
    }

    function test_EightParents() public {
        uint256[] memory parents = new uint256[](8);
        uint16[] memory bps = new uint16[](8);
        for (uint256 i = 0; i < 8; ++i) {
            // forge-lint: disable-next-line(unsafe-typecast)
            (parents[i], bps[i]) = (_list(friend), uint16(100 + i));
        }
        (uint256[] memory ids, uint16[] memory stored) = listings.parentsOf(_derive(provider, parents, bps));
        assertEq(ids, parents);
        for (uint256 i = 0; i < 8; ++i) {
            assertEq(stored[i], bps[i]);
        }
    }

    function test_RevertWhen_UriIsBad() public {
        NewListing memory listing = _terms();
        listing.uri = "";
        _rejected(listing, _badText("uri", 0, 512));
        listing.uri = _text(513);
        _rejected(listing, _badText("uri", 513, 512));
        listing.uri = "tab\t";
        _rejected(listing, _badText("uri", 4, 512));
        listing.uri = _text(512);
        vm.prank(provider);
        listings.create(listing);
    }

    function test_RevertWhen_LicenceIsBad() public {
        NewListing memory listing = _terms();
        listing.licence = _text(129);
        _rejected(listing, _badText("licence", 129, 128));
        listing.licence = "";
        vm.prank(provider);
        listings.create(listing);
    }

    function test_RevertWhen_UrisAreBad() public {
        NewListing memory listing = _terms();
        listing.uris = new string[](9);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_TooManyUris.selector, 9, 8));
        listing.uris = new string[](2);
        listing.uris[0] = "ipfs://a";
        _rejected(listing, _badText("uris", 0, 512));
        listing.uris = new string[](0);
        vm.prank(provider);
        listings.create(listing);
    }

    function test_RevertWhen_DerivativesAreNotAllowedButCost() public {
        NewListing memory listing = _terms();
        (listing.derivatives, listing.derivativeBps) = (false, 1);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_DerivativesNotAllowed.selector, 1));
    }

    function test_RevertWhen_BpsAreTooHigh() public {
        NewListing memory listing = _terms();
        listing.derivativeBps = 2501;
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_BpsTooHigh.selector, "derivativeBps", 2501, 2500));
        listing.derivativeBps = 2500;
        (listing.royaltyBps, listing.royaltyReceiver) = (1001, friend);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_BpsTooHigh.selector, "royaltyBps", 1001, 1000));
        listing.royaltyBps = 1000;
        (listing.parents, listing.parentBps) = (_ids(_list(friend), _list(friend)), _bps(2500, 2501));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_BpsTooHigh.selector, "parentBps", 5001, 5000));
        listing.parentBps = _bps(2500, 2500);
        vm.prank(provider);
        listings.create(listing);
    }

    function test_RevertWhen_RoyaltyHasNoReceiver() public {
        NewListing memory listing = _terms();
        listing.royaltyBps = 1;
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_RoyaltyWithoutReceiver.selector, 1));
    }

    function test_RevertWhen_ParentsMismatch() public {
        NewListing memory listing = _terms();
        listing.parents = _ids(1);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentsMismatch.selector, 1, 0));
    }

    function test_RevertWhen_TooManyParents() public {
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (new uint256[](9), new uint16[](9));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_TooManyParents.selector, 9, 8));
    }

    function test_RevertWhen_ParentsDoNotAscend() public {
        (uint256 first, uint256 second) = (_list(friend), _list(friend));
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (_ids(second, first), _bps(0, 0));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentsNotAscending.selector, second, first));
        listing.parents = _ids(first, first);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentsNotAscending.selector, first, first));
        listing.parents = _ids(0, first);
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentsNotAscending.selector, 0, 0));
    }

    function test_RevertWhen_ParentIsUnknown() public {
        uint256 newest = _list(friend);
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (_ids(newest + 1), _bps(0));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_UnknownParent.selector, newest + 1));
    }

    function test_RevertWhen_ParentForbidsDerivatives() public {
        NewListing memory closed = _terms();
        closed.derivatives = false;
        vm.prank(friend);
        uint256 parent = listings.create(closed);
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (_ids(parent), _bps(5000));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentForbidsDerivatives.selector, parent));
    }

    function test_RevertWhen_ParentAsksMore() public {
        NewListing memory terms = _terms();
        terms.derivativeBps = 400;
        vm.prank(friend);
        uint256 parent = listings.create(terms);
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (_ids(parent), _bps(399));
        _rejected(listing, abi.encodeWithSelector(IListings.Listings_ParentAsksMore.selector, parent, 400, 399));
        listing.parentBps = _bps(400);
        vm.prank(provider);
        listings.create(listing);
    }

    // ------------------------------------------------------------------------------------- versions, document

    function test_Publish() public {
        uint256 id = _list(provider);
        string[] memory uris = new string[](2);
        (uris[0], uris[1]) = ("ipfs://v2", unicode"https://møde/v2");
        vm.expectEmit(address(listings));
        emit IListings.VersionPublished(id, 2, "hash", uris);
        vm.prank(provider);
        assertEq(listings.publish(id, "hash", uris), 2);
        assertEq(listings.contentHashOf(id, 2), "hash");
        assertEq(listings.contentHashOf(id, 1), keccak256("weights"));
    }

    function test_RevertWhen_PublishingRetired() public {
        uint256 id = _list(provider);
        vm.startPrank(provider);
        listings.retire(id);
        vm.expectRevert(abi.encodeWithSelector(IListings.Listings_WrongStatus.selector, id, Status.Retired));
        listings.publish(id, 0, new string[](0));
        vm.stopPrank();
    }

    function test_SetUriAlsoWhenRetired() public {
        uint256 id = _list(provider);
        vm.startPrank(provider);
        listings.retire(id);
        vm.expectEmit(address(listings));
        emit IListings.UriChanged(id, "ipfs://moved");
        vm.expectEmit(address(listings));
        emit IERC4906.MetadataUpdate(id);
        listings.setUri(id, "ipfs://moved");
        vm.expectRevert(_badText("uri", 0, 512));
        listings.setUri(id, "");
        vm.stopPrank();
        assertEq(listings.tokenURI(id), "ipfs://moved");
    }

    // ------------------------------------------------------------------------------------------------ status

    function _changed(uint256 id, Status expected) private {
        vm.expectEmit(address(listings));
        emit IListings.StatusChanged(id, expected);
    }

    function test_PauseResumeRetire() public {
        uint256 id = _list(provider);
        vm.startPrank(provider);
        _changed(id, Status.Paused);
        listings.pause(id);
        assertEq(uint8(listings.status(id)), uint8(Status.Paused));
        _changed(id, Status.Active);
        listings.resume(id);
        listings.pause(id);
        _changed(id, Status.Retired);
        listings.retire(id);
        (Status status, address owner, bool bound) = listings.stateOf(id);
        assertEq(uint8(status), uint8(Status.Retired));
        assertEq(owner, provider);
        assertFalse(bound);
        assertEq(listings.listingOf(id).owner, provider);
        vm.stopPrank();
    }

    function test_RevertWhen_StatusDoesNotAllowIt() public {
        uint256 id = _list(provider);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IListings.Listings_WrongStatus.selector, id, Status.Active));
        listings.resume(id);
        listings.pause(id);
        vm.expectRevert(abi.encodeWithSelector(IListings.Listings_WrongStatus.selector, id, Status.Paused));
        listings.pause(id);
        listings.retire(id);
        bytes memory retired = abi.encodeWithSelector(IListings.Listings_WrongStatus.selector, id, Status.Retired);
        vm.expectRevert(retired);
        listings.pause(id);
        vm.expectRevert(retired);
        listings.resume(id);
        vm.expectRevert(retired);
        listings.retire(id);
        vm.stopPrank();
    }

    // ---------------------------------------------------------------------------------------------- managers

    function test_RevertWhen_CallerDoesNotManage() public {
        uint256 id = _list(provider);
        bytes memory reason = abi.encodeWithSelector(IListings.Listings_NotManager.selector, id, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        listings.publish(id, 0, new string[](0));
        vm.expectRevert(reason);
        listings.setUri(id, "ipfs://stolen");
        vm.expectRevert(reason);
        listings.pause(id);
        vm.expectRevert(reason);
        listings.resume(id);
        vm.expectRevert(reason);
        listings.retire(id);
        vm.stopPrank();
    }

    function test_Managers() public {
        uint256 id = _list(provider);
        assertTrue(listings.isManager(id, provider));
        assertFalse(listings.isManager(id, friend));
        vm.prank(provider);
        listings.approve(friend, id);
        assertTrue(listings.isManager(id, friend));
        vm.prank(provider);
        listings.setApprovalForAll(stranger, true);
        assertTrue(listings.isManager(id, stranger));
        vm.prank(provider);
        listings.transferFrom(provider, buyer, id);
        assertTrue(listings.isManager(id, buyer));
        assertFalse(listings.isManager(id, provider));
        assertFalse(listings.isManager(id, friend));
        assertFalse(listings.isManager(id, stranger));
    }

    // ------------------------------------------------------------------------------------------------- views

    function test_RevertWhen_ListingIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 1);
        vm.expectRevert(reason);
        listings.status(1);
        vm.expectRevert(reason);
        listings.stateOf(1);
        vm.expectRevert(reason);
        listings.listingOf(1);
        vm.expectRevert(reason);
        listings.parentsOf(1);
        vm.expectRevert(reason);
        listings.tokenURI(1);
        vm.expectRevert(reason);
        listings.royaltyInfo(1, 100);
        vm.expectRevert(reason);
        listings.isManager(1, provider);
    }

    function test_Interfaces() public view {
        assertTrue(listings.supportsInterface(type(IERC721).interfaceId));
        assertTrue(listings.supportsInterface(type(IERC2981).interfaceId));
        assertTrue(listings.supportsInterface(0x49064906));
        assertFalse(listings.supportsInterface(0xffffffff));
    }

    function testFuzz_RoyaltyRoundsDown(uint128 price, uint16 bps) public {
        bps = uint16(bound(bps, 0, 1000));
        NewListing memory listing = _terms();
        (listing.royaltyBps, listing.royaltyReceiver) = (bps, friend);
        vm.prank(provider);
        uint256 id = listings.create(listing);
        (address receiver, uint256 royalty) = listings.royaltyInfo(id, price);
        assertEq(receiver, friend);
        assertLe(royalty * 10_000, uint256(price) * bps);
        assertGt((royalty + 1) * 10_000, uint256(price) * bps);
    }
}
