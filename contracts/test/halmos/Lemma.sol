// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

interface IAssume {
    function assume(bool condition) external pure;
}

/// @notice What a file of lemmas needs. Halmos takes every argument of a `check_` function as unknown, and looks for one
/// that makes an `assert` fail; without forge-std the files compile in seconds.
abstract contract Lemma {
    IAssume internal constant VM = IAssume(address(uint160(uint256(keccak256("hevm cheat code")))));
}
