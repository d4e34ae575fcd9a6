// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title ITimelock
/// @notice OpenZeppelin's TimelockController with bounds on how it may be born.
interface ITimelock {
    /// @notice Without proposers or executors nothing could ever be changed, not even that.
    error Timelock_NobodyToGovern(uint256 proposers, uint256 executors);

    /// @notice The delay at birth exceeds its bound, in seconds.
    error Timelock_DelayTooLong(uint256 delay, uint256 limit);
}
