// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title SubAccounts
/// @notice Addresses of balances that a contract keeps in the Vault under a salt.
library SubAccounts {
    /// @notice The account that `controller` keeps under `salt`.
    /// @dev Nobody has a key or code for it: that would take a preimage of 160 bits of keccak256.
    function derive(address controller, bytes32 salt) internal pure returns (address) {
        // The low 160 bits of the hash are the address, so the cast drops nothing that is meant.
        return address(uint160(uint256(Hashes.efficientKeccak256(bytes32(uint256(uint160(controller))), salt))));
    }
}
