// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FeeToken} from "../mocks/HostileTokens.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {Handler} from "./handlers/Handler.sol";
import {World} from "./handlers/World.sol";

/// @notice The invariants of README.md beside this file.
contract MoneyInvariantTest is Base {
    Handler private handler;
    World private w;

    function setUp() public override {
        super.setUp();
        w.people = [provider, buyer, friend, stranger, holder];
        w.tokens.push(token);
        w.tokens.push(new TokenMock(18));
        w.tokens.push(TokenMock(address(new FeeToken())));
        (w.vault, w.listings, w.revenue, w.market) = (vault, listings, revenue, market);
        w.timelock = address(timelock);
        _createListings();
        handler = new Handler(w);
        targetContract(address(handler));
    }

    function _createListings() private {
        (uint256 first, uint256 second) = (_list(provider), _list(friend));
        uint256 third = _derive(stranger, _ids(first, second), _bps(1234, 3333));
        _derive(provider, _ids(third), _bps(5000));
        w.listings_ = 4;
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            token = w.tokens[i];
            for (uint256 listing = 1; listing <= 4; ++listing) {
                _plan(listing, listing == 2 ? 0 : uint128(10 ** (listing * 2) + 7), 0);
            }
        }
        w.plans = market.count();
    }

    function _peoples(TokenMock which) private view returns (uint256 sum) {
        for (uint256 i = 0; i < w.people.length; ++i) {
            sum += vault.balanceOf(w.people[i], uint160(address(which)));
        }
    }

    function _keys(TokenMock which) private view returns (uint256 sum) {
        for (uint256 listing = 1; listing <= w.listings_; ++listing) {
            for (uint256 i = 0; i < w.people.length; ++i) {
                sum += vault.balanceOf(revenue.accountOf(listing, w.people[i]), uint160(address(which)));
            }
        }
    }

    function _all(TokenMock which) private view returns (uint256) {
        uint256 id = uint160(address(which));
        return _peoples(which) + _keys(which) + vault.balanceOf(revenue.feeRecipient(), id)
            + vault.balanceOf(handler.ownAccount(), id);
    }

    function invariant_VaultIsSolvent() public view {
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            assertLe(_all(w.tokens[i]), w.tokens[i].balanceOf(address(vault)));
        }
    }

    function invariant_BalancesAreWhatCameInMinusWhatLeft() public view {
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            TokenMock which = w.tokens[i];
            uint256 all = _all(which);
            assertEq(all, handler.arrived(which) - handler.left(which));
            assertEq(which.balanceOf(address(vault)), all + handler.donated(which));
        }
    }

    function invariant_SalesAreDividedWhole() public view {
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            TokenMock which = w.tokens[i];
            assertEq(vault.balanceOf(revenue.feeRecipient(), uint160(address(which))), handler.fees(which));
            assertEq(_keys(which) + handler.paidOut(which), handler.nets(which));
        }
    }

    function invariant_SettlementsAreCovered() public view {
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            for (uint256 listing = 1; listing <= w.listings_; ++listing) {
                for (uint256 j = 0; j < w.people.length; ++j) {
                    _checkKey(listing, w.people[j], address(w.tokens[i]));
                }
            }
        }
    }

    function _checkKey(uint256 listing, address who, address which) private view {
        assertLe(revenue.settled(listing, who, which), revenue.received(listing, who, which));
        uint256 held = vault.balanceOf(revenue.accountOf(listing, who), uint160(which));
        assertLe(revenue.pending(listing, who, which), held);
    }

    function invariant_PassesMatchSales() public view {
        for (uint256 plan = 1; plan <= w.plans; ++plan) {
            uint256 held = 0;
            for (uint256 i = 0; i < w.people.length; ++i) {
                held += market.balanceOf(w.people[i], plan);
            }
            assertEq(held, market.planOf(plan).sold);
        }
    }

    /// @dev The steps do what they are for; otherwise the invariants above would hold of nothing.
    function test_StepsMoveMoney() public {
        TokenMock which = w.tokens[0];
        handler.deposit(1, 1, 0, 1e9);
        handler.buy(1, 2, 1, 3, 5, true);
        handler.buy(1, 2, 4, 3, 5, false);
        handler.settle(1, 0, 0);
        handler.withdraw(0, 0, 0, 1);
        handler.donate(0, 7);
        assertGt(handler.arrived(which), 1e9);
        assertGt(handler.fees(which), 0);
        assertGt(handler.nets(which), 0);
        assertGt(handler.paidOut(which), 0);
        assertEq(handler.left(which), 1);
        assertEq(handler.donated(which), 7);
        assertGt(_keys(which), 0, "the fourth listing's key still holds its part");
    }
}
