// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title IGate
/// @notice Says who may buy from a plan. Asked by a static call with at most 100,000 gas.
interface IGate {
    /// @notice Whether an account may buy.
    /// @param buyer who pays; who receives the pass may be another
    /// @param plan the plan
    /// @param data what the buyer added to the order, e.g. a proof
    function allowed(address buyer, uint256 plan, bytes calldata data) external view returns (bool);
}
