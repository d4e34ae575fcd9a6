// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../interfaces/IMarket.sol";
import {Order, SpendOrder} from "../types/Plan.sol";
import {ShareOrder} from "../types/ShareSale.sol";

/// @title OrderCodec
/// @notice Reads orders where they lie, and hashes them as EIP-712 structs.
library OrderCodec {
    bytes32 internal constant ORDER_TYPEHASH =
        keccak256("Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)");

    bytes32 internal constant SHARE_ORDER_TYPEHASH =
        keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");

    bytes32 internal constant SPEND_TYPEHASH = keccak256(
        "Spend(address holder,uint256 plan,uint256 units,address spender,bytes32 ref,uint256 nonce,uint256 deadline)"
    );

    /// @dev Size of an encoded Order, and of an encoded ShareOrder with its type hash.
    uint256 private constant ORDER_LENGTH = 128;
    uint256 private constant SHARE_ORDER_LENGTH = 128;

    /// @dev Size of an encoded SpendOrder.
    uint256 private constant SPEND_LENGTH = 224;

    /// @notice Whether the data orders shares. No plan has an id like the type hash.
    function isShareOrder(bytes calldata data) internal pure returns (bool) {
        return data.length > 31 && bytes32(data) == SHARE_ORDER_TYPEHASH;
    }

    /// @notice The order that the data begins with, and what follows it.
    function order(bytes calldata data) internal pure returns (Order calldata read, bytes calldata gateData) {
        if (data.length < ORDER_LENGTH) revert IMarket.Market_OrderMalformed(data.length, ORDER_LENGTH);
        // An Order has no dynamic part, so its encoding is its fields; the compiler checks each when it is read.
        assembly ("memory-safe") {
            read := data.offset
        }
        gateData = data[ORDER_LENGTH:];
    }

    /// @notice The share order that the data is.
    function shareOrder(bytes calldata data) internal pure returns (ShareOrder calldata read) {
        if (data.length != SHARE_ORDER_LENGTH) {
            revert IMarket.Market_OrderMalformed(data.length, SHARE_ORDER_LENGTH);
        }
        assembly ("memory-safe") {
            read := add(data.offset, 32)
        }
    }

    /// @notice Checks that the payer signed this order; a zero witness is of a payer who called the Vault itself.
    function checkWitness(bytes32 witness, Order calldata read, bytes calldata gateData) internal pure {
        if (witness == 0) return;
        if (witness != keccak256(abi.encode(ORDER_TYPEHASH, read, keccak256(gateData)))) {
            revert IMarket.Market_WrongWitness(witness);
        }
    }

    /// @notice The same for shares: the data is the type hash and the members, so its hash is the struct's.
    function checkShareWitness(bytes32 witness, bytes calldata data) internal pure {
        if (witness != 0 && witness != keccak256(data)) revert IMarket.Market_WrongWitness(witness);
    }

    /// @notice Struct hash of an order to spend.
    function spendHash(SpendOrder calldata read) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(SPEND_TYPEHASH, _encoded(read)));
    }

    /// @dev As it lies in the call: all members are static. What does not fit a member's type reverts when the Market reads
    /// it, and the Market reads each.
    function _encoded(SpendOrder calldata read) private pure returns (bytes calldata words) {
        assembly ("memory-safe") {
            words.offset := read
            words.length := SPEND_LENGTH
        }
    }
}
