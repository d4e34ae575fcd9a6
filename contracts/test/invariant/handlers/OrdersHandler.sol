// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IUnorderedNonces} from "../../../src/interfaces/IUnorderedNonces.sol";
import {Authorization, Funding, SignedPay} from "../../../src/types/Payment.sol";
import {NewPlan, SpendOrder} from "../../../src/types/Plan.sol";
import {NewShares} from "../../../src/types/Share.sol";
import {NewShareSale, ShareOrder} from "../../../src/types/ShareSale.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";
import {SignBase} from "../../utils/SignBase.sol";
import {Bystanders} from "./Bystanders.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Steps of three signers, their relayer and a seller, in two tokens, and the sums kept beside them. What was sent
/// or cancelled once is kept, so that it can be tried again. `payer`, `key` and `token` are those of the step.
contract OrdersHandler is SignBase, Bystanders {
    uint128 private constant LOT = 1e15;
    uint32 private constant PERIOD = 30 days;
    uint32 private constant UNITS = 1000;
    uint64 private constant OPENS = uint64(START + 20 days);
    uint64 private constant CLOSES = uint64(START + 600 days);

    /// @notice How many licences, and how many lots of the second sale, there are.
    uint64 public constant CAP = 40;

    /// @dev A signed payment that nobody has sent yet.
    struct Fresh {
        bytes call_;
        uint256 relayerFee;
    }

    address[] private _signers;
    uint256[] private _keys;
    TokenMock[2] private _tokens;

    uint256 public listing;
    uint256 public sub;
    uint256 public free;
    uint256 public licence;
    uint256[2] public packs;
    uint256[2] public sales;
    IERC20 public share;

    uint256[2] public spentUnits;
    uint256[2] public boughtUnits;
    uint256[2] public soldLots;
    uint256[2] public relayerFees;
    uint256 public licences;
    uint256 public refusals;
    uint256 public cancelled;
    uint256 public replays;
    uint256 public replaysThatWorked;
    uint256 public shrunk;
    uint256 public usedNonces;
    bytes[] private _sentToVault;
    bytes[] private _sentToMarket;
    uint256 private _nonce;
    mapping(uint256 plan => mapping(address signer => uint64)) private _paidUntil;

    function setUp() public override {
        super.setUp();
        _tokens = [TokenMock(address(stoa)), token];
        listing = _list(provider);
        packs[1] = _credits(listing, PRICE, UNITS);
        NewPlan memory bounded = _planTerms(listing, PRICE, CAP);
        (bounded.from, bounded.until) = (OPENS, CLOSES);
        licence = _createPlan(bounded);
        token = _tokens[0];
        sub = _subscription(listing, PRICE, PERIOD);
        free = _subscription(listing, 0, PERIOD);
        packs[0] = _credits(listing, PRICE, UNITS);
        _openSales();
        for (uint256 i = 0; i < 3; ++i) {
            _enlist(string.concat("signer ", vm.toString(i)));
        }
        _watchAll();
    }

    function _openSales() private {
        address[] memory both = new address[](2);
        (both[0], both[1]) = (address(_tokens[0]), address(_tokens[1]));
        vm.startPrank(provider);
        share = IERC20(revenue.createShares(listing, NewShares("Shares", "SHR", 1e24, both)));
        share.approve(address(market), type(uint256).max);
        NewShareSale memory terms;
        (terms.listing, terms.token, terms.lot, terms.price) = (listing, both[0], LOT, PRICE);
        sales[0] = market.openShareSale(terms);
        (terms.token, terms.cap, terms.from, terms.until) = (both[1], CAP, OPENS, CLOSES);
        sales[1] = market.openShareSale(terms);
        vm.stopPrank();
    }

    /// @dev Money in wallet and Vault, in both tokens.
    function _enlist(string memory name) private {
        (address signer, uint256 signerKey) = makeAddrAndKey(name);
        _signers.push(signer);
        _keys.push(signerKey);
        _giveStoa(signer, 1e25);
        _tokens[1].mint(signer, 1e16);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 half = _tokens[i].balanceOf(signer) / 2;
            vm.startPrank(signer);
            _tokens[i].approve(address(vault), type(uint256).max);
            vault.deposit(address(_tokens[i]), half, signer);
            vm.stopPrank();
        }
    }

    function _watchAll() private {
        address[] memory both = new address[](2);
        (both[0], both[1]) = (address(_tokens[0]), address(_tokens[1]));
        _watchIn(vault, both);
        for (uint256 i = 0; i < _signers.length; ++i) {
            _watch(_signers[i]);
        }
        _watch(relayer);
        _watch(provider);
        _watch(revenue.feeRecipient());
        _watch(_shareKey());
    }

    // --------------------------------------------------------------------------------------------- purchases

    function wait(uint32 time) external bystandersKeep {
        vm.warp(vm.getBlockTimestamp() + bound(time, 0, 60 days));
    }

    function subscribe(uint256 who, uint64 periods, uint96 fee, bool isFree, bool byAllowance) external bystandersKeep {
        _as(who, 0);
        uint256 plan = isFree ? free : sub;
        uint64 before = market.expiresAt(payer, plan);
        // At most three periods at a time, of the free ones one, and no more than four years ahead.
        periods = isFree ? 1 : uint64(bound(periods, 1, 3));
        if (!isFree && before > vm.getBlockTimestamp() + 3 * 365 days) return;
        _sent(_pay(_order(plan, periods, payer), isFree ? 0 : periods * PRICE, fee, byAllowance), 0);
        uint64 afterwards = market.expiresAt(payer, plan);
        if (afterwards < before || afterwards < _paidUntil[plan][payer]) ++shrunk;
        uint64 start = uint64(vm.getBlockTimestamp());
        if (!isFree) assertEq(afterwards, (before > start ? before : start) + PERIOD * periods, "each period counts");
        _paidUntil[plan][payer] = afterwards;
    }

    function buyCredits(uint256 who, uint256 which, uint64 quantity, uint96 fee, bool byAllowance)
        external
        bystandersKeep
    {
        which %= 2;
        _as(who, which);
        quantity = uint64(bound(quantity, 1, 10));
        _sent(_pay(_order(packs[which], quantity, payer), quantity * PRICE, fee, byAllowance), which);
        boughtUnits[which] += quantity * uint256(UNITS);
    }

    function buyAuthorized(uint256 who, uint64 quantity, uint96 fee) external bystandersKeep {
        _as(who, 0);
        quantity = uint64(bound(quantity, 1, 10));
        bytes memory data = _order(packs[0], quantity, payer);
        SignedPay memory order = _signedPay(quantity * PRICE + bound(fee, 0, 1e6), Funding.Authorization);
        order.relayerFee = order.amount - quantity * PRICE;
        // Two payments that are equal in all would be one: the deadline tells them apart.
        order.deadline += ++_nonce;
        bytes32 witness = _witness(data, "");
        Authorization memory given = _authorize(order.amount, _payDigest(order, witness));
        _sendFresh(abi.encodeCall(vault.payBySig, (order, witness, WITNESS_TYPE, data, abi.encode(given), "")));
        relayerFees[0] += order.relayerFee;
        boughtUnits[0] += quantity * uint256(UNITS);
    }

    /// @notice From a plan with a cap and a window: refused when either says so, and then the nonce is still good.
    function takeLicences(uint256 who, uint64 quantity, uint96 fee, bool byAllowance) external bystandersKeep {
        _as(who, 1);
        quantity = uint64(bound(quantity, 1, 5));
        Fresh memory order = _pay(_order(licence, quantity, payer), quantity * PRICE, fee, byAllowance);
        if (_open() && licences + quantity <= CAP) {
            _sent(order, 1);
            licences += quantity;
        } else {
            assertFalse(_call(relayer, address(vault), order.call_), "beyond the cap, or outside the window");
            ++refusals;
        }
    }

    function buyShares(uint256 who, uint256 which, uint64 lots) external bystandersKeep {
        which %= 2;
        _as(who, which);
        lots = uint64(bound(lots, 1, 15));
        bytes32 kind = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");
        bytes memory data = abi.encode(kind, ShareOrder(sales[which], lots, payer));
        bytes memory call_ =
            abi.encodeCall(vault.pay, (address(market), address(token), lots * PRICE, Funding.Balance, data));
        bool ok = _call(payer, address(vault), call_);
        assertEq(ok, which == 0 || (_open() && soldLots[1] + lots <= CAP), "cap and window");
        if (!ok) {
            ++refusals;
            return;
        }
        _parties(address(token), payer, provider);
        soldLots[which] += lots;
    }

    // ----------------------------------------------------------------------------------------------- credits

    /// @notice Credits may be passed on.
    function passOn(uint256 who, uint256 to, uint256 which, uint256 units) external bystandersKeep {
        which %= 2;
        _as(who, which);
        units = bound(units, 0, market.balanceOf(payer, packs[which]));
        vm.prank(payer);
        market.safeTransferFrom(payer, _signers[to % _signers.length], packs[which], units, "");
    }

    function spend(uint256 who, uint256 which, uint256 units) external bystandersKeep {
        which %= 2;
        _as(who, which);
        uint256 held = market.balanceOf(payer, packs[which]);
        if (held == 0) return;
        units = bound(units, 1, held);
        vm.prank(payer);
        market.spend(packs[which], units, "own");
        spentUnits[which] += units;
    }

    function spendBySig(uint256 who, uint256 which, uint256 units) external bystandersKeep {
        which %= 2;
        _as(who, which);
        uint256 held = market.balanceOf(payer, packs[which]);
        if (held == 0) return;
        units = bound(units, 1, held);
        bytes memory call_ = _spending(packs[which], units);
        assertTrue(_call(provider, address(market), call_), "a fresh order is good");
        _sentToMarket.push(call_);
        spentUnits[which] += units;
        ++usedNonces;
    }

    // ------------------------------------------------------------------------------------- again, and no more

    /// @notice A signer takes an order back before it is sent.
    function cancel(uint256 who, uint256 which, bool atMarket) external bystandersKeep {
        which %= 2;
        _as(who, which);
        bytes memory call_;
        if (atMarket) call_ = _spending(packs[which], 1);
        else call_ = _pay(_order(packs[which], 1, payer), PRICE, 0, false).call_;
        IUnorderedNonces place = IUnorderedNonces(atMarket ? address(market) : address(vault));
        vm.prank(payer);
        place.cancelNonces(_nonce >> 8, 1 << (_nonce & 0xff));
        ++usedNonces;
        ++cancelled;
        vm.prank(atMarket ? provider : relayer);
        (bool ok, bytes memory answer) = address(place).call(call_);
        assertFalse(ok, "a cancelled order is void");
        assertEq(bytes4(answer), IUnorderedNonces.Nonces_Used.selector);
        if (atMarket) _sentToMarket.push(call_);
        else _sentToVault.push(call_);
    }

    /// @notice What was good once, or cancelled, must never be good again.
    function replay(uint256 which, bool atMarket) external bystandersKeep {
        bytes[] storage sent = atMarket ? _sentToMarket : _sentToVault;
        if (sent.length == 0) return;
        ++replays;
        address sender = atMarket ? provider : relayer;
        if (_call(sender, atMarket ? address(market) : address(vault), sent[which % sent.length])) ++replaysThatWorked;
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _as(uint256 who, uint256 which) private {
        (payer, key) = (_signers[who % _signers.length], _keys[who % _keys.length]);
        token = _tokens[which];
    }

    function _open() private view returns (bool) {
        return vm.getBlockTimestamp() >= OPENS && vm.getBlockTimestamp() < CLOSES;
    }

    /// @dev A signed payment of the price and what the relayer gets, under a new nonce.
    function _pay(bytes memory data, uint256 price, uint96 fee, bool byAllowance) private returns (Fresh memory) {
        fee = uint96(bound(fee, 0, 1e6));
        SignedPay memory order = _signedPay(price + fee, byAllowance ? Funding.Allowance : Funding.Balance);
        (order.relayerFee, order.nonce, order.deadline) = (fee, ++_nonce, type(uint64).max);
        bytes32 witness = _witness(data, "");
        bytes memory signature = _sign(key, _payDigest(order, witness));
        return Fresh(abi.encodeCall(vault.payBySig, (order, witness, WITNESS_TYPE, data, "", signature)), fee);
    }

    function _spending(uint256 plan, uint256 units) private returns (bytes memory) {
        SpendOrder memory order = SpendOrder(payer, plan, units, provider, "job", ++_nonce, type(uint64).max);
        return abi.encodeCall(market.spendBySig, (order, _signSpend(order)));
    }

    function _sent(Fresh memory order, uint256 which) private {
        _sendFresh(order.call_);
        relayerFees[which] += order.relayerFee;
        ++usedNonces;
    }

    function _sendFresh(bytes memory call_) private {
        assertTrue(_call(relayer, address(vault), call_), "a fresh payment is good");
        _sentToVault.push(call_);
        _parties(address(token), payer, relayer);
        _parties(address(token), revenue.feeRecipient(), _shareKey());
    }

    function _call(address sender, address callee, bytes memory call_) private returns (bool ok) {
        vm.prank(sender);
        (ok,) = callee.call(call_);
    }

    function _shareKey() private view returns (address account) {
        (, account) = revenue.beneficiaryOf(listing);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice What all signers hold of a plan.
    function held(uint256 plan) external view returns (uint256 sum) {
        for (uint256 i = 0; i < _signers.length; ++i) {
            sum += market.balanceOf(_signers[i], plan);
        }
    }

    function soldOf(uint256 plan) external view returns (uint256) {
        return market.planOf(plan).sold;
    }

    function lotsOf(uint256 which) external view returns (uint256) {
        return market.shareSaleOf(sales[which]).sold;
    }

    function relayerBalance(uint256 which) external view returns (uint256) {
        return _balanceOf(relayer, which);
    }

    function _balanceOf(address account, uint256 which) private view returns (uint256) {
        return vault.balanceOf(account, uint160(address(_tokens[which])));
    }

    /// @notice Everything that anybody has in the Vault, and what the Vault has.
    function books(uint256 which) external view returns (uint256 balances, uint256 tokens) {
        balances = _balanceOf(relayer, which) + _balanceOf(provider, which) + _balanceOf(revenue.feeRecipient(), which)
            + _balanceOf(_shareKey(), which);
        for (uint256 i = 0; i < _signers.length; ++i) {
            balances += _balanceOf(_signers[i], which);
        }
        tokens = _tokens[which].balanceOf(address(vault));
    }

    /// @notice What the seller got for lots of a sale.
    function proceeds(uint256 which) external view returns (uint256) {
        return _balanceOf(provider, which);
    }

    function sharesSold() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _signers.length; ++i) {
            sum += share.balanceOf(_signers[i]);
        }
    }

    function lotPrice() external pure returns (uint256) {
        return PRICE;
    }

    function lotSize() external pure returns (uint256) {
        return LOT;
    }

    /// @notice How many nonces of the signers are used, in Vault and Market.
    function nonceBits() external view returns (uint256 bits) {
        for (uint256 i = 0; i < _signers.length; ++i) {
            for (uint256 word = 0; word <= _nonce >> 8; ++word) {
                bits += _ones(vault.nonceWord(_signers[i], word)) + _ones(market.nonceWord(_signers[i], word));
            }
        }
    }

    function _ones(uint256 word) private pure returns (uint256 ones) {
        for (; word != 0; word &= word - 1) {
            ++ones;
        }
    }
}
