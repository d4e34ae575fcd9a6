// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {OrdersHandler} from "./handlers/OrdersHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The invariants of signatures, subscriptions, credits and share sales in README.md beside this file.
contract OrdersInvariantTest is Test {
    OrdersHandler private handler;

    function setUp() public {
        handler = new OrdersHandler();
        handler.setUp();
        bytes4[] memory steps = new bytes4[](8);
        steps[0] = handler.wait.selector;
        steps[1] = handler.subscribe.selector;
        steps[2] = handler.buyCredits.selector;
        steps[3] = handler.buyAuthorized.selector;
        steps[4] = handler.spend.selector;
        steps[5] = handler.spendBySig.selector;
        steps[6] = handler.buyShares.selector;
        steps[7] = handler.replay.selector;
        targetSelector(FuzzSelector({addr: address(handler), selectors: steps}));
        targetContract(address(handler));
    }

    function invariant_NothingSignedWorksTwice() public view {
        assertEq(handler.replaysThatWorked(), 0);
        assertEq(handler.nonceBits(), handler.usedNonces());
    }

    function invariant_SubscribedTimeNeverShrinks() public view {
        assertEq(handler.shrunk(), 0);
    }

    function invariant_CreditsAreBoughtHeldOrSpent() public view {
        assertEq(handler.boughtUnits(), handler.heldUnits() + handler.spentUnits());
    }

    function invariant_ShareSalesPayTheSellerInFull() public view {
        (uint256 money, uint256 shares) = handler.proceeds();
        assertEq(money, handler.soldLots() * handler.lotPrice());
        assertEq(shares, handler.soldLots() * handler.lotSize());
    }

    function invariant_RelayersGetTheirFeesAndBooksBalance() public view {
        assertEq(handler.relayerBalance(), handler.relayerFees());
        (uint256 balances, uint256 tokens) = handler.books();
        assertEq(balances, tokens);
    }

    /// @dev The steps do what they are for; otherwise the invariants above would hold of nothing.
    function test_StepsUseSignatures() public {
        handler.subscribe(2, 5, false, true);
        handler.subscribe(1, 0, true, false);
        handler.buyCredits(2, 0, false);
        handler.buyAuthorized(1, 9);
        handler.spend(10);
        handler.spendBySig(20);
        handler.buyShares(3);
        handler.replay(0, false);
        handler.replay(3, false);
        handler.replay(0, true);
        assertEq(handler.replays(), 3);
        assertEq(handler.replaysThatWorked(), 0);
        assertEq(handler.boughtUnits(), 3000);
        assertEq(handler.spentUnits(), 30);
        assertEq(handler.relayerFees(), 14);
        assertEq(handler.usedNonces(), 4);
        assertEq(handler.soldLots(), 3);
    }
}
