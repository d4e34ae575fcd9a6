// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Authorization, Funding, SignedPay} from "../../../src/types/Payment.sol";
import {SpendOrder} from "../../../src/types/Plan.sol";
import {NewShares} from "../../../src/types/Share.sol";
import {NewShareSale, ShareOrder} from "../../../src/types/ShareSale.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";
import {SignBase} from "../../utils/SignBase.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Steps of one signer, its relayer and its sellers, and the sums kept beside them. Everything is paid in STOA. What
/// was sent once is kept, so that it can be tried again.
contract OrdersHandler is SignBase {
    uint128 private constant LOT = 1e15;
    uint32 private constant PERIOD = 30 days;
    uint32 private constant UNITS = 1000;

    uint256 public listing;
    uint256 public sub;
    uint256 public free;
    uint256 public pack;
    uint256 public sale;
    IERC20 public share;

    uint256 public spentUnits;
    uint256 public boughtUnits;
    uint256 public soldLots;
    uint256 public relayerFees;
    uint256 public replays;
    uint256 public replaysThatWorked;
    uint256 public shrunk;
    uint256 public usedNonces;
    bytes[] private _sentToVault;
    bytes[] private _sentToMarket;
    uint256 private _nonce;
    mapping(uint256 plan => uint64) private _paidUntil;

    function setUp() public override {
        super.setUp();
        token = TokenMock(address(stoa));
        listing = _list(provider);
        sub = _subscription(listing, PRICE, PERIOD);
        free = _subscription(listing, 0, PERIOD);
        pack = _credits(listing, PRICE, UNITS);
        vm.startPrank(provider);
        share = IERC20(revenue.createShares(listing, NewShares("Shares", "SHR", 1e24, _one(address(stoa)))));
        share.approve(address(market), type(uint256).max);
        NewShareSale memory terms;
        (terms.listing, terms.token, terms.lot, terms.price) = (listing, address(stoa), LOT, PRICE);
        sale = market.openShareSale(terms);
        vm.stopPrank();
        _giveStoa(payer, 1e26);
        vm.startPrank(payer);
        stoa.approve(address(vault), type(uint256).max);
        vault.deposit(address(stoa), 1e25, payer);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------------- steps

    function wait(uint32 time) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 0, 90 days));
    }

    function subscribe(uint64 periods, uint96 fee, bool isFree, bool byAllowance) external {
        uint256 plan = isFree ? free : sub;
        // At most three periods at a time, of the free ones one, and no more than four years ahead.
        periods = isFree ? 1 : uint64(bound(periods, 1, 3));
        if (!isFree && market.expiresAt(payer, plan) > vm.getBlockTimestamp() + 3 * 365 days) return;
        uint64 before = market.expiresAt(payer, plan);
        _pay(_order(plan, periods, payer), (isFree ? 0 : periods * PRICE), fee, byAllowance);
        uint64 afterwards = market.expiresAt(payer, plan);
        if (afterwards < before || afterwards < _paidUntil[plan]) ++shrunk;
        uint64 start = uint64(vm.getBlockTimestamp());
        uint64 base = before > start ? before : start;
        if (!isFree) assertEq(afterwards, base + PERIOD * periods, "each period counts");
        _paidUntil[plan] = afterwards;
    }

    function buyCredits(uint64 packs, uint96 fee, bool byAllowance) external {
        packs = uint64(bound(packs, 1, 10));
        _pay(_order(pack, packs, payer), packs * PRICE, fee, byAllowance);
        boughtUnits += packs * uint256(UNITS);
    }

    function buyAuthorized(uint64 packs, uint96 fee) external {
        packs = uint64(bound(packs, 1, 10));
        bytes memory data = _order(pack, packs, payer);
        SignedPay memory order = _signedPay(packs * PRICE + bound(fee, 0, 1e18), Funding.Authorization);
        order.relayerFee = order.amount - packs * PRICE;
        // Two payments that are equal in all would be one: the deadline tells them apart.
        order.deadline += ++_nonce;
        bytes32 witness = _witness(data, "");
        Authorization memory given = _authorize(order.amount, _payDigest(order, witness));
        _send(abi.encodeCall(vault.payBySig, (order, witness, WITNESS_TYPE, data, abi.encode(given), "")));
        relayerFees += order.relayerFee;
        boughtUnits += packs * uint256(UNITS);
    }

    function spend(uint256 units) external {
        uint256 held = market.balanceOf(payer, pack);
        if (held == 0) return;
        units = bound(units, 1, held);
        vm.prank(payer);
        market.spend(pack, units, "own");
        spentUnits += units;
    }

    function spendBySig(uint256 units) external {
        uint256 held = market.balanceOf(payer, pack);
        if (held == 0) return;
        units = bound(units, 1, held);
        SpendOrder memory order = SpendOrder(payer, pack, units, provider, "job", _next(), type(uint64).max);
        bytes memory call_ = abi.encodeCall(market.spendBySig, (order, _signSpend(order)));
        vm.prank(provider);
        (bool ok,) = address(market).call(call_);
        assertTrue(ok, "a fresh order is good");
        _sentToMarket.push(call_);
        spentUnits += units;
        ++usedNonces;
    }

    function buyShares(uint64 lots) external {
        lots = uint64(bound(lots, 1, 100));
        bytes memory data = abi.encode(
            keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)"), ShareOrder(sale, lots, payer)
        );
        vm.prank(payer);
        vault.pay(address(market), address(stoa), lots * PRICE, Funding.Balance, data);
        soldLots += lots;
    }

    /// @notice What was good once must never be good again.
    function replay(uint256 which, bool atMarket) external {
        bytes[] storage sent = atMarket ? _sentToMarket : _sentToVault;
        if (sent.length == 0) return;
        ++replays;
        vm.prank(atMarket ? provider : relayer);
        (bool ok,) = (atMarket ? address(market) : address(vault)).call(sent[which % sent.length]);
        if (ok) ++replaysThatWorked;
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _next() private returns (uint256) {
        return ++_nonce;
    }

    function _pay(bytes memory data, uint256 price, uint96 fee, bool byAllowance) private {
        uint256 relayerFee = bound(fee, 0, 1e18);
        SignedPay memory order = _signedPay(price + relayerFee, byAllowance ? Funding.Allowance : Funding.Balance);
        (order.relayerFee, order.nonce, order.deadline) = (relayerFee, _next(), type(uint64).max);
        bytes32 witness = _witness(data, "");
        bytes memory signature = _sign(key, _payDigest(order, witness));
        _send(abi.encodeCall(vault.payBySig, (order, witness, WITNESS_TYPE, data, "", signature)));
        relayerFees += relayerFee;
        ++usedNonces;
    }

    function _send(bytes memory call_) private {
        vm.prank(relayer);
        (bool ok,) = address(vault).call(call_);
        assertTrue(ok, "a fresh payment is good");
        _sentToVault.push(call_);
    }

    // ------------------------------------------------------------------------------------------------- views

    function heldUnits() external view returns (uint256) {
        return market.balanceOf(payer, pack);
    }

    function relayerBalance() external view returns (uint256) {
        return _balance(relayer);
    }

    /// @notice Everything that anybody has in the Vault, and what the Vault has.
    function books() external view returns (uint256 balances, uint256 tokens) {
        (, address shareKey) = revenue.beneficiaryOf(listing);
        balances = _balance(payer) + _balance(relayer) + _balance(provider) + _balance(revenue.feeRecipient())
            + _balance(shareKey);
        tokens = stoa.balanceOf(address(vault));
    }

    function proceeds() external view returns (uint256 money, uint256 shares) {
        return (_balance(provider), share.balanceOf(payer));
    }

    function lotPrice() external pure returns (uint256) {
        return PRICE;
    }

    function lotSize() external pure returns (uint256) {
        return LOT;
    }

    /// @notice How many nonces of the payer are used, in Vault and Market.
    function nonceBits() external view returns (uint256 bits) {
        for (uint256 word = 0; word <= _nonce >> 8; ++word) {
            bits += _ones(vault.nonceWord(payer, word)) + _ones(market.nonceWord(payer, word));
        }
    }

    function _ones(uint256 word) private pure returns (uint256 ones) {
        for (; word != 0; word &= word - 1) {
            ++ones;
        }
    }
}
