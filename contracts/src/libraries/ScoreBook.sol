// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockMath} from "./LockMath.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title ScoreBook
/// @notice The sum of all scores, now and at any past time, and each account's score at any past time. A score ends with
/// its lock without anyone's call: `ending` says per week how much does.
/// @dev A checkpoint's value is score | week << 96. For an account it is the week in which that score ends, for the sum
/// the week up to which endings are taken out of it. `ending` is never cleared. A change at time t touches endings of
/// weeks after t only, so those between a checkpoint and a later past time are final, and sums of the past follow from
/// the last checkpoint before it.
library ScoreBook {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /// @dev `total` and `week` share a slot: the sum of the scores that end after `week`.
    struct Book {
        uint128 total;
        uint128 week;
        mapping(uint256 week => uint256 score) ending;
        Checkpoints.Trace208 totals;
        mapping(address account => Checkpoints.Trace208) scores;
    }

    // ----------------------------------------------------------------------------------------------- changes

    /// @notice Takes out what has ended.
    /// @return total sum of the scores that end after `week`
    function roll(Book storage book, uint256 week) internal returns (uint256 total) {
        if (book.week == week) return book.total;
        total = totalIn(book, week);
        _store(book, total, week);
    }

    /// @notice Replaces an account's running score (0 if it has none) by a new one that ends in a later week.
    /// @return total sum of all scores afterwards
    function change(Book storage book, address account, uint256 score, uint256 end, uint256 newScore, uint256 newEnd)
        internal
        returns (uint256 total)
    {
        uint256 week = LockMath.weekOf(block.timestamp);
        total = totalIn(book, week) - score + newScore;
        if (score != 0) book.ending[end] -= score;
        book.ending[newEnd] += newScore;
        _store(book, total, week);
        uint48 time = block.timestamp.toUint48();
        book.totals.push(time, _pack(total, week));
        book.scores[account].push(time, _pack(newScore, newEnd));
    }

    function _store(Book storage book, uint256 total, uint256 week) private {
        book.total = total.toUint128();
        book.week = week.toUint128();
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice Sum of the scores that end after a week, the current one.
    function totalIn(Book storage book, uint256 week) internal view returns (uint256) {
        return _without(book, book.total, book.week, week);
    }

    /// @notice Sum of all scores at a past time.
    function totalAt(Book storage book, uint256 time) internal view returns (uint256) {
        (uint256 total, uint256 week) = _unpack(book.totals.upperLookupRecent(time.toUint48()));
        return _without(book, total, week, LockMath.weekOf(time));
    }

    /// @notice An account's score at a past time.
    function scoreAt(Book storage book, address account, uint256 time) internal view returns (uint256) {
        (uint256 score, uint256 end) = _unpack(book.scores[account].upperLookupRecent(time.toUint48()));
        return LockMath.weekOf(time) < end ? score : 0;
    }

    /// @dev Every score in `total` ends within MAX_TERM + 1 weeks after `from`, so the loop has at most 53 steps.
    function _without(Book storage book, uint256 total, uint256 from, uint256 week) private view returns (uint256) {
        while (from < week && total != 0) {
            ++from;
            total -= book.ending[from];
        }
        return total;
    }

    function _pack(uint256 score, uint256 week) private pure returns (uint208) {
        return (uint256(score.toUint96()) | (week << 96)).toUint208();
    }

    function _unpack(uint208 value) private pure returns (uint256 score, uint256 week) {
        // Takes the low 96 bits, as they were packed.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (uint96(value), value >> 96);
    }
}
