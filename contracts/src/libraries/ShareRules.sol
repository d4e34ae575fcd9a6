// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRevenue} from "../interfaces/IRevenue.sol";
import {NewShares} from "../types/Share.sol";
import {Utf8} from "./Utf8.sol";

/// @title ShareRules
/// @notice Bounds of what an owner may state when dividing a listing's revenue.
library ShareRules {
    uint256 internal constant MAX_NAME_LENGTH = 64;
    uint256 internal constant MAX_SYMBOL_LENGTH = 16;

    /// @dev What shares earn is kept times the supply: 128 bits of amount and 97 of supply fit a word.
    uint256 internal constant MAX_SUPPLY = 2 ** 96;

    /// @notice Checks name, symbol and supply; the share contract checks the tokens.
    function check(NewShares calldata shares) internal pure {
        _checkText("name", shares.name, MAX_NAME_LENGTH);
        _checkText("symbol", shares.symbol, MAX_SYMBOL_LENGTH);
        if (shares.supply == 0 || shares.supply > MAX_SUPPLY) {
            revert IRevenue.Revenue_SupplyOutOfRange(shares.supply, 1, MAX_SUPPLY);
        }
    }

    function _checkText(string memory field, string calldata text, uint256 most) private pure {
        uint256 length = bytes(text).length;
        if (length == 0 || length > most || !Utf8.isText(bytes(text))) {
            revert IRevenue.Revenue_BadText(field, length, most);
        }
    }
}
