// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title DemoUSD
/// @notice Play money with 6 decimals that anyone may mint, for local chains only. It is no part of the protocol.
contract DemoUSD is ERC20 {
    constructor() ERC20("Demo US Dollar", "dUSD") {}

    /// @notice Mints to anyone.
    /// @param to who gets it
    /// @param amount how much, in millionths
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Six, as most dollar tokens have.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
