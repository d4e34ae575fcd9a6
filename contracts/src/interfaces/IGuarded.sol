// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGoverned} from "./IGoverned.sol";

/// @title IGuarded
/// @notice A guardian may stop new sales for a while, once; nothing else ever stops.
interface IGuarded is IGoverned {
    /// @notice The guardian, and whether it may pause (once), from now on.
    event GuardianChanged(address indexed guardian, bool armed);

    /// @notice New sales are paused until then; a time that is over: they are not.
    event SalesPauseChanged(uint64 until);

    /// @notice Only the guardian may do this.
    error Guarded_NotGuardian(address caller);

    /// @notice The guardian has paused once, and the owner has not re-armed it.
    error Guarded_NotArmed();

    /// @notice The pause is longer than allowed.
    error Guarded_PauseTooLong(uint256 duration, uint256 limit);

    /// @notice New sales are paused.
    error Guarded_SalesPaused(uint64 until);

    /// @notice Names the guardian and arms it, also again. Owner only.
    /// @param guardian who may pause; 0 for nobody
    function setGuardian(address guardian) external;

    /// @notice Stops new sales. By the guardian, while armed; it is not armed any more then.
    /// @param duration for how long, in seconds, at most 7 days
    function pauseSales(uint32 duration) external;

    /// @notice Ends a pause. Owner only.
    function resumeSales() external;

    /// @notice Who may pause.
    function guardian() external view returns (address);

    /// @notice Whether the guardian may pause.
    function armed() external view returns (bool);

    /// @notice New sales are paused before this time.
    function salesPausedUntil() external view returns (uint64);
}
