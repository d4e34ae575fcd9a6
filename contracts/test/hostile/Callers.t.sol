// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Funding} from "../../src/types/Payment.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {TargetMock} from "../mocks/TargetMock.sol";
import {Base} from "../utils/Base.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Targets and recipients that try to move Vault money while a payment runs.
contract HostileCallersTest is Base {
    bytes4 private constant LOCKED = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    function _targetTries(bytes memory call_) private {
        TargetMock target = new TargetMock();
        _fundVault(address(target), 50);
        _fundVault(buyer, 100);
        target.give(provider, 100);
        target.arm(address(vault), call_);
        vm.prank(buyer);
        vault.pay(address(target), address(token), 100, Funding.Balance, "");
        assertFalse(target.succeeded());
        assertEq(target.failure(), LOCKED);
        assertEq(_balance(provider), 100);
        assertEq(_balance(address(target)), 50);
    }

    function test_RevertWhen_TargetTransfers() public {
        _targetTries(abi.encodeCall(vault.transfer, (stranger, _id(), 50)));
    }

    function test_RevertWhen_TargetWithdraws() public {
        _targetTries(abi.encodeCall(vault.withdraw, (address(token), 50, stranger)));
    }

    function test_RevertWhen_TargetPays() public {
        _targetTries(abi.encodeCall(vault.pay, (address(market), address(token), 0, Funding.Balance, "")));
    }

    function _buyFor(ReceiverMock recipient) private returns (uint256 listing, uint256 plan) {
        listing = _list(provider);
        plan = _plan(listing, PRICE, 0);
        _buy(buyer, plan, 2, address(recipient));
    }

    function test_RecipientHookCannotMoveMoney() public {
        ReceiverMock recipient = new ReceiverMock();
        _fundVault(address(recipient), 50);
        recipient.arm(address(vault), abi.encodeCall(vault.transfer, (stranger, _id(), 50)));
        (, uint256 plan) = _buyFor(recipient);
        assertEq(recipient.hooks(), 1);
        assertEq(recipient.failure(), LOCKED);
        assertEq(market.balanceOf(address(recipient), plan), 2);
    }

    function test_RecipientHookCannotSettle() public {
        ReceiverMock recipient = new ReceiverMock();
        uint256 listing = _list(provider);
        uint256 plan = _plan(listing, PRICE, 0);
        _buy(buyer, plan, 1, buyer);
        recipient.arm(address(revenue), abi.encodeCall(revenue.settle, (listing, provider, address(token))));
        _buy(buyer, plan, 1, address(recipient));
        assertEq(recipient.failure(), LOCKED);
        assertEq(revenue.settled(listing, provider, address(token)), 0);
        assertEq(revenue.received(listing, provider, address(token)), 2 * (PRICE - PRICE * FEE_BPS / 10_000));
    }

    function test_RevertWhen_RecipientRefuses() public {
        ReceiverMock recipient = new ReceiverMock();
        recipient.refuse();
        uint256 plan = _plan(_list(provider), PRICE, 0);
        _fundWallet(buyer, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(recipient)));
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, address(recipient)));
    }

    function test_PayerThatIsAContractGetsNoHook() public {
        ReceiverMock payer = new ReceiverMock();
        payer.refuse();
        uint256 plan = _plan(_list(provider), PRICE, 0);
        _buy(address(payer), plan, 1, address(payer));
        assertEq(payer.hooks(), 0);
        assertEq(market.balanceOf(address(payer), plan), 1);
    }

    function test_DonationToTheVaultIsCreditedToNobody() public {
        _fundVault(friend, 10);
        token.mint(buyer, 100);
        vm.prank(buyer);
        token.transfer(address(vault), 100);
        _fundWallet(buyer, 5);
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 5, buyer), 5);
        assertEq(_balance(buyer) + _balance(friend), 15);
    }
}
