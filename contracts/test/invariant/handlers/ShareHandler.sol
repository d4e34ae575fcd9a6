// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../../src/RevenueShare.sol";
import {Funding} from "../../../src/types/Payment.sol";
import {Order, Plan} from "../../../src/types/Plan.sol";
import {NewShares} from "../../../src/types/Share.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";
import {Bystanders} from "./Bystanders.sol";
import {World} from "./World.sol";

/// @notice The steps of the shares' invariant test. Beside them it keeps, in plain sums, what every holder is due: of every
/// unit that shares earn, what it held when the unit came in.
contract ShareHandler is Bystanders {
    World private w;

    /// @notice What all shares of a listing had earned when the last step ended; counts only listed tokens.
    mapping(uint256 listing => mapping(TokenMock => uint256)) public counted;

    /// @notice The same for any token, to see that it never falls.
    mapping(uint256 listing => mapping(TokenMock => uint256)) public seen;

    /// @notice What a holder is due of a token in all, times supply, claims not taken off.
    mapping(uint256 listing => mapping(TokenMock => mapping(address => uint256))) public due;

    mapping(uint256 listing => mapping(TokenMock => mapping(address => uint256))) public claimed;

    /// @notice What an owner's key had received when its listing was bound.
    mapping(uint256 listing => mapping(TokenMock => uint256)) public beforeBinding;

    mapping(uint256 listing => address) public binder;

    /// @notice What settlements of a key gave to a parent (by place), and to the beneficiary (place 8).
    mapping(bytes32 key => mapping(uint256 place => uint256)) public given;

    uint256 public claims;
    uint256 public transfers;

    constructor(World memory world) {
        w = world;
        address[] memory tokens = new address[](world.tokens.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            tokens[i] = address(world.tokens[i]);
        }
        _watchIn(world.vault, tokens);
        _watch(world.revenue.feeRecipient());
        for (uint256 i = 0; i < world.people.length; ++i) {
            _watch(world.people[i]);
            for (uint256 id = 1; id <= world.listings_; ++id) {
                _watch(world.revenue.accountOf(id, world.people[i]));
            }
        }
    }

    /// @dev After every step: earnings never fall, and what is new is due to those who hold.
    modifier counts() {
        _;
        for (uint256 id = 1; id <= w.listings_; ++id) {
            RevenueShare share = RevenueShare(w.revenue.shareOf(id));
            if (address(share) == address(0)) continue;
            for (uint256 i = 0; i < w.tokens.length; ++i) {
                _count(id, share, w.tokens[i]);
            }
        }
    }

    function _count(uint256 id, RevenueShare share, TokenMock token) private {
        uint256 earned = share.earned(address(token));
        assertGe(earned, seen[id][token], "what shares earned never falls");
        seen[id][token] = earned;
        if (!share.isPaymentToken(address(token))) return;
        uint256 news = earned - counted[id][token];
        counted[id][token] = earned;
        if (news == 0) return;
        for (uint256 i = 0; i < w.people.length; ++i) {
            due[id][token][w.people[i]] += news * share.balanceOf(w.people[i]);
        }
    }

    // ------------------------------------------------------------------------------------------------- money

    function buy(uint256 who, uint256 which, uint64 quantity) external counts bystandersKeep {
        uint256 id = bound(which, 1, w.plans);
        Plan memory plan = w.market.planOf(id);
        (address payer, TokenMock token) = (_person(who), TokenMock(plan.token));
        _parties(plan.token, _earnerOf(plan.listing), w.revenue.feeRecipient());
        quantity = uint64(bound(quantity, 1, 1000));
        uint256 price = uint256(plan.price) * quantity;
        _fund(token, payer, price);
        bytes memory order = abi.encode(Order(id, plan.version, quantity, payer));
        vm.prank(payer);
        w.vault.pay(address(w.market), plan.token, price, Funding.Allowance, order);
    }

    function payListing(uint256 who, uint256 which, uint256 whichToken, uint96 amount) external counts bystandersKeep {
        (address payer, TokenMock token) = (_person(who), _token(whichToken));
        _fund(token, payer, amount);
        bytes memory data = abi.encode(_listing(which), bytes32(0));
        _party(address(token), _earnerOf(_listing(which)));
        vm.prank(payer);
        w.vault.pay(address(w.revenue), address(token), amount, Funding.Allowance, data);
    }

    /// @notice Settles a person's or the shares' key.
    function settle(uint256 which, uint256 who, uint256 whichToken) external counts bystandersKeep {
        (uint256 id, TokenMock token) = (_listing(which), _token(whichToken));
        address share = w.revenue.shareOf(id);
        address beneficiary = who % 2 == 0 && share != address(0) ? share : _person(who);
        bytes32 key = keyOf(id, beneficiary, token);
        _parties(address(token), beneficiary, w.revenue.accountOf(id, beneficiary));
        (uint256[] memory parents,) = w.listings.parentsOf(id);
        uint256[] memory before = new uint256[](parents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            before[i] = _receivedNow(parents[i], token);
            _party(address(token), _earnerOf(parents[i]));
        }
        uint256 held = w.vault.balanceOf(beneficiary, uint160(address(token)));

        w.revenue.settle(id, beneficiary, address(token));

        for (uint256 i = 0; i < parents.length; ++i) {
            given[key][i] += _receivedNow(parents[i], token) - before[i];
        }
        given[key][8] += w.vault.balanceOf(beneficiary, uint160(address(token))) - held;
    }

    // ------------------------------------------------------------------------------------------------ shares

    function giveShares(uint256 which, uint256 from, uint256 to, uint256 amount) external counts bystandersKeep {
        RevenueShare share = _shareOf(which);
        amount = bound(amount, 0, share.balanceOf(_person(from)));
        vm.prank(_person(from));
        share.transfer(_person(to), amount);
        ++transfers;
    }

    /// @notice Anyone may make others' earnings be fixed.
    function force(uint256 which, uint256 who, uint256 from, uint256 to) external counts bystandersKeep {
        RevenueShare share = _shareOf(which);
        vm.prank(_person(who));
        share.transferFrom(_person(from), _person(to), 0);
    }

    function claim(uint256 which, uint256 who, uint256 whichToken, bool toWallet) external counts bystandersKeep {
        (RevenueShare share, address account, TokenMock token) = (_shareOf(which), _person(who), _token(whichToken));
        if (!share.isPaymentToken(address(token))) token = w.tokens[0];
        uint256 expected = share.claimable(account, address(token));
        uint256 earned = share.earned(address(token));
        uint256 held = toWallet ? token.balanceOf(account) : w.vault.balanceOf(account, uint160(address(token)));

        vm.prank(account);
        uint256 amount = toWallet ? share.claimTo(address(token), account) : share.claim(address(token));

        uint256 holds = toWallet ? token.balanceOf(account) : w.vault.balanceOf(account, uint160(address(token)));
        assertEq(amount, expected, "pays what was claimable");
        assertEq(holds - held, amount, "to the account");
        assertEq(share.claimable(account, address(token)), 0, "once");
        assertEq(share.earned(address(token)), earned, "a claim changes nobody's earnings");
        _parties(address(token), account, w.revenue.accountOf(share.listing(), address(share)));
        claimed[share.listing()][token][account] += amount;
        ++claims;
    }

    function addToken(uint256 which) external counts bystandersKeep {
        RevenueShare share = _shareOf(which);
        if (share.isPaymentToken(address(w.tokens[1]))) return;
        vm.prank(w.listings.ownerOf(share.listing()));
        share.addPaymentToken(address(w.tokens[1]));
    }

    /// @notice Divides the last listing's revenue, the first time.
    function bind(uint96 supply) external counts bystandersKeep {
        uint256 id = w.listings_;
        if (w.listings.isBound(id)) return;
        divide(id, bound(supply, 1, type(uint96).max));
    }

    function divide(uint256 id, uint256 supply) public {
        address owner = w.listings.ownerOf(id);
        address[] memory tokens = new address[](1);
        tokens[0] = address(w.tokens[0]);
        vm.prank(owner);
        w.revenue.createShares(id, NewShares("Shares", "SHARE", supply, tokens));
        binder[id] = owner;
        _watch(_earnerOf(id));
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            beforeBinding[id][w.tokens[i]] = w.revenue.received(id, owner, address(w.tokens[i]));
        }
    }

    function sellListing(uint256 which, uint256 to) external counts bystandersKeep {
        uint256 id = _listing(which);
        address owner = w.listings.ownerOf(id);
        vm.prank(owner);
        w.listings.transferFrom(owner, _person(to), id);
    }

    // ------------------------------------------------------------------------------------------------- views

    function keyOf(uint256 id, address beneficiary, TokenMock token) public pure returns (bytes32) {
        return keccak256(abi.encode(id, beneficiary, token));
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev The sub-account that sales of a listing fill now.
    function _earnerOf(uint256 id) private view returns (address account) {
        (, account) = w.revenue.beneficiaryOf(id);
    }

    function _receivedNow(uint256 id, TokenMock token) private view returns (uint256) {
        (address beneficiary,) = w.revenue.beneficiaryOf(id);
        return w.revenue.received(id, beneficiary, address(token));
    }

    /// @dev Shares of one of the listings that have some; the first always has.
    function _shareOf(uint256 seed) private view returns (RevenueShare) {
        address share = w.revenue.shareOf(_listing(seed));
        return RevenueShare(share == address(0) ? w.revenue.shareOf(1) : share);
    }

    function _fund(TokenMock token, address account, uint256 amount) private {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(w.vault), amount);
    }

    function _listing(uint256 seed) private view returns (uint256) {
        return bound(seed, 1, w.listings_);
    }

    function _person(uint256 seed) private view returns (address) {
        return w.people[seed % w.people.length];
    }

    function _token(uint256 seed) private view returns (TokenMock) {
        return w.tokens[seed % w.tokens.length];
    }
}
