// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Authorization, Funding, Permit, SignedPay} from "../../src/types/Payment.sol";
import {SpendOrder} from "../../src/types/Plan.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {WalletMock} from "../mocks/WalletMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Those who replay, forge or front-run what others signed.
contract HostileSignaturesTest is SignBase {
    uint256 private plan;
    bytes private data;

    function setUp() public override {
        super.setUp();
        plan = _plan(_list(provider), PRICE, 0);
        data = _order(plan, 1, payer);
        _fundVault(payer, 10 * PRICE);
    }

    function _send(SignedPay memory order, bytes memory signature) private {
        vault.payBySig(order, _witness(data, ""), WITNESS_TYPE, data, "", signature);
    }

    function _wrong(SignedPay memory order, bytes memory signature) private {
        bytes32 witness = _witness(data, "");
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongSignature.selector, order.from));
        vault.payBySig(order, witness, WITNESS_TYPE, data, "", signature);
    }

    function _signed(SignedPay memory order) private view returns (bytes memory) {
        return _sign(key, _payDigest(order, _witness(data, "")));
    }

    // ------------------------------------------------------------------------------------------------ replay

    function test_RevertWhen_ReplayedOnAnotherChain() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        bytes memory signature = _signed(order);
        vm.chainId(10);
        _wrong(order, signature);
    }

    function test_RevertWhen_SignedForAnotherContract() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        bytes32 own = _payDigest(order, _witness(data, ""));
        assertTrue(own != bytes32(0));
        _wrong(order, _sign(key, _digest(_domain("Stoa Vault", address(market)), own)));
    }

    function test_RevertWhen_SpendOrderIsReplayedElsewhere() public {
        uint256 first = _credits(1, PRICE, 10);
        uint256 second = _credits(1, PRICE, 10);
        _buy(buyer, first, 1, payer);
        _buy(buyer, second, 1, payer);
        SpendOrder memory order = SpendOrder(payer, first, 10, provider, 0, 0, vm.getBlockTimestamp());
        bytes memory signature = _signSpend(order);
        order.plan = second;
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongSignature.selector, payer));
        market.spendBySig(order, signature);
        order.plan = first;
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongSignature.selector, payer));
        market.spendBySig(order, signature);
        // Not from a variable: the optimizer would read block.chainid anew.
        vm.chainId(31_337);
        market.spendBySig(order, signature);
        vm.stopPrank();
        assertEq(market.balanceOf(payer, second), 10);
    }

    function test_RevertWhen_SignatureIsMalleated() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _payDigest(order, _witness(data, "")));
        uint256 n = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        _wrong(order, abi.encodePacked(r, bytes32(n - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
        _wrong(order, abi.encodePacked(r, s));
        _wrong(order, "");
    }

    function test_RevertWhen_ThePayerIsZero() public {
        SignedPay memory order = _signedPay(0, Funding.Balance);
        order.from = address(0);
        _wrong(order, abi.encodePacked(bytes32(0), bytes32(0), uint8(27)));
    }

    // ------------------------------------------------------------------------------------- contract wallets

    function test_ContractWalletPays() public {
        WalletMock wallet = new WalletMock(payer);
        _fundVault(address(wallet), PRICE);
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.from = address(wallet);
        bytes memory signature = _signed(order);
        wallet.set(WalletMock.Mode.Garbage);
        _wrong(order, signature);
        wallet.set(WalletMock.Mode.Revert);
        _wrong(order, signature);
        wallet.set(WalletMock.Mode.Check);
        _send(order, signature);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    function test_ContractThatKnowsNoSignaturesCannotBeMadeToPay() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.from = address(weth);
        _fundVault(address(weth), PRICE);
        _wrong(order, _signed(order));
    }

    /// @dev EIP-7702: an account with a key and code signs either way.
    function test_DelegatedAccountSignsEitherWay() public {
        (address other, uint256 otherKey) = makeAddrAndKey("other");
        vm.signAndAttachDelegation(address(new WalletMock(other)), key);
        (bool ok,) = payer.call("");
        assertFalse(ok, "the account has code now");
        assertGt(payer.code.length, 0);
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        _send(order, _signed(order));
        order.nonce = 1;
        _send(order, _sign(otherKey, _payDigest(order, _witness(data, ""))));
        assertEq(market.balanceOf(payer, plan), 2);
        order.nonce = 2;
        _wrong(order, _sign(otherKey, bytes32(uint256(1))));
    }

    // ------------------------------------------------------------------------------- permits, authorizations

    /// @dev A standing allowance to the Vault is no consent: garbage for a permit must not spend it.
    function test_RevertWhen_GarbagePermitMeetsAStandingAllowance() public {
        vm.prank(payer);
        token.approve(address(vault), type(uint256).max);
        token.mint(payer, PRICE);
        bytes memory garbage = abi.encode(Permit(PRICE, type(uint256).max, 27, "r", "s"));
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, PRICE)
        );
        vm.prank(stranger);
        vault.payWithGrant(address(market), address(token), PRICE, Funding.Permit, garbage, data);
        SignedPay memory order = _signedPay(PRICE, Funding.Permit);
        bytes32 witness = _witness(data, "");
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongSignature.selector, payer));
        vm.prank(stranger);
        vault.payBySig(order, witness, WITNESS_TYPE, data, garbage, "garbage");
        assertEq(token.balanceOf(payer), PRICE);
    }

    /// @dev WETH accepts any call. Without a check that something arrived, anyone could order in the payer's name.
    function test_RevertWhen_TokenAuthorizesAnything() public {
        token = TokenMock(address(weth));
        uint256 free = _plan(1, 0, 0);
        data = _order(free, 1, stranger);
        Authorization memory given;
        given.signature = new bytes(65);
        bytes memory nothing = abi.encodeWithSelector(IVault.Vault_NothingArrived.selector, address(weth), 0, 0);
        for (uint256 amount = 0; amount < 2; ++amount) {
            SignedPay memory order = _signedPay(amount, Funding.Authorization);
            bytes32 witness = _witness(data, "");
            vm.expectRevert(nothing);
            vm.prank(stranger);
            vault.payBySig(order, witness, WITNESS_TYPE, data, abi.encode(given), "");
        }
        vm.expectRevert(nothing);
        vault.depositWithAuthorization(address(weth), payer, 1, 0, given);
    }

    /// @dev Whoever sees an authorization for a payment may send the payment, and nothing else with it.
    function test_RevertWhen_AuthorizationIsFrontRun() public {
        token = TokenMock(address(stoa));
        _giveStoa(payer, PRICE);
        plan = _plan(1, PRICE, 0);
        data = _order(plan, 1, payer);
        SignedPay memory order = _signedPay(PRICE, Funding.Authorization);
        bytes32 witness = _witness(data, "");
        bytes32 digest = _payDigest(order, witness);
        Authorization memory given = _authorize(PRICE, digest);
        bytes memory signature = given.signature;
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(vault)));
        stoa.receiveWithAuthorization(
            payer, address(vault), PRICE, 0, given.validBefore, digest, uint8(signature[64]), r, s
        );
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        stoa.transferWithAuthorization(
            payer, address(vault), PRICE, 0, given.validBefore, digest, uint8(signature[64]), r, s
        );
        given.nonce = digest;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        vault.payWithGrant(
            address(market), address(stoa), PRICE, Funding.Authorization, abi.encode(given), _order(plan, 1, stranger)
        );
        given.nonce = 0;
        vault.payBySig(order, witness, WITNESS_TYPE, data, abi.encode(given), "");
        vm.stopPrank();
        assertEq(market.balanceOf(payer, plan), 1);
    }

    // --------------------------------------------------------------------------------------------------- lock

    function test_RevertWhen_HookReentersSignedPayments() public {
        ReceiverMock recipient = new ReceiverMock();
        data = _order(plan, 1, address(recipient));
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        bytes memory again =
            abi.encodeCall(vault.payBySig, (order, _witness(data, ""), WITNESS_TYPE, data, "", _signed(order)));
        recipient.arm(address(vault), again);
        order.nonce = 1;
        _send(order, _signed(order));
        assertEq(recipient.failure(), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(market.balanceOf(address(recipient), plan), 1);
    }

    function test_RevertWhen_CoinReceiverReenters() public {
        ReceiverMock receiver = new ReceiverMock();
        vm.deal(buyer, 10);
        vm.prank(buyer);
        vault.depositNative{value: 10}(address(receiver));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(vault.withdrawNative, (5, payable(address(receiver))));
        vm.expectRevert("perform failed");
        receiver.perform(address(vault), abi.encodeCall(vault.multicall, (calls)));
        assertEq(vault.balanceOf(address(receiver), uint160(address(weth))), 10);
    }
}
