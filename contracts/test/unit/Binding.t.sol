// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {IListings} from "../../src/interfaces/IListings.sol";
import {IRevenue} from "../../src/interfaces/IRevenue.sol";
import {IRevenueShare} from "../../src/interfaces/IRevenueShare.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Credit, Funding} from "../../src/types/Payment.sol";
import {SaleSplit} from "../../src/types/Sale.sol";
import {ClaimPayout, NewShares} from "../../src/types/Share.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract BindingTest is ShareBase {
    uint256 private listing;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
    }

    function _tokens(uint256 count) private returns (address[] memory tokens) {
        tokens = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            tokens[i] = address(new TokenMock(18));
        }
    }

    // ---------------------------------------------------------------------------------------------- Listings

    function test_RevertWhen_BoundByAnother() public {
        vm.expectRevert(abi.encodeWithSelector(IListings.Listings_NotRevenue.selector, provider));
        vm.prank(provider);
        listings.bindRevenue(listing, provider);
    }

    function test_RevertWhen_UnknownListingIsBound() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        vm.prank(address(revenue));
        listings.bindRevenue(9, provider);
    }

    function test_LineageNamesWhoEarns() public {
        uint256 second = _list(friend);
        uint256 child = _derive(provider, _ids(listing, second), _bps(100, 200));
        _share(second, SUPPLY);
        vm.prank(provider);
        listings.transferFrom(provider, buyer, listing);
        (uint256[] memory ids, uint16[] memory bps, address[] memory owners) = listings.lineageOf(child);
        assertEq(ids, _ids(listing, second));
        assertEq(bps[0], 100);
        assertEq(bps[1], 200);
        assertEq(owners[0], buyer);
        assertEq(owners[1], address(0), "earns for its shares");
    }

    // ---------------------------------------------------------------------------------------------- creation

    function _rejected(NewShares memory shares, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(provider);
        revenue.createShares(listing, shares);
    }

    function test_RevertWhen_CallerDoesNotOwnTheListing() public {
        vm.prank(provider);
        listings.setApprovalForAll(friend, true);
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_NotOwner.selector, listing, friend));
        vm.prank(friend);
        revenue.createShares(listing, _terms(SUPPLY, new address[](0)));
    }

    function test_RevertWhen_ListingIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        vm.prank(provider);
        revenue.createShares(9, _terms(SUPPLY, new address[](0)));
    }

    function test_RevertWhen_ListingHasShares() public {
        _share(listing, SUPPLY);
        _rejected(
            _terms(1, new address[](0)), abi.encodeWithSelector(IListings.Listings_BoundAlready.selector, listing)
        );
    }

    function test_RevertWhen_TextIsBad() public {
        NewShares memory shares = _terms(SUPPLY, new address[](0));
        shares.name = "";
        _rejected(shares, abi.encodeWithSelector(IRevenue.Revenue_BadText.selector, "name", 0, 64));
        shares.name = "12345678901234567890123456789012345678901234567890123456789012345";
        _rejected(shares, abi.encodeWithSelector(IRevenue.Revenue_BadText.selector, "name", 65, 64));
        shares.name = string(abi.encodePacked(bytes1(0xff)));
        _rejected(shares, abi.encodeWithSelector(IRevenue.Revenue_BadText.selector, "name", 1, 64));
        shares.name = "1234567890123456789012345678901234567890123456789012345678901234";
        shares.symbol = "";
        _rejected(shares, abi.encodeWithSelector(IRevenue.Revenue_BadText.selector, "symbol", 0, 16));
        shares.symbol = "12345678901234567";
        _rejected(shares, abi.encodeWithSelector(IRevenue.Revenue_BadText.selector, "symbol", 17, 16));
        shares.symbol = "1234567890123456";
        vm.prank(provider);
        RevenueShare share = RevenueShare(revenue.createShares(listing, shares));
        assertEq(share.name(), shares.name);
        assertEq(share.symbol(), shares.symbol);
    }

    function test_RevertWhen_SupplyIsOutOfRange() public {
        uint256 most = 2 ** 96;
        bytes4 selector = IRevenue.Revenue_SupplyOutOfRange.selector;
        _rejected(_terms(0, new address[](0)), abi.encodeWithSelector(selector, 0, 1, most));
        _rejected(_terms(most + 1, new address[](0)), abi.encodeWithSelector(selector, most + 1, 1, most));
        assertEq(_share(listing, most).totalSupply(), most);
        assertEq(_share(_list(provider), 1).totalSupply(), 1);
    }

    function test_RevertWhen_TokensAreBad() public {
        address[] memory tokens = _tokens(2);
        tokens[1] = tokens[0];
        _rejected(
            _terms(1, tokens), abi.encodeWithSelector(IRevenueShare.RevenueShare_TokenListedAlready.selector, tokens[0])
        );
        _rejected(_terms(1, _tokens(5)), abi.encodeWithSelector(IRevenueShare.RevenueShare_TooManyTokens.selector, 4));
        _rejected(_terms(1, _one(stranger)), abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        assertFalse(listings.isBound(listing), "what failed left nothing behind");
    }

    function test_CreateShares() public {
        uint256 child = _derive(provider, _ids(listing), _bps(1234));
        assertEq(revenue.shareOf(child), address(0));
        uint256 snapshot = vm.snapshotState();
        address expected = address(_share(child, SUPPLY));
        vm.revertToState(snapshot);

        vm.expectEmit(address(listings));
        emit IListings.RevenueBound(child, expected);
        vm.expectEmit(expected);
        emit IRevenueShare.PaymentTokenAdded(address(token), 0);
        vm.expectEmit(address(revenue));
        emit IRevenue.SharesCreated(
            child, expected, provider, revenue.accountOf(child, expected), SUPPLY, 8766, "Shares of a model", "MODEL"
        );
        RevenueShare share = _share(child, SUPPLY);
        assertEq(address(share), expected);
        assertEq(revenue.shareOf(child), expected);
        assertEq(share.balanceOf(provider), SUPPLY);
        assertEq(share.totalSupply(), SUPPLY);
        assertTrue(listings.isBound(child));
        assertTrue(listings.listingOf(child).bound);
        assertFalse(listings.isBound(listing));
        (address beneficiary, address account) = revenue.beneficiaryOf(child);
        assertEq(beneficiary, expected);
        assertEq(account, revenue.accountOf(child, expected));
    }

    function test_EverySaleIsEarnedByWhoWasBeneficiaryWhenItWasMade() public {
        uint256 plan = _plan(listing, PRICE, 0);
        _buy(buyer, plan, 1, buyer);
        RevenueShare share = _share(listing, SUPPLY);
        _give(share, provider, friend, SUPPLY);
        _buy(buyer, plan, 2, buyer);
        uint256 net = PRICE - PRICE * FEE_BPS / 10_000;
        assertEq(_claimable(share, friend), 2 * net);
        revenue.settle(listing, address(share), address(token));
        revenue.settle(listing, provider, address(token));
        assertEq(_balance(provider), net, "the sale before the binding");
        assertEq(_claim(share, friend), 2 * net);
        assertEq(_claim(share, provider), 0);
    }

    function test_MoneyPaidIntoTheKeyEarlyIsTheFirstHolders() public {
        uint256 child = _derive(provider, _ids(listing), _bps(1000));
        uint256 snapshot = vm.snapshotState();
        address share = address(_share(child, SUPPLY));
        vm.revertToState(snapshot);

        _fundVault(revenue.accountOf(child, share), 1000);
        revenue.settle(child, share, address(token));
        assertEq(_balance(share), 0, "nothing is settled away to where nobody could claim it");
        assertEq(revenue.received(listing, provider, address(token)), 100);
        RevenueShare shares = _share(child, SUPPLY);
        assertEq(_claim(shares, provider), 900);
        revenue.settle(child, share, address(token));
        assertEq(_balance(revenue.accountOf(child, share)), 0);
    }

    function test_RevertWhen_PaidToSharesByAnother() public {
        RevenueShare share = _share(listing, SUPPLY);
        RevenueShare other = _share(_list(provider), SUPPLY);
        _earn(share, 100);
        address[2] memory callers = [provider, address(other)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_NotShare.selector, listing, callers[i]));
            vm.prank(callers[i]);
            revenue.payShares(listing, address(token), callers[i], 1, ClaimPayout.Balance);
        }
    }

    // ------------------------------------------------------------------------------------------------ settle

    function test_SettleOfShares() public {
        uint256 child = _derive(buyer, _ids(listing), _bps(1000));
        RevenueShare share = _share(child, SUPPLY);
        _earn(share, 1000);
        assertEq(revenue.pending(child, address(share), address(token)), 900);
        address[] memory earners = _one(provider);
        vm.expectEmit(address(revenue));
        emit IRevenue.Settled(child, address(share), address(token), 1000, 900, _ids(listing), earners, _ids(100));
        revenue.settle(child, address(share), address(token));
        assertEq(_balance(revenue.accountOf(child, address(share))), 900);
        assertEq(_balance(address(share)), 0);
        assertEq(revenue.received(child, address(share), address(token)), 1000);
    }

    function test_SettleOfSharesWithoutParentsMovesNothing() public {
        RevenueShare share = _share(listing, SUPPLY);
        _earn(share, 1000);
        vm.recordLogs();
        revenue.settle(listing, address(share), address(token));
        assertEq(vm.getRecordedLogs().length, 1, "only Settled");
        assertEq(revenue.settled(listing, address(share), address(token)), 1000);
        assertEq(_claim(share, provider), 1000);
    }

    function test_AParentWithSharesEarnsForThem() public {
        uint256 child = _derive(buyer, _ids(listing), _bps(1000));
        _fundVault(revenue.accountOf(child, buyer), 500);
        revenue.settle(child, buyer, address(token));
        RevenueShare share = _share(listing, SUPPLY);
        _fundVault(revenue.accountOf(child, buyer), 500);
        assertEq(share.earned(address(token)), 0);
        vm.expectEmit(address(revenue));
        emit IRevenue.Settled(child, buyer, address(token), 1000, 450, _ids(listing), _one(address(share)), _ids(50));
        revenue.settle(child, buyer, address(token));
        assertEq(share.earned(address(token)), 50);
        assertEq(revenue.received(listing, provider, address(token)), 50, "the royalty from before stays the owner's");
    }

    // --------------------------------------------------------------------------------------------- payments

    function _payListing(uint256 to, uint256 amount, bytes32 memo) private {
        vm.prank(buyer);
        vault.pay(address(revenue), address(token), amount, Funding.Allowance, abi.encode(to, memo));
    }

    function test_PayAListing() public {
        _fundWallet(buyer, 1500);
        vm.expectEmit(address(revenue));
        emit IRevenue.ListingPaid(listing, buyer, address(token), provider, 1000, "rent");
        _payListing(listing, 1000, "rent");
        assertEq(revenue.received(listing, provider, address(token)), 1000, "no fee");
        RevenueShare share = _share(listing, SUPPLY);
        vm.expectEmit(address(revenue));
        emit IRevenue.ListingPaid(listing, buyer, address(token), address(share), 500, 0);
        _payListing(listing, 500, 0);
        assertEq(share.earned(address(token)), 500);
        _payListing(listing, 0, 0);
        assertEq(_balance(buyer), 0);
    }

    function test_RevertWhen_PaidListingIsUnknown() public {
        _fundWallet(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        vm.prank(buyer);
        vault.pay(address(revenue), address(token), 1, Funding.Allowance, abi.encode(uint256(9), bytes32(0)));
    }

    function test_RevertWhen_PaymentIsMalformed() public {
        _fundWallet(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_PaymentMalformed.selector, 32, 64));
        vm.prank(buyer);
        vault.pay(address(revenue), address(token), 1, Funding.Allowance, abi.encode(listing));
    }

    function test_RevertWhen_PaidByAnotherThanTheVault() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_NotVault.selector, buyer));
        vm.prank(buyer);
        revenue.onPay(buyer, address(token), 1, abi.encode(listing, bytes32(0)), 0);
    }

    function test_WitnessMustBeThePayments() public {
        bytes memory data = abi.encode(listing, bytes32("rent"));
        bytes32 witness =
            keccak256(abi.encode(keccak256("ListingPayment(uint256 listing,bytes32 memo)"), listing, bytes32("rent")));
        vm.startPrank(address(vault));
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_WitnessMismatch.selector, bytes32("x"), witness));
        revenue.onPay(buyer, address(token), 7, data, "x");
        Credit[] memory credits = revenue.onPay(buyer, address(token), 7, data, witness);
        vm.stopPrank();
        assertEq(credits.length, 1);
        assertEq(credits[0].account, revenue.accountOf(listing, provider));
        assertEq(credits[0].amount, 7);
    }

    // ------------------------------------------------------------------------------------------------- views

    function test_TierLowersTheFee() public {
        uint256[7] memory fees = [uint256(1000), 875, 750, 625, 500, 500, 500];
        for (uint8 tier = 0; tier < 7; ++tier) {
            vm.mockCall(address(staking), abi.encodeCall(staking.tierOf, (provider)), abi.encode(tier));
            SaleSplit memory sale = revenue.saleTerms(listing, 40_000, true);
            assertEq(sale.fee, fees[tier]);
            assertEq(sale.net, 40_000 - fees[tier]);
            assertEq(revenue.saleTerms(listing, 40_000, false).fee, 1000, "where the plan did not opt in");
        }
        RevenueShare share = _share(listing, SUPPLY);
        SaleSplit memory bound = revenue.saleTerms(listing, 40_000, true);
        assertEq(bound.fee, 500, "the owner's tier counts for shares too");
        assertEq(bound.beneficiary, address(share));
        assertEq(bound.netAccount, revenue.accountOf(listing, address(share)));
    }

    function test_TokenAllowed() public {
        address other = _tokens(1)[0];
        assertTrue(revenue.tokenAllowed(listing, other));
        RevenueShare share = _share(listing, SUPPLY);
        assertFalse(revenue.tokenAllowed(listing, other));
        assertTrue(revenue.tokenAllowed(listing, address(token)));
        vm.prank(provider);
        share.addPaymentToken(other);
        assertTrue(revenue.tokenAllowed(listing, other));
    }
}
