// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IUnorderedNonces} from "../interfaces/IUnorderedNonces.sol";

/// @title UnorderedNonces
abstract contract UnorderedNonces is IUnorderedNonces {
    /// @dev A struct of one, so that the place of a word is computed once and not for each read and write.
    struct Word {
        uint256 used;
    }

    /// @inheritdoc IUnorderedNonces
    mapping(address account => mapping(uint256 word => Word)) public nonceWord;

    /// @inheritdoc IUnorderedNonces
    function cancelNonces(uint256 word, uint256 mask) external {
        Word storage stored = nonceWord[msg.sender][word];
        uint256 used = stored.used | mask;
        stored.used = used;
        emit NoncesChanged(msg.sender, word, used);
    }

    /// @dev Uses a nonce up, or reverts if it is.
    function _useNonce(address account, uint256 nonce) internal {
        uint256 word = nonce >> 8;
        uint256 bit = 1 << (nonce & 0xff);
        Word storage stored = nonceWord[account][word];
        uint256 used = stored.used;
        if (used & bit != 0) revert Nonces_Used(account, nonce);
        used |= bit;
        stored.used = used;
        emit NoncesChanged(account, word, used);
    }
}
