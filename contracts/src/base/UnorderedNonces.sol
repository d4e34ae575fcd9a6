// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IUnorderedNonces} from "../interfaces/IUnorderedNonces.sol";

/// @title UnorderedNonces
abstract contract UnorderedNonces is IUnorderedNonces {
    /// @inheritdoc IUnorderedNonces
    mapping(address account => mapping(uint256 word => uint256 used)) public nonceWord;

    /// @inheritdoc IUnorderedNonces
    function cancelNonces(uint256 word, uint256 mask) external {
        uint256 used = nonceWord[msg.sender][word] | mask;
        nonceWord[msg.sender][word] = used;
        emit NoncesChanged(msg.sender, word, used);
    }

    /// @dev Uses a nonce up, or reverts if it is.
    function _useNonce(address account, uint256 nonce) internal {
        uint256 word = nonce >> 8;
        uint256 bit = 1 << (nonce & 0xff);
        uint256 used = nonceWord[account][word];
        if (used & bit != 0) revert Nonces_Used(account, nonce);
        used |= bit;
        nonceWord[account][word] = used;
        emit NoncesChanged(account, word, used);
    }
}
