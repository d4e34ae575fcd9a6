// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockMath} from "../../src/libraries/LockMath.sol";
import {Lemma} from "./Lemma.sol";

/// @notice Scores and expiry of locks. Amounts of STOA fit uint96.
contract LockMathProofs is Lemma {
    /// @dev 1 to 2 times the amount. The product of amount and weeks, 52 to 104 of them, is one variable.
    function check_ScoreIsOneToTwoTimesTheAmount(uint96 amount, uint112 product) public pure {
        VM.assume(product >= uint256(amount) * LockMath.MAX_TERM);
        VM.assume(product <= uint256(amount) * 2 * LockMath.MAX_TERM);
        uint256 score = _down(product);
        assert(score >= amount);
        assert(score <= 2 * uint256(amount));
    }

    /// @dev Nothing is lost at either end of the scale.
    function check_TheLongestTermDoubles(uint96 amount) public pure {
        assert(LockMath.scoreDown(amount, 0) == amount);
        assert(LockMath.scoreDown(amount, LockMath.MAX_TERM) == 2 * uint256(amount));
    }

    /// @dev A longer term never weighs less. The product of amount and weeks is one variable.
    function check_LongerNeverWeighsLess(uint112 product, uint96 added) public pure {
        // A term of 0 multiplies by MAX_TERM, which the division takes out again.
        assert(_down(product) <= _down(uint256(product) + added));
    }

    /// @dev Raising a lock in parts gains nothing: each part is rounded down for itself and loses less than one unit.
    function check_PartsNeverWeighMore(uint112 first, uint112 second) public pure {
        uint256 apart = _down(first) + _down(second);
        uint256 together = _down(uint256(first) + second);
        assert(apart <= together);
        assert(together <= apart + 1);
    }

    /// @dev A lock taken for a term has that term left, all week long.
    function check_ANewLockHasItsTermLeft(uint32 week, uint8 term) public pure {
        VM.assume(term >= 1 && term <= LockMath.MAX_TERM);
        uint256 end = LockMath.endWeek(week, term);
        assert(end > week);
        assert(LockMath.remaining(end, week) == term);
    }

    /// @dev What is left falls by one a week, to 0 in the last week, and stays there after the end.
    function check_WhatIsLeftRunsOut(uint32 end, uint32 week) public pure {
        uint256 left = LockMath.remaining(end, week);
        assert((left == 0) == (end <= uint256(week) + 1));
        uint256 next = LockMath.remaining(end, uint256(week) + 1);
        assert(next == (left == 0 ? 0 : left - 1));
    }

    /// @dev A second lies in exactly one week.
    function check_AWeekHoldsItsSeconds(uint48 time) public pure {
        uint256 week = LockMath.weekOf(time);
        assert(week * LockMath.WEEK <= time);
        assert(time < (week + 1) * LockMath.WEEK);
    }

    /// @dev `scoreDown` of a product: amount 1, and a term that makes the sum the product.
    function _down(uint256 product) private pure returns (uint256) {
        uint256 base = LockMath.MAX_TERM;
        return product < base ? 0 : LockMath.scoreDown(1, product - base);
    }
}
