// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "../interfaces/IDeployer.sol";
import {IMarket} from "../interfaces/IMarket.sol";
import {IPlanGate} from "../interfaces/IPlanGate.sol";

/// @title PlanGate
abstract contract PlanGate is IPlanGate {
    IMarket private immutable MARKET;

    /// @dev The caller is the Deployer.
    constructor() {
        MARKET = IMarket(IDeployer(msg.sender).addressOf("Market"));
    }

    modifier onlyManager(uint256 plan) {
        if (!MARKET.manages(plan, msg.sender)) revert Gate_NotManager(plan, msg.sender);
        _;
    }
}
