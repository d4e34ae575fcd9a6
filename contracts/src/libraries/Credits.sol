// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Credit} from "../types/Payment.sol";

/// @title Credits
/// @notice What a target answers the Vault.
/// @dev `new Credit[]` would first write empty credits that are overwritten next.
library Credits {
    /// @notice A list of one.
    function one(address account, uint256 amount) internal pure returns (Credit[] memory list) {
        Credit memory credit = Credit(account, amount);
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, 1)
            mstore(add(list, 32), credit)
            mstore(0x40, add(list, 64))
        }
    }

    /// @notice A list of two.
    function two(Credit memory first, Credit memory second) internal pure returns (Credit[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, 2)
            mstore(add(list, 32), first)
            mstore(add(list, 64), second)
            mstore(0x40, add(list, 96))
        }
    }
}
