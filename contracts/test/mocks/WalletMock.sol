// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A wallet that is a contract: says by ERC-1271 whether its signer signed, or misbehaves.
contract WalletMock {
    enum Mode {
        Check,
        Garbage,
        Revert
    }

    address private immutable SIGNER;
    Mode private _mode;

    constructor(address signer) {
        SIGNER = signer;
    }

    function set(Mode mode) external {
        _mode = mode;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (_mode == Mode.Revert) revert("no");
        if (_mode == Mode.Garbage) return 0xdeadbeef;
        return ECDSA.recoverCalldata(digest, signature) == SIGNER ? this.isValidSignature.selector : bytes4(0);
    }
}
