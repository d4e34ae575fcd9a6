// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {LockChange, LockOrder} from "../../src/types/Lock.sol";
import {ToldWalletMock} from "../mocks/ToldWalletMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";

/// @notice Locks that another account pays for, by signature.
contract StakingOrdersTest is StakingBase {
    function _expectBad(address account, uint256 amount, LockOrder memory order) private {
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_BadSignature.selector, account));
        _payStake(bob, amount, order);
    }

    function test_LockForByKey() public {
        LockOrder memory order = _signedOrder(10 * STOA, 52);
        vm.expectEmit(address(staking));
        emit IStaking.NonceChanged(alice, 1);
        vm.expectEmit(address(staking));
        emit IStaking.LockChanged(
            alice, bob, LockChange.Start, 10 * STOA, 10 * STOA, 20 * STOA, uint64((_week() + 53) * WEEK), 20 * STOA
        );
        _payStake(bob, 10 * STOA, order);
        assertEq(_amountOf(alice), 10 * STOA);
        assertEq(_amountOf(bob), 0);
        assertEq(_stoaBalance(bob), 999_990 * STOA);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_WrongNonce.selector, alice, 0, 1));
        _payStake(bob, 10 * STOA, order);
    }

    function test_RaiseForByKey() public {
        _lock(alice, 10 * STOA, 26);
        _payStake(bob, 52 * STOA, _signedOrder(52 * STOA, 0));
        assertEq(_amountOf(alice), 62 * STOA);
        assertEq(_scoreOf(alice), 93 * STOA);
        _expectBad(alice, 52 * STOA, LockOrder(alice, 0, 1, _now(), ""));
    }

    /// @dev The owner paying needs no signature, and what stands in its place is not read.
    function test_OwnPaymentReadsNoSignature() public {
        LockOrder memory order = LockOrder(alice, 5, 77, 0, "garbage");
        _payStake(alice, STOA, order);
        assertEq(staking.nonces(alice), 0);
        assertEq(_amountOf(alice), STOA);
    }

    function test_RevertWhen_SignatureExpired() public {
        LockOrder memory order = _signedOrder(STOA, 52);
        vm.warp(order.deadline);
        uint256 snapshot = vm.snapshotState();
        _payStake(bob, STOA, order);
        vm.revertToState(snapshot);
        vm.warp(order.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_SignatureExpired.selector, alice, order.deadline));
        _payStake(bob, STOA, order);
    }

    function test_RevertWhen_NonceIsCancelled() public {
        LockOrder memory order = _signedOrder(STOA, 52);
        vm.expectEmit(address(staking));
        emit IStaking.NonceChanged(alice, 1);
        vm.prank(alice);
        staking.cancelNonce();
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_WrongNonce.selector, alice, 0, 1));
        _payStake(bob, STOA, order);
        order.nonce = 1;
        _expectBad(alice, STOA, order);
    }

    function test_RevertWhen_AnythingSignedIsChanged() public {
        LockOrder memory order = _signedOrder(STOA, 51);
        _expectBad(alice, STOA + 1, order);
        order.term = 52;
        _expectBad(alice, STOA, order);
        order.term = 51;
        ++order.deadline;
        _expectBad(alice, STOA, order);
        --order.deadline;
        order.account = carol;
        _expectBad(carol, STOA, order);
        order.account = address(0);
        _expectBad(address(0), STOA, order);
        order.account = alice;
        _payStake(bob, STOA, order);
    }

    function testFuzz_RevertWhen_SignatureIsGarbage(bytes calldata garbage) public {
        LockOrder memory order = _signedOrder(STOA, 51);
        order.signature = garbage;
        _expectBad(alice, STOA, order);
    }

    function test_RevertWhen_SignatureIsMalleated() public {
        LockOrder memory order = _signedOrder(STOA, 51);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, _digest(order, STOA));
        uint256 n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        order.signature = abi.encodePacked(r, bytes32(n - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _expectBad(alice, STOA, order);
    }

    function test_RevertWhen_SignedForAnotherChainOrContract() public {
        LockOrder memory order = _signedOrder(STOA, 51);
        order.signature = _sign(aliceKey, _digest(order, STOA, block.chainid + 1, address(staking)));
        _expectBad(alice, STOA, order);
        order.signature = _sign(aliceKey, _digest(order, STOA, block.chainid, address(vault)));
        _expectBad(alice, STOA, order);
    }

    function test_RevertWhen_ReplayedOnAForkWithAnotherChainId() public {
        LockOrder memory order = _signedOrder(STOA, 51);
        vm.chainId(10);
        _expectBad(alice, STOA, order);
    }

    function test_LockForByCode() public {
        ToldWalletMock wallet = new ToldWalletMock();
        LockOrder memory order = LockOrder(address(wallet), 52, 0, _now(), "signed inside");
        wallet.set(ToldWalletMock.Mode.ApproveThisDigest, _digest(order, STOA));
        _expectBad(address(wallet), STOA + 1, order);
        _payStake(bob, STOA, order);
        assertEq(_amountOf(address(wallet)), STOA);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_WrongNonce.selector, address(wallet), 0, 1));
        _payStake(bob, STOA, order);
    }

    function test_RevertWhen_TheWalletsCodeSaysNo() public {
        ToldWalletMock wallet = new ToldWalletMock();
        LockOrder memory order = LockOrder(address(wallet), 52, 0, _now(), "");
        for (uint256 mode = 1; mode <= uint256(ToldWalletMock.Mode.Revert); ++mode) {
            wallet.set(ToldWalletMock.Mode(mode), 0);
            _expectBad(address(wallet), STOA, order);
        }
        wallet.set(ToldWalletMock.Mode.BurnGas, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Staking_BadSignature.selector, address(wallet)));
        vm.prank(bob);
        _payWithGas(order, 3_000_000);
        // A contract that knows nothing of EIP-1271.
        order.account = address(listings);
        _expectBad(address(listings), STOA, order);
    }

    function _payWithGas(LockOrder memory order, uint256 gas_) private {
        vault.pay{gas: gas_}(address(staking), address(stoa), STOA, _fromBalance(), abi.encode(order));
    }

    /// @dev An account with code, by EIP-7702, that says no to everything: its key still signs.
    function test_LockForByKeyOfAnAccountWithCode() public {
        ToldWalletMock wallet = new ToldWalletMock();
        vm.etch(alice, address(wallet).code);
        ToldWalletMock(alice).set(ToldWalletMock.Mode.Refuse, 0);
        _payStake(bob, STOA, _signedOrder(STOA, 1));
        assertEq(_amountOf(alice), STOA);
    }

    /// @dev The same account by its code, when its key did not sign.
    function test_LockForByCodeOfAnAccountWithKey() public {
        vm.etch(alice, address(new ToldWalletMock()).code);
        LockOrder memory order = _signedOrder(STOA, 1);
        order.signature = "";
        ToldWalletMock(alice).set(ToldWalletMock.Mode.ApproveThisDigest, _digest(order, STOA));
        _payStake(bob, STOA, order);
        assertEq(_amountOf(alice), STOA);
    }
}
