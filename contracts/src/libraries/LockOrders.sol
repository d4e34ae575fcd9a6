// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {LockOrder} from "../types/Lock.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

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
    function decode(bytes calldata data) internal pure returns (LockOrder memory) {
        if (data.length < MIN_LENGTH) revert IStaking.Staking_OrderMalformed(data.length, MIN_LENGTH);
        return abi.decode(data, (LockOrder));
    }

    /// @notice The witness of an order.
    function witnessOf(LockOrder memory order) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ORDER_TYPEHASH, order.account, order.term, order.nonce, order.deadline, keccak256(order.signature)
            )
        );
    }

    /// @notice What the order's account signs.
    function structHash(LockOrder memory order, uint256 amount) internal pure returns (bytes32) {
        return keccak256(abi.encode(LOCK_FOR_TYPEHASH, order.account, amount, order.term, order.nonce, order.deadline));
    }

    /// @notice Whether a signature is an account's: by its key, else by its code (EIP-1271). An account that has both, by
    /// EIP-7702, may use either.
    function isSignature(address account, bytes32 digest, bytes memory signature) internal view returns (bool) {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && signer == account) return true;
        return account.code.length != 0 && SignatureChecker.isValidERC1271SignatureNow(account, digest, signature);
    }
}
