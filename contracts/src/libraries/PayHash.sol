// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {SignedPay} from "../types/Payment.sol";

/// @title PayHash
/// @notice EIP-712 struct hash of a signed payment. What is ordered is a typed struct too, the witness: its type is
/// passed as text, so that a wallet shows all that is signed.
library PayHash {
    /// @dev Followed by the type of the witness, e.g. `Order witness)Order(uint256 plan,…)`.
    string internal constant STUB = "Pay(address from,address target,address token,uint256 amount,uint8 funding,"
        "address relayer,uint256 relayerFee,uint256 nonce,uint256 deadline,";

    /// @dev Size of an encoded SignedPay.
    uint256 private constant PAY_LENGTH = 288;

    /// @notice Nonce of the authorization of a deposit: hash of this and a salt, so never the digest of a payment.
    bytes32 internal constant DEPOSIT_TYPEHASH = keccak256("Deposit(bytes32 salt)");

    /// @notice The struct hash.
    function hash(SignedPay calldata pay, bytes32 witness, string calldata witnessType)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(abi.encodePacked(STUB, witnessType));
        return keccak256(abi.encodePacked(typeHash, _encoded(pay), witness));
    }

    /// @notice Nonce of the authorization of a deposit.
    function depositNonce(bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(DEPOSIT_TYPEHASH, salt));
    }

    /// @dev All members of the struct are static, so its encoding is theirs one after another, as they lie in the call. What
    /// does not fit a member's type reverts when the Vault reads it, and the Vault reads each.
    function _encoded(SignedPay calldata pay) private pure returns (bytes calldata words) {
        assembly ("memory-safe") {
            words.offset := pay
            words.length := PAY_LENGTH
        }
    }
}
