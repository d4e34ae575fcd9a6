// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FeeBook} from "../../src/libraries/FeeBook.sol";
import {TokenFees} from "../../src/libraries/TokenFees.sol";
import {Lemma} from "./Lemma.sol";

/// @notice How fees move an index and leave the book again. That a distribution is covered by the balance, for every sum of
/// scores, is proved as integers in assurance/integers.py.
contract FeeBookProofs is Lemma {
    using FeeBook for FeeBook.Book;
    using TokenFees for TokenFees.Token;

    address private constant TOKEN = address(0x70CE);
    address private constant ACCOUNT = address(0xACC0);
    uint256 private constant UNIT = 2 ** 96;

    FeeBook.Book private _book;

    /// @dev Without scores the index stands still, and the fees wait.
    function check_WithoutScoresNothingIsDivided(uint128 held, uint224 accounted, uint128 before) public {
        _prime(accounted, 1, before);
        (uint256 amount, uint256 index) = _book.tokens[TOKEN].distribute(TOKEN, held, 2, 0);
        assert(amount == 0 && index == 0);
        assert(_book.tokens[TOKEN].indexNow() == before);
        assert(_book.tokens[TOKEN].accounted == accounted);
    }

    /// @dev A claim takes whole units, and exactly as much out of what is accounted for as out of the account's earnings.
    function check_AClaimTakesWhatItPays(uint224 accounted, uint224 accrued, uint128 index) public {
        VM.assume(accrued <= accounted);
        _prime(accounted, 1, index);
        _book.stakers[ACCOUNT].earnings[TOKEN] = FeeBook.Earnings(index, accrued);
        FeeBook.Staker storage staker = _book.stakers[ACCOUNT];
        (staker.lock.score, staker.lock.endWeek) = (1, 100);
        (uint256 amount,, uint256 left) = _book.take(staker, TOKEN);
        if (amount == 0) left = accrued;
        assert(left < UNIT);
        assert(left + amount * UNIT == accrued);
        assert(_book.tokens[TOKEN].accounted + amount * UNIT == accounted);
        assert(_book.stakers[ACCOUNT].earnings[TOKEN].accrued == left);
    }

    /// @dev What an account gains at a score of 1 is how far the index went; the same stretch is never counted twice.
    function check_AStretchOfTheIndexCountsOnce(uint128 from, uint128 to, uint128 accrued) public {
        VM.assume(from <= to);
        _prime(0, 1, to);
        _book.stakers[ACCOUNT].earnings[TOKEN] = FeeBook.Earnings(from, accrued);
        _book.checkpoint(ACCOUNT, TOKEN, 1, 100);
        uint256 fixed_ = _book.stakers[ACCOUNT].earnings[TOKEN].accrued;
        assert(fixed_ == uint256(accrued) + to - from);
        (bool again,,) = _book.checkpoint(ACCOUNT, TOKEN, 1, 100);
        assert(!again);
        assert(_book.stakers[ACCOUNT].earnings[TOKEN].accrued == fixed_);
    }

    /// @dev A lock that ended before the last distribution gains nothing by it.
    function check_AnEndedLockEarnsNothing(uint128 from, uint128 to, uint128 accrued, uint96 score) public {
        VM.assume(from <= to);
        // The last fee came in week 9; the one before in week 4, when the account was last fixed.
        _prime(0, 9, to);
        _book.tokens[TOKEN].indexAt[4] = from;
        _book.tokens[TOKEN].feeWeeks[0] = (1 << 4) | (1 << 9);
        _book.stakers[ACCOUNT].earnings[TOKEN] = FeeBook.Earnings(from, accrued);
        (, uint256 earned) = _book.earned(ACCOUNT, TOKEN, score, 9);
        assert(earned == accrued);
    }

    function _prime(uint224 accounted, uint32 week, uint256 index) private {
        TokenFees.Token storage state = _book.tokens[TOKEN];
        (state.accounted, state.lastWeek) = (accounted, week);
        state.indexAt[week] = index;
    }
}
