// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "../interfaces/IDeployer.sol";
import {IGate} from "../interfaces/IGate.sol";
import {ITiers} from "../interfaces/ITiers.sol";
import {PlanGate} from "./PlanGate.sol";

/// @title TierGate
/// @notice Lets those buy whose staking tier is high enough.
contract TierGate is PlanGate {
    /// @notice Lowest tier that may buy from the plan from now on; 0 for nobody.
    event TierChanged(uint256 indexed plan, uint8 tier);

    ITiers private immutable STAKING;

    /// @notice Lowest tier that may buy from a plan; 0 while it has none, and then nobody may.
    mapping(uint256 plan => uint8) public tierOf;

    /// @dev The caller is the Deployer.
    constructor() {
        STAKING = ITiers(IDeployer(msg.sender).addressOf("Staking"));
    }

    /// @notice Sets the lowest tier that may buy. By a manager of the plan's listing.
    /// @param plan the plan
    /// @param tier the tier; 0 closes the gate
    function setTier(uint256 plan, uint8 tier) external onlyManager(plan) {
        tierOf[plan] = tier;
        emit TierChanged(plan, tier);
    }

    /// @inheritdoc IGate
    function allowed(address buyer, uint256 plan, bytes calldata) external view returns (bool) {
        uint8 tier = tierOf[plan];
        return tier != 0 && STAKING.tierOf(buyer) >= tier;
    }
}
