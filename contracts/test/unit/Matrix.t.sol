// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {MatrixRows} from "./MatrixRows.sol";

/// @notice Function × role. Every function of the ABIs that can change state has a row, and every cell is called: who may
/// call it gets what the row says, everybody else is refused by the row's error. An open function is one that ends the
/// same way for every role. The table is assurance/matrix.md; WRITE_MATRIX=true writes it anew.
contract MatrixTest is MatrixRows {
    string private constant TABLE = "assurance/matrix.md";
    string[12] private _names = [
        "Deployer",
        "Timelock",
        "Listings",
        "Market",
        "Revenue",
        "RevenueShare",
        "Staking",
        "Vault",
        "StoaToken",
        "MerkleGate",
        "TierGate",
        "TokenGate"
    ];

    function setUp() public override {
        super.setUp();
        _fillRows();
    }

    // ------------------------------------------------------------------------------------------------- tests

    function test_EveryFunctionHasARow() public view {
        uint256 functions = 0;
        for (uint256 i = 0; i < _names.length; ++i) {
            string memory json = vm.readFile(string.concat("out/", _names[i], ".sol/", _names[i], ".json"));
            string[] memory changing = _changing(json);
            for (uint256 k = 0; k < changing.length; ++k) {
                assertTrue(
                    _known[_hash(_names[i])][_hash(changing[k])],
                    string.concat(_names[i], ".", changing[k], " has no row in the matrix")
                );
            }
            functions += changing.length;
        }
        assertEq(functions, _rows.length, "and no row is without a function");
    }

    function test_EachCellAnswersAsTheRowSays() public {
        // Each row by a call of its own, which gives its memory back.
        vm.pauseGasMetering();
        for (uint256 i = 0; i < _rows.length; ++i) {
            this.checkRow(i);
        }
    }

    function checkRow(uint256 i) external {
        Row memory row = _rows[i];
        for (uint256 role = 0; role < ROLES; ++role) {
            uint256 snapshot = vm.snapshotState();
            _testCell(row, Role(role));
            vm.revertToStateAndDelete(snapshot);
        }
    }

    function test_TableIsCurrent() public {
        string memory table = _table();
        if (vm.envOr("WRITE_MATRIX", false)) vm.writeFile(TABLE, table);
        assertEq(
            _hash(vm.readFile(TABLE)), _hash(table), "run WRITE_MATRIX=true npx forge test --match-contract Matrix"
        );
    }

    // ------------------------------------------------------------------------------------------------- cells

    function _testCell(Row memory row, Role role) private {
        string memory cell = string.concat(row.place, ".", row.signature, " by role ", vm.toString(uint256(role)));
        address actor = _actors[uint256(role)];
        bytes memory data = abi.encodePacked(_selector(row.signature), _calledBy(row.arguments, actor));
        vm.prank(actor);
        (bool success, bytes memory answer) = _places[_hash(row.place)].call(data);

        string memory expected = row.allowed & (1 << uint256(role)) != 0 ? row.ends : row.refusal;
        if (bytes(expected).length == 0) {
            assertTrue(success, string.concat(cell, " fails"));
        } else {
            assertFalse(success, string.concat(cell, " succeeds"));
            assertEq(
                bytes32(bytes4(answer)), bytes32(_selector(expected)), string.concat(cell, " is refused otherwise")
            );
        }
    }

    /// @dev The arguments with the caller in place of ACTOR.
    function _calledBy(bytes memory arguments, address actor) private pure returns (bytes memory) {
        bytes memory copy = bytes.concat(arguments);
        address marker = ACTOR;
        for (uint256 at = 32; at <= copy.length; at += 32) {
            assembly ("memory-safe") {
                if eq(mload(add(copy, at)), marker) { mstore(add(copy, at), actor) }
            }
        }
        return copy;
    }

    function _selector(string memory signature) private pure returns (bytes4) {
        return bytes4(_hash(signature));
    }

    /// @dev Signatures of the functions of an artifact that are neither view nor pure.
    function _changing(string memory json) private view returns (string[] memory signatures) {
        string[] memory all = vm.parseJsonKeys(json, ".methodIdentifiers");
        string memory names = _changingNames(json);
        signatures = new string[](all.length);
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            string memory name = string.concat(" ", _short(all[i]), " ");
            if (vm.indexOf(names, name) != type(uint256).max) signatures[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(signatures, count)
        }
    }

    function _changingNames(string memory json) private view returns (string memory names) {
        names = " ";
        for (uint256 i = 0; vm.keyExistsJson(json, string.concat(".abi[", vm.toString(i), "]")); ++i) {
            string memory entry = string.concat(".abi[", vm.toString(i), "]");
            if (_hash(vm.parseJsonString(json, string.concat(entry, ".type"))) != _hash("function")) continue;
            bytes32 mutability = _hash(vm.parseJsonString(json, string.concat(entry, ".stateMutability")));
            if (mutability == _hash("view") || mutability == _hash("pure")) continue;
            names = string.concat(names, vm.parseJsonString(json, string.concat(entry, ".name")), " ");
        }
    }

    // ------------------------------------------------------------------------------------------------- table

    function _table() private view returns (string memory table) {
        table = string.concat(
            "# Who may call what\n\nWritten and checked by `test/unit/Matrix.t.sol`, which calls every cell. `+` may, `.` is",
            " refused with the error in the last column. Where the row says that a call *ends with* an error, it does so for all",
            " who may: it was made with a bad signature, or what it does has been done.\n\n",
            "Roles: stranger, owner of the listing, its manager, operator of the Deployer, council (proposer), guardian, heir (named as",
            " next owner), and the contracts Timelock, Vault, Listings, Revenue, Staking, Market, and the listing's share contract.\n\n",
            "| function | Str | Own | Man | Ope | Cou | Gua | Hei | Tim | Vau | Lis | Rev | Sta | Mar | Sha | otherwise |\n",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
        );
        for (uint256 i = 0; i < _rows.length; ++i) {
            table = string.concat(table, _line(_rows[i]));
        }
    }

    function _line(Row memory row) private pure returns (string memory line) {
        line = string.concat("| `", row.place, ".", _short(row.signature), "` |");
        for (uint256 role = 0; role < ROLES; ++role) {
            line = string.concat(line, row.allowed & (1 << role) != 0 ? " + |" : " . |");
        }
        if (bytes(row.refusal).length != 0) line = string.concat(line, " `", _short(row.refusal), "`");
        if (bytes(row.ends).length != 0) line = string.concat(line, " ends with `", _short(row.ends), "`");
        line = string.concat(line, " |\n");
    }

    function _short(string memory signature) private pure returns (string memory) {
        return vm.split(signature, "(")[0];
    }
}
