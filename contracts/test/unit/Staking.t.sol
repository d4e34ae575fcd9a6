// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGoverned} from "../../src/interfaces/IGoverned.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LockChange, LockOrder, Payout} from "../../src/types/Lock.sol";
import {Credit, Funding} from "../../src/types/Payment.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Locks: birth, payment, extension, withdrawal, tiers, history.
contract StakingTest is StakingBase {
    uint256 private constant WEEK_0 = 2976;

    function _expectPayRevert(address payer, uint256 amount, LockOrder memory order, bytes memory reason) private {
        vm.expectRevert(reason);
        _payStake(payer, amount, order);
    }

    // ------------------------------------------------------------------------------------------------- birth

    function test_Birth() public {
        assertEq(staking.owner(), address(timelock));
        address[] memory listed = staking.tokens();
        assertEq(listed.length, 2, "STOA, and the token the set-up listed");
        assertEq(listed[0], address(stoa));
        uint32[4] memory tiers = staking.tiers();
        assertEq(abi.encode(tiers), abi.encode([uint32(1_000), 10_000, 100_000, 1_000_000]));
        assertEq(staking.CLOCK_MODE(), "mode=timestamp");
        assertEq(staking.clock(), _now());
        assertEq(staking.delegates(alice), alice);
        assertEq(_endOf(alice), 0);
        assertEq(staking.totalScore(), 0);
    }

    function test_RevertWhen_RenouncingOwnership() public {
        vm.expectRevert(IGoverned.Governed_OwnerRequired.selector);
        vm.prank(address(timelock));
        staking.renounceOwnership();
    }

    function test_OwnershipMovesInTwoSteps() public {
        vm.prank(address(timelock));
        staking.transferOwnership(council);
        assertEq(staking.owner(), address(timelock));
        vm.prank(council);
        staking.acceptOwnership();
        assertEq(staking.owner(), council);
    }

    // ------------------------------------------------------------------------------------------------- onPay

    function test_RevertWhen_PaidByAnotherThanTheVault() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_NotVault.selector, alice));
        vm.prank(alice);
        staking.onPay(alice, address(stoa), STOA, abi.encode(_orderOf(alice, 1)), 0);
    }

    function test_RevertWhen_TokenIsNotStoa() public {
        _fundVault(alice, 100);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_WrongToken.selector, address(token), address(stoa)));
        vm.prank(alice);
        vault.pay(address(staking), address(token), 100, Funding.Balance, abi.encode(_orderOf(alice, 1)));
    }

    function test_RevertWhen_OrderIsMalformed() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_OrderMalformed.selector, 0, 224));
        vault.pay(address(staking), address(stoa), STOA, Funding.Balance, "");
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_OrderMalformed.selector, 223, 224));
        vault.pay(address(staking), address(stoa), STOA, Funding.Balance, new bytes(223));
        vm.stopPrank();
    }

    function test_RevertWhen_WitnessIsAnothers() public {
        LockOrder memory order = _orderOf(alice, 7);
        bytes32 witness = keccak256(
            abi.encode(
                keccak256("LockOrder(address account,uint256 term,uint256 nonce,uint256 deadline,bytes signature)"),
                alice,
                7,
                0,
                0,
                keccak256("")
            )
        );
        bytes memory reason =
            abi.encodeWithSelector(IStaking.Staking_WitnessMismatch.selector, bytes32("another"), witness);
        vm.startPrank(address(vault));
        vm.expectRevert(reason);
        staking.onPay(alice, address(stoa), STOA, abi.encode(order), "another");
        Credit[] memory credits = staking.onPay(alice, address(stoa), STOA, abi.encode(order), witness);
        vm.stopPrank();
        assertEq(credits.length, 1);
        assertEq(credits[0].account, address(staking));
        assertEq(credits[0].amount, STOA);
    }

    function test_StartALock() public {
        vm.expectEmit(address(staking));
        emit IStaking.LockChanged(
            alice, alice, LockChange.Start, 100 * STOA, 100 * STOA, 150 * STOA, uint64(3003 * WEEK), 150 * STOA
        );
        _lock(alice, 100 * STOA, 26);
        (uint256 amount, uint256 score, uint64 end, bool reinvests) = staking.lockOf(alice);
        assertEq(amount, 100 * STOA);
        assertEq(score, 150 * STOA, "half a year weighs one and a half");
        assertEq(end, (WEEK_0 + 1 + 26) * WEEK);
        assertFalse(reinvests);
        assertEq(staking.totalScore(), score);
        assertEq(staking.ending(WEEK_0 + 27), score);
        assertEq(_stoaBalance(address(staking)), 100 * STOA);
        assertEq(staking.undistributed(address(stoa)), 0, "principal is no fee");
    }

    function test_TermsFromOneToFiftyTwo() public {
        _lock(alice, 52 * STOA, 1);
        _lock(bob, 52 * STOA, 52);
        assertEq(_scoreOf(alice), 53 * STOA);
        assertEq(_scoreOf(bob), 104 * STOA);
        assertEq(_endOf(bob), (WEEK_0 + 53) * WEEK);
    }

    function test_StartByAllowance() public {
        vm.prank(holder);
        stoa.transfer(buyer, STOA);
        vm.startPrank(buyer);
        stoa.approve(address(vault), STOA);
        vault.pay(address(staking), address(stoa), STOA, Funding.Allowance, abi.encode(_orderOf(buyer, 52)));
        vm.stopPrank();
        assertEq(_scoreOf(buyer), 2 * STOA);
    }

    function test_RevertWhen_TermIsTooLong() public {
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_TermOutOfRange.selector, 53, 1, 52);
        _expectPayRevert(alice, STOA, _orderOf(alice, 53), reason);
    }

    function test_RevertWhen_LessThanOneStoa() public {
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_AmountTooSmall.selector, STOA - 1, STOA);
        _expectPayRevert(alice, STOA - 1, _orderOf(alice, 1), reason);
        _lock(alice, STOA, 1);
    }

    function test_RevertWhen_ALockRuns() public {
        _lock(alice, STOA, 1);
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_LockActive.selector, alice, (WEEK_0 + 2) * WEEK);
        _expectPayRevert(alice, STOA, _orderOf(alice, 52), reason);
        vm.warp((WEEK_0 + 2) * WEEK - 1);
        _expectPayRevert(alice, STOA, _orderOf(alice, 52), reason);
    }

    function test_StartAnewJoinsWhatWasNotWithdrawn() public {
        _lock(alice, 10 * STOA, 1);
        _distribute(700);
        _nextWeeks(2);
        _lock(bob, 10 * STOA, 1);
        _distribute(500);
        _fees(300);
        _lock(alice, 90 * STOA, 52);
        assertEq(_amountOf(alice), 100 * STOA);
        assertEq(_scoreOf(alice), 200 * STOA);
        assertEq(_claimable(alice), 699, "to its end, and nothing of what came since; rounded down");
        assertEq(_claimable(bob), 800 - 1, "300 were distributed first");
    }

    function test_Raise() public {
        _lock(alice, 52 * STOA, 52);
        _nextWeeks(26);
        vm.expectEmit(address(staking));
        emit IStaking.LockChanged(
            alice, alice, LockChange.Raise, 52 * STOA, 104 * STOA, 182 * STOA, uint64(3029 * WEEK), 182 * STOA
        );
        _raise(alice, 52 * STOA);
        assertEq(_scoreOf(alice), (104 + 78) * STOA, "26 weeks remain for the second part");
        assertEq(staking.ending(3029), 182 * STOA);
    }

    function test_RevertWhen_RaisingWithoutARunningLock() public {
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_NoActiveLock.selector, alice);
        _expectPayRevert(alice, STOA, _orderOf(alice, 0), reason);
        _lock(alice, STOA, 1);
        _nextWeeks(2);
        _expectPayRevert(alice, STOA, _orderOf(alice, 0), reason);
    }

    function test_RevertWhen_RaisingByNothing() public {
        _lock(alice, STOA, 1);
        _expectPayRevert(
            alice, 0, _orderOf(alice, 0), abi.encodeWithSelector(IStaking.Staking_AmountTooSmall.selector, 0, 1)
        );
    }

    function test_RevertWhen_RaisingInTheLastWeek() public {
        _lock(alice, STOA, 1);
        _nextWeeks(1);
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_LastWeek.selector, alice, (WEEK_0 + 2) * WEEK);
        _expectPayRevert(alice, STOA, _orderOf(alice, 0), reason);
    }

    // ------------------------------------------------------------------------------------------------ extend

    function test_Extend() public {
        _lock(alice, 52 * STOA, 10);
        _nextWeeks(5);
        vm.expectEmit(address(staking));
        emit IStaking.LockChanged(
            alice, alice, LockChange.Extend, 0, 52 * STOA, 82 * STOA, uint64(3012 * WEEK), 82 * STOA
        );
        _extend(alice, 30);
        assertEq(_scoreOf(alice), 82 * STOA);
        assertEq(staking.totalScore(), 82 * STOA);
        assertEq(staking.ending(WEEK_0 + 11), 0);
        assertEq(staking.ending(WEEK_0 + 5 + 31), 82 * STOA);
    }

    function test_ExtendAnEndedLock() public {
        _lock(alice, 52 * STOA, 1);
        _distribute(700);
        _lock(bob, 52 * STOA, 52);
        _nextWeeks(3);
        _distribute(500);
        _extend(alice, 1);
        assertEq(_scoreOf(alice), 53 * STOA);
        assertEq(_amountOf(alice), 52 * STOA);
        assertEq(staking.totalScore(), (53 + 104) * STOA);
        assertApproxEqAbs(_claimable(alice), 700, 1, "a late extension earns nothing of the past");
        _distribute(157);
        assertApproxEqAbs(_claimable(alice), 753, 1);
    }

    function test_RevertWhen_ExtendingNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_NothingLocked.selector, alice));
        _extend(alice, 1);
    }

    function test_RevertWhen_ExtensionIsOutOfRange() public {
        _lock(alice, STOA, 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_TermOutOfRange.selector, 0, 1, 52));
        _extend(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_TermOutOfRange.selector, 53, 1, 52));
        _extend(alice, 53);
    }

    function test_RevertWhen_ExtensionShortens() public {
        _lock(alice, STOA, 52);
        _nextWeeks(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStaking.Staking_Shortened.selector, alice, (WEEK_0 + 53) * WEEK, (WEEK_0 + 52) * WEEK
            )
        );
        _extend(alice, 50);
    }

    function test_RevertWhen_ExtensionLowersTheScore() public {
        _lock(alice, 52 * STOA, 52);
        _nextWeeks(26);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_ScoreLowered.selector, alice, 104 * STOA, 103 * STOA));
        _extend(alice, 51);
        _extend(alice, 52);
        assertEq(_endOf(alice), (WEEK_0 + 79) * WEEK);
    }

    // ---------------------------------------------------------------------------------------------- withdraw

    function test_Withdraw() public {
        uint256 before = _stoaBalance(alice);
        _lock(alice, 100 * STOA, 1);
        _distribute(700);
        _nextWeeks(2);
        assertEq(_scoreOf(alice), 0, "ends without anyone's call");
        vm.expectEmit(address(staking));
        emit IStaking.PrincipalWithdrawn(alice, alice, 100 * STOA, Payout.Balance);
        vm.prank(alice);
        assertEq(staking.withdraw(), 100 * STOA);
        assertEq(_stoaBalance(alice), before);
        assertEq(_amountOf(alice), 0);
        assertEq(staking.undistributed(address(stoa)), 0);
        assertEq(_claim(alice), 699, "what it earned stays; the index rounds down");
    }

    function test_WithdrawToAWallet() public {
        _lock(alice, 100 * STOA, 1);
        _nextWeeks(2);
        vm.expectEmit(address(staking));
        emit IStaking.PrincipalWithdrawn(alice, friend, 100 * STOA, Payout.Wallet);
        vm.prank(alice);
        staking.withdrawTo(friend);
        assertEq(stoa.balanceOf(friend), 100 * STOA);
        assertEq(_stoaBalance(address(staking)), 0);
    }

    function test_RevertWhen_WithdrawingNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_NothingLocked.selector, stranger));
        vm.prank(stranger);
        staking.withdraw();
        _lock(alice, STOA, 1);
        _nextWeeks(2);
        vm.startPrank(alice);
        staking.withdraw();
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_NothingLocked.selector, alice));
        staking.withdrawTo(alice);
        vm.stopPrank();
    }

    function test_RevertWhen_WithdrawingTooEarly() public {
        _lock(alice, STOA, 1);
        vm.warp((WEEK_0 + 2) * WEEK - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_StillLocked.selector, alice, (WEEK_0 + 2) * WEEK));
        vm.prank(alice);
        staking.withdraw();
    }

    function test_RevertWhen_WithdrawingToTheZeroWallet() public {
        _lock(alice, STOA, 1);
        _nextWeeks(2);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(alice);
        staking.withdrawTo(address(0));
    }

    // ------------------------------------------------------------------------------------------------- tiers

    function test_Tiers() public {
        assertEq(staking.tierOf(alice), 0);
        _lock(alice, 1_000 * STOA, 52);
        assertEq(staking.tierOf(alice), 1);
        _lock(bob, 500 * STOA - 1, 52);
        assertEq(staking.tierOf(bob), 0, "just below");
        _raise(alice, 4_000 * STOA);
        assertEq(staking.tierOf(alice), 2, "at the border");
        _raise(alice, 45_000 * STOA - 1);
        assertEq(staking.tierOf(alice), 2, "just below the third");
        _raise(alice, 1);
        assertEq(staking.tierOf(alice), 3, "at the third");
        _lock(carol, 1_000_000 * STOA, 1);
        assertEq(staking.tierOf(carol), 4);
        _nextWeeks(2);
        assertEq(staking.tierOf(carol), 0, "ends with the score");
    }

    function test_SetTiers() public {
        _lock(alice, STOA, 52);
        vm.expectEmit(address(staking));
        emit IStaking.TiersChanged(1, 2, 3, 4);
        vm.prank(address(timelock));
        staking.setTiers([uint32(1), 2, 3, 4]);
        assertEq(staking.tierOf(alice), 2);
        assertEq(staking.tiers()[2], 3);
    }

    function test_RevertWhen_TiersDoNotAscend() public {
        vm.startPrank(address(timelock));
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_TiersNotAscending.selector, 1, 0, 0));
        staking.setTiers([uint32(0), 2, 3, 4]);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_TiersNotAscending.selector, 3, 2, 2));
        staking.setTiers([uint32(1), 2, 2, 4]);
        vm.stopPrank();
    }

    function test_RevertWhen_CallerIsNotTheOwner() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        staking.setTiers([uint32(1), 2, 3, 4]);
        vm.expectRevert(reason);
        staking.listToken(address(token));
        vm.expectRevert(reason);
        staking.renounceOwnership();
        vm.stopPrank();
    }

    // ----------------------------------------------------------------------------------------------- history

    function test_History() public {
        uint256 before = _now() - 1;
        _lock(alice, 52 * STOA, 1);
        uint256 first = _now();
        vm.warp(first + 10);
        _lock(bob, 52 * STOA, 52);
        uint256 second = _now();
        _nextWeeks(1);
        _raise(bob, 52 * STOA);
        uint256 third = _now();
        _nextWeeks(60);

        assertEq(staking.getPastVotes(alice, before), 0);
        assertEq(staking.getPastVotes(alice, first), 53 * STOA);
        assertEq(staking.getPastTotalSupply(first), 53 * STOA);
        assertEq(staking.getPastTotalSupply(second), 157 * STOA);
        assertEq(staking.getPastTotalSupply(third), (157 + 103) * STOA);
        uint256 end = (WEEK_0 + 2) * WEEK;
        assertEq(staking.getPastVotes(alice, end - 1), 53 * STOA);
        assertEq(staking.getPastTotalSupply(end - 1), 260 * STOA);
        assertEq(staking.getPastVotes(alice, end), 0);
        assertEq(staking.getPastTotalSupply(end), 207 * STOA);
        assertEq(staking.getPastVotes(bob, (WEEK_0 + 53) * WEEK), 0);
        assertEq(staking.getPastTotalSupply((WEEK_0 + 53) * WEEK), 0);
        assertEq(staking.getPastTotalSupply(before), 0);
        assertEq(staking.getVotes(bob), 0);
    }

    function test_RevertWhen_HistoryIsAskedOfTheFuture() public {
        _lock(alice, STOA, 1);
        assertEq(staking.getVotes(alice), _scoreOf(alice));
        bytes memory reason = abi.encodeWithSelector(IStaking.Staking_FutureLookup.selector, _now(), uint48(_now()));
        vm.expectRevert(reason);
        staking.getPastVotes(alice, _now());
        vm.expectRevert(reason);
        staking.getPastTotalSupply(_now());
    }
}
