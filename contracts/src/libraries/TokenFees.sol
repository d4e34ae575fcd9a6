// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title TokenFees
/// @notice What one token has brought to a score of 1, now and at the end of each week.
/// @dev Everything is kept times 2^96: a division's remainder stays undistributed. Vault balances fit uint128, so amounts
/// times 2^96 fit uint224. A running score is at least 2^59, so an index grows by less than 2^165 at a time.
library TokenFees {
    /// @dev How many bits of an index lie below one unit.
    uint256 internal constant FRACTION = 96;

    /// @dev The first two share a slot. `accounted` is what of the contract's balance is principal or divided and unpaid,
    /// times 2^96. `lastWeek` is the last week with a distribution, at first the week before the listing; 0 means not
    /// listed. `indexAt` is the index after the last distribution of a week, `feeWeeks` a bitmap of the weeks that had one.
    struct Token {
        uint224 accounted;
        uint32 lastWeek;
        mapping(uint256 week => uint256 index) indexAt;
        mapping(uint256 word => uint256 bits) feeWeeks;
    }

    // ----------------------------------------------------------------------------------------------- changes

    /// @notice Divides what the balance holds beyond what is accounted for by `total`.
    /// @param token the token's address
    /// @param held the contract's balance
    /// @param week the current week
    /// @param total sum of all scores
    /// @return amount whole units that came since the last distribution; 0 if nothing was divided
    /// @return index the token's index afterwards; 0 if nothing was divided
    function distribute(Token storage state, address token, uint256 held, uint256 week, uint256 total)
        internal
        returns (uint256 amount, uint256 index)
    {
        (uint256 accounted, uint256 last) = listed(state, token);
        uint256 fresh = _fresh(accounted, held);
        uint256 gain = total == 0 ? 0 : fresh / total;
        if (gain == 0) return (0, 0);

        index = state.indexAt[last] + gain;
        state.indexAt[week] = index;
        if (last != week) state.feeWeeks[week >> 8] |= 1 << (week & 0xff);
        account(state, accounted + gain * total, week);
        // What the last division left over is below one unit, so this is exactly what came since.
        amount = fresh >> FRACTION;
    }

    /// @notice Writes what is accounted for and the last week with a distribution.
    function account(Token storage state, uint256 accounted, uint256 week) internal {
        // Fit: at most the balance times 2^96; week numbers reach 2^32 in 82 million years.
        // forge-lint: disable-next-line(unsafe-typecast)
        (state.accounted, state.lastWeek) = (uint224(accounted), uint32(week));
    }

    /// @notice Accounts for principal that comes in.
    function addPrincipal(Token storage state, uint256 amount) internal {
        // Fits: principal is at most STOA's supply, far below uint128.
        // forge-lint: disable-next-line(unsafe-typecast)
        state.accounted += uint224(amount << FRACTION);
    }

    /// @notice No longer accounts for what leaves.
    function removePrincipal(Token storage state, uint256 amount) internal {
        // Fits: only what was accounted for leaves.
        // forge-lint: disable-next-line(unsafe-typecast)
        state.accounted -= uint224(amount << FRACTION);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The token's first slot; reverts if it is not listed.
    function listed(Token storage state, address token) internal view returns (uint256 accounted, uint256 last) {
        (accounted, last) = (state.accounted, state.lastWeek);
        if (last == 0) revert IStaking.Staking_TokenNotListed(token);
    }

    /// @notice The token's index now.
    function indexNow(Token storage state) internal view returns (uint256) {
        return state.indexAt[state.lastWeek];
    }

    /// @notice The token's index now, or when week `end` began if that was earlier.
    /// @param last the last week with a distribution
    function indexUntil(Token storage state, uint256 last, uint256 end) internal view returns (uint256) {
        return state.indexAt[last < end ? last : _feeWeekBefore(state, end)];
    }

    /// @notice Whole units in the balance that are not accounted for.
    function undistributed(Token storage state, uint256 held) internal view returns (uint256) {
        return _fresh(state.accounted, held) >> FRACTION;
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
