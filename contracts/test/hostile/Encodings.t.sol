// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockOrder} from "../../src/types/Lock.sol";
import {Authorization, Funding, SignedPay} from "../../src/types/Payment.sol";
import {SpendOrder} from "../../src/types/Plan.sol";
import {SignBase} from "../utils/SignBase.sol";

/// @notice Calls whose encoding lies. Orders are read and hashed where they lie in the call, so what does not fit a
/// member's type, and what lies outside of the call, must not get by.
contract EncodingsTest is SignBase {
    /// @dev A bit above an address.
    uint256 private constant DIRT = 1 << 160;

    uint256 private _planId;
    bytes private _data;
    SignedPay private _pay;

    function setUp() public override {
        super.setUp();
        _planId = _plan(_list(provider), PRICE, 0);
        _fundVault(payer, 5 * PRICE);
        _pay = _signedPay(PRICE, Funding.Balance);
        _data = _order(_planId, 1, payer);
    }

    /// @dev A relayed payment with `bits` added to word `index` of the order, which is what its payer signed.
    function _relayed(uint256 index, uint256 bits) private view returns (bytes memory) {
        bytes32 witness = _witness(_data, "");
        uint256[9] memory words = abi.decode(abi.encode(_pay), (uint256[9]));
        words[index] |= bits;
        bytes32 structHash = keccak256(abi.encodePacked(keccak256(bytes(PAY_TYPE)), words, witness));
        bytes memory signature = _sign(key, _digest(_domain("Stoa Vault", address(vault)), structHash));
        return _dirty(abi.encodeCall(vault.payBySig, (_pay, witness, WITNESS_TYPE, _data, "", signature)), index, bits);
    }

    /// @dev Word `index` of the arguments with `bits` added.
    function _dirty(bytes memory call, uint256 index, uint256 bits) private pure returns (bytes memory copy) {
        copy = bytes.concat(call);
        uint256 at = 36 + 32 * index;
        assembly ("memory-safe") {
            mstore(add(copy, at), or(mload(add(copy, at)), bits))
        }
    }

    function _fails(address place, bytes memory call) private {
        vm.prank(relayer);
        (bool success, bytes memory answer) = place.call(call);
        assertFalse(success);
        assertEq(answer.length, 0, "refused while it is read");
    }

    /// @dev From, target, token and relayer; and the funding, an enum of five.
    function test_RevertWhen_SignedPayIsDirty() public {
        _fails(address(vault), _relayed(0, DIRT));
        _fails(address(vault), _relayed(1, DIRT));
        _fails(address(vault), _relayed(2, DIRT));
        _fails(address(vault), _relayed(4, 256));
        _fails(address(vault), _relayed(5, DIRT));
        vm.prank(relayer);
        (bool success,) = address(vault).call(_relayed(0, 0));
        assertTrue(success, "the clean one passes");
    }

    function test_RevertWhen_SpendOrderIsDirty() public {
        uint256 pack = _credits(_list(provider), PRICE, 1000);
        _buy(buyer, pack, 1, payer);
        SpendOrder memory order = SpendOrder(payer, pack, 10, relayer, "job", 0, type(uint64).max);
        bytes memory call = abi.encodeCall(market.spendBySig, (order, _signSpend(order)));
        _fails(address(market), _dirty(call, 0, DIRT));
        _fails(address(market), _dirty(call, 3, DIRT));
        vm.prank(relayer);
        (bool success,) = address(market).call(call);
        assertTrue(success, "the clean one passes");
    }

    /// @dev The place of the signature inside of the grant is a word that the sender chose.
    function test_RevertWhen_SignatureOfAnAuthorizationLiesOutside() public {
        _useStoa();
        Authorization memory given = _authorize(PRICE, "nonce");
        given.nonce = "nonce";
        bytes memory grant = abi.encode(given);
        assembly ("memory-safe") {
            mstore(add(grant, 160), 0xffffffff)
        }
        vm.prank(payer);
        vm.expectRevert(bytes(""));
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Authorization, grant, _data);
    }

    function test_RevertWhen_SignatureOfALockLiesOutside() public {
        LockOrder memory order;
        (order.account, order.term, order.deadline) = (friend, 52, type(uint64).max);
        bytes memory data = abi.encode(order);
        assembly ("memory-safe") {
            mstore(add(data, 192), 0xffffffff)
        }
        vm.startPrank(holder);
        stoa.approve(address(vault), 1e18);
        vm.expectRevert(bytes(""));
        vault.pay(address(staking), address(stoa), 1e18, Funding.Allowance, data);
        vm.stopPrank();
    }
}
