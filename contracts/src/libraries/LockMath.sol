// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title LockMath
/// @notice Weeks and scores. Weeks are numbers of whole weeks of unix time.
library LockMath {
    uint256 internal constant WEEK = 1 weeks;

    /// @notice Longest term of a lock, in weeks. A running lock ends at most MAX_TERM + 1 weeks after the current week.
    uint256 internal constant MAX_TERM = 52;

    /// @notice The week that a unix time lies in.
    function weekOf(uint256 time) internal pure returns (uint256) {
        return time / WEEK;
    }

    /// @notice The week with whose first second a lock ends that is taken for `term` weeks in `week`.
    function endWeek(uint256 week, uint256 term) internal pure returns (uint256) {
        return week + 1 + term;
    }

    /// @notice The term that a lock still has in `week`: 0 in its last week and after its end.
    function remaining(uint256 end, uint256 week) internal pure returns (uint256) {
        return end > week + 1 ? end - week - 1 : 0;
    }

    /// @notice What an amount weighs when locked for `term` weeks, rounded down: 1 to 2 times the amount.
    /// @dev Amounts fit uint128 and terms are at most MAX_TERM, so nothing overflows.
    function scoreDown(uint256 amount, uint256 term) internal pure returns (uint256) {
        return (amount * (MAX_TERM + term)) / MAX_TERM;
    }
}
