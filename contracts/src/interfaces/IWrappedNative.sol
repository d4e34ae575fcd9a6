// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title IWrappedNative
/// @notice What the Vault needs of WETH beyond ERC-20.
interface IWrappedNative {
    /// @notice Mints as much as is sent along.
    function deposit() external payable;

    /// @notice Burns and sends the chain's coin to the caller.
    function withdraw(uint256 amount) external;
}
