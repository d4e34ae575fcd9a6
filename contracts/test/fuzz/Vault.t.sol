// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Credit, Funding} from "../../src/types/Payment.sol";
import {TargetMock} from "../mocks/TargetMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";

contract VaultFuzzTest is Base {
    function testFuzz_DepositThenWithdrawReturnsEveryUnit(uint8 decimals, uint128 amount, uint128 part) public {
        token = new TokenMock(uint8(bound(decimals, 0, 36)));
        _fundVault(buyer, amount);
        part = uint128(bound(part, 0, amount));
        vm.startPrank(buyer);
        vault.withdraw(address(token), part, friend);
        vault.withdraw(address(token), amount - part, buyer);
        vm.stopPrank();
        assertEq(token.balanceOf(friend), part);
        assertEq(token.balanceOf(buyer), amount - part);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function testFuzz_TransferMovesExactly(uint128 held, uint128 amount, bool toSelf) public {
        _fundVault(buyer, held);
        address receiver = toSelf ? buyer : friend;
        if (amount > held) {
            vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, buyer, _id(), held, amount));
        }
        vm.prank(buyer);
        vault.transfer(receiver, _id(), amount);
        assertEq(_balance(buyer) + _balance(friend), held);
        if (!toSelf) assertEq(_balance(friend), amount > held ? 0 : amount);
    }

    function testFuzz_PayConserves(uint128 amount, uint128[3] memory credits, bool byBalance) public {
        TargetMock target = new TargetMock();
        uint256 sum = uint256(credits[0]) + credits[1] + credits[2];
        target.give(provider, credits[0]);
        target.give(friend, credits[1]);
        target.give(buyer, credits[2]);
        if (byBalance) _fundVault(buyer, amount);
        else _fundWallet(buyer, amount);
        Funding funding = byBalance ? Funding.Balance : Funding.Allowance;
        if (sum > amount) vm.expectPartialRevert(IVault.Vault_CreditsExceedReceived.selector);
        vm.prank(buyer);
        vault.pay(address(target), address(token), amount, funding, "");
        if (sum > amount) {
            assertEq(_balance(buyer) + token.balanceOf(buyer), amount);
        } else {
            assertEq(_balance(provider), credits[0]);
            assertEq(_balance(friend), credits[1]);
            assertEq(_balance(buyer), amount - credits[0] - credits[1]);
            assertEq(token.balanceOf(address(vault)), amount);
        }
    }

    function testFuzz_PayWithinCreditsSucceeds(uint128 amount, uint128 first, uint128 second) public {
        first = uint128(bound(first, 0, amount));
        second = uint128(bound(second, 0, amount - first));
        TargetMock target = new TargetMock();
        target.give(provider, first);
        target.give(friend, second);
        _fundVault(buyer, amount);
        vm.prank(buyer);
        assertEq(vault.pay(address(target), address(token), amount, Funding.Balance, ""), uint256(first) + second);
        assertEq(_balance(provider), first);
        assertEq(_balance(friend), second);
        assertEq(_balance(buyer), amount - first - second);
    }

    function testFuzz_SubAccountsConserve(bytes32 salt, uint128 held, uint128 first, uint128 second) public {
        address sub = vault.subAccount(buyer, salt);
        _fundVault(sub, held);
        Credit[] memory credits = new Credit[](2);
        (credits[0], credits[1]) = (Credit(friend, first), Credit(provider, second));
        uint256 total = uint256(first) + second;
        bool fits = total <= held;
        if (!fits) {
            vm.expectRevert(abi.encodeWithSelector(IVault.Vault_BalanceTooSmall.selector, sub, _id(), held, total));
        }
        vm.prank(buyer);
        vault.moveSub(salt, address(token), credits);
        assertEq(_balance(sub), fits ? held - total : held);
        assertEq(_balance(sub) + _balance(friend) + _balance(provider), held);
    }
}
