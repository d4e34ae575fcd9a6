// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {FeeToken, ReenteringToken, SenderFeeToken} from "../mocks/HostileTokens.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Stakers and tokens that try to earn what is not theirs, or to stop others.
contract HostileStakingTest is StakingBase {
    function _bring(TokenMock which, uint256 amount) private {
        which.mint(address(this), amount);
        which.approve(address(vault), amount);
        vault.deposit(address(which), amount, address(staking));
    }

    // ---------------------------------------------------------------------------------------------- stakers

    /// @dev Fees that wait are distributed before the newcomer's score counts, all in one block.
    function test_LockExtendRaiseAndDistributeInOneBlockEarnsNothingOfThePast() public {
        _lock(alice, 100 * STOA, 52);
        _fees(1_000_000);
        _lock(bob, 900_000 * STOA, 1);
        _extend(bob, 52);
        _raise(bob, 50_000 * STOA);
        staking.distribute(address(token));
        assertEq(_claimable(bob), 0);
        assertEq(_claimable(alice), 999_999);
    }

    /// @dev The same by a staker who was small before: its old score is paid, not its new one.
    function test_RaisingBeforeDistributionPaysByTheOldScore() public {
        _lock(alice, 100 * STOA, 52);
        _lock(bob, 100 * STOA, 52);
        _fees(1_000_000);
        _raise(bob, 900_000 * STOA);
        staking.distribute(address(token));
        assertApproxEqAbs(_claimable(bob), 500_000, 1);
        assertApproxEqAbs(_claimable(alice), 500_000, 1);
    }

    /// @dev Known limit: who comes before the fee arrives shares in it, and stays locked for at least a week.
    function test_WhoLocksBeforeTheFeeArrivesSharesInIt() public {
        _lock(alice, 100 * STOA, 1);
        _lock(bob, 100 * STOA, 1);
        _distribute(1_000_000);
        assertApproxEqAbs(_claimable(bob), 500_000, 1);
        vm.warp(_endOf(bob) - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_StillLocked.selector, bob, _endOf(bob)));
        vm.prank(bob);
        staking.withdraw();
    }

    /// @dev Between its end and a late extension a lock earns nothing, in any order of distribution and extension.
    function testFuzz_LateExtensionEarnsNothingOfTheGap(uint96 fee, uint8 gap, bool distributed, uint256 term) public {
        _lock(alice, 100 * STOA, 1);
        _lock(bob, 100 * STOA, 52);
        _nextWeeks(2 + uint256(gap % 40));
        _fees(fee);
        if (distributed) staking.distribute(address(token));
        _extend(alice, bound(term, 1, 52));
        staking.distribute(address(token));
        assertEq(_claimable(alice), 0);
        assertApproxEqAbs(_claimable(bob), fee, 1);
    }

    /// @dev Withdrawing, locking anew and claiming pays the old lock's fees once.
    function test_OldEarningsArePaidOnce() public {
        _lock(alice, 100 * STOA, 1);
        _distribute(1_000_000);
        _nextWeeks(2);
        vm.prank(alice);
        staking.withdraw();
        _lock(alice, 100_000 * STOA, 52);
        assertEq(_claim(alice), 999_999);
        _extend(alice, 52);
        assertEq(_claim(alice), 0);
    }

    /// @dev Reinvesting for someone often, by dust, costs them no unit of any token.
    function test_ReinvestingByDustCostsNothing() public {
        _lock(alice, 100 * STOA, 52);
        _lock(bob, 100 * STOA, 52);
        vm.prank(alice);
        staking.setReinvest(true);
        for (uint256 i = 1; i <= 20; ++i) {
            _stoaFees(i);
            _fees(i);
            vm.prank(stranger);
            staking.reinvest(alice);
        }
        uint256 principal = _amountOf(alice) - 100 * STOA;
        assertApproxEqAbs(principal + staking.claimable(alice, address(stoa)), 105, 1);
        assertEq(_claimable(alice), _claimable(bob), "of 210 in the other token");
    }

    function test_StoaSentToStakingIsAFeeAndNoPrincipal() public {
        _lock(alice, 100 * STOA, 1);
        _stoaFees(7 * STOA);
        assertEq(staking.undistributed(address(stoa)), 7 * STOA);
        staking.distribute(address(stoa));
        _nextWeeks(2);
        vm.startPrank(alice);
        assertEq(staking.withdraw(), 100 * STOA);
        assertEq(staking.claim(address(stoa)), 7 * STOA - 1);
        vm.stopPrank();
        assertEq(_stoaBalance(address(staking)), 1);
    }

    // ----------------------------------------------------------------------------------------------- tokens

    /// @dev A token calls Staking and the Vault while its own claim is paid out to a wallet.
    function _claimWhileTokenCalls(address callee, bytes memory call_) private returns (ReenteringToken evil) {
        evil = new ReenteringToken();
        _listFees(address(evil));
        _lock(alice, 100 * STOA, 52);
        _lock(address(evil), 100 * STOA);
        _bring(evil, 1_000_000);
        _fees(1_000_000);
        staking.distribute(address(evil));
        staking.distribute(address(token));
        evil.arm(callee, call_);
        vm.prank(alice);
        assertEq(staking.claimTo(address(evil), alice), 500_000 - 1);
    }

    /// @dev A lock of the token contract itself, which holds the same as alice.
    function _lock(address account, uint256 amount) private {
        _giveStoa(account, amount);
        _lock(account, amount, 52);
    }

    function test_TokenCannotClaimDuringAPayout() public {
        ReenteringToken evil = _claimWhileTokenCalls(address(staking), abi.encodeCall(staking.claim, (address(token))));
        assertFalse(evil.succeeded());
        assertEq(evil.failure(), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(staking.claimable(address(evil), address(token)), 500_000 - 1, "and keeps what it earned");
    }

    function test_DistributionDuringAPayoutFindsNothing() public {
        ReenteringToken evil = _claimWhileTokenCalls(address(this), abi.encodeCall(this.distributeCaller, ()));
        assertTrue(evil.succeeded());
        assertEq(staking.undistributed(address(evil)), 0);
        assertEq(vault.balanceOf(address(staking), uint160(address(evil))), 500_001);
    }

    /// @dev Called by the token: divides its own fees.
    function distributeCaller() external {
        assertEq(staking.distribute(msg.sender), 0);
    }

    /// @dev A token whose payouts fail stops its own claims to wallets, and nothing else.
    function test_ABrokenTokenStopsOnlyItself() public {
        SenderFeeToken broken = new SenderFeeToken();
        _listFees(address(broken));
        _lock(alice, 100 * STOA, 1);
        broken.mint(address(this), 10_000);
        _bring(broken, 1_000_000);
        _distribute(1_000);
        staking.distribute(address(broken));
        vm.startPrank(alice);
        vm.expectRevert();
        staking.claimTo(address(broken), alice);
        assertEq(staking.claim(address(broken)), 999_999, "to the vault balance it can");
        assertEq(staking.claim(address(token)), 999);
        vm.stopPrank();
        _raise(alice, STOA);
        _nextWeeks(2);
        vm.prank(alice);
        assertEq(staking.withdrawTo(alice), 101 * STOA);
    }

    function test_FeeOnTransferCountsWhatArrived() public {
        FeeToken taxed = new FeeToken();
        _listFees(address(taxed));
        _lock(alice, 100 * STOA, 52);
        _bring(taxed, 1_000);
        assertEq(staking.distribute(address(taxed)), 990);
        vm.prank(alice);
        assertEq(staking.claim(address(taxed)), 989);
    }

    /// @dev The largest balance the Vault can hold, and the smallest, in the same token.
    function test_LargestFees() public {
        _lock(alice, STOA, 1);
        _lock(bob, STOA, 52);
        _distribute(type(uint128).max);
        assertApproxEqAbs(_claimable(alice), uint256(type(uint128).max) * _scoreOf(alice) / staking.totalScore(), 1);
        _lock(carol, 1_000_000 * STOA, 52);
        vm.prank(alice);
        staking.claimTo(address(token), alice);
        vm.prank(bob);
        staking.claimTo(address(token), bob);
        assertLe(_balance(address(staking)), 2);
        _distribute(1_000_000);
        assertGt(_claimable(carol), 999_990);
        _nextWeeks(2);
        assertLe(_claim(alice), 1);
    }
}
