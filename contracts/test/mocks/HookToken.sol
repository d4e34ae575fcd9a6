// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TokenMock} from "./TokenMock.sol";
import {IERC777Recipient} from "@openzeppelin/contracts/interfaces/IERC777Recipient.sol";
import {IERC777Sender} from "@openzeppelin/contracts/interfaces/IERC777Sender.sol";

/// @notice An ERC-20 with the hooks of ERC-777: the payer's before the move, the payee's after it. Who has hooks is said
/// to it; the registry of ERC-1820 adds nothing to what is tested.
contract HookToken is TokenMock(18) {
    mapping(address account => address) public hooksOf;

    function setHooks(address account, address hooks) external {
        hooksOf[account] = hooks;
    }

    function _update(address from, address to, uint256 amount) internal override {
        address hooks = hooksOf[from];
        if (hooks != address(0)) IERC777Sender(hooks).tokensToSend(msg.sender, from, to, amount, "", "");
        super._update(from, to, amount);
        hooks = hooksOf[to];
        if (hooks != address(0)) IERC777Recipient(hooks).tokensReceived(msg.sender, from, to, amount, "", "");
    }
}

/// @notice Hooks that make one call when they are called first, and remember what came of it.
contract HooksMock is IERC777Sender, IERC777Recipient {
    address private _callee;
    bytes private _call;

    uint256 public calls;
    bool public succeeded;
    bytes4 public failure;

    /// @notice What the payee held when the hook ran.
    uint256 public heldAtSend;
    uint256 public heldAtReceive;

    function arm(address callee, bytes calldata call_) external {
        (_callee, _call) = (callee, call_);
    }

    function perform(address callee, bytes calldata call_) external {
        (bool ok,) = callee.call(call_);
        require(ok, "perform failed");
    }

    function tokensToSend(address, address, address to, uint256, bytes calldata, bytes calldata) external {
        heldAtSend = HookToken(msg.sender).balanceOf(to);
        _callBack();
    }

    function tokensReceived(address, address, address to, uint256, bytes calldata, bytes calldata) external {
        heldAtReceive = HookToken(msg.sender).balanceOf(to);
        _callBack();
    }

    function _callBack() private {
        ++calls;
        address callee = _callee;
        if (callee == address(0)) return;
        _callee = address(0);
        bytes memory answer;
        (succeeded, answer) = callee.call(_call);
        if (!succeeded) failure = bytes4(answer);
    }
}
