// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {IGuarded} from "../../src/interfaces/IGuarded.sol";
import {IMarket} from "../../src/interfaces/IMarket.sol";
import {Funding, SignedPay} from "../../src/types/Payment.sol";
import {NewPlan} from "../../src/types/Plan.sol";
import {NewShares} from "../../src/types/Share.sol";
import {NewShareSale, ShareOrder, ShareSale} from "../../src/types/ShareSale.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Share sales, and the guardian that stops all sales.
contract ShareSalesTest is SignBase {
    uint256 private constant SUPPLY = 1_000_000e18;
    uint128 private constant LOT = 1e18;
    bytes32 private constant TYPEHASH = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");
    string private constant SHARE_WITNESS =
        "ShareOrder witness)ShareOrder(uint256 sale,uint64 quantity,address recipient)";

    address private guardian = makeAddr("guardian");
    uint256 private listing;
    IERC20 private share;
    uint256 private sale;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        vm.startPrank(provider);
        share = IERC20(revenue.createShares(listing, NewShares("Shares", "SHR", SUPPLY, _one(address(token)))));
        share.approve(address(market), 100 * LOT);
        sale = market.openShareSale(_terms(10));
        vm.stopPrank();
    }

    function _terms(uint64 cap) private view returns (NewShareSale memory terms) {
        (terms.listing, terms.token, terms.lot, terms.price, terms.cap) = (listing, address(token), LOT, PRICE, cap);
    }

    function _shares(uint64 quantity, address recipient) private view returns (bytes memory) {
        return abi.encode(TYPEHASH, ShareOrder(sale, quantity, recipient));
    }

    function _take(uint64 quantity, address recipient) private {
        _fundWallet(buyer, quantity * PRICE);
        vm.prank(buyer);
        vault.pay(address(market), address(token), quantity * PRICE, Funding.Allowance, _shares(quantity, recipient));
    }

    function _rejected(uint64 quantity, address recipient, bytes memory reason) private {
        _fundWallet(buyer, quantity * PRICE);
        vm.expectRevert(reason);
        vm.prank(buyer);
        vault.pay(address(market), address(token), quantity * PRICE, Funding.Allowance, _shares(quantity, recipient));
    }

    // ------------------------------------------------------------------------------------------------ selling

    function test_OpenShareSale() public {
        NewShareSale memory terms = _terms(3);
        (terms.from, terms.until) = (5, 6);
        vm.expectEmit(address(market));
        emit IMarket.ShareSaleOpened(2, listing, provider, address(share), address(token), LOT, PRICE, 3, 5, 6);
        vm.prank(provider);
        assertEq(market.openShareSale(terms), 2);
        ShareSale memory stored = market.shareSaleOf(2);
        assertEq(stored.seller, provider);
        assertEq(stored.share, address(share));
        assertEq(market.shareSaleCount(), 2);
    }

    function test_RevertWhen_SaleTermsAreBad() public {
        NewShareSale memory terms = _terms(0);
        terms.listing = _list(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_ListingWithoutShares.selector, terms.listing));
        market.openShareSale(terms);
        terms = _terms(0);
        terms.lot = 0;
        vm.expectRevert(IMarket.Market_EmptyLot.selector);
        market.openShareSale(terms);
        terms.lot = 1;
        (terms.from, terms.until) = (9, 8);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_BadWindow.selector, 9, 8));
        market.openShareSale(terms);
    }

    function test_SellShares() public {
        _fundWallet(buyer, 4 * PRICE);
        vm.expectEmit(address(market));
        emit IMarket.SharesSold(sale, buyer, friend, 3, 3 * LOT, 3 * PRICE, 3);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 4 * PRICE, Funding.Allowance, _shares(3, friend));
        assertEq(share.balanceOf(friend), 3 * LOT);
        assertEq(share.balanceOf(provider), SUPPLY - 3 * LOT);
        assertEq(_balance(provider), 3 * PRICE, "all to the seller, no fee");
        assertEq(_balance(buyer), PRICE);
        assertEq(_balance(revenue.feeRecipient()), 0);
        assertEq(revenue.received(listing, address(share), address(token)), 0, "no revenue");
    }

    function test_SellSharesBySignature() public {
        _fundVault(payer, PRICE);
        bytes memory data = _shares(1, payer);
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        bytes32 digest;
        {
            bytes32 typeHash = keccak256(
                "Pay(address from,address target,address token,uint256 amount,uint8 funding,address relayer,uint256 relayerFee,uint256 nonce,uint256 deadline,ShareOrder witness)ShareOrder(uint256 sale,uint64 quantity,address recipient)"
            );
            bytes32 structHash = keccak256(
                bytes.concat(
                    abi.encode(typeHash, payer, address(market), address(token), uint256(PRICE), uint256(0)),
                    abi.encode(address(0), uint256(0), uint256(0), order.deadline, keccak256(data))
                )
            );
            digest = _digest(_domain("Stoa Vault", address(vault)), structHash);
        }
        bytes memory signature = _sign(key, digest);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongWitness.selector, keccak256(data)));
        vault.payBySig(order, keccak256(data), SHARE_WITNESS, _shares(1, stranger), "", signature);
        vault.payBySig(order, keccak256(data), SHARE_WITNESS, data, "", signature);
        assertEq(share.balanceOf(payer), LOT);
    }

    function test_CloseShareSale() public {
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotSeller.selector, sale, stranger));
        vm.prank(stranger);
        market.closeShareSale(sale);
        vm.expectEmit(address(market));
        emit IMarket.ShareSaleClosed(sale);
        vm.startPrank(provider);
        market.closeShareSale(sale);
        bytes memory reason = abi.encodeWithSelector(IMarket.Market_ShareSaleClosed.selector, sale);
        vm.expectRevert(reason);
        market.closeShareSale(sale);
        vm.stopPrank();
        _rejected(1, buyer, reason);
    }

    function test_RevertWhen_ShareOrderIsBad() public {
        _rejected(0, buyer, abi.encodeWithSelector(IMarket.Market_ZeroQuantity.selector, sale));
        _rejected(1, address(0), abi.encodeWithSelector(IMarket.Market_ZeroRecipient.selector, sale));
        _take(4, buyer);
        _rejected(7, buyer, abi.encodeWithSelector(IMarket.Market_CapExceeded.selector, sale, 10, 4, 7));
        _take(6, buyer);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_OrderMalformed.selector, 32, 128));
        vault.pay(address(market), address(token), 0, Funding.Balance, abi.encode(TYPEHASH));
        sale = 9;
        _rejected(1, buyer, abi.encodeWithSelector(IMarket.Market_UnknownShareSale.selector, 9));
    }

    function test_RevertWhen_SharesArePaidWrongly() public {
        _fundVault(buyer, PRICE);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_PaymentTooSmall.selector, sale, PRICE - 1, PRICE));
        vault.pay(address(market), address(token), PRICE - 1, Funding.Balance, _shares(1, buyer));
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongToken.selector, sale, address(weth), address(token)));
        vault.pay(address(market), address(weth), 0, Funding.Balance, _shares(1, buyer));
        vm.stopPrank();
    }

    function test_RevertWhen_SellerAllowsLess() public {
        vm.prank(provider);
        share.approve(address(market), LOT);
        _rejected(
            2,
            buyer,
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), LOT, 2 * LOT)
        );
    }

    function test_ShareSaleWindow() public {
        uint64 start = uint64(vm.getBlockTimestamp()) + 10;
        NewShareSale memory terms = _terms(0);
        (terms.from, terms.until) = (start, start + 5);
        vm.prank(provider);
        sale = market.openShareSale(terms);
        bytes memory reason = abi.encodeWithSelector(IMarket.Market_OutsideWindow.selector, sale, start, start + 5);
        _rejected(1, buyer, reason);
        vm.warp(start);
        _take(1, buyer);
        vm.warp(start + 5);
        _rejected(1, buyer, reason);
    }

    function testFuzz_ShareSaleConserves(uint128 lot, uint128 price, uint64 quantity, uint64 extra) public {
        quantity = uint64(bound(quantity, 1, 1e6));
        NewShareSale memory terms = _terms(0);
        terms.lot = uint128(bound(lot, 1, SUPPLY / quantity));
        terms.price = uint128(bound(price, 0, type(uint96).max));
        vm.startPrank(provider);
        share.approve(address(market), type(uint256).max);
        sale = market.openShareSale(terms);
        vm.stopPrank();
        uint256 cost = uint256(terms.price) * quantity;
        _fundVault(buyer, cost + extra);
        vm.prank(buyer);
        vault.pay(address(market), address(token), cost + extra, Funding.Balance, _shares(quantity, friend));
        assertEq(_balance(provider), cost);
        assertEq(_balance(buyer), extra);
        assertEq(share.balanceOf(friend), uint256(terms.lot) * quantity);
        assertEq(share.balanceOf(friend) + share.balanceOf(provider), SUPPLY);
    }

    function test_RevertWhen_PlanIsInATokenTheSharesDoNotEarn() public {
        NewPlan memory plan = _planTerms(listing, PRICE, 0);
        plan.token = address(new TokenMock(6));
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_TokenNotAllowed.selector, listing, plan.token));
        vm.prank(provider);
        market.createPlan(plan);
        plan.token = address(token);
        _createPlan(plan);
    }

    /// @dev A plan from before the shares sells on as it stands. Its owner can stop it, and not set it anew.
    function test_RevertWhen_APlanInAnotherTokenIsSetAnew() public {
        uint256 other = _list(provider);
        token = new TokenMock(6);
        uint256 old = _plan(other, PRICE, 0);
        vm.startPrank(provider);
        address[] memory earned = _one(address(stoa));
        RevenueShare shares = RevenueShare(revenue.createShares(other, NewShares("Shares", "SHR", SUPPLY, earned)));
        bytes memory reason = abi.encodeWithSelector(IMarket.Market_TokenNotAllowed.selector, other, token);
        vm.expectRevert(reason);
        market.changePlan(old, 2 * PRICE, 0);
        vm.expectRevert(reason);
        market.boundPlan(old, address(0), 0, 1);
        vm.stopPrank();
        _buy(buyer, old, 1, buyer);
        assertEq(revenue.received(other, address(shares), address(token)), PRICE - PRICE * FEE_BPS / 10_000);
        vm.startPrank(provider);
        market.pausePlan(old);
        vm.expectRevert(reason);
        market.resumePlan(old);
        shares.addPaymentToken(address(token));
        market.resumePlan(old);
        market.changePlan(old, 2 * PRICE, 0);
        market.boundPlan(old, address(0), 0, type(uint48).max);
        vm.stopPrank();
        assertEq(market.planOf(old).version, 5);
        assertGt(shares.claimable(provider, address(token)), 0, "what waited is earned");
    }

    // ---------------------------------------------------------------------------------------------- guardian

    function _arm() private {
        vm.expectEmit(address(revenue));
        emit IGuarded.GuardianChanged(guardian, true);
        vm.prank(address(timelock));
        revenue.setGuardian(guardian);
    }

    function test_GuardianPausesSalesAndNothingElse() public {
        uint256 plan = _plan(listing, PRICE, 0);
        _arm();
        uint64 until = uint64(vm.getBlockTimestamp()) + 7 days;
        vm.expectEmit(address(revenue));
        emit IGuarded.GuardianChanged(guardian, false);
        vm.expectEmit(address(revenue));
        emit IGuarded.SalesPauseChanged(until);
        vm.prank(guardian);
        revenue.pauseSales(7 days);
        assertFalse(revenue.armed());
        _rejected(1, buyer, abi.encodeWithSelector(IMarket.Market_SalesPaused.selector, until));
        _fundWallet(buyer, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IGuarded.Guarded_SalesPaused.selector, until));
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
        _fundVault(buyer, 5);
        vm.prank(buyer);
        vault.withdraw(address(token), 5, buyer);
        revenue.settle(listing, provider, address(token));
        vm.warp(until);
        _take(1, buyer);
        _buy(buyer, plan, 1, buyer);
    }

    function test_RevertWhen_GuardianPausesAgain() public {
        _arm();
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IGuarded.Guarded_PauseTooLong.selector, 7 days + 1, 7 days));
        revenue.pauseSales(7 days + 1);
        revenue.pauseSales(1);
        vm.expectRevert(IGuarded.Guarded_NotArmed.selector);
        revenue.pauseSales(1);
        vm.stopPrank();
        _arm();
        assertTrue(revenue.armed());
        vm.prank(guardian);
        revenue.pauseSales(1);
    }

    function test_OwnerEndsAPause() public {
        _arm();
        vm.prank(guardian);
        revenue.pauseSales(7 days);
        vm.expectEmit(address(revenue));
        emit IGuarded.SalesPauseChanged(0);
        vm.prank(address(timelock));
        revenue.resumeSales();
        _take(1, buyer);
    }

    function test_RevertWhen_CallerMayNotPauseOrResume() public {
        _arm();
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IGuarded.Guarded_NotGuardian.selector, stranger));
        revenue.pauseSales(1);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        revenue.setGuardian(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        revenue.resumeSales();
        vm.stopPrank();
        assertEq(revenue.guardian(), guardian);
    }
}
