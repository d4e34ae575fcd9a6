// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title IUnorderedNonces
/// @notice Nonces of signatures, usable once each and in any order. Nonce n is bit n % 256 of word n / 256.
interface IUnorderedNonces {
    /// @notice Which nonces of a word an account has used or cancelled, after this change.
    /// @param account whose nonces
    /// @param word index of the word
    /// @param used the whole word: a set bit is a nonce that no signature can use any more
    event NoncesChanged(address indexed account, uint256 indexed word, uint256 used);

    /// @notice The nonce was used or cancelled before.
    error Nonces_Used(address account, uint256 nonce);

    /// @notice Makes nonces of the caller unusable, and with them what was signed under them.
    /// @param word which word
    /// @param mask its bits to set; those set already stay set
    function cancelNonces(uint256 word, uint256 mask) external;

    /// @notice The used nonces of a word, as bits.
    function nonceWord(address account, uint256 word) external view returns (uint256 used);
}
