// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {RevenueMath} from "../../src/libraries/RevenueMath.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {ShareHandler} from "./handlers/ShareHandler.sol";
import {World} from "./handlers/World.sol";

/// @notice The invariants of shares in README.md beside this file.
contract SharesInvariantTest is Base {
    uint256 private constant LISTINGS = 3;

    ShareHandler private handler;
    World private w;
    bytes32 private lineage;

    function setUp() public override {
        super.setUp();
        w.people = [provider, buyer, friend, stranger, holder];
        w.tokens.push(token);
        w.tokens.push(new TokenMock(18));
        (w.vault, w.listings, w.revenue, w.market) = (vault, listings, revenue, market);
        w.timelock = address(timelock);
        uint256 first = _list(provider);
        uint256 second = _derive(friend, _ids(first), _bps(1234));
        _derive(stranger, _ids(first, second), _bps(2500, 2500));
        w.listings_ = LISTINGS;
        for (uint256 i = 0; i < w.tokens.length; ++i) {
            token = w.tokens[i];
            for (uint256 id = 1; id <= LISTINGS; ++id) {
                _plan(id, uint128(10 ** (id * 2) + 7), 0);
            }
        }
        w.plans = market.count();
        lineage = _lineage();
        handler = new ShareHandler(w);
        // Sales from before the binding.
        for (uint256 plan = 1; plan <= w.plans; ++plan) {
            handler.buy(1, plan, 3);
        }
        handler.divide(1, 1_000_000e18 + 7);
        handler.divide(2, 3);
        targetContract(address(handler));
        bytes4[] memory left = new bytes4[](1);
        left[0] = handler.divide.selector;
        excludeSelector(FuzzSelector({addr: address(handler), selectors: left}));
    }

    function _shareOf(uint256 id) private view returns (RevenueShare) {
        return RevenueShare(revenue.shareOf(id));
    }

    function _lineage() private view returns (bytes32 hash) {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            (uint256[] memory parents, uint16[] memory bps) = listings.parentsOf(id);
            hash = keccak256(abi.encode(hash, parents, bps));
        }
    }

    function invariant_EverySharesUnitIsDueOnce() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            if (!listings.isBound(id)) continue;
            for (uint256 i = 0; i < w.tokens.length; ++i) {
                if (_shareOf(id).isPaymentToken(address(w.tokens[i]))) _checkHolders(id, w.tokens[i]);
            }
        }
    }

    function _checkHolders(uint256 id, TokenMock which) private view {
        RevenueShare share = _shareOf(id);
        uint256 supply = share.totalSupply();
        uint256 earned = share.earned(address(which));
        uint256 scaled = 0;
        uint256 whole = 0;
        for (uint256 i = 0; i < w.people.length; ++i) {
            (uint256 owed, uint256 units) = _due(id, which, w.people[i]);
            scaled += owed;
            whole += units;
        }
        assertEq(scaled, earned * supply, "every unit is due to somebody");
        assertLe(whole, earned, "claimed + claimable");
        assertLt(earned - whole, w.people.length, "less than one unit per holder is dust");
    }

    /// @dev What a holder has earned, times supply, and what of it is claimed or claimable.
    function _due(uint256 id, TokenMock which, address who) private view returns (uint256 owed, uint256 units) {
        RevenueShare share = _shareOf(id);
        uint256 earned = share.earned(address(which));
        uint256 paid = handler.claimed(id, which, who);
        (uint256 index, uint256 accrued) = share.earningsOf(who, address(which));
        owed = accrued + share.balanceOf(who) * (earned - index) + paid * share.totalSupply();
        assertEq(owed, handler.due(id, which, who), "due by what it held when the money came in");
        assertLe(index, earned);
        units = paid + share.claimable(who, address(which));
    }

    function invariant_SharesCanBePaid() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            if (!listings.isBound(id)) continue;
            for (uint256 i = 0; i < w.tokens.length; ++i) {
                _checkCover(id, w.tokens[i]);
            }
        }
    }

    /// @dev The sub-account covers what holders may still claim and what parents have not been given yet.
    function _checkCover(uint256 id, TokenMock which) private view {
        RevenueShare share = _shareOf(id);
        uint256 open = share.earned(address(which));
        for (uint256 i = 0; i < w.people.length; ++i) {
            open -= handler.claimed(id, which, w.people[i]);
        }
        uint256 received = revenue.received(id, address(share), address(which));
        uint256 settled = revenue.settled(id, address(share), address(which));
        (uint256[] memory parents, uint16[] memory bps) = listings.parentsOf(id);
        for (uint256 i = 0; i < parents.length; ++i) {
            open += RevenueMath.gainDown(received, settled, bps[i]);
        }
        uint256 held = vault.balanceOf(revenue.accountOf(id, address(share)), uint160(address(which)));
        assertLe(open, held);
        assertLe(held - open, parents.length, "at most one unit per parent is dust");
    }

    function invariant_SettlementsAddUpToFloorsOfTheWhole() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            for (uint256 i = 0; i < w.tokens.length; ++i) {
                for (uint256 j = 0; j < w.people.length; ++j) {
                    _checkKey(id, w.people[j], w.tokens[i], true);
                }
                if (listings.isBound(id)) _checkKey(id, address(_shareOf(id)), w.tokens[i], false);
            }
        }
    }

    function _checkKey(uint256 id, address who, TokenMock which, bool paysOut) private view {
        bytes32 key = handler.keyOf(id, who, which);
        uint256 settled = revenue.settled(id, who, address(which));
        (uint256[] memory parents, uint16[] memory bps) = listings.parentsOf(id);
        uint256 own = 10_000;
        for (uint256 i = 0; i < parents.length; ++i) {
            assertEq(handler.given(key, i), settled * bps[i] / 10_000, "a parent's part");
            own -= bps[i];
        }
        assertEq(handler.given(key, 8), paysOut ? settled * own / 10_000 : 0, "the beneficiary's part");
    }

    function invariant_RevenueBeforeBindingStaysTheOwners() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            if (!listings.isBound(id)) continue;
            address owner = handler.binder(id);
            for (uint256 i = 0; i < w.tokens.length; ++i) {
                address which = address(w.tokens[i]);
                assertEq(revenue.received(id, owner, which), handler.beforeBinding(id, w.tokens[i]));
            }
        }
    }

    function invariant_SupplyIsFixed() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            if (!listings.isBound(id)) continue;
            uint256 held = 0;
            for (uint256 i = 0; i < w.people.length; ++i) {
                held += _shareOf(id).balanceOf(w.people[i]);
            }
            assertEq(held, _shareOf(id).totalSupply());
        }
    }

    function invariant_LineageIsAcyclicAndFixed() public view {
        for (uint256 id = 1; id <= listings.count(); ++id) {
            (uint256[] memory parents,) = listings.parentsOf(id);
            for (uint256 i = 0; i < parents.length; ++i) {
                assertLt(parents[i], id, "a parent is older than its child");
            }
        }
        assertEq(_lineage(), lineage);
    }

    function invariant_OwnersAreKeptTwiceAlike() public view {
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            (, address owner,) = listings.stateOf(id);
            assertEq(owner, listings.ownerOf(id));
        }
    }

    /// @dev The steps do what they are for; otherwise the invariants above would hold of nothing.
    function test_StepsMoveMoney() public {
        handler.payListing(1, 1, 0, 1e9);
        handler.payListing(1, 2, 1, 1e9);
        handler.giveShares(1, 0, 1, 1e18);
        handler.giveShares(2, 2, 3, 1);
        handler.buy(1, 1, 9);
        handler.claim(1, 0, 0, false);
        handler.addToken(2);
        handler.claim(2, 3, 1, true);
        handler.bind(77);
        handler.payListing(1, 3, 0, 1e9);
        handler.settle(3, 0, 0);
        handler.settle(1, 5, 0);
        assertGt(handler.claimed(1, w.tokens[0], provider), 1e8);
        assertGt(handler.claimed(2, w.tokens[1], stranger), 1e8);
        assertGt(handler.due(2, w.tokens[1], friend), 0);
        assertGt(handler.beforeBinding(1, w.tokens[0]), 0);
        assertGt(handler.given(handler.keyOf(3, revenue.shareOf(3), w.tokens[0]), 0), 0);
        assertGt(handler.given(handler.keyOf(1, provider, w.tokens[0]), 8), 0);
        assertEq(_shareOf(3).totalSupply(), 77);
        invariant_EverySharesUnitIsDueOnce();
        invariant_SharesCanBePaid();
        invariant_SettlementsAddUpToFloorsOfTheWhole();
        invariant_RevenueBeforeBindingStaysTheOwners();
    }
}
