// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockMath} from "../../src/libraries/LockMath.sol";
import {StakingBase} from "../utils/StakingBase.sol";

contract StakingFuzzTest is StakingBase {
    function testFuzz_ScoreIsOneToTwoTimesTheAmount(uint96 amount, uint256 term) public pure {
        term = bound(term, 1, 52);
        uint256 score = LockMath.scoreDown(amount, term);
        assertGe(score, amount);
        assertLe(score, 2 * uint256(amount));
        assertGe(score, LockMath.scoreDown(amount, term - 1), "longer never weighs less");
        assertLe(score * 52, uint256(amount) * (52 + term));
        assertGt((score + 1) * 52, uint256(amount) * (52 + term));
    }

    function testFuzz_RaisingInPartsNeverWeighsMore(uint96 a, uint96 b, uint256 term) public pure {
        term = bound(term, 1, 52);
        uint256 parts = LockMath.scoreDown(a, term) + LockMath.scoreDown(b, term);
        uint256 whole = LockMath.scoreDown(uint256(a) + b, term);
        assertLe(parts, whole);
        assertLe(whole - parts, 1);
    }

    function testFuzz_ALockRunsForItsTermAndTheRestOfItsWeek(uint256 time, uint256 amount, uint256 term) public {
        vm.warp(START + bound(time, 0, 500 weeks));
        term = bound(term, 1, 52);
        uint256 start = _now();
        _lock(alice, bound(amount, STOA, 1_000_000 * STOA), term);
        uint256 end = _endOf(alice);
        assertEq(end % WEEK, 0);
        assertGt(end, start + term * WEEK - 1);
        assertLe(end, start + (term + 1) * WEEK);
        vm.warp(end - 1);
        assertGt(_scoreOf(alice), 0);
        vm.warp(end);
        assertEq(_scoreOf(alice), 0);
    }

    /// @dev Two stakers of equal weight and times; one claims, checkpoints and takes by odd ways, the other once.
    function testFuzz_ClaimingOftenChangesNothing(uint64[8] memory fees, uint8 claims, uint8 fixes, uint96 other)
        public
    {
        _lock(alice, 77 * STOA, 52);
        _lock(bob, 77 * STOA, 52);
        _lock(carol, bound(other, STOA, 1_000_000 * STOA), 3);
        uint256 often = 0;
        for (uint256 i = 0; i < fees.length; ++i) {
            _distribute(fees[i]);
            if ((claims >> i) & 1 == 1) often += _claim(alice);
            if ((fixes >> i) & 1 == 1) _raise(alice, 52);
            if ((fixes >> i) & 1 == 1) _raise(bob, 52);
            vm.warp(_now() + 5 days);
        }
        often += _claim(alice);
        assertEq(often, _claim(bob), "to the unit");
    }

    /// @dev A reference in plain arithmetic: each fee is divided by the scores that run when it is distributed.
    function testFuzz_EarningsFollowTheReference(
        uint96[3] memory amounts,
        uint8[3] memory terms,
        uint80[10] memory fees,
        uint8[10] memory days_
    ) public {
        address[3] memory people = [alice, bob, carol];
        for (uint256 i = 0; i < 3; ++i) {
            _lock(people[i], bound(amounts[i], STOA, 1_000_000 * STOA), bound(terms[i], 1, 8));
        }
        uint256[3] memory expected;
        uint256 waiting = 0;
        for (uint256 i = 0; i < fees.length; ++i) {
            vm.warp(_now() + uint256(days_[i] % 20) * 1 days);
            uint256 total = _scoreOf(alice) + _scoreOf(bob) + _scoreOf(carol);
            assertEq(staking.totalScore(), total);
            waiting += fees[i];
            if (total != 0) {
                for (uint256 j = 0; j < 3; ++j) {
                    expected[j] += waiting * 1e30 / total * _scoreOf(people[j]) / 1e30;
                }
                waiting = 0;
            }
            _distribute(fees[i]);
        }
        for (uint256 j = 0; j < 3; ++j) {
            assertApproxEqAbs(_claimable(people[j]), expected[j], fees.length, "the reference rounds each time");
        }
        assertEq(staking.undistributed(address(token)), waiting);
    }

    /// @dev What others do between a fee and its claim lowers nothing and raises nothing.
    function testFuzz_OthersDoNotTouchWhatIsEarned(uint96 fee, uint96 amount, uint256 term, uint8 action) public {
        _lock(alice, 100 * STOA, 52);
        _lock(bob, 100 * STOA, 2);
        _distribute(fee);
        uint256 before = _claimable(alice);
        amount = uint96(bound(amount, STOA, 100_000 * STOA));
        term = bound(term, 3, 52);
        if (action % 5 == 0) _lock(carol, amount, term);
        else if (action % 5 == 1) _raise(bob, amount);
        else if (action % 5 == 2) _extend(bob, term);
        else if (action % 5 == 3) _claim(bob);
        else staking.distribute(address(token));
        assertEq(_claimable(alice), before);
        _nextWeeks(3);
        assertEq(_claimable(alice), before, "nor does time");
    }
}
