// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ITiers} from "../../src/interfaces/ITiers.sol";

/// @notice Tiers as told.
contract TiersMock is ITiers {
    mapping(address account => uint8) public tierOf;

    function set(address account, uint8 tier) external {
        tierOf[account] = tier;
    }
}
