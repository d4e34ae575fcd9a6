// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueMath} from "../../src/libraries/RevenueMath.sol";
import {Lemma} from "./Lemma.sol";

/// @notice The arithmetic of a sale and of its settlement. A product of amount and bps stands as one variable where its
/// parts do not matter; what it needs of them is proved as integers in assurance/integers.py.
contract RevenueMathProofs is Lemma {
    uint256 private constant BPS = 10_000;

    /// @dev The fee is rounded down, by less than one unit, and there is enough to take it from.
    function check_FeeRoundsDownAndNetIsTheRest(uint128 amount, uint16 bps) public pure {
        VM.assume(bps <= BPS);
        uint256 fee = RevenueMath.bpsDown(amount, bps);
        assert(fee <= amount);
        uint256 product = uint256(amount) * bps;
        assert(fee * BPS <= product);
        assert(product < (fee + 1) * BPS);
    }

    /// @dev What was settled never exceeds what is due now, so no settlement reverts.
    function check_CumulativePartsNeverFall(uint144 settledProduct, uint144 receivedProduct) public pure {
        VM.assume(settledProduct <= receivedProduct);
        uint256 gain = RevenueMath.gainDown(receivedProduct, settledProduct, 1);
        assert(gain <= uint256(receivedProduct) - settledProduct);
    }

    /// @dev Settling on the way changes nothing.
    function check_GainsAddUp(uint128 first, uint128 second, uint128 third, uint16 bps) public pure {
        VM.assume(bps <= BPS && first <= second && second <= third);
        uint256 inTwo = RevenueMath.gainDown(second, first, bps) + RevenueMath.gainDown(third, second, bps);
        assert(inTwo == RevenueMath.gainDown(third, first, bps));
    }

    /// @dev Taking one more part out of a whole loses at most one unit, and never gains one. So eight parents and the
    /// beneficiary get no more than was received, and at most eight units wait.
    function check_OneMorePartLosesAtMostOneUnit(uint144 part, uint144 others) public pure {
        uint256 apart = RevenueMath.bpsDown(part, 1) + RevenueMath.bpsDown(others, 1);
        uint256 together = RevenueMath.bpsDown(uint256(part) + others, 1);
        assert(apart <= together);
        assert(together <= apart + 1);
    }
}
