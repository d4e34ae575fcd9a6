// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Wrapped coin as WETH9 is: any call it does not know is a deposit of what came along, and succeeds.
contract WethMock is ERC20("Wrapped Ether", "WETH") {
    bool public keepsCoin;

    function keepCoin() external {
        keepsCoin = true;
    }

    function deposit() public payable {
        _mint(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        if (keepsCoin) return;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "coin refused");
    }

    fallback() external payable {
        deposit();
    }

    receive() external payable {
        deposit();
    }
}
