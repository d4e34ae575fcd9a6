// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice An ERC-1155 receiver that calls back, accepts, or refuses.
contract ReceiverMock {
    bool public refuses;
    address private _callee;
    bytes private _call;

    uint256 public hooks;
    bool public succeeded;
    bytes4 public failure;

    function refuse() external {
        refuses = true;
    }

    function arm(address callee, bytes calldata call_) external {
        (_callee, _call) = (callee, call_);
    }

    function perform(address callee, bytes calldata call_) external returns (bytes memory answer) {
        bool ok;
        (ok, answer) = callee.call(call_);
        require(ok, "perform failed");
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        ++hooks;
        if (_callee != address(0)) {
            bytes memory answer;
            (succeeded, answer) = _callee.call(_call);
            if (!succeeded) failure = bytes4(answer);
        }
        return refuses ? bytes4(0) : this.onERC1155Received.selector;
    }
}
