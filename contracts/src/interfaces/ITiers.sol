// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title ITiers
/// @notice What Revenue needs to know of Staking.
interface ITiers {
    /// @notice Band of an account's score: 0 is the lowest, 4 the highest.
    function tierOf(address account) external view returns (uint8);
}
