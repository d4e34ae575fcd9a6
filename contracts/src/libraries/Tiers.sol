// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";

/// @title Tiers
/// @notice Bands of score. Tier n begins at the n-th bound; below the first is tier 0.
library Tiers {
    uint256 internal constant COUNT = 4;

    /// @dev Bounds are in whole STOA.
    uint256 private constant UNIT = 1e18;

    /// @notice Checks that each bound is above the one before, and the first above 0.
    function check(uint32[COUNT] memory bounds) internal pure {
        uint256 previous = 0;
        for (uint256 i = 0; i < COUNT; ++i) {
            if (bounds[i] <= previous) revert IStaking.Staking_TiersNotAscending(i + 1, previous, bounds[i]);
            previous = bounds[i];
        }
    }

    /// @notice The tier that a score reaches.
    function tierOf(uint256 score, uint32[COUNT] memory bounds) internal pure returns (uint8 tier) {
        while (tier < COUNT && score / UNIT >= bounds[tier]) ++tier;
    }
}
