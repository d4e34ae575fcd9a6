// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Vault} from "../../../src/Vault.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Watches those who have no part in a step: their Vault balances stay as they are. A step names its token and its
/// parties, those who may gain or lose; in other tokens nobody is a party.
abstract contract Bystanders is Test {
    Vault private _watchedIn;
    address[] private _watched;
    uint256[] private _watchedIds;

    uint256 private _idOfStep;
    mapping(address account => uint256 step) private _partyIn;
    uint256 private _step;
    uint256[] private _before;

    /// @notice Around a step.
    modifier bystandersKeep() {
        ++_step;
        _idOfStep = 0;
        _before = _balances();
        _;
        _compare(_balances());
    }

    function _watchIn(Vault vault, address[] memory tokens) internal {
        _watchedIn = vault;
        for (uint256 i = 0; i < tokens.length; ++i) {
            _watchedIds.push(uint160(tokens[i]));
        }
    }

    function _watch(address account) internal {
        _watched.push(account);
    }

    /// @dev Said by a step before or after it moves something.
    function _party(address token, address account) internal {
        _idOfStep = uint160(token);
        _partyIn[account] = _step;
    }

    function _parties(address token, address first, address second) internal {
        _party(token, first);
        _party(token, second);
    }

    function _balances() private view returns (uint256[] memory balances) {
        balances = new uint256[](_watched.length * _watchedIds.length);
        for (uint256 i = 0; i < balances.length; ++i) {
            balances[i] = _watchedIn.balanceOf(_watched[i / _watchedIds.length], _watchedIds[i % _watchedIds.length]);
        }
    }

    /// @dev Who is watched only since the step began comes last, and is left out.
    function _compare(uint256[] memory later) private view {
        for (uint256 i = 0; i < _before.length; ++i) {
            if (later[i] == _before[i]) continue;
            assertEq(_watchedIds[i % _watchedIds.length], _idOfStep, "a token that the step is not about");
            assertEq(_partyIn[_watched[i / _watchedIds.length]], _step, "a bystander gained or lost");
        }
    }
}
