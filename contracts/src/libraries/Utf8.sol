// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Utf8
/// @notice Tells text from bytes, so that whoever reads our events can store and show what they say.
library Utf8 {
    /// @notice Whether all of it is UTF-8 without control characters.
    function isText(bytes memory data) internal pure returns (bool) {
        return textPrefix(data) == data.length;
    }

    /// @notice How many leading bytes are UTF-8 without control characters.
    function textPrefix(bytes memory data) internal pure returns (uint256 length) {
        while (length < data.length) {
            uint256 size = _characterSize(data, length);
            if (size == 0) return length;
            unchecked {
                // Cannot overflow: size <= 4, and the character lies within the data.
                length += size;
            }
        }
    }

    /// @dev Size in bytes of the character at `start`, or 0 if there is no acceptable one (Unicode 16, table 3-7).
    function _characterSize(bytes memory data, uint256 start) private pure returns (uint256) {
        uint256 first = uint8(data[start]);
        if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
        if (first < 0xc2 || first > 0xf4) return 0;

        uint256 size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (data.length - start < size) return 0;
        (uint256 low, uint256 high) = _secondByte(first);
        if (!_within(data[start + 1], low, high)) return 0;
        for (uint256 i = 2; i < size; ++i) {
            if (!_within(data[start + i], 0x80, 0xbf)) return 0;
        }
        return size;
    }

    /// @dev Bounds of the second byte: no overlong forms, surrogates, code points past U+10FFFF, or C1 controls.
    function _secondByte(uint256 first) private pure returns (uint256 low, uint256 high) {
        (low, high) = (0x80, 0xbf);
        if (first == 0xc2 || first == 0xe0) low = 0xa0;
        else if (first == 0xed) high = 0x9f;
        else if (first == 0xf0) low = 0x90;
        else if (first == 0xf4) high = 0x8f;
    }

    function _within(bytes1 value, uint256 low, uint256 high) private pure returns (bool) {
        return uint8(value) >= low && uint8(value) <= high;
    }
}
