// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What the constructors need to know about the chain they are on.
/// @param timelockDelay seconds between a proposal and its execution
/// @param proposers who may propose and cancel in the Timelock
/// @param executors who may execute in the Timelock; the zero address means anyone
/// @param feeBps protocol fee at birth, in bps, at most 500
/// @param stoaHolder who receives the whole supply of STOA on its home chain
/// @param weth the chain's wrapped native token; zero where there is none
/// @param bridgedStoa the token as which STOA was bridged to this chain; zero on its home chain, where it is minted
struct Parameters {
    uint256 timelockDelay;
    address[] proposers;
    address[] executors;
    uint16 feeBps;
    address stoaHolder;
    address weth;
    address bridgedStoa;
}

/// @notice One contract that the Deployer will place.
/// @param name its name as bytes32, e.g. `bytes32("Vault")`; also its CREATE2 salt
/// @param initCodeHash keccak256 of its creation code
struct Child {
    bytes32 name;
    bytes32 initCodeHash;
}
