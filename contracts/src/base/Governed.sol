// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "../interfaces/IDeployer.sol";
import {IGoverned} from "../interfaces/IGoverned.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Governed
abstract contract Governed is IGoverned, Ownable2Step {
    /// @dev The caller of the constructor is the Deployer.
    constructor() Ownable(IDeployer(msg.sender).addressOf("Timelock")) {}

    /// @notice Always reverts.
    function renounceOwnership() public view override onlyOwner {
        revert Governed_OwnerRequired();
    }
}
