// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {UnorderedNonces} from "../../src/base/UnorderedNonces.sol";
import {Lemma} from "./Lemma.sol";

contract NoncesHarness is UnorderedNonces {
    function use(address account, uint256 nonce) external {
        _useNonce(account, nonce);
    }

    function isUsed(address account, uint256 nonce) external view returns (bool) {
        return (nonceWord[account][nonce >> 8].used >> (nonce & 0xff)) & 1 == 1;
    }
}

/// @notice The bitmap of nonces.
contract UnorderedNoncesBitProofs is Lemma {
    NoncesHarness private _nonces = new NoncesHarness();

    /// @dev Whatever happened before with other nonces, a nonce works once.
    function check_ANonceWorksOnce(address account, uint256 nonce, uint256 other) public {
        VM.assume(nonce != other);
        _nonces.use(account, other);
        assert(!_nonces.isUsed(account, nonce));
        _nonces.use(account, nonce);
        assert(_nonces.isUsed(account, nonce));
        assert(_nonces.isUsed(account, other));
        try _nonces.use(account, nonce) {
            assert(false);
        } catch {}
    }

    /// @dev Using a nonce touches nobody else's.
    function check_NoncesOfOthersAreUntouched(address account, address neighbour, uint256 nonce, uint256 theirs)
        public
    {
        VM.assume(account != neighbour);
        _nonces.use(account, nonce);
        assert(!_nonces.isUsed(neighbour, theirs));
    }

    /// @dev Cancelling uses up the nonces of the mask, keeps used ones used, and leaves all others.
    function check_CancellingUsesUpTheMask(uint256 word, uint256 mask, uint8 bit, uint256 before) public {
        VM.assume(word < 2 ** 248);
        _nonces.cancelNonces(word, before);
        _nonces.cancelNonces(word, mask);
        assert(_nonces.nonceWord(address(this), word) == before | mask);
        uint256 nonce = (word << 8) | bit;
        bool used = ((before | mask) >> bit) & 1 == 1;
        assert(_nonces.isUsed(address(this), nonce) == used);
        try _nonces.use(address(this), nonce) {
            assert(!used);
        } catch {
            assert(used);
        }
    }
}
