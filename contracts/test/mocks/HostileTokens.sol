// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TokenMock} from "./TokenMock.sol";

/// @notice Takes 1 % of what is transferred from the receiver.
contract FeeToken is TokenMock(18) {
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(to, address(0xfee), amount / 100);
    }
}

/// @notice Takes 1 % of what is transferred from the sender, on top.
contract SenderFeeToken is TokenMock(18) {
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(from, address(0xfee), amount / 100);
    }
}

/// @notice Says false instead of moving anything.
contract FalseToken is TokenMock(18) {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }

    function transfer(address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @notice Says true without moving anything.
contract LyingToken is TokenMock(18) {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }

    function transfer(address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// @notice Burns from the receiver when it gets something.
contract ShrinkingToken is TokenMock(18) {
    bool public shrinks;

    function shrink() external {
        shrinks = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (shrinks && from != address(0) && to != address(0)) super._update(to, address(0xfee), amount + 1);
    }
}

/// @notice Refuses whoever its issuer has blocked, as payer, payee or caller.
contract BlacklistToken is TokenMock(6) {
    error Blocked(address account);

    mapping(address account => bool) public isBlocked;

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[msg.sender]) revert Blocked(msg.sender);
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}

/// @notice Changes what accounts hold between calls, as rebasing tokens and tokens with clawback do.
contract RebasingToken is TokenMock(6) {
    function cut(address account, uint256 amount) external {
        _burn(account, amount);
    }
}

/// @notice Returns nothing from its transfers, as early tokens do.
contract MissingReturnToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Calls back whomever it is told to during a transfer.
contract ReenteringToken is TokenMock(18) {
    address private _callee;
    bytes private _call;
    bool public succeeded;
    bytes4 public failure;

    function arm(address callee, bytes calldata call_) external {
        (_callee, _call) = (callee, call_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_callee == address(0)) return;
        address callee = _callee;
        _callee = address(0);
        bytes memory answer;
        (succeeded, answer) = callee.call(_call);
        if (!succeeded) failure = bytes4(answer);
    }
}

/// @notice Answers every metadata question as it was told: with bytes, a revert, or by burning all gas.
contract MetadataToken {
    enum Mode {
        Answer,
        Revert,
        BurnGas,
        Bomb
    }

    Mode public mode;
    bytes private _answer;

    function set(Mode mode_, bytes calldata answer) external {
        (mode, _answer) = (mode_, answer);
    }

    fallback() external {
        if (mode == Mode.Revert) revert("no metadata");
        while (mode == Mode.BurnGas) {}
        if (mode == Mode.Bomb) {
            assembly {
                return(0, 100000)
            }
        }
        bytes memory answer = _answer;
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}
