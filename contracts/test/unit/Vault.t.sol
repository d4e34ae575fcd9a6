// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../../src/interfaces/IVault.sol";
import {IVaultTarget} from "../../src/interfaces/IVaultTarget.sol";
import {TokenMetadata} from "../../src/libraries/TokenMetadata.sol";
import {Credit, Funding} from "../../src/types/Payment.sol";
import {TargetMock} from "../mocks/TargetMock.sol";
import {Base} from "../utils/Base.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

contract VaultTest is Base {
    bytes32 private constant SALT = "salt";
    TargetMock private target;

    function setUp() public override {
        super.setUp();
        target = new TargetMock();
    }

    function _expectTransfer(address caller, address from, address to, uint256 amount) private {
        vm.expectEmit(address(vault));
        emit IERC6909.Transfer(caller, from, to, _id(), amount);
    }

    function _credits(address a, uint256 x, address b, uint256 y) private pure returns (Credit[] memory credits) {
        credits = new Credit[](2);
        credits[0] = Credit(a, x);
        credits[1] = Credit(b, y);
    }

    // ----------------------------------------------------------------------------------------------- deposit

    function test_Deposit() public {
        _fundWallet(buyer, 100);
        _expectTransfer(buyer, address(0), friend, 60);
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 60, friend), 60);
        assertEq(_balance(friend), 60);
        assertEq(_balance(buyer), 0);
        assertEq(token.balanceOf(address(vault)), 60);
    }

    function test_RevertWhen_DepositOfTokenWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vault.deposit(stranger, 1, buyer);
    }

    function test_RevertWhen_DepositToZero() public {
        _fundWallet(buyer, 1);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(buyer);
        vault.deposit(address(token), 1, address(0));
    }

    function test_RevertWhen_DepositTooLarge() public {
        uint256 amount = uint256(type(uint128).max) + 1;
        _fundWallet(buyer, amount);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_AmountTooLarge.selector, amount));
        vm.prank(buyer);
        vault.deposit(address(token), amount, buyer);
    }

    function test_RevertWhen_BalanceWouldBeTooLarge() public {
        _fundVault(buyer, type(uint128).max);
        _fundWallet(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_AmountTooLarge.selector, 1));
        vm.prank(buyer);
        vault.deposit(address(token), 1, buyer);
    }

    function test_RevertWhen_DepositNotAllowed() public {
        token.mint(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 1));
        vm.prank(buyer);
        vault.deposit(address(token), 1, buyer);
    }

    // ---------------------------------------------------------------------------------------------- withdraw

    function test_Withdraw() public {
        _fundVault(buyer, 100);
        _expectTransfer(buyer, buyer, address(0), 40);
        vm.prank(buyer);
        vault.withdraw(address(token), 40, friend);
        assertEq(_balance(buyer), 60);
        assertEq(token.balanceOf(friend), 40);
        assertEq(token.balanceOf(address(vault)), 60);
    }

    function test_RevertWhen_WithdrawTooMuch() public {
        _fundVault(buyer, 100);
        _fundVault(friend, 100);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, buyer, _id(), 100, 101));
        vm.prank(buyer);
        vault.withdraw(address(token), 101, buyer);
    }

    function test_RevertWhen_WithdrawToZero() public {
        _fundVault(buyer, 1);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(buyer);
        vault.withdraw(address(token), 1, address(0));
    }

    function test_RevertWhen_WithdrawToVault() public {
        _fundVault(buyer, 5);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongAmountLeft.selector, address(token), 5, 5, 5));
        vm.prank(buyer);
        vault.withdraw(address(token), 5, address(vault));
    }

    function test_RevertWhen_WithdrawOfTokenWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vault.withdraw(stranger, 0, buyer);
    }

    // --------------------------------------------------------------------------------------------- transfers

    function test_Transfer() public {
        _fundVault(buyer, 100);
        _expectTransfer(buyer, buyer, friend, 30);
        vm.prank(buyer);
        assertTrue(vault.transfer(friend, _id(), 30));
        assertEq(_balance(buyer), 70);
        assertEq(_balance(friend), 30);
    }

    function test_TransferToOneself() public {
        _fundVault(buyer, 100);
        vm.prank(buyer);
        vault.transfer(buyer, _id(), 100);
        assertEq(_balance(buyer), 100);
    }

    function test_RevertWhen_TransferTooMuch() public {
        _fundVault(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, buyer, _id(), 1, 2));
        vm.prank(buyer);
        vault.transfer(friend, _id(), 2);
    }

    function test_RevertWhen_TransferToZero() public {
        _fundVault(buyer, 1);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(buyer);
        vault.transfer(address(0), _id(), 1);
    }

    function test_RevertWhen_SpenderIsNobody() public {
        _fundVault(buyer, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_AllowanceTooSmall.selector, buyer, stranger, _id(), 0, 1));
        vm.prank(stranger);
        vault.transferFrom(buyer, stranger, _id(), 1);
    }

    function test_TransferFromSpendsAllowance() public {
        _fundVault(buyer, 100);
        vm.expectEmit(address(vault));
        emit IERC6909.Approval(buyer, friend, _id(), 50);
        vm.prank(buyer);
        vault.approve(friend, _id(), 50);
        _expectTransfer(friend, buyer, stranger, 20);
        vm.prank(friend);
        vault.transferFrom(buyer, stranger, _id(), 20);
        assertEq(vault.allowance(buyer, friend, _id()), 30);
        assertEq(_balance(stranger), 20);
    }

    function test_RevertWhen_AllowanceTooSmall() public {
        _fundVault(buyer, 100);
        vm.prank(buyer);
        vault.approve(friend, _id(), 50);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_AllowanceTooSmall.selector, buyer, friend, _id(), 50, 51));
        vm.prank(friend);
        vault.transferFrom(buyer, friend, _id(), 51);
    }

    function test_InfiniteAllowanceStays() public {
        _fundVault(buyer, 100);
        vm.prank(buyer);
        vault.approve(friend, _id(), type(uint256).max);
        vm.prank(friend);
        vault.transferFrom(buyer, friend, _id(), 100);
        assertEq(vault.allowance(buyer, friend, _id()), type(uint256).max);
    }

    function test_OperatorNeedsNoAllowance() public {
        _fundVault(buyer, 100);
        vm.expectEmit(address(vault));
        emit IERC6909.OperatorSet(buyer, friend, true);
        vm.prank(buyer);
        vault.setOperator(friend, true);
        assertTrue(vault.isOperator(buyer, friend));
        vm.prank(friend);
        vault.transferFrom(buyer, friend, _id(), 100);
        assertEq(_balance(friend), 100);
    }

    function test_RevertWhen_ApprovingZero() public {
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vault.approve(address(0), _id(), 1);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vault.setOperator(address(0), true);
    }

    // -------------------------------------------------------------------------------------------------- pay

    function test_PayFromBalance() public {
        _fundVault(buyer, 100);
        target.give(provider, 20);
        target.give(friend, 0);
        target.give(stranger, 30);
        _expectTransfer(buyer, buyer, provider, 20);
        _expectTransfer(buyer, buyer, stranger, 30);
        vm.recordLogs();
        vm.prank(buyer);
        assertEq(vault.pay(address(target), address(token), 70, Funding.Balance, "order"), 50);
        assertEq(vm.getRecordedLogs().length, 2, "the rest and the zero credit need no event");
        assertEq(_balance(buyer), 50);
        assertEq(_balance(provider), 20);
        assertEq(_balance(stranger), 30);
    }

    function test_PayByAllowance() public {
        _fundWallet(buyer, 100);
        target.give(provider, 20);
        _expectTransfer(buyer, address(0), provider, 20);
        _expectTransfer(buyer, address(0), buyer, 80);
        vm.prank(buyer);
        assertEq(vault.pay(address(target), address(token), 100, Funding.Allowance, "order"), 20);
        assertEq(_balance(buyer), 80);
        assertEq(token.balanceOf(address(vault)), 100);
    }

    function test_PayTellsTheTarget() public {
        _fundVault(buyer, 100);
        vm.prank(buyer);
        vault.pay(address(target), address(token), 70, Funding.Balance, "order");
        assertEq(target.from(), buyer);
        assertEq(target.token(), address(token));
        assertEq(target.received(), 70);
        assertEq(target.data(), "order");
        assertEq(target.witness(), 0);
        assertEq(_balance(buyer), 100, "nothing credited, all returned");
    }

    function test_PayOfNothing() public {
        vm.prank(buyer);
        vault.pay(address(target), address(token), 0, Funding.Allowance, "free");
        assertEq(target.from(), buyer);
        vm.prank(friend);
        vault.pay(address(target), address(token), 0, Funding.Balance, "free");
        assertEq(target.from(), friend);
    }

    function test_RevertWhen_TargetWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TargetWithoutCode.selector, stranger));
        vault.pay(stranger, address(token), 0, Funding.Balance, "");
    }

    function test_RevertWhen_PayingMoreThanTheBalance() public {
        _fundVault(buyer, 10);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, buyer, _id(), 10, 11));
        vm.prank(buyer);
        vault.pay(address(target), address(token), 11, Funding.Balance, "");
    }

    function test_RevertWhen_PayingWithoutAllowance() public {
        token.mint(buyer, 10);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 10));
        vm.prank(buyer);
        vault.pay(address(target), address(token), 10, Funding.Allowance, "");
    }

    function test_RevertWhen_TooManyCredits() public {
        for (uint256 i = 0; i < 4; ++i) {
            target.give(provider, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TooManyCredits.selector, address(target), 4));
        vault.pay(address(target), address(token), 0, Funding.Balance, "");
    }

    function test_RevertWhen_CreditsExceedReceived() public {
        _fundVault(stranger, 1000);
        _fundVault(buyer, 100);
        target.give(provider, 60);
        target.give(provider, 41);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_CreditsExceedReceived.selector, address(target), 41, 40));
        vm.prank(buyer);
        vault.pay(address(target), address(token), 100, Funding.Balance, "");
    }

    function test_RevertWhen_CreditsOverflow() public {
        _fundVault(buyer, 100);
        target.give(provider, 1);
        target.give(provider, type(uint256).max);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.Vault_CreditsExceedReceived.selector, address(target), type(uint256).max, 99)
        );
        vm.prank(buyer);
        vault.pay(address(target), address(token), 100, Funding.Balance, "");
    }

    function test_RevertWhen_CreditToZero() public {
        _fundVault(buyer, 100);
        target.give(address(0), 1);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(buyer);
        vault.pay(address(target), address(token), 100, Funding.Balance, "");
    }

    // ----------------------------------------------------------------------------------------- sub-accounts

    function test_SubAccount() public view {
        address expected = address(uint160(uint256(keccak256(abi.encode(buyer, SALT)))));
        assertEq(vault.subAccount(buyer, SALT), expected);
    }

    function test_MoveSub() public {
        address sub = vault.subAccount(buyer, SALT);
        _fundVault(sub, 100);
        _expectTransfer(buyer, sub, friend, 60);
        vm.recordLogs();
        vm.prank(buyer);
        vault.moveSub(SALT, address(token), _credits(friend, 60, provider, 0));
        assertEq(vm.getRecordedLogs().length, 1);
        assertEq(_balance(sub), 40);
        assertEq(_balance(friend), 60);
    }

    function test_RevertWhen_SubAccountHoldsLess() public {
        address sub = vault.subAccount(buyer, SALT);
        _fundVault(sub, 100);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, sub, _id(), 100, 101));
        vm.prank(buyer);
        vault.moveSub(SALT, address(token), _credits(friend, 60, provider, 41));
    }

    function test_RevertWhen_SaltIsAnothers() public {
        _fundVault(vault.subAccount(buyer, SALT), 100);
        address own = vault.subAccount(stranger, SALT);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, own, _id(), 0, 1));
        vm.prank(stranger);
        vault.moveSub(SALT, address(token), _credits(stranger, 1, stranger, 0));
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, own, _id(), 0, 1));
        vm.prank(stranger);
        vault.withdrawSub(SALT, address(token), stranger, 1);
    }

    function test_WithdrawSub() public {
        address sub = vault.subAccount(buyer, SALT);
        _fundVault(sub, 100);
        _expectTransfer(buyer, sub, address(0), 70);
        vm.prank(buyer);
        vault.withdrawSub(SALT, address(token), friend, 70);
        assertEq(token.balanceOf(friend), 70);
        assertEq(_balance(sub), 30);
    }

    // ---------------------------------------------------------------------------------------------- metadata

    function test_DescribeOnce() public {
        assertFalse(vault.isDescribed(address(token)));
        vm.expectEmit(address(vault));
        emit IVault.TokenDescribed(address(token), "Token", "TKN", 6);
        vault.describe(address(token));
        assertTrue(vault.isDescribed(address(token)));
        vm.recordLogs();
        vault.describe(address(token));
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_RevertWhen_DescribingAnAddressWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vault.describe(stranger);
    }

    function test_RevertWhen_TooLittleGasToDescribe() public {
        (bool ok, bytes memory answer) =
            address(vault).call{gas: TokenMetadata.GAS_NEEDED}(abi.encodeCall(IVault.describe, (address(token))));
        assertFalse(ok);
        assertEq(bytes4(answer), IVault.Vault_TooLittleGas.selector);
        assertFalse(vault.isDescribed(address(token)));
    }

    function test_MetadataViews() public view {
        assertEq(vault.name(_id()), "Token");
        assertEq(vault.symbol(_id()), "TKN");
        assertEq(vault.decimals(_id()), 6);
        uint256 noAddress = _id() + (1 << 160);
        assertEq(vault.name(noAddress), "");
        assertEq(vault.decimals(noAddress), 0);
    }

    function test_Interfaces() public view {
        assertTrue(vault.supportsInterface(type(IERC6909).interfaceId));
        assertTrue(vault.supportsInterface(type(IERC165).interfaceId));
        assertFalse(vault.supportsInterface(type(IVaultTarget).interfaceId));
    }
}
