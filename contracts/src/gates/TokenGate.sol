// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGate} from "../interfaces/IGate.sol";
import {PlanGate} from "./PlanGate.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title TokenGate
/// @notice Lets those buy who hold enough of a token, ERC-20 or ERC-721.
contract TokenGate is PlanGate {
    /// @notice What a buyer of the plan must hold from now on; an amount of 0 lets nobody buy.
    event HoldingChanged(uint256 indexed plan, address indexed token, uint256 amount);

    /// @notice A token and how much of it.
    struct Holding {
        address token;
        uint256 amount;
    }

    /// @notice What a buyer of a plan must hold; nobody may buy while the amount is 0.
    mapping(uint256 plan => Holding) public holdingOf;

    /// @notice Sets what a buyer must hold. By a manager of the plan's listing.
    /// @param plan the plan
    /// @param token the token
    /// @param amount how much, in the token's smallest unit, or how many NFTs; 0 closes the gate
    function setHolding(uint256 plan, address token, uint256 amount) external onlyManager(plan) {
        holdingOf[plan] = Holding({token: token, amount: amount});
        emit HoldingChanged(plan, token, amount);
    }

    /// @inheritdoc IGate
    function allowed(address buyer, uint256 plan, bytes calldata) external view returns (bool) {
        Holding memory holding = holdingOf[plan];
        return holding.amount != 0 && IERC20(holding.token).balanceOf(buyer) >= holding.amount;
    }
}
