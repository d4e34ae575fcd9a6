// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice An account's one lock. One slot. Amounts are in STOA's smallest unit.
/// @param amount principal; 0 after it was withdrawn
/// @param score what it weighs until its end; kept afterwards, because what it earned is computed from it
/// @param endWeek the week (unix time / 604,800) with whose first second it ends
/// @param reinvest whether anyone may turn the account's STOA fees into principal
struct Lock {
    uint96 amount;
    uint96 score;
    uint32 endWeek;
    bool reinvest;
}

/// @notice What a payment to Staking orders, ABI-encoded as the payment's data.
/// @param account whose lock it is
/// @param term how long: 1 to 52 whole weeks after the current one for a new lock, 0 to raise the lock there is
/// @param nonce the account's next nonce; read only when the payer is not the account
/// @param deadline last second at which the signature holds; read only when the payer is not the account
/// @param signature the account's signature of `LockFor`; read only when the payer is not the account
struct LockOrder {
    address account;
    uint256 term;
    uint256 nonce;
    uint256 deadline;
    bytes signature;
}

/// @notice What changed a lock.
/// Start: a payment began it, or began it anew after its end. Raise: a payment added principal.
/// Extend: its owner moved its end. Reinvest: STOA fees became principal.
enum LockChange {
    Start,
    Raise,
    Extend,
    Reinvest
}

/// @notice Where claimed fees went: a vault balance, a wallet, or the account's own lock.
enum Payout {
    Balance,
    Wallet,
    Lock
}
