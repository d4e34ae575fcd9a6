// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Where the money of a payment comes from.
/// Balance: the payer's vault balance. Allowance: the payer's wallet, by an ERC-20 allowance to the Vault.
enum Funding {
    Balance,
    Allowance
}

/// @notice One part of a payment: `amount` of the paid token, in its smallest unit, for `account`.
struct Credit {
    address account;
    uint256 amount;
}
