// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {OrdersHandler} from "./handlers/OrdersHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The invariants of signatures, subscriptions, credits, caps and share sales in README.md beside this file.
contract OrdersInvariantTest is Test {
    OrdersHandler private handler;

    function setUp() public {
        handler = new OrdersHandler();
        handler.setUp();
        bytes4[] memory steps = new bytes4[](11);
        steps[0] = handler.wait.selector;
        steps[1] = handler.subscribe.selector;
        steps[2] = handler.buyCredits.selector;
        steps[3] = handler.buyAuthorized.selector;
        steps[4] = handler.takeLicences.selector;
        steps[5] = handler.spend.selector;
        steps[6] = handler.spendBySig.selector;
        steps[7] = handler.buyShares.selector;
        steps[8] = handler.passOn.selector;
        steps[9] = handler.cancel.selector;
        steps[10] = handler.replay.selector;
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
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(handler.boughtUnits(i), handler.held(handler.packs(i)) + handler.spentUnits(i));
        }
    }

    function invariant_CapsAreKept() public view {
        assertEq(handler.licences(), handler.held(handler.licence()));
        assertEq(handler.licences(), handler.soldOf(handler.licence()));
        assertLe(handler.licences(), handler.CAP());
        assertEq(handler.soldLots(1), handler.lotsOf(1));
        assertLe(handler.soldLots(1), handler.CAP());
    }

    function invariant_ShareSalesPayTheSellerInFull() public view {
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(handler.proceeds(i), handler.soldLots(i) * handler.lotPrice());
        }
        assertEq(handler.sharesSold(), (handler.soldLots(0) + handler.soldLots(1)) * handler.lotSize());
    }

    function invariant_RelayersGetTheirFeesAndBooksBalance() public view {
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(handler.relayerBalance(i), handler.relayerFees(i));
            (uint256 balances, uint256 tokens) = handler.books(i);
            assertEq(balances, tokens);
        }
    }

    function _checkAll() private view {
        invariant_NothingSignedWorksTwice();
        invariant_CreditsAreBoughtHeldOrSpent();
        invariant_CapsAreKept();
        invariant_ShareSalesPayTheSellerInFull();
        invariant_RelayersGetTheirFeesAndBooksBalance();
    }

    /// @dev The steps do what they are for; otherwise the invariants above would hold of nothing.
    function test_StepsUseSignatures() public {
        handler.subscribe(0, 2, 5, false, true);
        handler.subscribe(1, 1, 0, true, false);
        handler.buyCredits(0, 0, 2, 0, false);
        handler.buyCredits(1, 1, 3, 7, true);
        handler.buyAuthorized(2, 1, 9);
        handler.spend(0, 0, 10);
        handler.spendBySig(1, 1, 20);
        handler.passOn(1, 2, 1, 100);
        handler.spend(2, 1, 100);
        handler.buyShares(0, 0, 3);
        handler.cancel(0, 0, false);
        handler.cancel(1, 1, true);
        for (uint256 i = 0; i < 6; ++i) {
            handler.replay(i, false);
        }
        handler.replay(0, true);
        handler.replay(1, true);
        assertEq(handler.replays(), 8);
        assertEq(handler.boughtUnits(0), 3000);
        assertEq(handler.boughtUnits(1), 3000);
        assertEq(handler.spentUnits(0), 10);
        assertEq(handler.spentUnits(1), 120);
        assertEq(handler.relayerFees(0), 14);
        assertEq(handler.relayerFees(1), 7);
        assertEq(handler.usedNonces(), 7);
        assertEq(handler.cancelled(), 2);
        _checkAll();
    }

    function test_StepsMeetCapsAndWindows() public {
        handler.takeLicences(0, 5, 0, false);
        handler.buyShares(0, 1, 15);
        assertEq(handler.refusals(), 2, "not open yet");
        handler.wait(20 days);
        for (uint256 i = 0; i < 9; ++i) {
            handler.takeLicences(i, 5, 0, false);
        }
        for (uint256 i = 0; i < 3; ++i) {
            handler.buyShares(i, 1, 15);
        }
        assertEq(handler.refusals(), 4, "beyond the caps");
        assertEq(handler.licences(), handler.CAP());
        assertEq(handler.soldLots(1), 30);
        for (uint256 i = 0; i < 10; ++i) {
            handler.wait(60 days);
        }
        handler.buyShares(2, 1, 1);
        assertEq(handler.refusals(), 5, "closed");
        _checkAll();
    }
}
