// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TokenMock} from "../mocks/TokenMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {StakingHandler} from "./handlers/StakingHandler.sol";

/// @notice The staking invariants of README.md beside this file.
contract StakingInvariantTest is StakingBase {
    StakingHandler private handler;
    address[] private people;
    address[] private tokens;

    function setUp() public override {
        super.setUp();
        TokenMock whole = new TokenMock(0);
        _listFees(address(whole));
        people = [alice, bob, carol, provider, buyer];
        tokens = [address(stoa), address(token), address(whole)];
        handler = new StakingHandler(vault, staking, stoa, holder, people, tokens);
        targetContract(address(handler));
    }

    function _claimables(address which) private view returns (uint256 sum) {
        for (uint256 i = 0; i < people.length; ++i) {
            sum += staking.claimable(people[i], which);
        }
    }

    function _principal() private view returns (uint256 sum) {
        for (uint256 i = 0; i < people.length; ++i) {
            sum += _amountOf(people[i]);
        }
    }

    function _scores() private view returns (uint256 sum) {
        for (uint256 i = 0; i < people.length; ++i) {
            sum += _scoreOf(people[i]);
        }
    }

    /// @dev One campaign for all, because the steps are what takes the time.
    function invariant_Staking() public view {
        _checkFeesAreDividedWhole();
        _checkPrincipalInIsPrincipalOut();
        _checkBalanceCoversAll();
        _checkTotalScoreIsTheSum();
    }

    function _checkFeesAreDividedWhole() private view {
        for (uint256 i = 0; i < tokens.length; ++i) {
            address which = tokens[i];
            uint256 known = handler.paid(which) + _claimables(which) + staking.undistributed(which);
            assertLe(known, handler.received(which), "more than came");
            assertLe(handler.received(which) - known, people.length, "dust: below one unit per staker");
        }
    }

    function _checkPrincipalInIsPrincipalOut() private view {
        assertEq(_principal(), handler.principalIn() + handler.reinvested() - handler.principalOut());
    }

    function _checkBalanceCoversAll() private view {
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 fees = handler.received(tokens[i]) - handler.paid(tokens[i]);
            // What was reinvested was paid, and stayed as principal.
            if (tokens[i] == address(stoa)) fees += _principal();
            assertEq(vault.balanceOf(address(staking), uint160(tokens[i])), fees);
        }
    }

    function _checkTotalScoreIsTheSum() private view {
        assertEq(staking.totalScore(), _scores());
    }

    /// @dev Once after each sequence: it looks at all moments of it.
    function afterInvariant() public view {
        StakingHandler.Moment[] memory moments = handler.moments();
        for (uint256 i = 0; i < moments.length; ++i) {
            assertEq(staking.getPastTotalSupply(moments[i].time), moments[i].total);
            for (uint256 j = 0; j < people.length; ++j) {
                assertEq(staking.getPastVotes(people[j], moments[i].time), moments[i].scores[j]);
            }
        }
    }

    /// @dev The steps do what they are for; otherwise the invariants above would hold of nothing.
    function test_StepsStake() public {
        handler.lock(0, 5e18, 1);
        handler.lock(1, 5e18, 52);
        handler.earnFees(3, 1e18, true);
        handler.earnFees(1, 1e6, true);
        handler.setReinvest(1, true);
        handler.reinvest(1, 2);
        assertGt(handler.reinvested(), 0);
        handler.claim(0, 1, false);
        handler.claim(1, 1, true);
        assertGt(handler.paid(address(token)), 0);
        handler.raiseByDust(1, 7);
        handler.pass(7 days);
        handler.pass(7 days);
        handler.extend(0, 3);
        assertGt(_scoreOf(alice), 0);
        handler.passLong(60 weeks);
        handler.withdraw(0, false);
        handler.withdraw(1, true);
        assertEq(handler.principalOut(), handler.principalIn() + handler.reinvested());
        assertEq(handler.moments().length, 3);
        afterInvariant();
        _checkFeesAreDividedWhole();
        _checkBalanceCoversAll();
    }
}
