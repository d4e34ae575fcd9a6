// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGuarded} from "../interfaces/IGuarded.sol";
import {Governed} from "./Governed.sol";

/// @title Guarded
/// @dev The end of the pause comes last and starts a slot of its own, so that it shares one with what the inheriting
/// contract declares first and reads at every sale anyway.
abstract contract Guarded is IGuarded, Governed {
    // --------------------------------------------------------------------------------------------- constants

    /// @notice Longest pause, in seconds.
    uint256 public constant MAX_PAUSE = 7 days;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IGuarded
    address public guardian;

    /// @dev Of 96 bits, to fill the guardian's slot; not zero when armed.
    uint96 private _armed;

    /// @inheritdoc IGuarded
    uint64 public salesPausedUntil;

    // ------------------------------------------------------------------------------------------------- owner

    /// @inheritdoc IGuarded
    function setGuardian(address guardian_) external onlyOwner {
        (guardian, _armed) = (guardian_, 1);
        emit GuardianChanged(guardian_, true);
    }

    /// @inheritdoc IGuarded
    function resumeSales() external onlyOwner {
        salesPausedUntil = 0;
        emit SalesPauseChanged(0);
    }

    // ---------------------------------------------------------------------------------------------- guardian

    /// @inheritdoc IGuarded
    function pauseSales(uint32 duration) external {
        if (msg.sender != guardian) revert Guarded_NotGuardian(msg.sender);
        if (_armed == 0) revert Guarded_NotArmed();
        if (duration > MAX_PAUSE) revert Guarded_PauseTooLong(duration, MAX_PAUSE);
        _armed = 0;
        // Fits until the year 584 billion.
        // forge-lint: disable-next-line(unsafe-typecast)
        salesPausedUntil = uint64(block.timestamp + duration);
        emit GuardianChanged(msg.sender, false);
        emit SalesPauseChanged(salesPausedUntil);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IGuarded
    function armed() external view returns (bool) {
        return _armed != 0;
    }

    function _requireSalesOpen() internal view {
        if (block.timestamp < salesPausedUntil) revert Guarded_SalesPaused(salesPausedUntil);
    }
}
