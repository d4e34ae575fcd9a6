// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice A contract wallet whose answer to EIP-1271 is told to it.
contract ToldWalletMock {
    enum Mode {
        Approve,
        ApproveThisDigest,
        Refuse,
        Garbage,
        Short,
        Revert,
        BurnGas
    }

    Mode public mode;
    bytes32 public digest;

    function set(Mode mode_, bytes32 digest_) external {
        (mode, digest) = (mode_, digest_);
    }

    function isValidSignature(bytes32 asked, bytes calldata) external view returns (bytes4) {
        if (mode == Mode.Revert) revert("no signature");
        while (mode == Mode.BurnGas) {}
        if (mode == Mode.Garbage) {
            assembly {
                mstore(0, not(0))
                return(0, 32)
            }
        }
        if (mode == Mode.Short) {
            assembly {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 4)
            }
        }
        bool approved = mode == Mode.Approve || (mode == Mode.ApproveThisDigest && asked == digest);
        return approved ? this.isValidSignature.selector : bytes4(0);
    }
}
