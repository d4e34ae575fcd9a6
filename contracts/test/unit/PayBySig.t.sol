// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {IUnorderedNonces} from "../../src/interfaces/IUnorderedNonces.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Authorization, Funding, SignedPay} from "../../src/types/Payment.sol";
import {TargetMock} from "../mocks/TargetMock.sol";
import {ToldWalletMock} from "../mocks/ToldWalletMock.sol";
import {WalletTokenMock} from "../mocks/WalletTokenMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

contract PayBySigTest is SignBase {
    uint256 private plan;
    bytes private data;

    function setUp() public override {
        super.setUp();
        _useStoa();
        plan = _plan(_list(provider), PRICE, 0);
        data = _order(plan, 1, payer);
        _giveStoa(payer, 10 * PRICE);
    }

    function _deposited() private {
        vm.startPrank(payer);
        stoa.approve(address(vault), 5 * PRICE);
        vault.deposit(address(stoa), 5 * PRICE, payer);
        vm.stopPrank();
    }

    function _allow(uint256 amount) private {
        vm.prank(payer);
        stoa.approve(address(vault), amount);
    }

    /// @dev Sends what was signed, expecting a revert.
    function _rejected(SignedPay memory order, bytes memory signature, bytes memory reason) private {
        bytes32 witness = _witness(data, "");
        vm.expectRevert(reason);
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, "", signature);
    }

    function _signed(SignedPay memory order) private view returns (bytes memory) {
        return _sign(key, _payDigest(order, _witness(data, "")));
    }

    // ---------------------------------------------------------------------------------------------- payBySig

    function test_FromBalance() public {
        _deposited();
        SignedPay memory order = _signedPay(2 * PRICE, Funding.Balance);
        (order.nonce, order.relayerFee) = (258, 7);
        vm.expectEmit(address(vault));
        emit IUnorderedNonces.NoncesChanged(payer, 1, 4);
        assertEq(_relay(order, data), PRICE);
        assertEq(market.balanceOf(payer, plan), 1);
        assertEq(_balance(relayer), 7);
        assertEq(_balance(payer), 4 * PRICE - 7);
        assertEq(vault.nonceWord(payer, 1), 4);
    }

    function test_ByAllowance() public {
        _allow(2 * PRICE);
        SignedPay memory order = _signedPay(2 * PRICE, Funding.Allowance);
        order.relayerFee = 7;
        _relay(order, data);
        assertEq(_balance(relayer), 7);
        assertEq(_balance(payer), PRICE - 7);
        assertEq(stoa.balanceOf(payer), 8 * PRICE);
    }

    function test_RevertWhen_UsedTwice() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        _relay(order, data);
        _rejected(order, _signed(order), abi.encodeWithSelector(IUnorderedNonces.Nonces_Used.selector, payer, 0));
    }

    function test_RevertWhen_Cancelled() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.nonce = 5;
        vm.expectEmit(address(vault));
        emit IUnorderedNonces.NoncesChanged(payer, 0, 32);
        vm.prank(payer);
        vault.cancelNonces(0, 32);
        _rejected(order, _signed(order), abi.encodeWithSelector(IUnorderedNonces.Nonces_Used.selector, payer, 5));
        order.nonce = 4;
        _relay(order, data);
        assertEq(vault.nonceWord(payer, 0), 48);
    }

    function test_RevertWhen_TooLate() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.deadline = vm.getBlockTimestamp() - 1;
        _rejected(order, "", abi.encodeWithSelector(IVault.Vault_Expired.selector, order.deadline));
    }

    function test_RevertWhen_RelayerIsAnother() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.relayer = friend;
        _rejected(order, _signed(order), abi.encodeWithSelector(IVault.Vault_WrongRelayer.selector, relayer, friend));
        order.relayer = relayer;
        _relay(order, data);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    function test_RevertWhen_WitnessIsZero() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        vm.expectRevert(IVault.Vault_ZeroWitness.selector);
        vault.payBySig(order, 0, WITNESS_TYPE, data, "", "");
    }

    function test_RevertWhen_DataIsNotWhatWasSigned() public {
        _deposited();
        SignedPay memory order = _signedPay(2 * PRICE, Funding.Balance);
        bytes32 witness = _witness(data, "");
        bytes memory signature = _signed(order);
        bytes memory other = _order(plan, 1, relayer);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongWitness.selector, witness));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, other, "", signature);
        other = abi.encodePacked(data, "more");
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongWitness.selector, witness));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, other, "", signature);
    }

    function test_RevertWhen_FeeExceedsWhatArrived() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.relayerFee = PRICE + 1;
        _rejected(
            order, _signed(order), abi.encodeWithSelector(IVault.Vault_RelayerFeeTooHigh.selector, PRICE + 1, PRICE)
        );
    }

    function test_RevertWhen_FeeLeavesLessThanThePrice() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.relayerFee = 1;
        _rejected(
            order,
            _signed(order),
            abi.encodeWithSelector(IMarket.Market_PaymentTooSmall.selector, plan, PRICE - 1, PRICE)
        );
    }

    function test_RevertWhen_SignedFundingIsNative() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Native);
        _rejected(order, _signed(order), abi.encodeWithSelector(IVault.Vault_WrongFunding.selector, Funding.Native));
    }

    function test_RevertWhen_TargetOfSignedHasNoCode() public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.target = stranger;
        _rejected(order, _signed(order), abi.encodeWithSelector(IVault.Vault_TargetWithoutCode.selector, stranger));
    }

    function testFuzz_RevertWhen_AnyFieldIsAnother(uint256 field, uint256 noise) public {
        _deposited();
        SignedPay memory order = _signedPay(PRICE, Funding.Balance);
        order.deadline += 1 days;
        bytes memory signature = _signed(order);
        field = bound(field, 0, 4);
        if (field == 0) order.amount = bound(noise, PRICE + 1, 5 * PRICE);
        if (field == 1) order.funding = Funding.Allowance;
        if (field == 2) order.relayerFee = bound(noise, 1, PRICE);
        if (field == 3) order.nonce = bound(noise, 1, type(uint256).max);
        if (field == 4) order.deadline += bound(noise, 1, 1000 days);
        _rejected(order, signature, abi.encodeWithSelector(IVault.Vault_WrongSignature.selector, payer));
    }

    function testFuzz_RelayConserves(uint128 amount, uint128 fee, uint128 spent, uint256 nonce, bool byBalance) public {
        amount = uint128(bound(amount, 0, 5 * PRICE));
        fee = uint128(bound(fee, 0, amount));
        spent = uint128(bound(spent, 0, amount - fee));
        TargetMock target = new TargetMock();
        target.give(provider, spent);
        if (byBalance) _deposited();
        else _allow(amount);
        uint256 before = _balance(payer);
        SignedPay memory order = _signedPay(amount, byBalance ? Funding.Balance : Funding.Allowance);
        (order.relayerFee, order.nonce, order.target) = (fee, nonce, address(target));
        assertEq(_relay(order, data), spent);
        assertEq(target.received(), amount - fee);
        assertEq(target.witness(), _witness(data, ""));
        assertEq(_balance(relayer), fee);
        assertEq(_balance(provider), spent);
        assertEq(_balance(payer), byBalance ? before - fee - spent : amount - fee - spent);
        assertEq(vault.nonceWord(payer, nonce >> 8), 1 << (nonce & 255));
    }

    // ------------------------------------------------------------------------------------------------ permits

    function test_PermitByOneself() public {
        bytes memory grant = _permit(2 * PRICE, 0, vm.getBlockTimestamp());
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), 2 * PRICE, Funding.Permit, grant, data);
        assertEq(market.balanceOf(payer, plan), 1);
        assertEq(_balance(payer), PRICE);
    }

    function test_PermitThatWasFrontRun() public {
        bytes memory grant = _permit(PRICE, 0, vm.getBlockTimestamp());
        (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) =
            abi.decode(grant, (uint256, uint256, uint8, bytes32, bytes32));
        vm.prank(stranger);
        stoa.permit(payer, address(vault), value, deadline, v, r, s);
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Permit, grant, data);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    function test_PermitUnderASignedPayment() public {
        SignedPay memory order = _signedPay(PRICE, Funding.Permit);
        bytes32 witness = _witness(data, "");
        bytes memory grant = _permit(PRICE, 0, order.deadline);
        bytes memory signature = _signed(order);
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, signature);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    function test_RevertWhen_PermitIsGarbageAndNothingIsAllowed() public {
        bytes memory grant = _permit(PRICE, 1, vm.getBlockTimestamp());
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, PRICE)
        );
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Permit, grant, data);
    }

    function test_RevertWhen_GrantIsMalformed() public {
        vm.startPrank(payer);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_GrantMalformed.selector, 5, 160));
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Permit, "grant", data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_GrantMalformed.selector, 5, 192));
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Authorization, "grant", data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongFunding.selector, Funding.Balance));
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Balance, "", data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongFunding.selector, Funding.Permit));
        vault.pay(address(market), address(stoa), PRICE, Funding.Permit, data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vault.payWithGrant(address(market), stranger, PRICE, Funding.Permit, "", data);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------ authorizations

    function test_AuthorizationByOneself() public {
        Authorization memory given = _authorize(2 * PRICE, "mine");
        given.nonce = "mine";
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), 2 * PRICE, Funding.Authorization, abi.encode(given), data);
        assertEq(market.balanceOf(payer, plan), 1);
        assertEq(_balance(payer), PRICE);
    }

    function _authorized() private view returns (SignedPay memory order, bytes32 witness, bytes memory grant) {
        order = _signedPay(2 * PRICE, Funding.Authorization);
        order.relayerFee = 3;
        witness = _witness(data, "");
        grant = abi.encode(_authorize(2 * PRICE, _payDigest(order, witness)));
    }

    function test_AuthorizationRelayed() public {
        (SignedPay memory order, bytes32 witness, bytes memory grant) = _authorized();
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
        assertEq(market.balanceOf(payer, plan), 1);
        assertEq(_balance(relayer), 3);
        assertEq(_balance(payer), PRICE - 3);
        assertEq(vault.nonceWord(payer, 0), 0, "the token guards against replay");
        bytes32 used = _payDigest(order, witness);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, used));
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
    }

    function test_RevertWhen_AuthorizationWasCancelled() public {
        _deposited();
        _allow(type(uint256).max);
        (SignedPay memory order, bytes32 witness, bytes memory grant) = _authorized();
        bytes32 used = _payDigest(order, witness);
        bytes32 typeHash = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, _digest(stoa.DOMAIN_SEPARATOR(), keccak256(abi.encode(typeHash, payer, used))));
        stoa.cancelAuthorization(payer, used, v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, used));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
    }

    function test_RevertWhen_AuthorizedPaymentIsChanged() public {
        (SignedPay memory order, bytes32 witness, bytes memory grant) = _authorized();
        order.relayerFee += 1;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
    }

    function test_RevertWhen_AuthorizedPaymentHasANonce() public {
        (SignedPay memory order, bytes32 witness, bytes memory grant) = _authorized();
        order.nonce = 9;
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_NonceNotZero.selector, 9));
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
        order.nonce = 0;
        Authorization memory given = abi.decode(grant, (Authorization));
        given.nonce = bytes32(uint256(8));
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_NonceNotZero.selector, 8));
        vault.payBySig(order, witness, WITNESS_TYPE, data, abi.encode(given), "");
    }

    function _depositNonce(bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Deposit(bytes32 salt)"), salt));
    }

    function test_DepositWithAuthorization() public {
        Authorization memory given = _authorize(PRICE, _depositNonce("salt"));
        vm.prank(relayer);
        assertEq(vault.depositWithAuthorization(address(stoa), payer, PRICE, "salt", given), PRICE);
        assertEq(_balance(payer), PRICE);
        assertEq(_balance(relayer), 0);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, _depositNonce("salt")));
        vault.depositWithAuthorization(address(stoa), payer, PRICE, "salt", given);
    }

    function test_RevertWhen_DepositTakesTheAuthorizationOfAPayment() public {
        (SignedPay memory order, bytes32 witness,) = _authorized();
        bytes32 digest = _payDigest(order, witness);
        Authorization memory given = _authorize(2 * PRICE, digest);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        vault.depositWithAuthorization(address(stoa), payer, 2 * PRICE, digest, given);
        given.nonce = digest;
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_NonceNotZero.selector, uint256(digest)));
        vault.depositWithAuthorization(address(stoa), payer, 2 * PRICE, digest, given);
    }

    /// @dev A payment of a wallet that is a contract: its signature has another length, so the token gets it as bytes.
    function _walletPayment() private returns (SignedPay memory order, bytes memory grant, bytes32 digest) {
        WalletTokenMock walletToken = new WalletTokenMock();
        token = walletToken;
        ToldWalletMock wallet = new ToldWalletMock();
        payer = address(wallet);
        walletToken.mint(payer, PRICE);
        plan = _plan(_list(provider), PRICE, 0);
        data = _order(plan, 1, payer);
        order = _signedPay(PRICE, Funding.Authorization);
        Authorization memory given;
        given.validBefore = vm.getBlockTimestamp() + 1;
        given.signature = "one key of three";
        grant = abi.encode(given);
        bytes32 nonce = _payDigest(order, _witness(data, ""));
        digest = walletToken.digestOf(payer, address(vault), PRICE, 0, given.validBefore, nonce);
        wallet.set(ToldWalletMock.Mode.ApproveThisDigest, digest);
    }

    function test_AuthorizationOfAContractRelayed() public {
        (SignedPay memory order, bytes memory grant,) = _walletPayment();
        bytes32 witness = _witness(data, "");
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
        assertEq(market.balanceOf(payer, plan), 1);
        assertEq(token.balanceOf(payer), 0);
        vm.expectRevert(bytes("used"));
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
    }

    function test_RevertWhen_AuthorizationOfAContractIsForAnother() public {
        (SignedPay memory order, bytes memory grant, bytes32 digest) = _walletPayment();
        bytes32 witness = _witness(data, "");
        ToldWalletMock(payer).set(ToldWalletMock.Mode.ApproveThisDigest, ~digest);
        vm.expectRevert(bytes("not signed"));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
    }

    // ------------------------------------------------------------------------------------------------ native

    function test_PayNative() public {
        TargetMock target = new TargetMock();
        target.give(provider, 30);
        vm.deal(buyer, 100);
        vm.prank(buyer);
        assertEq(vault.pay{value: 100}(address(target), address(weth), 100, Funding.Native, ""), 30);
        uint256 id = uint160(address(weth));
        assertEq(vault.balanceOf(provider, id), 30);
        assertEq(vault.balanceOf(buyer, id), 70);
        assertEq(weth.balanceOf(address(vault)), 100);
        assertEq(vault.weth(), address(weth));
    }

    function test_RevertWhen_ValueIsNotTheAmount() public {
        vm.deal(buyer, 100);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongValue.selector, 99, 100));
        vault.pay{value: 99}(address(market), address(weth), 100, Funding.Native, data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongValue.selector, 1, 0));
        vault.pay{value: 1}(address(market), address(weth), 1, Funding.Balance, data);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_NotWeth.selector, address(stoa)));
        vault.pay{value: 1}(address(market), address(stoa), 1, Funding.Native, data);
        vm.stopPrank();
    }

    function testFuzz_NativeComesBackWhole(uint96 amount, uint96 part) public {
        part = uint96(bound(part, 0, amount));
        vm.deal(buyer, amount);
        vm.prank(buyer);
        assertEq(vault.depositNative{value: amount}(friend), amount);
        vm.startPrank(friend);
        vault.withdrawNative(part, payable(friend));
        vault.withdraw(address(weth), amount - part, friend);
        vm.stopPrank();
        assertEq(friend.balance, part);
        assertEq(weth.balanceOf(friend), amount - part);
        assertEq(weth.balanceOf(address(vault)), 0);
        assertEq(address(vault).balance, 0);
    }

    function test_NativeTransfersAreTold() public {
        uint256 id = uint160(address(weth));
        vm.deal(buyer, 5);
        vm.startPrank(buyer);
        vm.expectEmit(address(vault));
        emit IERC6909.Transfer(buyer, address(0), friend, id, 5);
        vault.depositNative{value: 5}(friend);
        vm.stopPrank();
        vm.startPrank(friend);
        vm.expectEmit(address(vault));
        emit IERC6909.Transfer(friend, friend, address(0), id, 2);
        vault.withdrawNative(2, payable(buyer));
        vm.stopPrank();
        assertEq(buyer.balance, 2);
    }

    function test_RevertWhen_CoinComesFromElsewhere() public {
        vm.deal(buyer, 1);
        vm.prank(buyer);
        (bool ok, bytes memory answer) = address(vault).call{value: 1}("");
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IVault.Vault_NotWeth.selector, buyer));
    }

    function test_RevertWhen_WithdrawNativeIsTooMuchOrToZero() public {
        uint256 id = uint160(address(weth));
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, buyer, id, 0, 1));
        vm.prank(buyer);
        vault.withdrawNative(1, payable(buyer));
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vault.withdrawNative(0, payable(address(0)));
    }

    // --------------------------------------------------------------------------------------------- multicall

    function test_Multicall() public {
        _allow(PRICE);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(vault.deposit, (address(stoa), PRICE, payer));
        calls[1] = abi.encodeCall(vault.pay, (address(market), address(stoa), PRICE, Funding.Balance, data));
        vm.prank(payer);
        vault.multicall(calls);
        assertEq(market.balanceOf(payer, plan), 1);
    }

    function test_RevertWhen_MulticallCarriesCoin() public {
        vm.deal(payer, 1);
        vm.prank(payer);
        (bool ok,) = address(vault).call{value: 1}(abi.encodeCall(vault.multicall, (new bytes[](0))));
        assertFalse(ok);
    }
}
