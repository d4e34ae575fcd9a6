// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Funding} from "../../src/types/Payment.sol";
import {HookToken, HooksMock} from "../mocks/HookToken.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice A token with ERC-777's hooks. The payer's runs before the tokens move, when the Vault has looked at its holding
/// and credited nobody; the payee's runs after, before the Vault looks again.
contract HooksTest is Base {
    bytes4 private constant LOCKED = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    HookToken private hooked;
    HooksMock private hooks;
    uint256 private plan;

    function setUp() public override {
        super.setUp();
        hooked = new HookToken();
        hooks = new HooksMock();
        token = TokenMock(address(hooked));
        plan = _plan(_list(provider), 100, 0);
        _fundVault(friend, 1000);
        _fundVault(address(hooks), 500);
    }

    /// @dev Sum of what those have who could have anything.
    function _books() private view returns (uint256) {
        return _balance(friend) + _balance(buyer) + _balance(address(hooks)) + _balance(stranger)
            + _balance(revenue.feeRecipient()) + _balance(revenue.accountOf(1, provider));
    }

    function _hookThe(address account, bytes memory call_) private {
        hooked.setHooks(account, address(hooks));
        hooks.arm(address(vault), call_);
    }

    function _stopped() private view {
        assertFalse(hooks.succeeded(), "re-entered");
        assertEq(hooks.failure(), LOCKED, "stopped by something else than the lock");
        assertEq(_balance(stranger), 0);
        assertEq(_balance(address(hooks)), 500);
        assertEq(_books(), token.balanceOf(address(vault)));
    }

    /// @dev Before the move of a deposit, and of a payment.
    function _reenterBeforeTheMove(bytes memory call_) private {
        _fundWallet(buyer, 300);
        _hookThe(buyer, call_);
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 200, buyer), 200);
        assertEq(hooks.heldAtSend(), 1500, "before the move");
        assertEq(_balance(buyer), 200);
        _stopped();
        _hookThe(buyer, call_);
        vm.prank(buyer);
        vault.pay(address(market), address(token), 100, Funding.Allowance, _order(plan, 1, buyer));
        assertEq(hooks.calls(), 2);
        assertEq(market.balanceOf(buyer, plan), 1);
        assertEq(_balance(buyer), 200);
        _stopped();
    }

    function _deposit() private view returns (bytes memory) {
        return abi.encodeCall(vault.deposit, (address(token), 0, stranger));
    }

    function _payment() private view returns (bytes memory) {
        return
            abi.encodeCall(
                vault.pay, (address(market), address(token), 100, Funding.Balance, _order(plan, 1, stranger))
            );
    }

    function _withdrawal() private view returns (bytes memory) {
        return abi.encodeCall(vault.withdraw, (address(token), 500, stranger));
    }

    function test_RevertWhen_SendHookDeposits() public {
        _reenterBeforeTheMove(_deposit());
    }

    function test_RevertWhen_SendHookPays() public {
        _reenterBeforeTheMove(_payment());
    }

    function test_RevertWhen_SendHookWithdraws() public {
        _reenterBeforeTheMove(_withdrawal());
    }

    function test_RevertWhen_SendHookTransfers() public {
        _reenterBeforeTheMove(abi.encodeCall(vault.transfer, (stranger, _id(), 500)));
    }

    /// @dev After the move of a withdrawal, by the payee; the Vault itself has no hooks.
    function _reenterAfterTheMove(bytes memory call_) private {
        _hookThe(buyer, call_);
        vm.prank(friend);
        vault.withdraw(address(token), 600, buyer);
        assertEq(hooks.heldAtReceive(), 600, "after the move");
        assertEq(_balance(friend), 400);
        _stopped();
    }

    function test_RevertWhen_ReceiveHookDeposits() public {
        _reenterAfterTheMove(_deposit());
    }

    function test_RevertWhen_ReceiveHookPays() public {
        _reenterAfterTheMove(_payment());
    }

    function test_RevertWhen_ReceiveHookWithdraws() public {
        _reenterAfterTheMove(_withdrawal());
    }

    // --------------------------------------------------------------------------------------------- donations

    /// @dev What the hook sends along arrives between the Vault's two looks: it is the depositor's, and nobody else's.
    function test_DonationInTheSendHookIsTheDepositorsAlone() public {
        token.mint(address(hooks), 70);
        _fundWallet(buyer, 200);
        hooked.setHooks(buyer, address(hooks));
        hooks.arm(address(token), abi.encodeCall(token.transfer, (address(vault), 70)));
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 200, buyer), 270);
        assertTrue(hooks.succeeded());
        assertEq(_balance(buyer), 270, "all that arrived");
        assertEq(_balance(friend), 1000);
        assertEq(_balance(address(hooks)), 500);
        assertEq(_books(), token.balanceOf(address(vault)));
    }

    /// @dev The same in a payment: the target hears of it, and the rest comes back to the payer.
    function test_DonationInTheSendHookOfAPaymentComesBack() public {
        token.mint(address(hooks), 70);
        _fundWallet(buyer, 100);
        hooked.setHooks(buyer, address(hooks));
        hooks.arm(address(token), abi.encodeCall(token.transfer, (address(vault), 70)));
        vm.prank(buyer);
        assertEq(vault.pay(address(market), address(token), 100, Funding.Allowance, _order(plan, 1, buyer)), 100);
        assertEq(_balance(buyer), 70);
        assertEq(_balance(friend), 1000);
        assertEq(_books(), token.balanceOf(address(vault)));
    }

    /// @dev Sent back while the withdrawal runs, it would be credited to nobody: the withdrawal fails instead.
    function test_RevertWhen_ReceiveHookSendsBack() public {
        hooked.setHooks(address(hooks), address(hooks));
        hooks.arm(address(token), abi.encodeCall(token.transfer, (address(vault), 30)));
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongAmountLeft.selector, address(token), 500, 1500, 1030));
        vm.prank(address(hooks));
        vault.withdraw(address(token), 500, address(hooks));
        assertEq(_balance(address(hooks)), 500);
    }

    function testFuzz_OnlyOnesOwnCredit(uint96 amount, uint96 given) public {
        token.mint(address(hooks), given);
        _fundWallet(buyer, amount);
        hooked.setHooks(buyer, address(hooks));
        hooks.arm(address(token), abi.encodeCall(token.transfer, (address(vault), given)));
        vm.prank(buyer);
        vault.deposit(address(token), amount, buyer);
        assertEq(_balance(buyer), uint256(amount) + given);
        assertEq(_balance(friend), 1000);
        assertEq(_books(), token.balanceOf(address(vault)));
    }
}
