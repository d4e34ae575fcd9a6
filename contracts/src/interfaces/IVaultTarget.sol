// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Credit} from "../types/Payment.sol";

/// @title IVaultTarget
/// @notice A contract that the Vault pays: it decides, under the Vault's lock, who gets a payment.
interface IVaultTarget {
    /// @notice Takes note of a payment and says who gets it. The Vault moves the money after this returns.
    /// Must check that the caller is the Vault.
    /// @param from who pays
    /// @param token ERC-20 paid in
    /// @param received how much arrived, in the token's smallest unit; less than sent for a token that takes a fee
    /// @param data what the payer orders, in the target's own encoding
    /// @param witness hash of what the payer signed; zero when the payer called the Vault
    /// @return credits at most 3, in sum at most `received`; the rest goes back to the payer's vault balance
    function onPay(address from, address token, uint256 received, bytes calldata data, bytes32 witness)
        external
        returns (Credit[] memory credits);
}
