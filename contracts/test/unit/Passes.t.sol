// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IUnorderedNonces} from "../../src/interfaces/IUnorderedNonces.sol";
import {Funding} from "../../src/types/Payment.sol";
import {NewPlan, Order, Plan, PlanKind, SpendOrder} from "../../src/types/Plan.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";

contract PassesTest is SignBase {
    uint32 private constant MONTH = 30 days;
    uint256 private listing;
    uint256 private sub;
    uint256 private pack;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        sub = _subscription(listing, PRICE, MONTH);
        pack = _credits(listing, PRICE, 1000);
    }

    function _now() private view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    // ------------------------------------------------------------------------------------------------- plans

    function test_PlansSayTheirKind() public view {
        Plan memory plan = market.planOf(sub);
        assertEq(plan.period, MONTH);
        assertEq(plan.units, 0);
        plan = market.planOf(pack);
        assertEq(plan.period, 0);
        assertEq(plan.units, 1000);
        assertEq(plan.unit, "call");
    }

    function test_PlansTellAllTheirTerms() public {
        NewPlan memory terms = _planTerms(listing, PRICE, 9);
        (terms.kind, terms.units, terms.unit) = (PlanKind.Credits, 7, "token");
        terms.tierDiscount = true;
        (terms.from, terms.until, terms.gate) = (1, _now() + 1, address(new ReceiverMock()));
        uint256 id = _createPlan(terms);
        vm.prank(provider);
        market.pausePlan(id);
        Plan memory plan = market.planOf(id);
        assertTrue(plan.paused && plan.transferable && plan.tierDiscount);
        assertEq(
            abi.encode(plan.listing, plan.kind, plan.token, plan.price, plan.cap, plan.sold, plan.version),
            abi.encode(listing, PlanKind.Credits, token, PRICE, 9, 0, 2)
        );
        assertEq(
            abi.encode(plan.period, plan.units, plan.unit, plan.from, plan.until, plan.gate),
            abi.encode(0, 7, "token", 1, _now() + 1, terms.gate)
        );
        vm.startPrank(provider);
        market.resumePlan(id);
        market.boundPlan(id, address(0), 0, 0);
        vm.stopPrank();
        plan = market.planOf(id);
        assertEq(abi.encode(plan.paused, plan.version), abi.encode(false, 4));
        assertEq(abi.encode(plan.from, plan.until, plan.gate), abi.encode(0, 0, address(0)));
    }

    function _rejectedPlan(NewPlan memory plan, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(provider);
        market.createPlan(plan);
    }

    function test_RevertWhen_KindAndSizeDisagree() public {
        NewPlan memory plan = _planTerms(listing, PRICE, 0);
        plan.period = 1;
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadPeriod.selector, PlanKind.Licence, 1));
        (plan.period, plan.units) = (0, 1);
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnits.selector, PlanKind.Licence, 1));
        (plan.kind, plan.units) = (PlanKind.Subscription, 0);
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadPeriod.selector, PlanKind.Subscription, 0));
        plan.period = 1;
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_SubscriptionTransferable.selector));
        (plan.kind, plan.period) = (PlanKind.Credits, 0);
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnits.selector, PlanKind.Credits, 0));
    }

    function test_RevertWhen_UnitIsBad() public {
        NewPlan memory plan = _planTerms(listing, PRICE, 0);
        plan.unit = "call";
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnit.selector, 4, 0));
        (plan.kind, plan.units, plan.unit) = (PlanKind.Credits, 1, "");
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnit.selector, 0, 32));
        plan.unit = "012345678901234567890123456789012";
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnit.selector, 33, 32));
        plan.unit = string(abi.encodePacked(uint8(0xff)));
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_BadUnit.selector, 1, 32));
    }

    function test_RevertWhen_CreditsAreFree() public {
        NewPlan memory plan = _planTerms(listing, 0, 0);
        (plan.kind, plan.units, plan.unit) = (PlanKind.Credits, 1, "call");
        _rejectedPlan(plan, abi.encodeWithSelector(IMarket.Market_FreeCredits.selector));
        vm.expectRevert(IMarket.Market_FreeCredits.selector);
        vm.prank(provider);
        market.changePlan(pack, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------- gifts

    function _expectTold(address recipient, uint256 plan, uint256 amount) private {
        bytes memory none;
        vm.expectCall(
            recipient, abi.encodeCall(IERC1155Receiver.onERC1155Received, (buyer, address(0), plan, amount, none))
        );
    }

    function test_GiftsTellWhatIsReceived() public {
        address recipient = address(new ReceiverMock());
        uint256 licence = _plan(listing, PRICE, 0);
        _expectTold(recipient, licence, 3);
        _buy(buyer, licence, 3, recipient);
        _expectTold(recipient, pack, 2000);
        _buy(buyer, pack, 2, recipient);
        _expectTold(recipient, sub, 1);
        _buy(buyer, sub, 5, recipient);
    }

    // ---------------------------------------------------------------------------------------- subscriptions

    function test_Subscribe() public {
        uint64 end = _now() + 2 * MONTH;
        _fundWallet(buyer, 2 * PRICE);
        vm.expectEmit(address(market));
        emit IERC1155.TransferSingle(address(vault), address(0), buyer, sub, 1);
        vm.expectEmit(address(market));
        emit IMarket.Purchased(sub, buyer, buyer, listing, 2, 2 * PRICE, 2 * PRICE * FEE_BPS / 10_000, provider, 2, end);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 2 * PRICE, Funding.Allowance, _order(sub, 2, buyer));
        assertEq(market.expiresAt(buyer, sub), end);
        assertEq(market.balanceOf(buyer, sub), 1);
        vm.warp(end - 1);
        assertTrue(market.isActive(buyer, sub));
        vm.warp(end);
        assertFalse(market.isActive(buyer, sub));
        assertEq(market.balanceOf(buyer, sub), 1, "one from the first purchase on");
    }

    function test_RenewalExtendsFromTheEnd() public {
        uint64 start = _now();
        _buy(buyer, sub, 1, buyer);
        vm.warp(start + 10 days);
        _buy(friend, sub, 1, buyer);
        assertEq(market.expiresAt(buyer, sub), start + 2 * MONTH);
        assertEq(market.balanceOf(buyer, sub), 1);
        assertEq(market.planOf(sub).sold, 2);
    }

    function test_RenewalAfterTheEndStartsNow() public {
        uint64 start = _now();
        _buy(buyer, sub, 1, buyer);
        vm.warp(start + MONTH + 5 days);
        _buy(buyer, sub, 1, buyer);
        assertEq(market.expiresAt(buyer, sub), start + 2 * MONTH + 5 days);
    }

    function test_RevertWhen_PaidTimeReachesTooFar() public {
        uint64 start = _now();
        uint256 limit = start + 4 * 365 days;
        _fundWallet(buyer, 49 * PRICE);
        vm.expectRevert(
            abi.encodeWithSelector(IMarket.Market_TooFarAhead.selector, sub, start + 49 * uint256(MONTH), limit)
        );
        vm.prank(buyer);
        vault.pay(address(market), address(token), 49 * PRICE, Funding.Allowance, _order(sub, 49, buyer));
        _buy(buyer, sub, 48, buyer);
        assertLe(market.expiresAt(buyer, sub), limit);
    }

    function test_OnePeriodMayBeLongerThanFourYears() public {
        uint32 century = 36_500 days;
        uint256 long = _subscription(listing, PRICE, century);
        _buy(buyer, long, 1, buyer);
        assertEq(market.expiresAt(buyer, long), _now() + century);
    }

    function test_FreeTimeDoesNotAddUp() public {
        uint256 free = _subscription(listing, 0, MONTH);
        uint64 start = _now();
        _buy(buyer, free, 1, buyer);
        assertEq(market.expiresAt(buyer, free), start + MONTH);
        vm.warp(start + 1 days);
        _buy(buyer, free, 1, buyer);
        assertEq(market.expiresAt(buyer, free), start + MONTH + 1 days);
    }

    function test_FreeRenewalNeverShortensPaidTime() public {
        _buy(buyer, sub, 12, buyer);
        uint64 end = market.expiresAt(buyer, sub);
        vm.prank(provider);
        market.changePlan(sub, 0, 0);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 0, Funding.Balance, abi.encode(Order(sub, 2, 1, buyer)));
        assertEq(market.expiresAt(buyer, sub), end);
    }

    function test_RevertWhen_SubscriptionTransfers() public {
        _buy(buyer, sub, 1, buyer);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_PassNotTransferable.selector, sub));
        vm.prank(buyer);
        market.safeTransferFrom(buyer, friend, sub, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_PassNotTransferable.selector, sub));
        vm.prank(buyer);
        market.safeTransferFrom(buyer, friend, sub, 0, "");
    }

    function testFuzz_PaidTimeIsExact(uint32 period, uint64 first, uint64 second, uint32 wait) public {
        period = uint32(bound(period, 1, 365 days));
        first = uint64(bound(first, 1, 730 days / period));
        second = uint64(bound(second, 1, 730 days / period));
        uint256 plan = _subscription(listing, 1, period);
        uint64 start = _now();
        _buy(buyer, plan, first, buyer);
        uint64 end = market.expiresAt(buyer, plan);
        assertEq(end, start + period * first);
        vm.warp(start + wait);
        _buy(friend, plan, second, buyer);
        uint64 base = end > start + wait ? end : start + wait;
        assertEq(market.expiresAt(buyer, plan), base + period * second);
    }

    // ----------------------------------------------------------------------------------------------- credits

    function test_BuyCredits() public {
        _buy(buyer, pack, 3, friend);
        assertEq(market.balanceOf(friend, pack), 3000);
        assertEq(market.planOf(pack).sold, 3);
        assertTrue(market.isActive(friend, pack));
        assertEq(market.expiresAt(friend, pack), type(uint64).max);
        assertEq(market.expiresAt(buyer, pack), 0);
    }

    function test_Spend() public {
        _buy(buyer, pack, 1, buyer);
        vm.expectEmit(address(market));
        emit IERC1155.TransferSingle(buyer, buyer, address(0), pack, 400);
        vm.expectEmit(address(market));
        emit IMarket.CreditsSpent(pack, buyer, buyer, 400, "invoice", 600);
        vm.prank(buyer);
        assertEq(market.spend(pack, 400, "invoice"), 600);
        assertEq(market.balanceOf(buyer, pack), 600);
    }

    function test_SpendWhileAllIsPaused() public {
        _buy(buyer, pack, 1, buyer);
        vm.startPrank(provider);
        market.pausePlan(pack);
        listings.retire(listing);
        vm.stopPrank();
        vm.prank(buyer);
        assertEq(market.spend(pack, 1000, 0), 0);
        assertFalse(market.isActive(buyer, pack));
    }

    function test_RevertWhen_SpendingWhatIsNot() public {
        _buy(buyer, pack, 1, buyer);
        uint256 licence = _plan(listing, PRICE, 0);
        _buy(buyer, licence, 1, buyer);
        vm.startPrank(buyer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, buyer, 1000, 1001, pack)
        );
        market.spend(pack, 1001, 0);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_ZeroQuantity.selector, pack));
        market.spend(pack, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotCredits.selector, licence));
        market.spend(licence, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_UnknownPlan.selector, 99));
        market.spend(99, 1, 0);
        vm.stopPrank();
    }

    function test_RevertWhen_CreditsDoNotTransfer() public {
        NewPlan memory plan = _planTerms(listing, PRICE, 0);
        (plan.kind, plan.units, plan.unit, plan.transferable) = (PlanKind.Credits, 5, "call", false);
        uint256 id = _createPlan(plan);
        _buy(buyer, id, 1, buyer);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_PassNotTransferable.selector, id));
        vm.prank(buyer);
        market.safeTransferFrom(buyer, friend, id, 1, "");
        vm.prank(buyer);
        assertEq(market.spend(id, 5, 0), 0, "spending needs no transfer");
    }

    // ------------------------------------------------------------------------------------------------ orders

    function _spendOrder(uint256 units) private view returns (SpendOrder memory) {
        return SpendOrder(payer, pack, units, provider, "job", 7, _now());
    }

    function _rejectedSpend(SpendOrder memory order, bytes memory signature, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(provider);
        market.spendBySig(order, signature);
    }

    function test_SpendByOrder() public {
        _buy(buyer, pack, 1, payer);
        SpendOrder memory order = _spendOrder(250);
        bytes memory signature = _signSpend(order);
        vm.expectEmit(address(market));
        emit IUnorderedNonces.NoncesChanged(payer, 0, 128);
        vm.expectEmit(address(market));
        emit IMarket.CreditsSpent(pack, payer, provider, 250, "job", 750);
        vm.prank(provider);
        assertEq(market.spendBySig(order, signature), 750);
        _rejectedSpend(order, signature, abi.encodeWithSelector(IUnorderedNonces.Nonces_Used.selector, payer, 7));
    }

    function test_RevertWhen_SpendOrderIsCancelledLateOrAnothers() public {
        _buy(buyer, pack, 1, payer);
        SpendOrder memory order = _spendOrder(250);
        bytes memory signature = _signSpend(order);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotSpender.selector, stranger, provider));
        vm.prank(stranger);
        market.spendBySig(order, signature);
        vm.prank(payer);
        market.cancelNonces(0, 128);
        _rejectedSpend(order, signature, abi.encodeWithSelector(IUnorderedNonces.Nonces_Used.selector, payer, 7));
        vm.warp(order.deadline + 1);
        _rejectedSpend(order, signature, abi.encodeWithSelector(IMarket.Market_Expired.selector, order.deadline));
    }

    function testFuzz_RevertWhen_SpendOrderIsChanged(uint256 field, uint256 noise) public {
        _buy(buyer, pack, 1, payer);
        SpendOrder memory order = _spendOrder(250);
        bytes memory signature = _signSpend(order);
        field = bound(field, 0, 5);
        if (field == 0) order.units = bound(noise, 251, 1000);
        if (field == 1) order.plan = sub;
        if (field == 2) order.ref = bytes32(noise);
        if (field == 3) order.nonce = bound(noise, 8, type(uint256).max);
        if (field == 4) order.deadline += bound(noise, 1, 1000 days);
        if (field == 5) order.holder = buyer;
        _rejectedSpend(order, signature, abi.encodeWithSelector(IMarket.Market_WrongSignature.selector, order.holder));
    }

    function testFuzz_SpendingNeverExceeds(uint32 units, uint64 packs, uint256 first, uint256 second) public {
        units = uint32(bound(units, 1, type(uint32).max));
        packs = uint64(bound(packs, 1, type(uint40).max));
        uint256 plan = _credits(listing, 1, units);
        _buy(buyer, plan, packs, buyer);
        uint256 held = uint256(units) * packs;
        first = bound(first, 1, held);
        vm.prank(buyer);
        assertEq(market.spend(plan, first, 0), held - first);
        second = bound(second, held - first + 1, type(uint256).max);
        vm.expectPartialRevert(IERC1155Errors.ERC1155InsufficientBalance.selector);
        vm.prank(buyer);
        market.spend(plan, second, 0);
    }

    // ---------------------------------------------------------------------------------------------- discount

    function test_TierLowersTheFeeWhereThePlanSaysSo() public {
        NewPlan memory plan = _planTerms(listing, PRICE, 0);
        plan.tierDiscount = true;
        uint256 id = _createPlan(plan);
        vm.mockCall(address(staking), abi.encodeCall(staking.tierOf, (provider)), abi.encode(uint8(4)));
        _buy(buyer, id, 1, buyer);
        assertEq(_balance(revenue.feeRecipient()), PRICE * FEE_BPS / 20_000);
    }
}
