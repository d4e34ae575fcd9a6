// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Where the money of a payment comes from.
/// Balance: the payer's vault balance. Allowance: the payer's wallet, by an ERC-20 allowance to the Vault. Permit: the
/// same, after an ERC-2612 permit. Authorization: the payer's wallet, by an ERC-3009 authorization. Native: the chain's
/// coin sent along, credited as wrapped native token.
enum Funding {
    Balance,
    Allowance,
    Permit,
    Authorization,
    Native
}

/// @notice One part of a payment: `amount` of the paid token, in its smallest unit, for `account`.
struct Credit {
    address account;
    uint256 amount;
}

/// @notice An ERC-2612 permit of the payer for the Vault.
/// @param value allowance it sets, in the token's smallest unit
/// @param deadline last second in which it is valid
/// @param v of the signature
/// @param r of the signature
/// @param s of the signature
struct Permit {
    uint256 value;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice An ERC-3009 authorization: the payer's `ReceiveWithAuthorization` to the Vault over the payment's amount.
/// @param validAfter it is valid after this second
/// @param validBefore it is valid before this second
/// @param nonce its nonce where the payer itself sends the payment; 0 where the nonce is derived
/// @param signature 65 bytes r, s, v; any other length goes to the token's variant for contract wallets
struct Authorization {
    uint256 validAfter;
    uint256 validBefore;
    bytes32 nonce;
    bytes signature;
}

/// @notice A payment that its payer signs and anyone, or a named relayer, sends. The EIP-712 struct `Pay`, without the
/// witness that is its last member.
/// @param from who pays and signs
/// @param target the contract paid
/// @param token the ERC-20
/// @param amount all that leaves the payer
/// @param funding where the money comes from; not Native
/// @param relayer who may send it; 0 for anyone
/// @param relayerFee what the sender gets out of `amount`, before the target is asked
/// @param nonce an unused nonce of the payer; 0 for Authorization, whose own nonce is the digest
/// @param deadline last second in which it is valid
struct SignedPay {
    address from;
    address target;
    address token;
    uint256 amount;
    Funding funding;
    address relayer;
    uint256 relayerFee;
    uint256 nonce;
    uint256 deadline;
}
