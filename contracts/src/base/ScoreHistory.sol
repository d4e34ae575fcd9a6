// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {LockMath} from "../libraries/LockMath.sol";
import {ScoreBook} from "../libraries/ScoreBook.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title ScoreHistory
/// @notice Staking's part that keeps scores and tells them as votes, now and at past times. Everybody is their own
/// delegate.
abstract contract ScoreHistory is IStaking {
    using SafeCast for uint256;
    using ScoreBook for ScoreBook.Book;

    // ----------------------------------------------------------------------------------------------- storage

    ScoreBook.Book internal _scores;

    // ---------------------------------------------------------------------------------------------- internal

    function _scoreOf(address account) internal view virtual returns (uint256);

    function _week() internal view returns (uint256) {
        return LockMath.weekOf(block.timestamp);
    }

    function _checkPast(uint256 timepoint) private view {
        if (timepoint >= clock()) revert Staking_FutureLookup(timepoint, clock());
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IStaking
    function ending(uint256 week) external view returns (uint256) {
        return _scores.ending[week];
    }

    /// @inheritdoc IStaking
    function totalScore() external view returns (uint256) {
        return _scores.totalIn(_week());
    }

    /// @inheritdoc IStaking
    function getVotes(address account) external view returns (uint256) {
        return _scoreOf(account);
    }

    /// @inheritdoc IStaking
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        _checkPast(timepoint);
        return _scores.scoreAt(account, timepoint);
    }

    /// @inheritdoc IStaking
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        _checkPast(timepoint);
        return _scores.totalAt(timepoint);
    }

    /// @inheritdoc IStaking
    function delegates(address account) external pure returns (address) {
        return account;
    }

    /// @inheritdoc IERC6372
    function clock() public view returns (uint48) {
        return block.timestamp.toUint48();
    }

    /// @inheritdoc IERC6372
    // Upper case by the standard.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }
}
