// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";
import {Parameters} from "./types/Deployment.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title StoaToken
/// @notice STOA: one billion tokens of 18 decimals, all minted at birth to the holder that the Deployer names. Nobody
/// can mint, burn from others, pause or block. Moves by transfer, by ERC-2612 permit, and by ERC-3009 authorization.
/// @dev On a chain to which STOA is bridged, this contract has no supply and Staking takes the bridged token.
contract StoaToken is ERC20Permit, ERC3009 {
    /// @notice All there will ever be, in the smallest unit.
    uint256 public constant SUPPLY = 1_000_000_000e18;

    /// @dev The caller of the constructor is the Deployer.
    constructor() ERC20("Stoa", "STOA") ERC20Permit("Stoa") {
        Parameters memory parameters = IDeployer(msg.sender).parameters();
        if (parameters.bridgedStoa == address(0)) _mint(parameters.stoaHolder, SUPPLY);
    }
}
