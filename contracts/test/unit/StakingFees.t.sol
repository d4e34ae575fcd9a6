// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LockChange, Payout} from "../../src/types/Lock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";

/// @notice Fees: distribution, claims, reinvestment, listed tokens.
contract StakingFeesTest is StakingBase {
    // -------------------------------------------------------------------------------------------- distribute

    function test_Distribute() public {
        _lock(alice, 52 * STOA, 52);
        _lock(bob, 26 * STOA, 52);
        _fees(300);
        assertEq(staking.undistributed(address(token)), 300);
        uint256 index = 300 * ONE / (156 * STOA);
        vm.expectEmit(address(staking));
        emit IStaking.FeesDistributed(address(token), uint64(_week()), 300, index, 156 * STOA);
        vm.prank(stranger);
        assertEq(staking.distribute(address(token)), 300);
        assertEq(staking.indexOf(address(token)), index);
        assertEq(staking.indexAt(address(token), _week()), index);
        assertEq(_claimable(alice), 199, "rounded down");
        assertEq(_claimable(bob), 99);
        assertEq(staking.undistributed(address(token)), 0, "less than a unit is left");
    }

    function test_TheRemainderIsDistributedNext() public {
        _lock(alice, 3 * STOA, 52);
        for (uint256 i = 1; i <= 1000; ++i) {
            _distribute(1);
        }
        assertEq(_claimable(alice), 999, "below one unit is left after a thousand divisions");
    }

    function test_DistributeNothing() public {
        _lock(alice, STOA, 52);
        _distribute(100);
        vm.recordLogs();
        assertEq(staking.distribute(address(token)), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_FeesWaitForTheFirstLocker() public {
        _distribute(100);
        assertEq(staking.indexOf(address(token)), 0);
        assertEq(staking.undistributed(address(token)), 100);
        _lock(alice, STOA, 52);
        assertEq(_claimable(alice), 0, "not by locking itself");
        staking.distribute(address(token));
        assertEq(_claimable(alice), 99);
    }

    function test_FeesWaitWhenAllLocksHaveEnded() public {
        _lock(alice, STOA, 1);
        _nextWeeks(2);
        _distribute(100);
        assertEq(_claimable(alice), 0);
        assertEq(staking.undistributed(address(token)), 100);
        _lock(bob, STOA, 1);
        staking.distribute(address(token));
        assertEq(_claimable(bob), 99);
        assertEq(_claimable(alice), 0);
    }

    function test_RevertWhen_TokenIsNotListed() public {
        TokenMock other = new TokenMock(18);
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_TokenNotListed.selector, address(other));
        vm.startPrank(alice);
        vm.expectRevert(reason);
        staking.distribute(address(other));
        vm.expectRevert(reason);
        staking.claim(address(other));
        vm.expectRevert(reason);
        staking.claimTo(address(other), alice);
        vm.expectRevert(reason);
        staking.claimable(alice, address(other));
        vm.stopPrank();
    }

    function test_DistributeRollsUpToAYear() public {
        for (uint256 term = 1; term <= 52; ++term) {
            _lock(makeFundedAddr(term), STOA, term);
        }
        uint256 total = staking.totalScore();
        _nextWeeks(2);
        _distribute(1e12);
        assertEq(staking.totalScore(), total - STOA * 53 / 52, "one has ended");
        _nextWeeks(51);
        _distribute(1e12);
        assertEq(staking.totalScore(), 0);
        assertEq(staking.undistributed(address(token)), 1e12);
        _nextWeeks(500);
        _lock(alice, STOA, 1);
        assertEq(staking.totalScore(), _scoreOf(alice));
    }

    function makeFundedAddr(uint256 number) private returns (address account) {
        account = makeAddr(vm.toString(number));
        _giveStoa(account, STOA);
    }

    // ------------------------------------------------------------------------------------------------- claim

    function test_Claim() public {
        _lock(alice, STOA, 52);
        _distribute(1000);
        (uint256 index, uint256 scaled) = (staking.indexOf(address(token)), 0);
        scaled = index * _scoreOf(alice) - 999 * ONE;
        vm.expectEmit(address(staking));
        emit IStaking.FeesClaimed(alice, address(token), alice, 999, Payout.Balance, index, scaled);
        assertEq(_claim(alice), 999);
        assertEq(_balance(alice), 999);
        assertEq(_claimable(alice), 0);
        (uint256 own, uint256 accrued) = staking.earningsOf(alice, address(token));
        assertEq(own, index);
        assertEq(accrued, scaled);
        vm.recordLogs();
        assertEq(_claim(alice), 0, "less than a unit is left");
        assertEq(vm.getRecordedLogs().length, 0);
        _distribute(1);
        assertEq(_claim(alice), 1, "which counts in the next claim");
    }

    function test_ClaimToAWallet() public {
        _lock(alice, STOA, 52);
        vm.prank(alice);
        assertEq(staking.claimTo(address(token), friend), 0);
        _distribute(1000);
        vm.prank(alice);
        assertEq(staking.claimTo(address(token), friend), 999);
        assertEq(token.balanceOf(friend), 999);
        assertEq(_balance(address(staking)), 1);
    }

    function test_RevertWhen_ClaimingToTheZeroWallet() public {
        _lock(alice, STOA, 52);
        _distribute(1000);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(alice);
        staking.claimTo(address(token), address(0));
        assertEq(_claimable(alice), 999);
    }

    function test_ClaimOfAStrangerIsNothing() public {
        _lock(alice, STOA, 52);
        _distribute(1000);
        assertEq(_claim(stranger), 0);
    }

    function test_ClaimLongAfterTheEnd() public {
        _lock(alice, 52 * STOA, 3);
        _distribute(1000);
        _nextWeeks(2);
        _distribute(100);
        _lock(bob, 52 * STOA, 52);
        _nextWeeks(2);
        _distribute(5000);
        _nextWeeks(400);
        _distribute(7000);
        assertEq(_claim(alice), 1099, "week 0 and week 2, before its end");
        assertEq(_claim(alice), 0);
    }

    function test_ClaimWhenNoFeeCameForYears() public {
        _lock(alice, 52 * STOA, 3);
        _distribute(1000);
        assertEq(_claim(alice), 999);
        _nextWeeks(600);
        _extend(alice, 2);
        _nextWeeks(3);
        _lock(bob, 52 * STOA, 52);
        _distribute(5000);
        assertEq(_claimable(alice), 0, "its second lock saw no fee at all");
        assertEq(_claim(alice), 0);
        _lock(alice, STOA, 1);
        assertEq(_claimable(alice), 0);
    }

    /// @dev The last fee week before the end lies in the bitmap's word before.
    function test_FeeWeekInTheWordBefore() public {
        _nextWeeks(256 - _week() % 256 - 1);
        _lock(alice, 52 * STOA, 3);
        _distribute(1000);
        _nextWeeks(5);
        _lock(bob, 52 * STOA, 3);
        _distribute(1000);
        assertEq(_claim(alice), 999);
    }

    function test_LateDistributionIsLostToAnEndedLock() public {
        _lock(alice, STOA, 1);
        _lock(bob, STOA, 52);
        _fees(1000);
        _nextWeeks(2);
        staking.distribute(address(token));
        assertEq(_claimable(alice), 0);
        assertEq(_claimable(bob), 999);
    }

    // ---------------------------------------------------------------------------------------------- reinvest

    function test_Reinvest() public {
        _lock(alice, 52 * STOA, 26);
        _stoaFees(26 * STOA);
        _fees(500);
        vm.expectEmit(address(staking));
        emit IStaking.ReinvestSet(alice, true);
        vm.prank(alice);
        staking.setReinvest(true);
        uint256 amount = 26 * STOA - 1;
        uint256 score = 78 * STOA + amount * 78 / 52;
        vm.expectEmit(true, true, true, false, address(staking));
        emit IStaking.FeesClaimed(alice, address(stoa), address(staking), amount, Payout.Lock, 0, 0);
        vm.expectEmit(address(staking));
        emit IStaking.LockChanged(
            alice, alice, LockChange.Reinvest, amount, 52 * STOA + amount, score, uint64((_week() + 27) * WEEK), score
        );
        vm.prank(stranger);
        assertEq(staking.reinvest(alice), amount);
        assertEq(_amountOf(alice), 52 * STOA + amount);
        assertEq(_scoreOf(alice), score);
        assertEq(staking.claimable(alice, address(stoa)), 0);
        assertEq(_claimable(alice), 499, "other tokens were fixed at the old score");
        assertEq(_stoaBalance(address(staking)), 78 * STOA, "nothing left the balance");
        assertEq(staking.undistributed(address(stoa)), 0);
    }

    function test_ReinvestOnesOwnWithoutOptingIn() public {
        _lock(alice, 52 * STOA, 26);
        _stoaFees(10 * STOA);
        vm.prank(alice);
        assertEq(staking.reinvest(alice), 10 * STOA - 1);
    }

    function test_ReinvestNothing() public {
        _lock(alice, 52 * STOA, 26);
        vm.startPrank(alice);
        assertEq(staking.reinvest(alice), 0);
        _nextWeeks(30);
        assertEq(staking.reinvest(alice), 0);
        vm.stopPrank();
        assertEq(_amountOf(alice), 52 * STOA);
    }

    function test_RevertWhen_NotOptedIn() public {
        _lock(alice, 52 * STOA, 26);
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_NotOptedIn.selector, alice, stranger);
        vm.expectRevert(reason);
        vm.prank(stranger);
        staking.reinvest(alice);
        vm.startPrank(alice);
        staking.setReinvest(true);
        staking.setReinvest(false);
        vm.stopPrank();
        vm.expectRevert(reason);
        vm.prank(stranger);
        staking.reinvest(alice);
    }

    function _reinvestPaysToBalance(uint256 later) private {
        _lock(alice, 52 * STOA, 1);
        vm.prank(alice);
        staking.setReinvest(true);
        _stoaFees(10 * STOA);
        staking.distribute(address(stoa));
        uint256 before = _stoaBalance(alice);
        _nextWeeks(later);
        vm.prank(stranger);
        staking.reinvest(alice);
        assertEq(_stoaBalance(alice) - before, 10 * STOA - 1);
        assertEq(_amountOf(alice), 52 * STOA);
    }

    function test_ReinvestInTheLastWeekPaysToBalance() public {
        _reinvestPaysToBalance(1);
        assertGt(_scoreOf(alice), 0);
    }

    function test_ReinvestAfterTheEndPaysToBalance() public {
        _reinvestPaysToBalance(2);
        vm.prank(alice);
        assertEq(staking.withdraw(), 52 * STOA);
    }

    function test_OneUnitIsPaidAndNothingMovesNothing() public {
        _lock(alice, STOA, 1);
        _stoaFees(2);
        staking.distribute(address(stoa));
        _nextWeeks(2);
        uint256 before = _stoaBalance(alice);
        vm.startPrank(alice);
        assertEq(staking.reinvest(alice), 1);
        assertEq(_stoaBalance(alice) - before, 1);
        vm.recordLogs();
        assertEq(staking.reinvest(alice), 0);
        assertEq(staking.claim(address(stoa)), 0);
        assertEq(staking.claimTo(address(stoa), alice), 0);
        assertEq(vm.getRecordedLogs().length, 0);
        vm.stopPrank();
    }

    function test_OptInOutlivesTheLock() public {
        vm.prank(alice);
        staking.setReinvest(true);
        _lock(alice, STOA, 1);
        _nextWeeks(5);
        _lock(alice, STOA, 1);
        (,,, bool reinvests) = staking.lockOf(alice);
        assertTrue(reinvests);
    }

    // ------------------------------------------------------------------------------------------------ tokens

    function test_ListToken() public {
        TokenMock other = new TokenMock(18);
        other.mint(address(this), 900);
        other.approve(address(vault), 900);
        vault.deposit(address(other), 900, address(staking));
        _lock(alice, STOA, 2);
        _lock(bob, STOA, 52);
        _nextWeeks(3);
        _lock(carol, STOA, 52);
        vm.expectEmit(address(staking));
        emit IStaking.TokenListed(address(other), 2);
        _listFees(address(other));
        assertTrue(vault.isDescribed(address(other)));
        assertEq(staking.undistributed(address(other)), 900);
        staking.distribute(address(other));
        assertEq(staking.claimable(alice, address(other)), 0, "ended before the listing");
        assertEq(staking.claimable(bob, address(other)), 449, "locked before the listing");
        assertEq(staking.claimable(carol, address(other)), 449);
    }

    function test_RevertWhen_TokenIsListedAlready() public {
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_TokenListedAlready.selector, address(stoa));
        vm.expectRevert(reason);
        _listFees(address(stoa));
    }

    function test_RevertWhen_EightTokensAreListed() public {
        for (uint256 i = 0; i < 6; ++i) {
            _listFees(address(new TokenMock(6)));
        }
        address ninth = address(new TokenMock(6));
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_TooManyTokens.selector, 8));
        _listFees(ninth);
    }

    function test_RevertWhen_TokenHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        _listFees(stranger);
    }

    function test_CheckpointsTellTheNewIndex() public {
        _lock(alice, STOA, 52);
        _distribute(1000);
        uint256 index = staking.indexOf(address(token));
        vm.expectEmit(address(staking));
        emit IStaking.Checkpointed(bob, address(token), index, 0);
        _lock(bob, STOA, 52);
        vm.expectEmit(address(staking));
        emit IStaking.Checkpointed(alice, address(token), index, index * _scoreOf(alice));
        _extend(alice, 52);
        vm.recordLogs();
        _extend(alice, 52);
        assertEq(vm.getRecordedLogs().length, 1, "only LockChanged: no index changed since");
    }
}
