// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVaultTarget} from "../../src/interfaces/IVaultTarget.sol";
import {Credit} from "../../src/types/Payment.sol";

/// @notice A target that credits as told, remembers what it was asked, and calls back if told to.
contract TargetMock is IVaultTarget {
    Credit[] private _credits;
    address private _callee;
    bytes private _call;

    bool public succeeded;
    bytes4 public failure;
    address public from;
    address public token;
    uint256 public received;
    bytes public data;
    bytes32 public witness;

    function give(address account, uint256 amount) external {
        _credits.push(Credit({account: account, amount: amount}));
    }

    function arm(address callee, bytes calldata call_) external {
        (_callee, _call) = (callee, call_);
    }

    function onPay(address from_, address token_, uint256 received_, bytes calldata data_, bytes32 witness_)
        external
        returns (Credit[] memory)
    {
        (from, token, received, data, witness) = (from_, token_, received_, data_, witness_);
        if (_callee != address(0)) {
            bytes memory answer;
            (succeeded, answer) = _callee.call(_call);
            if (!succeeded) failure = bytes4(answer);
        }
        return _credits;
    }
}
