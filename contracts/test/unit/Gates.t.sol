// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {MerkleGate} from "../../src/gates/MerkleGate.sol";
import {TierGate} from "../../src/gates/TierGate.sol";
import {TokenGate} from "../../src/gates/TokenGate.sol";
import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IPlanGate} from "../../src/interfaces/IPlanGate.sol";
import {Funding, SignedPay} from "../../src/types/Payment.sol";
import {NewPlan, Order, Plan} from "../../src/types/Plan.sol";
import {SignBase} from "../utils/SignBase.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice A gate that answers as it was told.
contract GateMock {
    enum Mode {
        Yes,
        No,
        Two,
        Nothing,
        Revert,
        BurnGas
    }

    Mode private _mode;

    function set(Mode mode) external {
        _mode = mode;
    }

    fallback() external {
        if (_mode == Mode.Revert) revert("closed");
        while (_mode == Mode.BurnGas) {}
        if (_mode == Mode.Nothing) return;
        uint256 answer = _mode == Mode.Yes ? 1 : _mode == Mode.Two ? 2 : 0;
        assembly {
            mstore(0, answer)
            return(0, 32)
        }
    }
}

/// @notice Windows and gates. The test is the Deployer of the gates.
contract GatesTest is SignBase {
    uint256 private listing;
    uint256 private plan;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        plan = _plan(listing, PRICE, 0);
    }

    function addressOf(bytes32 name) external view returns (address) {
        return deployer.addressOf(name);
    }

    function _bound(address gate, uint64 from, uint64 until) private {
        vm.prank(provider);
        market.boundPlan(plan, gate, from, until);
    }

    function _try(address who, bytes memory gateData) private {
        _fundWallet(who, PRICE);
        bytes memory data = abi.encodePacked(abi.encode(Order(plan, market.planOf(plan).version, 1, who)), gateData);
        vm.prank(who);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, data);
    }

    function _closed(address gate, address who, bytes memory gateData) private {
        _fundWallet(who, PRICE);
        bytes memory data = abi.encodePacked(abi.encode(Order(plan, market.planOf(plan).version, 1, who)), gateData);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_GateClosed.selector, plan, gate, who));
        vm.prank(who);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, data);
    }

    // ------------------------------------------------------------------------------------------------ bounds

    function test_BoundPlan() public {
        address gate = address(new GateMock());
        vm.expectEmit(address(market));
        emit IMarket.PlanChanged(plan, 2, PRICE, 0, false, 100, 200, gate);
        _bound(gate, 100, 200);
        Plan memory stored = market.planOf(plan);
        assertEq(stored.from, 100);
        assertEq(stored.until, 200);
        assertEq(stored.gate, gate);
        vm.expectEmit(address(market));
        emit IMarket.PlanChanged(plan, 3, PRICE, 0, false, 0, 0, address(0));
        _bound(address(0), 0, 0);
        _try(buyer, "");
        assertEq(market.balanceOf(buyer, plan), 1);
    }

    function test_Window() public {
        uint64 start = uint64(vm.getBlockTimestamp()) + 100;
        NewPlan memory terms = _planTerms(listing, PRICE, 0);
        (terms.from, terms.until) = (start, start + 50);
        plan = _createPlan(terms);
        bytes memory reason = abi.encodeWithSelector(IMarket.Market_OutsideWindow.selector, plan, start, start + 50);
        vm.warp(start - 1);
        _fundWallet(buyer, PRICE);
        vm.expectRevert(reason);
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
        vm.warp(start);
        _try(buyer, "");
        vm.warp(start + 49);
        _try(buyer, "");
        vm.warp(start + 50);
        _fundWallet(buyer, PRICE);
        vm.expectRevert(reason);
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
    }

    function _outside(uint64 from, uint64 until) private {
        _fundWallet(buyer, PRICE);
        bytes memory data = abi.encode(Order(plan, market.planOf(plan).version, 1, buyer));
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_OutsideWindow.selector, plan, from, until));
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, data);
    }

    function test_WindowsMayLackAnEnd() public {
        uint64 border = uint64(vm.getBlockTimestamp()) + 100;
        _bound(address(0), border, 0);
        _outside(border, 0);
        vm.warp(border);
        _try(buyer, "");
        _bound(address(0), 0, border + 1);
        _try(buyer, "");
        vm.warp(border + 1);
        _outside(0, border + 1);
    }

    function test_RevertWhen_BoundsAreBad() public {
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_BadWindow.selector, 5, 5));
        market.boundPlan(plan, address(0), 5, 5);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_GateWithoutCode.selector, stranger));
        market.boundPlan(plan, stranger, 0, 0);
        vm.stopPrank();
    }

    function test_OnlyAPlainYesOpens() public {
        GateMock gate = new GateMock();
        _bound(address(gate), 0, 0);
        _try(buyer, "anything");
        for (uint256 mode = 1; mode < 6; ++mode) {
            gate.set(GateMock.Mode(mode));
            _closed(address(gate), buyer, "anything");
        }
    }

    // ------------------------------------------------------------------------------------------------ Merkle

    function _leaf(address account) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(account))));
    }

    function _proof(bytes32 sibling) private pure returns (bytes memory) {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = sibling;
        return abi.encode(proof);
    }

    function test_MerkleGate() public {
        MerkleGate gate = new MerkleGate();
        _bound(address(gate), 0, 0);
        bytes memory proof = _proof(_leaf(friend));
        _closed(address(gate), buyer, proof);
        bytes32 root = Hashes.commutativeKeccak256(_leaf(buyer), _leaf(friend));
        vm.expectEmit(address(gate));
        emit MerkleGate.RootChanged(plan, root);
        vm.prank(provider);
        gate.setRoot(plan, root);
        _try(buyer, proof);
        _try(friend, _proof(_leaf(buyer)));
        _closed(address(gate), stranger, proof);
        _closed(address(gate), friend, proof);
        _closed(address(gate), buyer, "");
        assertEq(market.balanceOf(buyer, plan), 1);
    }

    function test_RevertWhen_ProofIsAbsent() public {
        MerkleGate gate = new MerkleGate();
        bytes32[] memory none = new bytes32[](0);
        assertFalse(gate.allowed(buyer, plan, abi.encode(none)), "no root, nobody");
        vm.prank(provider);
        gate.setRoot(plan, _leaf(buyer));
        assertTrue(gate.allowed(buyer, plan, abi.encode(none)), "a list of one");
        assertFalse(gate.allowed(buyer, plan + 1, abi.encode(none)), "of this plan alone");
    }

    function test_ProofIsSigned() public {
        MerkleGate gate = new MerkleGate();
        _bound(address(gate), 0, 0);
        vm.prank(provider);
        gate.setRoot(plan, Hashes.commutativeKeccak256(_leaf(payer), _leaf(friend)));
        _fundVault(payer, PRICE);
        bytes memory order = abi.encode(Order(plan, 2, 1, payer));
        bytes memory proof = _proof(_leaf(friend));
        bytes32 witness = _witness(order, proof);
        SignedPay memory signed = _signedPay(PRICE, Funding.Balance);
        bytes memory signature = _sign(key, _payDigest(signed, witness));
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongWitness.selector, witness));
        vault.payBySig(signed, witness, WITNESS_TYPE, order, "", signature);
        vault.payBySig(signed, witness, WITNESS_TYPE, bytes.concat(order, proof), "", signature);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    // ----------------------------------------------------------------------------------------- tier and token

    function test_TierGate() public {
        TierGate gate = new TierGate();
        _bound(address(gate), 0, 0);
        vm.mockCall(address(staking), abi.encodeCall(staking.tierOf, (buyer)), abi.encode(uint8(2)));
        _closed(address(gate), buyer, "");
        vm.expectEmit(address(gate));
        emit TierGate.TierChanged(plan, 2);
        vm.prank(provider);
        gate.setTier(plan, 2);
        _try(buyer, "");
        vm.mockCall(address(staking), abi.encodeCall(staking.tierOf, (buyer)), abi.encode(uint8(1)));
        _closed(address(gate), buyer, "");
    }

    function test_TokenGate() public {
        TokenGate gate = new TokenGate();
        _bound(address(gate), 0, 0);
        _closed(address(gate), buyer, "");
        vm.expectEmit(address(gate));
        emit TokenGate.HoldingChanged(plan, address(listings), 1);
        vm.prank(provider);
        gate.setHolding(plan, address(listings), 1);
        _closed(address(gate), buyer, "");
        _list(buyer);
        _try(buyer, "");
        vm.prank(provider);
        gate.setHolding(plan, stranger, 1);
        _closed(address(gate), buyer, "");
    }

    function test_RevertWhen_GateIsSetByAnother() public {
        (MerkleGate merkle, TierGate tier, TokenGate holding) = (new MerkleGate(), new TierGate(), new TokenGate());
        bytes memory reason = abi.encodeWithSelector(IPlanGate.Gate_NotManager.selector, plan, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        merkle.setRoot(plan, 0);
        vm.expectRevert(reason);
        tier.setTier(plan, 0);
        vm.expectRevert(reason);
        holding.setHolding(plan, address(token), 0);
        vm.stopPrank();
    }
}
