// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Funding} from "../../src/types/Payment.sol";
import {NewPlan, Order, Plan, PlanKind} from "../../src/types/Plan.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

contract MarketTest is Base {
    bytes4 private constant FREE_QUANTITY = IMarket.Market_FreeQuantity.selector;

    uint256 private listing;
    uint256 private plan;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        plan = _plan(listing, PRICE, 5);
    }

    function _new() private view returns (NewPlan memory) {
        return _planTerms(listing, PRICE, 5);
    }

    function _rejectedOrder(Order memory order, uint256 amount, bytes memory reason) private {
        _fundWallet(buyer, amount);
        vm.expectRevert(reason);
        vm.prank(buyer);
        vault.pay(address(market), address(token), amount, Funding.Allowance, abi.encode(order));
    }

    function _with(bytes4 selector, uint256 a) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a);
    }

    // ------------------------------------------------------------------------------------------------- plans

    function test_CreatePlan() public {
        TokenMock other = new TokenMock(18);
        vm.expectEmit(address(market));
        emit IMarket.PlanCreated(
            2, listing, address(other), PlanKind.Licence, 7, 3, false, 1, 0, 0, "", 0, 0, address(0), true
        );
        vm.expectEmit(address(vault));
        emit IVault.TokenDescribed(address(other), "Token", "TKN", 18);
        NewPlan memory terms = _planTerms(listing, 7, 3);
        (terms.token, terms.transferable, terms.tierDiscount) = (address(other), false, true);
        vm.prank(provider);
        assertEq(market.createPlan(terms), 2);
        Plan memory stored = market.planOf(2);
        assertEq(stored.listing, listing);
        assertEq(stored.price, 7);
        assertEq(stored.cap, 3);
        assertEq(stored.sold, 0);
        assertEq(stored.token, address(other));
        assertEq(stored.version, 1);
        assertFalse(stored.paused);
        assertFalse(stored.transferable);
        assertTrue(stored.tierDiscount);
        assertEq(market.count(), 2);
        assertEq(market.uri(2), "ipfs://metadata");
    }

    function test_RevertWhen_CallerDoesNotManage() public {
        bytes memory reason = abi.encodeWithSelector(IMarket.Market_NotManager.selector, listing, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        market.createPlan(_new());
        vm.expectRevert(reason);
        market.changePlan(plan, 1, 0);
        vm.expectRevert(reason);
        market.pausePlan(plan);
        vm.expectRevert(reason);
        market.resumePlan(plan);
        vm.expectRevert(reason);
        market.boundPlan(plan, address(0), 0, 0);
        vm.stopPrank();
    }

    function test_RevertWhen_PlanOfRetiredListing() public {
        vm.startPrank(provider);
        listings.retire(listing);
        vm.expectRevert(_with(IMarket.Market_ListingRetired.selector, listing));
        market.createPlan(_new());
        vm.stopPrank();
    }

    function test_RevertWhen_PlanOfUnknownListing() public {
        NewPlan memory terms = _new();
        terms.listing = 99;
        vm.expectRevert(_with(IERC721Errors.ERC721NonexistentToken.selector, 99));
        market.createPlan(terms);
    }

    function test_RevertWhen_PlanTokenHasNoCode() public {
        NewPlan memory terms = _new();
        terms.token = stranger;
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vm.prank(provider);
        market.createPlan(terms);
    }

    function test_ChangePlan() public {
        vm.expectEmit(address(market));
        emit IMarket.PlanChanged(plan, 2, 20e6, 0, false, 0, 0, address(0));
        vm.prank(provider);
        market.changePlan(plan, 20e6, 0);
        assertEq(market.planOf(plan).price, 20e6);
        assertEq(market.planOf(plan).cap, 0);
    }

    function test_PauseAndResumePlan() public {
        vm.startPrank(provider);
        vm.expectRevert(_with(IMarket.Market_PlanNotPaused.selector, plan));
        market.resumePlan(plan);
        vm.expectEmit(address(market));
        emit IMarket.PlanChanged(plan, 2, PRICE, 5, true, 0, 0, address(0));
        market.pausePlan(plan);
        vm.expectRevert(_with(IMarket.Market_PlanPaused.selector, plan));
        market.pausePlan(plan);
        vm.expectEmit(address(market));
        emit IMarket.PlanChanged(plan, 3, PRICE, 5, false, 0, 0, address(0));
        market.resumePlan(plan);
        vm.stopPrank();
    }

    function test_RevertWhen_CapIsBelowSold() public {
        _buy(buyer, plan, 3, buyer);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_CapBelowSold.selector, plan, 2, 3));
        market.changePlan(plan, PRICE, 2);
        market.changePlan(plan, PRICE, 3);
        vm.stopPrank();
        _rejectedOrder(
            Order(plan, 2, 1, buyer), PRICE, abi.encodeWithSelector(IMarket.Market_CapExceeded.selector, plan, 3, 3, 1)
        );
    }

    function test_RevertWhen_PlanIsUnknown() public {
        bytes memory reason = _with(IMarket.Market_UnknownPlan.selector, 9);
        vm.expectRevert(reason);
        market.changePlan(9, 1, 1);
        vm.expectRevert(reason);
        market.pausePlan(9);
        vm.expectRevert(reason);
        market.resumePlan(9);
        vm.expectRevert(reason);
        market.planOf(9);
        vm.expectRevert(reason);
        market.uri(9);
        _rejectedOrder(Order(9, 0, 1, buyer), PRICE, reason);
    }

    // ----------------------------------------------------------------------------------------------- payment

    function test_Purchase() public {
        uint256 fee = 2 * PRICE * FEE_BPS / 10_000;
        _fundWallet(buyer, 2 * PRICE);
        vm.expectEmit(address(market));
        emit IERC1155.TransferSingle(address(vault), address(0), friend, plan, 2);
        vm.expectEmit(address(market));
        emit IMarket.Purchased(plan, buyer, friend, listing, 2, 2 * PRICE, fee, provider, 2, 0);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 2 * PRICE, Funding.Allowance, _order(plan, 2, friend));
        assertEq(market.balanceOf(friend, plan), 2);
        assertEq(market.balanceOf(buyer, plan), 0);
        assertEq(market.planOf(plan).sold, 2);
        assertEq(_balance(revenue.feeRecipient()), fee);
        assertEq(_balance(revenue.accountOf(listing, provider)), 2 * PRICE - fee);
        assertEq(_balance(buyer), 0);
    }

    function test_OverpaymentIsThePayers() public {
        _fundVault(buyer, 3 * PRICE);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 2 * PRICE, Funding.Balance, _order(plan, 1, buyer));
        assertEq(_balance(buyer), 2 * PRICE);
        assertEq(market.balanceOf(buyer, plan), 1);
    }

    function test_FreePlan() public {
        uint256 free = _plan(listing, 0, 0);
        vm.expectEmit(address(market));
        emit IMarket.Purchased(free, buyer, buyer, listing, 1, 0, 0, provider, 1, 0);
        vm.startPrank(buyer);
        vault.pay(address(market), address(token), 0, Funding.Balance, _order(free, 1, buyer));
        vault.pay(address(market), address(token), 0, Funding.Balance, _order(free, 1, buyer));
        vm.stopPrank();
        assertEq(market.balanceOf(buyer, free), 2);
        assertEq(market.planOf(free).sold, 2);
    }

    function test_RevertWhen_ManyOfAFreePlan() public {
        uint256 free = _plan(listing, 0, 5);
        _rejectedOrder(Order(free, 1, 2, buyer), 0, abi.encodeWithSelector(FREE_QUANTITY, free, 2));
        // Whatever is paid: the money would come back anyway.
        _rejectedOrder(Order(free, 1, 5, buyer), PRICE, abi.encodeWithSelector(FREE_QUANTITY, free, 5));
        _rejectedOrder(Order(free, 1, 0, buyer), 0, _with(IMarket.Market_ZeroQuantity.selector, free));
        vm.startPrank(provider);
        market.changePlan(plan, 0, 5);
        market.changePlan(free, 1, 5);
        vm.stopPrank();
        _rejectedOrder(Order(plan, 2, 5, buyer), 0, abi.encodeWithSelector(FREE_QUANTITY, plan, 5));
        _fundVault(buyer, 5);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 5, Funding.Balance, abi.encode(Order(free, 2, 5, buyer)));
        assertEq(market.balanceOf(buyer, free), 5, "with a price, by the number");
    }

    /// @dev One free transaction could once use up what a free plan may ever sell.
    function testFuzz_NobodyEmptiesAFreePlanAtOnce(uint64 quantity, uint64 cap) public {
        quantity = uint64(bound(quantity, 2, type(uint64).max));
        uint256 free = _plan(listing, 0, uint64(bound(cap, 0, type(uint48).max)));
        vm.expectRevert(abi.encodeWithSelector(FREE_QUANTITY, free, quantity));
        vm.prank(buyer);
        vault.pay(address(market), address(token), 0, Funding.Balance, _order(free, quantity, buyer));
        assertEq(market.planOf(free).sold, 0);
    }

    function test_CapCountsAllBuyers() public {
        _buy(buyer, plan, 3, buyer);
        _buy(friend, plan, 2, friend);
        _rejectedOrder(
            Order(plan, 1, 1, buyer), PRICE, abi.encodeWithSelector(IMarket.Market_CapExceeded.selector, plan, 5, 5, 1)
        );
    }

    function test_RevertWhen_UncappedCounterIsFull() public {
        uint256 cheap = _plan(listing, 1, 0);
        _buy(buyer, cheap, type(uint48).max, buyer);
        _rejectedOrder(
            Order(cheap, 1, 1, buyer),
            1,
            abi.encodeWithSelector(IMarket.Market_CapExceeded.selector, cheap, 0, type(uint48).max, 1)
        );
        assertEq(
            revenue.received(listing, provider, address(token)) + _balance(revenue.feeRecipient()), type(uint48).max
        );
    }

    function test_RevertWhen_CallerIsNotTheVault() public {
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotVault.selector, buyer));
        vm.prank(buyer);
        market.onPay(buyer, address(token), PRICE, _order(plan, 1, buyer), 0);
    }

    function test_RevertWhen_OrderIsMalformed() public {
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_OrderMalformed.selector, 5, 128));
        vault.pay(address(market), address(token), 0, Funding.Balance, "order");
        bytes memory long = abi.encodePacked(_order(plan, 1, buyer), bytes32(0));
        vm.expectRevert(_with(IMarket.Market_GateDataWithoutGate.selector, 32));
        vault.pay(address(market), address(token), 0, Funding.Balance, long);
    }

    function test_RevertWhen_OrderFieldsDoNotFit() public {
        uint256 free = _plan(listing, 0, 0);
        vm.expectRevert();
        vault.pay(address(market), address(token), 0, Funding.Balance, abi.encode(free, 1, uint256(1) << 64, buyer));
        vm.expectRevert();
        vault.pay(
            address(market), address(token), 0, Funding.Balance, abi.encode(free, (uint256(1) << 32) + 1, 1, buyer)
        );
        vm.expectRevert();
        vault.pay(address(market), address(token), 0, Funding.Balance, abi.encode(free, 1, 1, type(uint256).max));
    }

    function test_RevertWhen_VersionIsStale() public {
        vm.prank(provider);
        market.changePlan(plan, 2 * PRICE, 5);
        _rejectedOrder(
            Order(plan, 1, 1, buyer),
            2 * PRICE,
            abi.encodeWithSelector(IMarket.Market_StaleVersion.selector, plan, 1, 2)
        );
    }

    function test_RevertWhen_PlanPaused() public {
        vm.prank(provider);
        market.pausePlan(plan);
        _rejectedOrder(Order(plan, 2, 1, buyer), PRICE, _with(IMarket.Market_PlanPaused.selector, plan));
    }

    function test_RevertWhen_ListingPausedOrRetired() public {
        bytes memory reason = _with(IMarket.Market_ListingNotActive.selector, listing);
        vm.prank(provider);
        listings.pause(listing);
        _rejectedOrder(Order(plan, 1, 1, buyer), PRICE, reason);
        vm.prank(provider);
        listings.retire(listing);
        _rejectedOrder(Order(plan, 1, 1, buyer), PRICE, reason);
    }

    function test_RevertWhen_TokenIsWrong() public {
        address right = address(token);
        token = new TokenMock(6);
        _rejectedOrder(
            Order(plan, 1, 1, buyer),
            PRICE,
            abi.encodeWithSelector(IMarket.Market_WrongToken.selector, plan, address(token), right)
        );
    }

    function test_RevertWhen_QuantityIsZero() public {
        _rejectedOrder(Order(plan, 1, 0, buyer), PRICE, _with(IMarket.Market_ZeroQuantity.selector, plan));
    }

    function test_RevertWhen_RecipientIsZero() public {
        _rejectedOrder(Order(plan, 1, 1, address(0)), PRICE, _with(IMarket.Market_ZeroRecipient.selector, plan));
    }

    function test_RevertWhen_PaymentIsTooSmall() public {
        _rejectedOrder(
            Order(plan, 1, 2, buyer),
            2 * PRICE - 1,
            abi.encodeWithSelector(IMarket.Market_PaymentTooSmall.selector, plan, 2 * PRICE - 1, 2 * PRICE)
        );
    }

    // ------------------------------------------------------------------------------------------------ passes

    function test_PassTransfers() public {
        _buy(buyer, plan, 2, buyer);
        vm.prank(buyer);
        market.safeTransferFrom(buyer, friend, plan, 1, "");
        assertEq(market.balanceOf(friend, plan), 1);
    }

    function test_RevertWhen_PassNotTransferable() public {
        NewPlan memory terms = _new();
        terms.transferable = false;
        vm.prank(provider);
        uint256 bound = market.createPlan(terms);
        _buy(buyer, plan, 1, buyer);
        _buy(buyer, bound, 1, buyer);
        uint256[] memory ones = _ids(1, 1);
        vm.startPrank(buyer);
        vm.expectRevert(_with(IMarket.Market_PassNotTransferable.selector, bound));
        market.safeTransferFrom(buyer, friend, bound, 1, "");
        vm.expectRevert(_with(IMarket.Market_PassNotTransferable.selector, bound));
        market.safeBatchTransferFrom(buyer, friend, _ids(plan, bound), ones, "");
        vm.stopPrank();
    }

    // -------------------------------------------------------------------------------------------------- fuzz

    function testFuzz_SaleConservesMoney(uint128 price, uint64 quantity, uint128 extra, uint16 feeBps, bool byBalance)
        public
    {
        quantity = uint64(bound(quantity, 1, type(uint48).max));
        price = uint128(bound(price, 0, type(uint128).max / quantity));
        if (price == 0) quantity = 1;
        uint256 amount = uint256(price) * quantity;
        uint256 paid = amount + bound(extra, 0, type(uint128).max - amount);
        vm.prank(address(timelock));
        revenue.setFee(uint16(bound(feeBps, 0, 500)));
        uint256 id = _plan(listing, price, 0);
        if (byBalance) _fundVault(buyer, paid);
        else _fundWallet(buyer, paid);
        vm.prank(buyer);
        vault.pay(
            address(market),
            address(token),
            paid,
            byBalance ? Funding.Balance : Funding.Allowance,
            _order(id, quantity, friend)
        );
        uint256 fee = _balance(revenue.feeRecipient());
        assertEq(fee, amount * revenue.feeBps() / 10_000);
        assertEq(fee + revenue.received(listing, provider, address(token)), amount);
        assertEq(_balance(buyer), paid - amount);
        assertEq(token.balanceOf(address(vault)), paid);
        assertEq(market.balanceOf(friend, id), quantity);
    }

    function testFuzz_CapIsNeverExceeded(uint64 cap, uint64 first, uint64 second) public {
        cap = uint64(bound(cap, 1, type(uint48).max));
        first = uint64(bound(first, 1, cap));
        second = uint64(bound(second, 1, type(uint64).max));
        uint256 id = _plan(listing, 1, cap);
        _fundVault(buyer, uint256(first) + second);
        vm.startPrank(buyer);
        vault.pay(address(market), address(token), first, Funding.Balance, _order(id, first, buyer));
        if (second > cap - first) {
            vm.expectRevert(abi.encodeWithSelector(IMarket.Market_CapExceeded.selector, id, cap, first, second));
        }
        vault.pay(address(market), address(token), second, Funding.Balance, _order(id, second, buyer));
        vm.stopPrank();
        assertLe(market.planOf(id).sold, cap);
        assertEq(market.balanceOf(buyer, id), market.planOf(id).sold);
    }
}
