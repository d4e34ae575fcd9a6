// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {Lock} from "../types/Lock.sol";
import {TokenFees} from "./TokenFees.sol";

/// @title FeeBook
/// @notice The tokens in which fees are divided, and what each account has earned of each.
/// @dev Everything is kept times 2^96 and nothing is rounded until it is paid: what an account earned below one unit stays
/// accrued.
library FeeBook {
    using TokenFees for TokenFees.Token;

    /// @notice Most tokens that can be listed.
    uint256 internal constant MAX_TOKENS = 8;

    uint256 private constant MASK = (1 << TokenFees.FRACTION) - 1;

    struct Earnings {
        uint256 index;
        uint256 accrued;
    }

    /// @dev Lock and earnings lie side by side, so that one hash less is needed to find both.
    struct Staker {
        Lock lock;
        mapping(address token => Earnings) earnings;
    }

    struct Book {
        address[] list;
        mapping(address token => TokenFees.Token) tokens;
        mapping(address account => Staker) stakers;
    }

    // ----------------------------------------------------------------------------------------------- changes

    /// @notice Appends a token, whose index is 0 until its first distribution.
    /// @return position its place in the list
    function add(Book storage book, address token, uint256 week) internal returns (uint256 position) {
        TokenFees.Token storage state = book.tokens[token];
        if (state.lastWeek != 0) revert IStaking.Staking_TokenListedAlready(token);
        position = book.list.length;
        if (position == MAX_TOKENS) revert IStaking.Staking_TooManyTokens(MAX_TOKENS);
        book.list.push(token);
        state.account(0, week - 1);
    }

    /// @notice Fixes an account's earnings up to the end of its lock and lets it earn on from the current index.
    /// @return changed whether there was anything to fix
    /// @return index the account's new index
    /// @return accrued what it has earned, times 2^96
    function checkpoint(Book storage book, address account, address token, uint256 score, uint256 end)
        internal
        returns (bool changed, uint256 index, uint256 accrued)
    {
        Earnings storage earnings = book.stakers[account].earnings[token];
        TokenFees.Token storage state = book.tokens[token];
        index = state.indexNow();
        if (earnings.index == index) return (false, 0, 0);
        (, accrued) = _earned(earnings, score, state.indexUntil(state.lastWeek, end));
        earnings.index = index;
        earnings.accrued = accrued;
        changed = true;
    }

    /// @notice Takes an account's whole units out of its earnings and out of what is accounted for.
    /// @return amount how much
    /// @return index the account's new index
    /// @return accrued what is left, below one unit, times 2^96
    function take(Book storage book, Staker storage staker, address token)
        internal
        returns (uint256 amount, uint256 index, uint256 accrued)
    {
        Earnings storage earnings = staker.earnings[token];
        TokenFees.Token storage state = book.tokens[token];
        (uint256 accounted, uint256 last) = state.listed(token);
        (index, accrued) = _earned(earnings, staker.lock.score, state.indexUntil(last, staker.lock.endWeek));
        amount = accrued >> TokenFees.FRACTION;
        if (amount == 0) return (0, 0, 0);
        state.account(accounted - (amount << TokenFees.FRACTION), last);
        accrued &= MASK;
        earnings.index = index;
        earnings.accrued = accrued;
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice What an account has earned of a listed token until now or the end of its lock, times 2^96, and up to which
    /// index.
    function earned(Book storage book, address account, address token, uint256 score, uint256 end)
        internal
        view
        returns (uint256 index, uint256 accrued)
    {
        TokenFees.Token storage state = book.tokens[token];
        (, uint256 last) = state.listed(token);
        return _earned(book.stakers[account].earnings[token], score, state.indexUntil(last, end));
    }

    /// @param upper the index up to which the account earns
    function _earned(Earnings storage earnings, uint256 score, uint256 upper)
        private
        view
        returns (uint256 index, uint256 accrued)
    {
        (index, accrued) = (earnings.index, earnings.accrued);
        // Below, if no fee came for years before the lock's end: then nothing was earned.
        if (upper > index) {
            unchecked {
                // Cannot underflow: checked above. Cannot overflow: at most what is accounted for, which fits uint224.
                accrued += score * (upper - index);
            }
            index = upper;
        }
    }
}
