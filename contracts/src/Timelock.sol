// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";
import {ITimelock} from "./interfaces/ITimelock.sol";
import {Parameters} from "./types/Deployment.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title Timelock
/// @dev Born without an admin: it alone may change its delay and roles, after its own delay.
contract Timelock is ITimelock, TimelockController {
    /// @notice Longest delay it may be born with, in seconds.
    uint256 public constant MAX_DELAY = 30 days;

    /// @dev The caller of the constructor is the Deployer.
    constructor() TimelockController(_delay(), _parameters().proposers, _parameters().executors, address(0)) {}

    function _delay() private view returns (uint256) {
        Parameters memory parameters = _parameters();
        (uint256 proposers, uint256 executors) = (parameters.proposers.length, parameters.executors.length);
        if (proposers == 0 || executors == 0) revert Timelock_NobodyToGovern(proposers, executors);
        if (parameters.timelockDelay > MAX_DELAY) revert Timelock_DelayTooLong(parameters.timelockDelay, MAX_DELAY);
        return parameters.timelockDelay;
    }

    function _parameters() private view returns (Parameters memory) {
        return IDeployer(msg.sender).parameters();
    }
}
