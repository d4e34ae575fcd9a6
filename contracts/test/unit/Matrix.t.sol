// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "../../src/interfaces/IDeployer.sol";
import {IListings} from "../../src/interfaces/IListings.sol";
import {IMarket} from "../../src/interfaces/IMarket.sol";
import {Child} from "../../src/types/Deployment.sol";
import {PlanKind} from "../../src/types/Plan.sol";
import {Base} from "../utils/Base.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @notice Function × role. Every function of the ABIs that can change state has a row: either one role may call it, and
/// each other role is refused by the named error, or it is open, because it acts on what is the caller's own, on
/// signatures, or for anyone.
contract MatrixTest is Base {
    enum Role {
        Stranger,
        Manager,
        Operator,
        Council,
        Timelock,
        Vault,
        Listings,
        Revenue,
        Market,
        Nobody
    }

    struct Row {
        string place;
        string signature;
        Role allowed;
        bytes4 refusal;
        bytes arguments;
    }

    Row[] private _rows;
    mapping(bytes32 place => mapping(bytes32 name => bool)) private _known;
    uint256 private _listing;
    uint256 private _planId;

    function setUp() public override {
        super.setUp();
        _listing = _list(provider);
        _planId = _plan(_listing, PRICE, 0);
        _owned();
        _managed();
        _wired();
        _open();
    }

    // ------------------------------------------------------------------------------------------------- tests

    function test_EveryFunctionHasARow() public view {
        string[9] memory names =
            ["Deployer", "Listings", "Market", "Revenue", "StoaToken", "Timelock", "Vault", "Staking", "RevenueShare"];
        uint256 functions = 0;
        for (uint256 i = 0; i < names.length; ++i) {
            string memory path = string.concat("out/", names[i], ".sol/", names[i], ".json");
            if (!vm.exists(path)) continue;
            string[] memory changing = _changing(vm.readFile(path));
            for (uint256 k = 0; k < changing.length; ++k) {
                assertTrue(
                    _known[_hash(names[i])][_hash(changing[k])],
                    string.concat(names[i], ".", changing[k], " has no row in the matrix")
                );
            }
            functions += changing.length;
        }
        assertGe(functions, 54);
    }

    function test_EachCellAnswersAsTheRowSays() public {
        uint256 cells = 0;
        for (uint256 i = 0; i < _rows.length; ++i) {
            if (!_exists(_rows[i])) continue;
            for (uint256 role = 0; role < uint256(Role.Nobody); ++role) {
                _testCell(_rows[i], Role(role));
                ++cells;
            }
        }
        assertGt(cells, 150);
    }

    // ------------------------------------------------------------------------------------------------- cells

    function _testCell(Row memory row, Role role) private {
        uint256 snapshot = vm.snapshotState();
        bytes memory data = abi.encodePacked(bytes4(keccak256(bytes(row.signature))), row.arguments);
        address place = _addressOf(row.place);
        vm.prank(_actor(role));
        (bool success, bytes memory answer) = place.call(data);
        bool refused = !success && answer.length >= 4 && bytes4(answer) == row.refusal;
        string memory cell = string.concat(row.place, ".", row.signature, " by role ", vm.toString(uint256(role)));
        // The Deployer has been used up; its operator is told that instead.
        bool usedUp = _hash(row.place) == _hash("Deployer");
        if (role == row.allowed) assertTrue(usedUp ? !refused : success, string.concat(cell, " fails"));
        else assertTrue(refused, string.concat(cell, " is not refused"));
        vm.revertToState(snapshot);
    }

    function _actor(Role role) private view returns (address) {
        if (role == Role.Manager) return provider;
        if (role == Role.Operator) return operator;
        if (role == Role.Council) return council;
        if (role == Role.Timelock) return address(timelock);
        if (role == Role.Vault) return address(vault);
        if (role == Role.Listings) return address(listings);
        if (role == Role.Revenue) return address(revenue);
        if (role == Role.Market) return address(market);
        return stranger;
    }

    function _addressOf(string memory place) private view returns (address) {
        return _hash(place) == _hash("Deployer") ? address(deployer) : deployer.addressOf(bytes32(bytes(place)));
    }

    function _exists(Row memory row) private view returns (bool) {
        string memory path = string.concat("out/", row.place, ".sol/", row.place, ".json");
        if (!vm.exists(path)) return false;
        return vm.keyExistsJson(vm.readFile(path), string.concat(".methodIdentifiers['", row.signature, "']"));
    }

    /// @dev Names of the functions of an artifact that are neither view nor pure.
    function _changing(string memory json) private view returns (string[] memory names) {
        names = new string[](vm.parseJsonKeys(json, ".methodIdentifiers").length);
        uint256 count = 0;
        for (uint256 i = 0; vm.keyExistsJson(json, string.concat(".abi[", vm.toString(i), "]")); ++i) {
            string memory entry = string.concat(".abi[", vm.toString(i), "]");
            if (_hash(vm.parseJsonString(json, string.concat(entry, ".type"))) != _hash("function")) continue;
            bytes32 mutability = _hash(vm.parseJsonString(json, string.concat(entry, ".stateMutability")));
            if (mutability == _hash("view") || mutability == _hash("pure")) continue;
            names[count++] = vm.parseJsonString(json, string.concat(entry, ".name"));
        }
        assembly ("memory-safe") {
            mstore(names, count)
        }
    }

    // -------------------------------------------------------------------------------------------------- rows

    function _owned() private {
        bytes4 refusal = Ownable.OwnableUnauthorizedAccount.selector;
        _row("Revenue", "setFee(uint16)", Role.Timelock, refusal, abi.encode(100));
        _row("Revenue", "transferOwnership(address)", Role.Timelock, refusal, abi.encode(friend));
        _row("Revenue", "acceptOwnership()", Role.Nobody, refusal, "");
        _row("Staking", "transferOwnership(address)", Role.Timelock, refusal, abi.encode(friend));
        _row("Staking", "acceptOwnership()", Role.Nobody, refusal, "");
        _row("Staking", "listToken(address)", Role.Timelock, refusal, abi.encode(token));
        _row("Staking", "setTiers(uint32[4])", Role.Timelock, refusal, abi.encode(1, 2, 3, 4));
        _row("Market", "transferOwnership(address)", Role.Timelock, refusal, abi.encode(friend));
        _row("Market", "acceptOwnership()", Role.Nobody, refusal, "");
        _row("Revenue", "setGuardian(address)", Role.Timelock, refusal, abi.encode(friend));

        _row("Revenue", "resumeSales()", Role.Timelock, refusal, "");

        refusal = IAccessControl.AccessControlUnauthorizedAccount.selector;
        bytes memory one = abi.encode(address(token), 0, bytes(""), bytes32(0), bytes32(0), 2 days);
        _row("Timelock", "schedule(address,uint256,bytes,bytes32,bytes32,uint256)", Role.Council, refusal, one);
        bytes memory none =
            abi.encode(new address[](0), new uint256[](0), new bytes[](0), bytes32(0), bytes32(0), 2 days);
        _row(
            "Timelock",
            "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
            Role.Council,
            refusal,
            none
        );
        bytes memory role = abi.encode(keccak256("PROPOSER_ROLE"), friend);
        _row("Timelock", "grantRole(bytes32,address)", Role.Timelock, refusal, role);
        _row("Timelock", "revokeRole(bytes32,address)", Role.Timelock, refusal, role);
        vm.prank(council);
        timelock.schedule(address(token), 0, "", 0, bytes32("waiting"), 2 days);
        bytes32 waiting = timelock.hashOperation(address(token), 0, "", 0, bytes32("waiting"));
        _row("Timelock", "cancel(bytes32)", Role.Council, refusal, abi.encode(waiting));
        refusal = TimelockController.TimelockUnauthorizedCaller.selector;
        _row("Timelock", "updateDelay(uint256)", Role.Timelock, refusal, abi.encode(1 days));
    }

    function _managed() private {
        bytes4 refusal = IListings.Listings_NotManager.selector;
        string[] memory uris = new string[](1);
        uris[0] = "ipfs://other";
        bytes memory version = abi.encode(_listing, keccak256("other"), uris);
        _row("Listings", "publish(uint256,bytes32,string[])", Role.Manager, refusal, version);
        _row("Listings", "setUri(uint256,string)", Role.Manager, refusal, abi.encode(_listing, "ipfs://other"));
        _row("Listings", "pause(uint256)", Role.Manager, refusal, abi.encode(_listing));
        _row("Listings", "retire(uint256)", Role.Manager, refusal, abi.encode(_listing));
        uint256 paused = _list(provider);
        vm.prank(provider);
        listings.pause(paused);
        _row("Listings", "resume(uint256)", Role.Manager, refusal, abi.encode(paused));

        refusal = IMarket.Market_NotManager.selector;
        bytes memory plan = abi.encode(_listing, PlanKind.Licence, address(token), PRICE, 0, true);
        _row("Market", "createPlan((uint256,uint8,address,uint128,uint64,bool))", Role.Manager, refusal, plan);
        uint256[14] memory words;
        (words[0], words[2], words[3], words[8]) = (_listing, _id(), PRICE, 13 * 32);
        string memory bounded =
            "createPlan((uint256,uint8,address,uint128,uint64,bool,uint32,uint32,string,uint64,uint64,address,bool))";
        _row("Market", bounded, Role.Manager, refusal, abi.encode(uint256(32), words));
        bytes memory change = abi.encode(_planId, PRICE, 0);
        _row("Market", "changePlan(uint256,uint128,uint64)", Role.Manager, refusal, change);
        _row("Market", "pausePlan(uint256)", Role.Manager, refusal, abi.encode(_planId));
        uint256 stopped = _plan(_listing, PRICE, 0);
        vm.prank(provider);
        market.pausePlan(stopped);
        _row("Market", "resumePlan(uint256)", Role.Manager, refusal, abi.encode(stopped));
        bytes memory bounds = abi.encode(_planId, address(0), 0, 0);
        _row("Market", "boundPlan(uint256,address,uint64,uint64)", Role.Manager, refusal, bounds);
    }

    function _wired() private {
        bytes memory order = _order(_planId, 1, buyer);
        bytes memory payment = abi.encode(buyer, address(token), PRICE, order, bytes32(0));
        string memory onPay = "onPay(address,address,uint256,bytes,bytes32)";
        _row("Market", onPay, Role.Vault, IMarket.Market_NotVault.selector, payment);

        bytes4 refusal = IDeployer.Deployer_NotOperator.selector;
        _row("Deployer", "deploy(bytes32,bytes)", Role.Operator, refusal, abi.encode(bytes32("Vault"), bytes("")));
        _row(
            "Deployer",
            "configure((uint64,address[],address[],uint16,address),(bytes32,bytes32)[])",
            Role.Operator,
            refusal,
            abi.encode(_parameters(), new Child[](0))
        );

        refusal = bytes4(keccak256("Listings_NotRevenue(address)"));
        _row("Listings", "bindRevenue(uint256,address)", Role.Revenue, refusal, abi.encode(_listing, friend));
        refusal = bytes4(keccak256("Revenue_NotShare(uint256,address)"));
        bytes memory pay = abi.encode(_listing, address(token), friend, 0, 0);
        _row("Revenue", "payShares(uint256,address,address,uint256,uint8)", Role.Nobody, refusal, pay);
        refusal = bytes4(keccak256("Guarded_NotGuardian(address)"));
        _row("Revenue", "pauseSales(uint32)", Role.Nobody, refusal, abi.encode(0));
    }

    /// @dev Open functions act on what is the caller's own, on signatures, or for anyone; their tests are in the contract's
    /// own file.
    function _open() private {
        _anyone("Listings", "create approve setApprovalForAll transferFrom safeTransferFrom");
        _anyone("Market", "setApprovalForAll safeTransferFrom safeBatchTransferFrom spend spendBySig cancelNonces");
        _anyone("Market", "openShareSale closeShareSale");
        _anyone("Revenue", "settle createShares onPay");
        _anyone("StoaToken", "approve transfer transferFrom permit transferWithAuthorization");
        _anyone("StoaToken", "receiveWithAuthorization cancelAuthorization");
        _anyone(
            "Timelock", "execute executeBatch renounceRole onERC721Received onERC1155Received onERC1155BatchReceived"
        );
        _anyone(
            "Vault", "deposit depositWithAuthorization depositNative withdraw withdrawNative pay payWithGrant payBySig"
        );
        _anyone(
            "Vault", "moveSub withdrawSub describe approve setOperator transfer transferFrom cancelNonces multicall"
        );
        _anyone("Staking", "onPay extend withdraw withdrawTo setReinvest cancelNonce distribute claim claimTo reinvest");
        _anyone(
            "RevenueShare", "initialize addPaymentToken claim claimTo claimBySig approve transfer transferFrom permit"
        );
    }

    function _row(string memory place, string memory signature, Role allowed, bytes4 refusal, bytes memory arguments)
        private
    {
        _rows.push(Row(place, signature, allowed, refusal, arguments));
        bytes memory text = bytes(signature);
        uint256 length = 0;
        while (text[length] != "(") ++length;
        bytes memory name = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            name[i] = text[i];
        }
        _known[_hash(place)][keccak256(name)] = true;
    }

    function _anyone(string memory place, string memory names) private {
        string[] memory list = vm.split(names, " ");
        for (uint256 i = 0; i < list.length; ++i) {
            _known[_hash(place)][_hash(list[i])] = true;
        }
    }

    function _hash(string memory text) private pure returns (bytes32) {
        return keccak256(bytes(text));
    }
}
