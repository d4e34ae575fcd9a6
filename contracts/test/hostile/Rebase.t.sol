// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {Funding} from "../../src/types/Payment.sol";
import {RebasingToken} from "../mocks/HostileTokens.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @notice A token that takes from what the Vault holds, between calls. Its own id is insolvent from then on: who withdraws
/// first gets what is there. Nothing that moves no tokens fails, and no other id knows of it.
contract RebaseTest is ShareBase {
    TokenMock private other;
    uint256 private listing;
    uint256 private plan;
    RevenueShare private share;

    function setUp() public override {
        super.setUp();
        other = token;
        _fundVault(buyer, 100);
        _fundVault(friend, 100);
        token = TokenMock(address(new RebasingToken()));
        listing = _list(provider);
        plan = _plan(listing, 40, 0);
        share = _share(_list(provider), SUPPLY);
        _fundVault(buyer, 100);
        _fundVault(friend, 100);
        _earn(share, 50);
    }

    function _cut(uint256 amount) private {
        RebasingToken(address(token)).cut(address(vault), amount);
    }

    function _withdraw(address account, uint256 amount) private {
        vm.prank(account);
        vault.withdraw(address(token), amount, account);
    }

    function _tooFew(address account, uint256 amount, uint256 there) private {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(vault), there, amount)
        );
        _withdraw(account, amount);
    }

    function test_WhoWithdrawsFirstGetsWhatIsThere() public {
        _cut(130);
        _withdraw(friend, 100);
        assertEq(token.balanceOf(friend), 100);
        _tooFew(buyer, 100, 20);
        assertEq(_balance(buyer), 100, "the rest is still owed");
        _withdraw(buyer, 20);
        assertEq(token.balanceOf(buyer), 20);
        assertEq(_balance(buyer), 80);
    }

    function test_OtherIdsAreUntouched() public {
        _cut(250);
        assertEq(token.balanceOf(address(vault)), 0);
        token = other;
        _withdraw(buyer, 100);
        _withdraw(friend, 100);
        assertEq(token.balanceOf(buyer) + token.balanceOf(friend), 200);
    }

    function test_NothingThatMovesNoTokensFails() public {
        _cut(250);
        vm.startPrank(buyer);
        vault.pay(address(market), address(token), 40, Funding.Balance, _order(plan, 1, buyer));
        vault.transfer(friend, _id(), 10);
        vm.stopPrank();
        assertEq(market.balanceOf(buyer, plan), 1);
        assertEq(_balance(buyer), 50);
        assertEq(_balance(friend), 110);
        revenue.settle(listing, provider, address(token));
        assertEq(_balance(provider), 39, "the price less the fee");
        assertEq(_claim(share, provider), 50);
        assertEq(_balance(provider), 89);
        vm.prank(provider);
        share.transfer(friend, SUPPLY / 2);
        vm.prank(address(timelock));
        staking.listToken(address(token));
        staking.distribute(address(token));
    }

    /// @dev A depositor is credited what arrives, not what fills the hole, and stands in the same queue.
    function test_DepositsAreCreditedInFull() public {
        _cut(130);
        _fundVault(stranger, 70);
        assertEq(_balance(stranger), 70);
        _withdraw(friend, 100);
        _withdraw(stranger, 70);
        _tooFew(buyer, 100, 20);
    }

    function test_WhatIsAddedBelongsToNobody() public {
        token.mint(address(vault), 1000);
        assertEq(_balance(buyer) + _balance(friend), 200);
        _withdraw(buyer, 100);
        _withdraw(friend, 100);
        assertEq(_claim(share, provider), 50);
        _withdraw(provider, 50);
        assertEq(token.balanceOf(address(vault)), 1000);
    }

    /// @dev Whatever is cut: nobody gets more than is owed, all together get what is there, and books and claims agree.
    function testFuzz_TheLossIsOfThoseWhoWaited(uint256 cut, uint256 first, uint256 second) public {
        cut = bound(cut, 0, 250);
        _cut(cut);
        uint256 there = 250 - cut;
        first = bound(first, 0, there < 100 ? there : 100);
        _withdraw(friend, first);
        there -= first;
        second = bound(second, 0, 100);
        if (second > there) {
            _tooFew(buyer, second, there);
            second = 0;
        } else {
            _withdraw(buyer, second);
        }
        assertEq(_balance(friend), 100 - first);
        assertEq(_balance(buyer), 100 - second);
        assertEq(token.balanceOf(address(vault)), there - second);
        assertEq(_claimable(share, provider), 50);
        assertEq(other.balanceOf(address(vault)), 200);
    }
}
