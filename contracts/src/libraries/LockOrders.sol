// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {LockOrder} from "../types/Lock.sol";

/// @title LockOrders
/// @notice What a payment to Staking orders, and what is signed for it.
library LockOrders {
    /// @dev What a payer signs, as the witness of a payment by signature.
    bytes32 internal constant ORDER_TYPEHASH =
        keccak256("LockOrder(address account,uint256 term,uint256 nonce,uint256 deadline,bytes signature)");

    /// @dev What an account signs that another one pays for. `amount` is what arrives.
    bytes32 internal constant LOCK_FOR_TYPEHASH =
        keccak256("LockFor(address account,uint256 amount,uint256 term,uint256 nonce,uint256 deadline)");

    /// @dev Size of an encoded order with an empty signature.
    uint256 private constant MIN_LENGTH = 224;

    /// @notice The order that the data encodes.
    /// @dev Read where it lies. The first word of its encoding says that it begins with the next, since a signature has no
    /// fixed length; the compiler checks each member when it is read.
    function decode(bytes calldata data) internal pure returns (LockOrder calldata order) {
        if (data.length < MIN_LENGTH) revert IStaking.Staking_OrderMalformed(data.length, MIN_LENGTH);
        assembly ("memory-safe") {
            order := add(data.offset, 32)
        }
    }

    /// @notice The witness of an order.
    function witnessOf(LockOrder calldata order) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ORDER_TYPEHASH, order.account, order.term, order.nonce, order.deadline, keccak256(order.signature)
            )
        );
    }

    /// @notice What the order's account signs.
    function structHash(LockOrder calldata order, uint256 amount) internal pure returns (bytes32) {
        return keccak256(abi.encode(LOCK_FOR_TYPEHASH, order.account, amount, order.term, order.nonce, order.deadline));
    }
}
