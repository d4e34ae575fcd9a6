// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title RevenueMath
/// @notice Arithmetic of fees and shares. Amounts fit uint128 and bps are at most 10,000, so no product overflows.
library RevenueMath {
    uint256 internal constant BPS = 10_000;

    /// @dev Each tier takes an eighth off the fee; four are the most, so half of it always stays.
    uint256 internal constant TIER_STEPS = 8;
    uint256 internal constant TOP_TIER = 4;

    /// @notice `bps` of an amount, rounded down.
    function bpsDown(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return (amount * bps) / BPS;
    }

    /// @notice The protocol fee of a sale, lowered by an eighth per tier and at most by half, rounded down once.
    function feeDown(uint256 amount, uint256 bps, uint256 tier) internal pure returns (uint256) {
        uint256 steps = TIER_STEPS - (tier < TOP_TIER ? tier : TOP_TIER);
        return (amount * bps * steps) / (BPS * TIER_STEPS);
    }

    /// @notice What a share of `bps` gains when what was received grows from `settled` to `received`: the difference of
    /// two cumulative parts, each rounded down. Summed over settlements it is the part of the whole, rounded down once,
    /// so it does not matter when and how often one settles.
    function gainDown(uint256 received, uint256 settled, uint256 bps) internal pure returns (uint256) {
        return bpsDown(received, bps) - bpsDown(settled, bps);
    }
}
