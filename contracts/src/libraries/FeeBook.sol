// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {Lock} from "../types/Lock.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title FeeBook
/// @notice What each token has brought to a score of 1, and what each account has earned of it.
/// @dev Everything is kept times 2^96 and nothing is rounded until it is paid: a division's remainder stays
/// undistributed, and what an account earned below one unit stays accrued. Vault balances fit uint128, so amounts times
/// 2^96 fit uint224. A running score is at least 2^59, so an index grows by less than 2^165 at a time.
library FeeBook {
    /// @notice Most tokens that can be listed.
    uint256 internal constant MAX_TOKENS = 8;

    /// @dev How many bits of an index lie below one unit.
    uint256 private constant FRACTION = 96;
    uint256 private constant MASK = (1 << FRACTION) - 1;

    /// @dev The first two share a slot. `accounted` is what of the contract's balance is principal or divided and unpaid,
    /// times 2^96. `lastWeek` is the last week with a distribution, at first the week before the listing; 0 means not
    /// listed. `indexAt` is the index after the last distribution of a week, `feeWeeks` a bitmap of the weeks that had one.
    struct Token {
        uint224 accounted;
        uint32 lastWeek;
        mapping(uint256 week => uint256 index) indexAt;
        mapping(uint256 word => uint256 bits) feeWeeks;
    }

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
        mapping(address token => Token) tokens;
        mapping(address account => Staker) stakers;
    }

    // ----------------------------------------------------------------------------------------------- changes

    /// @notice Appends a token, whose index is 0 until its first distribution.
    /// @return position its place in the list
    function add(Book storage book, address token, uint256 week) internal returns (uint256 position) {
        if (book.tokens[token].lastWeek != 0) revert IStaking.Staking_TokenListedAlready(token);
        position = book.list.length;
        if (position == MAX_TOKENS) revert IStaking.Staking_TooManyTokens(MAX_TOKENS);
        book.list.push(token);
        // Fits: week numbers reach 2^32 in 82 million years.
        // forge-lint: disable-next-line(unsafe-typecast)
        book.tokens[token].lastWeek = uint32(week - 1);
    }

    /// @notice Divides what the balance holds beyond what is accounted for by `total`.
    /// @param held the contract's balance
    /// @param week the current week
    /// @param total sum of all scores
    /// @return amount whole units that came since the last distribution; 0 if nothing was divided
    /// @return index the token's index afterwards; 0 if nothing was divided
    function distribute(Book storage book, address token, uint256 held, uint256 week, uint256 total)
        internal
        returns (uint256 amount, uint256 index)
    {
        Token storage state = book.tokens[token];
        (uint256 accounted, uint256 last) = (state.accounted, state.lastWeek);
        if (last == 0) revert IStaking.Staking_TokenNotListed(token);
        uint256 fresh = _fresh(accounted, held);
        uint256 gain = total == 0 ? 0 : fresh / total;
        if (gain == 0) return (0, 0);

        index = state.indexAt[last] + gain;
        state.indexAt[week] = index;
        if (last != week) state.feeWeeks[week >> 8] |= 1 << (week & 0xff);
        // Fit: at most the balance times 2^96, and see `add`.
        // forge-lint: disable-next-line(unsafe-typecast)
        (state.accounted, state.lastWeek) = (uint224(accounted + gain * total), uint32(week));
        // What the last division left over is below one unit, so this is exactly what came since.
        amount = fresh >> FRACTION;
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
        index = indexOf(book, token);
        if (earnings.index == index) return (false, 0, 0);
        (, accrued) = _earned(book.tokens[token], earnings, token, score, end);
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
        Token storage state = book.tokens[token];
        (index, accrued) = _earned(state, earnings, token, staker.lock.score, staker.lock.endWeek);
        amount = accrued >> FRACTION;
        if (amount == 0) return (0, 0, 0);
        accrued &= MASK;
        // Fits: only what was accounted for leaves.
        // forge-lint: disable-next-line(unsafe-typecast)
        state.accounted -= uint224(amount << FRACTION);
        earnings.index = index;
        earnings.accrued = accrued;
    }

    /// @notice Accounts for principal that comes in.
    function addPrincipal(Book storage book, address token, uint256 amount) internal {
        // Fits: principal is at most STOA's supply, far below uint128.
        // forge-lint: disable-next-line(unsafe-typecast)
        book.tokens[token].accounted += uint224(amount << FRACTION);
    }

    /// @notice No longer accounts for what leaves.
    function removePrincipal(Book storage book, address token, uint256 amount) internal {
        // Fits: only what was accounted for leaves.
        // forge-lint: disable-next-line(unsafe-typecast)
        book.tokens[token].accounted -= uint224(amount << FRACTION);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The token's index now.
    function indexOf(Book storage book, address token) internal view returns (uint256) {
        Token storage state = book.tokens[token];
        return state.indexAt[state.lastWeek];
    }

    /// @notice What an account has earned of a listed token until now or the end of its lock, times 2^96, and up to which
    /// index.
    function earned(Book storage book, address account, address token, uint256 score, uint256 end)
        internal
        view
        returns (uint256 index, uint256 accrued)
    {
        return _earned(book.tokens[token], book.stakers[account].earnings[token], token, score, end);
    }

    /// @notice Whole units in the balance that are not accounted for.
    function undistributed(Book storage book, address token, uint256 held) internal view returns (uint256) {
        return _fresh(book.tokens[token].accounted, held) >> FRACTION;
    }

    function _earned(Token storage state, Earnings storage earnings, address token, uint256 score, uint256 end)
        private
        view
        returns (uint256 index, uint256 accrued)
    {
        uint256 last = state.lastWeek;
        if (last == 0) revert IStaking.Staking_TokenNotListed(token);
        (index, accrued) = (earnings.index, earnings.accrued);
        if (last >= end) last = _feeWeekBefore(state, end);
        uint256 upper = state.indexAt[last];
        // Below, if no fee came for years before the lock's end: then nothing was earned.
        if (upper > index) {
            unchecked {
                // Cannot underflow: checked above. Cannot overflow: at most what is accounted for, which fits uint224.
                accrued += score * (upper - index);
            }
            index = upper;
        }
    }

    /// @dev What the balance holds beyond what is accounted for, times 2^96. Between a payment's order and its arrival,
    /// when nobody is called, principal is accounted for that is not there.
    function _fresh(uint256 accounted, uint256 held) private pure returns (uint256) {
        return Math.saturatingSub(held << FRACTION, accounted);
    }

    /// @dev The last week before `end` that had a distribution; 0 if none of the last 256 or more had. A lock runs for at
    /// most 53 weeks, so earlier ones have nothing to tell about it. Two words at most are read.
    function _feeWeekBefore(Token storage state, uint256 end) private view returns (uint256) {
        if (end == 0) return 0;
        uint256 word = (end - 1) >> 8;
        uint256 bits = state.feeWeeks[word] & (type(uint256).max >> (255 - ((end - 1) & 0xff)));
        if (bits == 0) bits = state.feeWeeks[--word];
        return bits == 0 ? 0 : (word << 8) | Math.log2(bits);
    }
}
