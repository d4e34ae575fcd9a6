// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title DemoWETH
/// @notice Wrapped coin for local chains, which have none. As WETH9 does, it takes any call that it does not know for a
/// deposit of what came along. It is no part of the protocol.
contract DemoWETH is ERC20("Demo Wrapped Ether", "WETH") {
    receive() external payable {
        deposit();
    }

    fallback() external payable {
        deposit();
    }

    /// @notice Wraps the coin sent along.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
    }

    /// @notice Unwraps.
    /// @param amount how much, in wei
    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        Address.sendValue(payable(msg.sender), amount);
    }
}
