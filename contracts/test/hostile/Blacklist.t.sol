// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {Funding} from "../../src/types/Payment.sol";
import {BlacklistToken} from "../mocks/HostileTokens.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {StakingBase} from "../utils/StakingBase.sol";

/// @notice A token whose issuer blocks accounts. Who is blocked keeps its vault balance and may send it elsewhere; when the
/// Vault is blocked, tokens of that id stay inside, and everything that moves none of them goes on.
contract BlacklistTest is ShareBase, StakingBase {
    BlacklistToken private strict;
    TokenMock private other;
    uint256 private listing;
    uint256 private plan;
    RevenueShare private share;

    function setUp() public override(Base, StakingBase) {
        super.setUp();
        other = token;
        strict = new BlacklistToken();
        token = TokenMock(address(strict));
        listing = _list(provider);
        plan = _plan(listing, PRICE, 0);
        _fundVault(buyer, 10 * PRICE);
        _fundVault(friend, 10 * PRICE);
    }

    function _block(address account) private {
        strict.setBlocked(account, true);
    }

    function _refuses(address account) private {
        vm.expectRevert(abi.encodeWithSelector(BlacklistToken.Blocked.selector, account));
    }

    function _buyFromBalance(address account) private {
        vm.prank(account);
        vault.pay(address(market), address(token), PRICE, Funding.Balance, _order(plan, 1, account));
    }

    // ------------------------------------------------------------------------------------- a blocked account

    function test_BlockedPayeeKeepsItsBalance() public {
        _block(buyer);
        vm.startPrank(buyer);
        _refuses(buyer);
        vault.withdraw(address(token), PRICE, buyer);
        assertEq(_balance(buyer), 10 * PRICE);
        vault.withdraw(address(token), 4 * PRICE, stranger);
        vault.transfer(friend, _id(), PRICE);
        vm.stopPrank();
        assertEq(token.balanceOf(stranger), 4 * PRICE, "another wallet");
        assertEq(_balance(buyer), 5 * PRICE);
        _buyFromBalance(buyer);
        assertEq(market.balanceOf(buyer, plan), 1, "and it still buys from its balance");
    }

    function test_BlockedPayeeOfASubAccount() public {
        ReceiverMock keeper = new ReceiverMock();
        address account = vault.subAccount(address(keeper), "till");
        _fundVault(account, 100);
        _block(stranger);
        bytes memory out = abi.encodeCall(vault.withdrawSub, ("till", address(token), stranger, 60));
        vm.expectRevert("perform failed");
        keeper.perform(address(vault), out);
        _refuses(stranger);
        vm.prank(address(keeper));
        vault.withdrawSub("till", address(token), stranger, 60);
        assertEq(_balance(account), 100);
        vm.prank(address(keeper));
        vault.withdrawSub("till", address(token), friend, 60);
        assertEq(token.balanceOf(friend), 60);
        assertEq(_balance(account), 40);
    }

    function test_BlockedHolderOfSharesClaimsElsewhere() public {
        share = _share(listing, SUPPLY);
        _earn(share, 1000);
        _block(provider);
        vm.startPrank(provider);
        _refuses(provider);
        share.claimTo(address(token), provider);
        assertEq(_claimable(share, provider), 1000, "nothing is lost by the attempt");
        assertEq(share.claimTo(address(token), stranger), 1000);
        vm.stopPrank();
        assertEq(token.balanceOf(stranger), 1000);
        _earn(share, 500);
        assertEq(_claim(share, provider), 500);
        assertEq(_balance(provider), 500, "or to its balance");
    }

    function test_BlockedStakerClaimsElsewhere() public {
        _listFees(address(token));
        _lock(alice, 100 * STOA, 52);
        _distribute(1000);
        _block(alice);
        vm.startPrank(alice);
        uint256 due = staking.claimable(alice, address(token));
        _refuses(alice);
        staking.claimTo(address(token), alice);
        assertEq(staking.claimable(alice, address(token)), due);
        assertEq(staking.claimTo(address(token), stranger), due);
        vm.stopPrank();
        _distribute(1000);
        assertGt(_claim(alice), 0, "or to its balance");
    }

    /// @dev A parent, an owner and a buyer that are blocked stop nobody's settlement.
    function test_SettlementAsksNoToken() public {
        uint256 child = _derive(friend, _ids(listing), _bps(1000));
        uint256 ofChild = _plan(child, PRICE, 0);
        _buy(stranger, ofChild, 1, stranger);
        _block(provider);
        _block(friend);
        revenue.settle(child, friend, address(token));
        revenue.settle(listing, provider, address(token));
        uint256 net = PRICE - PRICE * FEE_BPS / 10_000;
        assertEq(_balance(provider), net / 10);
        assertEq(_balance(friend), 10 * PRICE + net - net / 10);
    }

    function test_RevertWhen_PayerIsBlocked() public {
        _fundWallet(buyer, PRICE);
        _block(buyer);
        vm.startPrank(buyer);
        _refuses(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
        _refuses(buyer);
        vault.deposit(address(token), PRICE, friend);
        vm.stopPrank();
        assertEq(market.balanceOf(buyer, plan), 0, "the whole payment is undone");
        assertEq(market.planOf(plan).sold, 0);
        assertEq(revenue.received(listing, provider, address(token)), 0);
        assertEq(_balance(buyer), 10 * PRICE);
        assertEq(token.balanceOf(buyer), PRICE);
    }

    // --------------------------------------------------------------------------------------- a blocked Vault

    function test_BlockedVaultKeepsItsTokensInside() public {
        _fundWallet(buyer, PRICE);
        _block(address(vault));
        vm.startPrank(buyer);
        _refuses(address(vault));
        vault.withdraw(address(token), PRICE, buyer);
        _refuses(address(vault));
        vault.deposit(address(token), PRICE, buyer);
        _refuses(address(vault));
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
        vm.stopPrank();
        assertEq(_balance(buyer), 10 * PRICE);
        strict.setBlocked(address(vault), false);
        vm.prank(buyer);
        vault.withdraw(address(token), 10 * PRICE, buyer);
        assertEq(token.balanceOf(buyer), 11 * PRICE, "unblocked, all of it comes out");
    }

    function test_BlockedVaultStopsNothingThatMovesNoTokens() public {
        share = _share(_list(provider), SUPPLY);
        _earn(share, 1000);
        _block(address(vault));
        _buyFromBalance(buyer);
        assertEq(market.balanceOf(buyer, plan), 1, "purchases from balance");
        revenue.settle(listing, provider, address(token));
        uint256 net = PRICE - PRICE * FEE_BPS / 10_000;
        assertEq(_balance(provider), net, "settlements");
        assertEq(_claim(share, provider), 1000);
        assertEq(_balance(provider), net + 1000, "claims to balance");
        vm.prank(buyer);
        vault.transfer(friend, _id(), PRICE);
        assertEq(_balance(friend), 11 * PRICE, "transfers");
        vm.prank(provider);
        share.transfer(friend, 1);
        assertEq(share.balanceOf(friend), 1, "transfers of shares");
    }

    function test_BlockedVaultLeavesOtherIdsAlone() public {
        _block(address(vault));
        token = other;
        _fundVault(buyer, 100);
        vm.startPrank(buyer);
        vault.withdraw(address(token), 40, buyer);
        vault.transfer(friend, _id(), 60);
        vm.stopPrank();
        assertEq(token.balanceOf(buyer), 40);
        assertEq(_balance(friend), 60);
        uint256 inOther = _plan(listing, PRICE, 0);
        _buy(stranger, inOther, 1, stranger);
        assertEq(market.balanceOf(stranger, inOther), 1);
    }
}
