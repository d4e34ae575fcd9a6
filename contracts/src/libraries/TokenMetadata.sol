// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {Utf8} from "./Utf8.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title TokenMetadata
/// @notice Reads name, symbol and decimals of tokens that may lack them, return bytes32, or mean harm: gas and return
/// data are bounded, and what comes back is text or nothing.
library TokenMetadata {
    /// @dev Longest text kept, in bytes.
    uint256 internal constant TEXT_LIMIT = 64;

    /// @dev Gas given to one read: several times what a proxied token with long strings needs.
    uint256 internal constant READ_GAS = 100_000;

    /// @dev Gas that must be left before a read so that it truly gets READ_GAS (63/64 rule, and the call itself).
    /// Otherwise anyone could have a token described as nameless by sending too little.
    uint256 internal constant GAS_NEEDED = 110_000;

    /// @notice The token's name, or an empty string.
    function name(address token) internal view returns (string memory) {
        return _text(token, IERC20Metadata.name.selector);
    }

    /// @notice The token's symbol, or an empty string.
    function symbol(address token) internal view returns (string memory) {
        return _text(token, IERC20Metadata.symbol.selector);
    }

    /// @notice The token's decimals, or 0.
    function decimals(address token) internal view returns (uint8) {
        (bytes memory answer, uint256 size) = _read(token, IERC20Metadata.decimals.selector);
        if (size < 32) return 0;
        uint256 value = _word(answer, 0);
        if (value > type(uint8).max) return 0;
        // Fits: checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint8(value);
    }

    function _text(address token, bytes4 selector) private view returns (string memory) {
        (bytes memory answer, uint256 size) = _read(token, selector);
        if (size == 32) return _fromBytes32(answer);
        if (size < 64 || _word(answer, 0) != 32) return "";
        uint256 length = _word(answer, 1);
        if (length > size - 64) return "";
        bool cut = length > TEXT_LIMIT;
        return _checked(_slice(answer, 64, cut ? TEXT_LIMIT : length), cut);
    }

    /// @dev Old tokens return bytes32, padded with zeros.
    function _fromBytes32(bytes memory answer) private pure returns (string memory) {
        uint256 length;
        while (length < 32 && answer[length] != 0) ++length;
        return _checked(_slice(answer, 0, length), false);
    }

    /// @dev Empty unless it is text; a character that cutting broke is dropped.
    function _checked(bytes memory text, bool cut) private pure returns (string memory) {
        uint256 length = Utf8.textPrefix(text);
        if (length == text.length) return string(text);
        // A broken last character leaves at most 3 bytes behind.
        if (cut && text.length - length <= 3) return string(_slice(text, 0, length));
        return "";
    }

    /// @dev First bytes of the answer, and its whole size, 0 after a failed call. Copies no more than is used.
    function _read(address token, bytes4 selector) private view returns (bytes memory answer, uint256 size) {
        if (gasleft() < GAS_NEEDED) revert IVault.Vault_TooLittleGas(gasleft(), GAS_NEEDED);
        answer = new bytes(64 + TEXT_LIMIT);
        bytes memory question = abi.encodePacked(selector);
        uint256 limit = READ_GAS;
        assembly ("memory-safe") {
            let ok := staticcall(limit, token, add(question, 32), mload(question), add(answer, 32), mload(answer))
            size := mul(ok, returndatasize())
        }
    }

    function _word(bytes memory data, uint256 index) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(data, 32), mul(index, 32)))
        }
    }

    function _slice(bytes memory data, uint256 start, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = data[start + i];
        }
    }
}
