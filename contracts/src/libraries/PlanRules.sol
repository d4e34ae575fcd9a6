// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGate} from "../interfaces/IGate.sol";
import {IMarket} from "../interfaces/IMarket.sol";
import {Bounds, NewPlan, PlanKind, PlanTerms} from "../types/Plan.sol";
import {Utf8} from "./Utf8.sol";

/// @title PlanFlags
/// @notice Bits of a stored plan.
library PlanFlags {
    uint8 internal constant PAUSED = 1;
    uint8 internal constant TRANSFERABLE = 2;
    uint8 internal constant BOUNDED = 4;
    uint8 internal constant TIER_DISCOUNT = 8;
}

/// @title PlanRules
/// @notice What a plan may say, and whom and when its bounds let buy.
library PlanRules {
    /// @dev Gas that a gate may use.
    uint256 private constant GATE_GAS = 100_000;

    uint256 private constant MAX_UNIT_LENGTH = 32;

    /// @dev How far ahead paid time may reach, unless one period is longer.
    uint256 private constant MAX_AHEAD = 4 * 365 days;

    /// @notice Checks what a kind needs and what it may not have.
    function checkKind(NewPlan calldata plan) internal pure {
        if ((plan.kind == PlanKind.Subscription) != (plan.period != 0)) {
            revert IMarket.Market_BadPeriod(plan.kind, plan.period);
        }
        if ((plan.kind == PlanKind.Credits) != (plan.units != 0)) {
            revert IMarket.Market_BadUnits(plan.kind, plan.units);
        }
        uint256 length = bytes(plan.unit).length;
        if (plan.kind == PlanKind.Credits) {
            if (length == 0 || length > MAX_UNIT_LENGTH || !Utf8.isText(bytes(plan.unit))) {
                revert IMarket.Market_BadUnit(length, MAX_UNIT_LENGTH);
            }
        } else if (length != 0) {
            revert IMarket.Market_BadUnit(length, 0);
        }
        if (plan.kind == PlanKind.Subscription && plan.transferable) revert IMarket.Market_SubscriptionTransferable();
        checkPrice(plan.kind, plan.price);
    }

    /// @notice Credits have a price.
    function checkPrice(PlanKind kind, uint256 price) internal pure {
        if (kind == PlanKind.Credits && price == 0) revert IMarket.Market_FreeCredits();
    }

    /// @notice Checks a window.
    function checkWindow(uint256 from, uint256 until) internal pure {
        if (until != 0 && until <= from) revert IMarket.Market_BadWindow(from, until);
    }

    /// @notice Checks that a gate can be asked.
    function checkGate(address gate) internal view {
        if (gate != address(0) && gate.code.length == 0) revert IMarket.Market_GateWithoutCode(gate);
    }

    /// @notice Checks that now is in a window.
    function requireOpen(uint256 id, uint256 from, uint256 until) internal view {
        if (block.timestamp < from || (until != 0 && block.timestamp >= until)) {
            revert IMarket.Market_OutsideWindow(id, from, until);
        }
    }

    /// @notice Checks that the bounds let the buyer buy now.
    function requireAllowed(Bounds storage bounds, uint256 plan, address buyer, bytes calldata data) internal view {
        requireOpen(plan, bounds.from, bounds.until);
        address gate = bounds.gate;
        if (gate == address(0)) {
            requireNoData(data);
        } else if (!_asks(gate, abi.encodeCall(IGate.allowed, (buyer, plan, data)))) {
            revert IMarket.Market_GateClosed(plan, gate, buyer);
        }
    }

    /// @notice Without a gate an order carries nothing for one.
    function requireNoData(bytes calldata data) internal pure {
        if (data.length != 0) revert IMarket.Market_GateDataWithoutGate(data.length);
    }

    /// @notice Until when a subscription is valid after a purchase. Never earlier than before it.
    /// @param old until when it was valid
    /// @param period seconds of a period
    /// @param quantity periods bought
    /// @param free whether the plan is free: time does not add up then
    function extend(uint256 plan, uint256 old, uint256 period, uint256 quantity, bool free)
        internal
        view
        returns (uint64 expiry)
    {
        uint256 current = block.timestamp;
        uint256 end;
        if (free) {
            end = current + period;
            if (end < old) end = old;
        } else {
            // Cannot overflow: 64 bits each, and 32 bits times 64.
            end = (old > current ? old : current) + period * quantity;
            uint256 limit = current + (period > MAX_AHEAD ? period : MAX_AHEAD);
            if (end > limit) revert IMarket.Market_TooFarAhead(plan, end, limit);
        }
        // Fits: at most what was stored, or now plus 32 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(end);
    }

    /// @dev A gate that fails, answers nothing, or uses too much gas, says no. Only one word of its answer is read.
    function _asks(address gate, bytes memory question) private view returns (bool yes) {
        assembly ("memory-safe") {
            let done := staticcall(GATE_GAS, gate, add(question, 32), mload(question), 0, 32)
            yes := and(and(done, gt(returndatasize(), 31)), eq(mload(0), 1))
        }
    }

    /// @notice What a new plan is, as PlanCreated tells it.
    function termsOf(NewPlan calldata plan) internal pure returns (PlanTerms memory terms) {
        terms.kind = plan.kind;
        terms.price = plan.price;
        terms.cap = plan.cap;
        terms.transferable = plan.transferable;
        terms.version = 1;
        terms.period = plan.period;
        terms.units = plan.units;
        terms.unit = plan.unit;
        terms.from = plan.from;
        terms.until = plan.until;
        terms.gate = plan.gate;
        terms.tierDiscount = plan.tierDiscount;
    }
}
