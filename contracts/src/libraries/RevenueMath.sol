// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title RevenueMath
/// @notice Arithmetic of fees and shares. Amounts fit uint128 and bps are at most 10,000, so no product overflows.
library RevenueMath {
    uint256 internal constant BPS = 10_000;

    /// @notice `bps` of an amount, rounded down.
    function bpsDown(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return (amount * bps) / BPS;
    }

    /// @notice What a share of `bps` gains when what was received grows from `settled` to `received`: the difference of
    /// two cumulative parts, each rounded down. Summed over settlements it is the part of the whole, rounded down once,
    /// so it does not matter when and how often one settles.
    function gainDown(uint256 received, uint256 settled, uint256 bps) internal pure returns (uint256) {
        return bpsDown(received, bps) - bpsDown(settled, bps);
    }
}
