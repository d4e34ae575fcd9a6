// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGuarded} from "../../src/interfaces/IGuarded.sol";
import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Funding, SignedPay} from "../../src/types/Payment.sol";
import {Order, SpendOrder} from "../../src/types/Plan.sol";
import {NewShares} from "../../src/types/Share.sol";
import {NewShareSale, ShareOrder} from "../../src/types/ShareSale.sol";
import {SignBase} from "../utils/SignBase.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Windows, deadlines and pauses at any time: what is refused, and that nothing else is. Half of the runs lie within
/// a few seconds of a border.
contract TimesTest is SignBase {
    bytes32 private constant SHARE_ORDER = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");

    uint256 private listing;
    uint256 private plan;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        plan = _plan(listing, PRICE, 0);
        _fundVault(payer, 100 * PRICE);
    }

    /// @dev A time within 48 bits, often just before, at, or just after a border.
    function _moment(uint256 seed, uint256 border) private pure returns (uint256) {
        if (seed % 2 == 0) return bound(seed, START, type(uint48).max);
        uint256 near = border + (seed / 2) % 5;
        return near < START + 2 ? START : near - 2;
    }

    function _window(uint48 from, uint48 until) private pure returns (uint48, uint48) {
        if (until != 0 && until <= from) return (until - 1, from + 1);
        return (from, until);
    }

    function _isOpen(uint256 time, uint256 from, uint256 until) private pure returns (bool) {
        return from <= time && (until == 0 || time < until);
    }

    function _payFor(bytes memory data) private {
        vm.prank(payer);
        vault.pay(address(market), address(token), PRICE, Funding.Balance, data);
    }

    // ------------------------------------------------------------------------------------------------ windows

    function testFuzz_APlanSellsInItsWindowAlone(uint48 from, uint48 until, uint256 seed, bool atEnd) public {
        (from, until) = _window(uint48(bound(from, 0, type(uint48).max - 1)), until);
        uint256 time = _moment(seed, atEnd ? until : from);
        vm.prank(provider);
        market.boundPlan(plan, address(0), from, until);
        vm.warp(time);
        bool open = _isOpen(time, from, until);
        if (!open) {
            vm.expectRevert(abi.encodeWithSelector(IMarket.Market_OutsideWindow.selector, plan, from, until));
        }
        _payFor(abi.encode(Order(plan, 2, 1, payer)));
        assertEq(market.balanceOf(payer, plan), open ? 1 : 0);
    }

    function testFuzz_SharesSellInTheirWindowAlone(uint48 from, uint48 until, uint256 seed, bool atEnd) public {
        (from, until) = _window(uint48(bound(from, 0, type(uint48).max - 1)), until);
        uint256 time = _moment(seed, atEnd ? until : from);
        vm.startPrank(provider);
        IERC20 share = IERC20(revenue.createShares(listing, NewShares("Shares", "SHR", 1e24, _one(address(token)))));
        share.approve(address(market), 1e18);
        NewShareSale memory terms;
        (terms.listing, terms.token, terms.lot, terms.price) = (listing, address(token), 1e18, PRICE);
        (terms.from, terms.until) = (from, until);
        uint256 sale = market.openShareSale(terms);
        vm.stopPrank();
        vm.warp(time);
        bool open = _isOpen(time, from, until);
        if (!open) {
            vm.expectRevert(abi.encodeWithSelector(IMarket.Market_OutsideWindow.selector, sale, from, until));
        }
        _payFor(abi.encode(SHARE_ORDER, ShareOrder(sale, 1, payer)));
        assertEq(share.balanceOf(payer), open ? 1e18 : 0);
    }

    // ---------------------------------------------------------------------------------------------- deadlines

    function testFuzz_APaymentIsGoodUntilItsDeadline(uint48 deadline, uint256 seed) public {
        uint256 time = _moment(seed, deadline);
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.deadline = deadline;
        bytes memory data = _order(plan, 1, payer);
        bytes32 witness = _witness(data, "");
        bytes memory signature = _sign(key, _payDigest(order, witness));
        vm.warp(time);
        bool good = time <= deadline;
        if (!good) vm.expectRevert(abi.encodeWithSelector(IVault.Vault_Expired.selector, deadline));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, "", signature);
        assertEq(market.balanceOf(payer, plan), good ? 1 : 0);
        assertEq(vault.nonceWord(payer, 0), good ? 1 : 0, "a late order uses up nothing");
    }

    function testFuzz_ASpendingIsGoodUntilItsDeadline(uint48 deadline, uint256 seed) public {
        uint256 time = _moment(seed, deadline);
        uint256 pack = _credits(listing, PRICE, 10);
        _payFor(_order(pack, 1, payer));
        SpendOrder memory order = SpendOrder(payer, pack, 4, provider, "job", 0, deadline);
        bytes memory signature = _signSpend(order);
        vm.warp(time);
        bool good = time <= deadline;
        if (!good) vm.expectRevert(abi.encodeWithSelector(IMarket.Market_Expired.selector, deadline));
        vm.prank(provider);
        market.spendBySig(order, signature);
        assertEq(market.balanceOf(payer, pack), good ? 6 : 10);
        assertEq(market.nonceWord(payer, 0), good ? 1 : 0);
    }

    // ------------------------------------------------------------------------------------------------- pauses

    /// @dev Whatever its length: sales rest until its last second, and nothing else does.
    function testFuzz_APauseEnds(uint32 duration, uint256 seed) public {
        address guardian = makeAddr("guardian");
        vm.prank(address(timelock));
        revenue.setGuardian(guardian);
        bool tooLong = duration > 7 days;
        if (tooLong) {
            vm.expectRevert(abi.encodeWithSelector(IGuarded.Guarded_PauseTooLong.selector, duration, 7 days));
        }
        vm.prank(guardian);
        revenue.pauseSales(duration);
        uint256 end = tooLong ? 0 : START + duration;
        assertEq(revenue.salesPausedUntil(), end);
        uint256 time = _moment(seed, START + duration);
        vm.warp(time);
        bool paused = time < end;
        if (paused) vm.expectRevert(abi.encodeWithSelector(IGuarded.Guarded_SalesPaused.selector, end));
        _payFor(_order(plan, 1, payer));
        assertEq(market.balanceOf(payer, plan), paused ? 0 : 1);
        vm.startPrank(payer);
        vault.withdraw(address(token), PRICE, payer);
        vault.transfer(friend, _id(), PRICE);
        vm.stopPrank();
        revenue.settle(listing, provider, address(token));
    }
}
