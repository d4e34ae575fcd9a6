// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGate} from "../interfaces/IGate.sol";
import {PlanGate} from "./PlanGate.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title MerkleGate
/// @notice Lets those buy who are on a list. What is kept is the root of a Merkle tree as OpenZeppelin's StandardMerkleTree
/// builds it, with leaves `keccak256(bytes.concat(keccak256(abi.encode(buyer))))`; an order carries the proof,
/// `abi.encode(bytes32[])`.
contract MerkleGate is PlanGate {
    /// @notice The plan's list from now on.
    event RootChanged(uint256 indexed plan, bytes32 root);

    /// @notice Root of a plan's list; zero while it has none.
    mapping(uint256 plan => bytes32) public rootOf;

    /// @notice Sets a plan's list. By a manager of its listing.
    /// @param plan the plan
    /// @param root root of the tree; zero closes the gate
    function setRoot(uint256 plan, bytes32 root) external onlyManager(plan) {
        rootOf[plan] = root;
        emit RootChanged(plan, root);
    }

    /// @inheritdoc IGate
    function allowed(address buyer, uint256 plan, bytes calldata data) external view returns (bool) {
        bytes32 root = rootOf[plan];
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(buyer))));
        return root != 0 && MerkleProof.verify(abi.decode(data, (bytes32[])), root, leaf);
    }
}
