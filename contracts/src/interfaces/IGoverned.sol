// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title IGoverned
/// @notice A contract owned by the Timelock from birth, for good: ownership can move, in two steps, but not end.
interface IGoverned {
    /// @notice Ownership cannot be renounced.
    error Governed_OwnerRequired();
}
