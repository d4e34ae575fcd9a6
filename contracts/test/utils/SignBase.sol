// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Authorization, Funding, Permit, SignedPay} from "../../src/types/Payment.sol";
import {Order, SpendOrder} from "../../src/types/Plan.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "./Base.sol";

/// @notice A payer with a key, STOA as a token that knows permits and authorizations, and EIP-712 written out by hand.
abstract contract SignBase is Base {
    string internal constant ORDER_TYPE =
        "Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)";
    string internal constant WITNESS_TYPE =
        "Order witness)Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)";
    string internal constant PAY_TYPE =
        "Pay(address from,address target,address token,uint256 amount,uint8 funding,address relayer,uint256 relayerFee,uint256 nonce,uint256 deadline,Order witness)Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)";

    address internal payer;
    uint256 internal key;
    address internal relayer = makeAddr("relayer");

    function setUp() public virtual override {
        super.setUp();
        (payer, key) = makeAddrAndKey("payer");
    }

    /// @dev From now on `token` is STOA.
    function _useStoa() internal {
        token = TokenMock(address(stoa));
    }

    function _giveStoa(address account, uint256 amount) internal {
        vm.prank(holder);
        stoa.transfer(account, amount);
    }

    // ------------------------------------------------------------------------------------------------ domains

    function _domain(string memory name, address account) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                account
            )
        );
    }

    function _digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _sign(uint256 with, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(with, digest);
        return abi.encodePacked(r, s, v);
    }

    // ----------------------------------------------------------------------------------------------- payments

    function _signedPay(uint256 amount, Funding funding) internal view returns (SignedPay memory order) {
        order.from = payer;
        order.target = address(market);
        order.token = address(token);
        order.amount = amount;
        order.funding = funding;
        order.deadline = vm.getBlockTimestamp();
    }

    function _witness(bytes memory data, bytes memory gateData) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(bytes(ORDER_TYPE)), data, keccak256(gateData)));
    }

    function _payDigest(SignedPay memory order, bytes32 witness) internal view returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256(bytes(PAY_TYPE)), order.from, order.target, order.token, order.amount, uint8(order.funding)
        );
        bytes memory second = abi.encode(order.relayer, order.relayerFee, order.nonce, order.deadline, witness);
        return _digest(_domain("Stoa Vault", address(vault)), keccak256(bytes.concat(first, second)));
    }

    /// @dev Signs and sends, as the relayer.
    function _relay(SignedPay memory order, bytes memory data) internal returns (uint256) {
        bytes32 witness = _witness(data, "");
        bytes memory signature = _sign(key, _payDigest(order, witness));
        vm.prank(relayer);
        return vault.payBySig(order, witness, WITNESS_TYPE, data, "", signature);
    }

    // ------------------------------------------------------------------------------------- what tokens take

    function _permit(uint256 value, uint256 nonce, uint256 deadline) internal view returns (bytes memory) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            _digest(
                stoa.DOMAIN_SEPARATOR(), keccak256(abi.encode(typeHash, payer, address(vault), value, nonce, deadline))
            )
        );
        return abi.encode(Permit(value, deadline, v, r, s));
    }

    function _authorize(uint256 value, bytes32 nonce) internal view returns (Authorization memory given) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        given.validBefore = type(uint40).max;
        given.signature = _sign(
            key,
            _digest(
                stoa.DOMAIN_SEPARATOR(),
                keccak256(abi.encode(typeHash, payer, address(vault), value, uint256(0), given.validBefore, nonce))
            )
        );
    }

    function _signSpend(SpendOrder memory order) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "Spend(address holder,uint256 plan,uint256 units,address spender,bytes32 ref,uint256 nonce,uint256 deadline)"
        );
        return _sign(key, _digest(_domain("Stoa Market", address(market)), keccak256(abi.encode(typeHash, order))));
    }
}
