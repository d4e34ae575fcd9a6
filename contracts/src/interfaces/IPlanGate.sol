// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGate} from "./IGate.sol";

/// @title IPlanGate
/// @notice A gate that whoever manages a plan's listing sets up for the plan. Until then it lets nobody buy.
interface IPlanGate is IGate {
    /// @notice The caller does not manage the plan's listing.
    error Gate_NotManager(uint256 plan, address caller);
}
