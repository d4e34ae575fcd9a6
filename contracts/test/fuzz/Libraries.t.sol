// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueMath} from "../../src/libraries/RevenueMath.sol";
import {Utf8} from "../../src/libraries/Utf8.sol";
import {Test} from "forge-std/Test.sol";

contract LibrariesFuzzTest is Test {
    // ------------------------------------------------------------------------------------------ RevenueMath

    function testFuzz_BpsRoundDown(uint128 amount, uint16 bps) public pure {
        bps = uint16(bound(bps, 0, 10_000));
        uint256 part = RevenueMath.bpsDown(amount, bps);
        assertLe(part * 10_000, uint256(amount) * bps);
        assertGt((part + 1) * 10_000, uint256(amount) * bps);
    }

    function testFuzz_GainsAddUp(uint128 a, uint128 b, uint128 c, uint16 bps) public pure {
        bps = uint16(bound(bps, 0, 10_000));
        (a, b) = a < b ? (a, b) : (b, a);
        (b, c) = b < c ? (b, c) : (c, b);
        (a, b) = a < b ? (a, b) : (b, a);
        assertEq(RevenueMath.gainDown(b, a, bps) + RevenueMath.gainDown(c, b, bps), RevenueMath.gainDown(c, a, bps));
    }

    function testFuzz_PartsNeverExceedTheWhole(uint128 received, uint128 settled, uint16 bps) public pure {
        bps = uint16(bound(bps, 0, 10_000));
        (received, settled) = received > settled ? (received, settled) : (settled, received);
        uint256 parts = RevenueMath.bpsDown(received, bps) + RevenueMath.bpsDown(received, 10_000 - bps);
        assertLe(parts, received);
        assertLe(received - parts, 1);
    }

    // ------------------------------------------------------------------------------------------------- Utf8

    function _encode(uint256 point) private pure returns (bytes memory) {
        if (point < 0x80) return abi.encodePacked(bytes1(uint8(point)));
        bytes memory tail = abi.encodePacked(bytes1(uint8(0x80 | (point & 0x3f))));
        if (point < 0x800) return abi.encodePacked(bytes1(uint8(0xc0 | (point >> 6))), tail);
        tail = abi.encodePacked(bytes1(uint8(0x80 | ((point >> 6) & 0x3f))), tail);
        if (point < 0x10000) return abi.encodePacked(bytes1(uint8(0xe0 | (point >> 12))), tail);
        tail = abi.encodePacked(bytes1(uint8(0x80 | ((point >> 12) & 0x3f))), tail);
        return abi.encodePacked(bytes1(uint8(0xf0 | (point >> 18))), tail);
    }

    function _isControl(uint256 point) private pure returns (bool) {
        return point < 0x20 || (point >= 0x7f && point < 0xa0);
    }

    function testFuzz_EveryCharacterIsText(uint256 point) public pure {
        point = bound(point, 0, 0x10ffff);
        bool surrogate = point >= 0xd800 && point < 0xe000;
        bytes memory text = abi.encodePacked("a", _encode(point), "z");
        assertEq(Utf8.isText(text), !surrogate && !_isControl(point));
    }

    function test_BordersOfTheCodeSpace() public pure {
        uint256[12] memory good =
            [uint256(0x20), 0x7e, 0xa0, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x100000, 0x10ffff];
        for (uint256 i = 0; i < good.length; ++i) {
            assertTrue(Utf8.isText(_encode(good[i])));
        }
        uint256[7] memory bad = [uint256(0), 0x1f, 0x7f, 0x80, 0x9f, 0xd800, 0xdfff];
        for (uint256 i = 0; i < bad.length; ++i) {
            assertFalse(Utf8.isText(_encode(bad[i])));
        }
        assertFalse(Utf8.isText(_encode(0x110000)));
    }

    function test_OverlongAndBrokenFormsAreNoText() public pure {
        bytes[9] memory bad = [
            bytes(hex"c080"),
            hex"c1bf",
            hex"e09fbf",
            hex"f08fbfbf",
            hex"f5808080",
            hex"80",
            hex"c3",
            hex"e282",
            hex"e28228"
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            assertEq(Utf8.textPrefix(abi.encodePacked("ok", bad[i])), 2);
        }
    }

    function testFuzz_TruncationIsFound(uint256 point, uint256 cut) public pure {
        point = bound(point, 0xa0, 0xd7ff);
        bytes memory character = _encode(point);
        bytes memory part = new bytes(bound(cut, 1, character.length - 1));
        for (uint256 i = 0; i < part.length; ++i) {
            part[i] = character[i];
        }
        assertFalse(Utf8.isText(part));
    }
}
