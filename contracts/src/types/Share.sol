// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Where claimed revenue goes: a vault balance or a wallet.
enum ClaimPayout {
    Balance,
    Wallet
}

/// @notice What a listing's owner states when dividing its revenue into shares.
/// @param name ERC-20 name, 1 to 64 bytes of UTF-8
/// @param symbol ERC-20 symbol, 1 to 16 bytes of UTF-8
/// @param supply how many shares there will ever be, in smallest units (18 decimals): 1 to 2^96
/// @param tokens first payment tokens, up to 4, none twice
struct NewShares {
    string name;
    string symbol;
    uint256 supply;
    address[] tokens;
}

/// @notice A claim that a holder signs and anyone may bring.
/// @param account whose earnings are paid; it signs
/// @param token payment token
/// @param to vault account or wallet paid
/// @param payout which of the two
/// @param deadline last second at which the signature holds, unix time
struct ClaimOrder {
    address account;
    address token;
    address to;
    ClaimPayout payout;
    uint256 deadline;
}
