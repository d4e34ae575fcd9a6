// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {IRevenueShare} from "../../src/interfaces/IRevenueShare.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ClaimOrder, ClaimPayout} from "../../src/types/Share.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {WalletMock} from "../mocks/WalletMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

contract RevenueShareTest is ShareBase {
    uint256 private listing;
    RevenueShare private share;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        share = _share(listing, SUPPLY);
    }

    // ------------------------------------------------------------------------------------------------- birth

    function test_RevertWhen_InitializedByAnother() public {
        bytes memory reason = abi.encodeWithSelector(IRevenueShare.RevenueShare_NotRevenue.selector, stranger);
        RevenueShare code = RevenueShare(revenue.shareImplementation());
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        share.initialize(1, 1, stranger, _terms(1, new address[](0)));
        vm.expectRevert(reason);
        code.initialize(1, 1, stranger, _terms(1, new address[](0)));
        vm.stopPrank();
        assertEq(code.totalSupply(), 0);
    }

    // ------------------------------------------------------------------------------------------------- owner

    function test_RevertWhen_TokenAddedByAnother() public {
        TokenMock other = new TokenMock(18);
        vm.prank(provider);
        listings.setApprovalForAll(friend, true);
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_NotOwner.selector, friend, provider));
        vm.prank(friend);
        share.addPaymentToken(address(other));
    }

    function test_RevertWhen_TokenIsListed() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_TokenListedAlready.selector, address(token)));
        vm.prank(provider);
        share.addPaymentToken(address(token));
    }

    function test_RevertWhen_TokenHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_TokenWithoutCode.selector, stranger));
        vm.prank(provider);
        share.addPaymentToken(stranger);
    }

    function test_RevertWhen_TokenIsAFifth() public {
        vm.startPrank(provider);
        for (uint256 i = 0; i < 3; ++i) {
            share.addPaymentToken(address(new TokenMock(18)));
        }
        address fifth = address(new TokenMock(18));
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_TooManyTokens.selector, 4));
        share.addPaymentToken(fifth);
        vm.stopPrank();
        assertEq(share.paymentTokens().length, 4);
        assertFalse(share.isPaymentToken(fifth));
    }

    function test_AddPaymentToken() public {
        TokenMock other = new TokenMock(18);
        vm.expectEmit(address(share));
        emit IRevenueShare.PaymentTokenAdded(address(other), 1);
        vm.expectEmit(address(vault));
        emit IVault.TokenDescribed(address(other), "Token", "TKN", 18);
        vm.prank(provider);
        share.addPaymentToken(address(other));
        assertEq(share.paymentTokens()[0], address(token));
        assertEq(share.paymentTokens()[1], address(other));
        assertTrue(share.isPaymentToken(address(other)));
    }

    function test_WhatWaitedIsEarnedByThoseWhoHoldWhenTheTokenIsAdded() public {
        TokenMock first = token;
        token = new TokenMock(18);
        _earn(share, 1000);
        assertEq(_claimable(share, provider), 0, "not listed");
        _give(share, provider, friend, SUPPLY / 4);
        _earn(share, 1000);
        vm.prank(provider);
        share.addPaymentToken(address(token));
        _give(share, provider, buyer, SUPPLY / 4);
        assertEq(_claimable(share, provider), 1500);
        assertEq(_claimable(share, friend), 500);
        assertEq(_claimable(share, buyer), 0);
        _earn(share, 1000);
        assertEq(_claim(share, provider), 2000);
        assertEq(_claim(share, friend), 750);
        assertEq(_claim(share, buyer), 250);
        assertEq(share.claimable(provider, address(first)), 0);
    }

    function test_ANewOwnerOfTheListingAddsTokens() public {
        vm.prank(provider);
        listings.transferFrom(provider, friend, listing);
        TokenMock other = new TokenMock(18);
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_NotOwner.selector, provider, friend));
        vm.prank(provider);
        share.addPaymentToken(address(other));
        vm.prank(friend);
        share.addPaymentToken(address(other));
        assertEq(share.balanceOf(provider), SUPPLY, "shares stay with their holder");
    }

    // ---------------------------------------------------------------------------------------------- transfer

    function test_RevertWhen_SharesGoWhereNobodyCouldClaim() public {
        address[2] memory places = [address(vault), address(share)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_CannotHold.selector, places[i]));
            _give(share, provider, places[i], 1);
        }
        vm.startPrank(provider);
        share.approve(address(vault), 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_CannotHold.selector, address(vault)));
        vault.deposit(address(share), 1, provider);
        vm.stopPrank();
    }

    function test_TransferFixesNothingWhereNothingWasEarned() public {
        vm.recordLogs();
        _give(share, provider, friend, 1);
        assertEq(vm.getRecordedLogs().length, 1, "only the Transfer");
    }

    function test_TransferFixesBothSides() public {
        _earn(share, 1000);
        vm.expectEmit(address(share));
        emit IRevenueShare.Checkpointed(provider, address(token), 1000, 1000 * SUPPLY);
        vm.expectEmit(address(share));
        emit IRevenueShare.Checkpointed(friend, address(token), 1000, 0);
        vm.expectEmit(address(share));
        emit IERC20.Transfer(provider, friend, SUPPLY / 2);
        _give(share, provider, friend, SUPPLY / 2);

        _earn(share, 100);
        vm.expectEmit(address(share));
        emit IRevenueShare.Checkpointed(friend, address(token), 1100, 50 * SUPPLY);
        vm.expectEmit(address(share));
        emit IRevenueShare.Checkpointed(provider, address(token), 1100, 1050 * SUPPLY);
        _give(share, friend, provider, SUPPLY / 2);
        (uint256 index, uint256 accrued) = share.earningsOf(provider, address(token));
        assertEq(index, 1100);
        assertEq(accrued, 1050 * SUPPLY);
    }

    function test_TransferFixesEveryToken() public {
        TokenMock first = token;
        token = new TokenMock(18);
        vm.prank(provider);
        share.addPaymentToken(address(token));
        _earn(share, 70);
        token = first;
        _earn(share, 30);
        _give(share, provider, friend, SUPPLY);
        address second = share.paymentTokens()[1];
        assertEq(_claimable(share, provider), 30);
        assertEq(share.claimable(provider, second), 70);
        assertEq(_claimable(share, friend) + share.claimable(friend, second), 0);
    }

    function test_WhatWasEarnedStaysTheSenders() public {
        _earn(share, 1000);
        _give(share, provider, friend, SUPPLY);
        _earn(share, 10);
        assertEq(_claim(share, provider), 1000);
        assertEq(_claim(share, friend), 10);
    }

    function test_TransferToOneselfChangesNothing() public {
        _earn(share, 1000);
        _give(share, provider, provider, SUPPLY);
        assertEq(_claimable(share, provider), 1000);
        _earn(share, 1);
        _give(share, provider, provider, 1);
        assertEq(_claim(share, provider), 1001);
    }

    function test_ForcedCheckpointsLoseNothing() public {
        _give(share, provider, friend, SUPPLY / 3);
        for (uint256 i = 1; i <= 30; ++i) {
            _earn(share, 1);
            vm.prank(stranger);
            share.transferFrom(friend, provider, 0);
        }
        assertEq(_claim(share, friend), 9, "a third of 30, less what the supply does not divide");
        assertEq(_claim(share, provider), 20);
        _earn(share, 3);
        assertEq(_claim(share, friend), 1);
        assertEq(_claim(share, provider), 2);
    }

    // ------------------------------------------------------------------------------------------------ permit

    function _permitDigest(RevenueShare clone, address owner, uint256 nonce) private view returns (bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, owner, friend, uint256(5), nonce, type(uint256).max));
        return keccak256(abi.encodePacked(hex"1901", clone.DOMAIN_SEPARATOR(), structHash));
    }

    function test_Permit() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitDigest(share, owner, 0));
        share.permit(owner, friend, 5, type(uint256).max, v, r, s);
        assertEq(share.allowance(owner, friend), 5);
        assertEq(share.nonces(owner), 1);
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        share.permit(owner, friend, 5, type(uint256).max, v, r, s);
    }

    function test_RevertWhen_PermitIsForAnotherClone() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        RevenueShare other = _share(_list(provider), SUPPLY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitDigest(share, owner, 0));
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        other.permit(owner, friend, 5, type(uint256).max, v, r, s);
        assertEq(other.allowance(owner, friend), 0);
    }

    // ------------------------------------------------------------------------------------------------- claim

    function test_RevertWhen_ClaimedTokenIsNotListed() public {
        token = new TokenMock(18);
        _earn(share, 10);
        bytes memory reason = abi.encodeWithSelector(IRevenueShare.RevenueShare_TokenNotListed.selector, address(token));
        vm.startPrank(provider);
        vm.expectRevert(reason);
        share.claim(address(token));
        vm.expectRevert(reason);
        share.claimTo(address(token), provider);
        vm.stopPrank();
    }

    function test_ClaimBelowOneUnitDoesNothing() public {
        _give(share, provider, friend, 1);
        _earn(share, 1000);
        vm.recordLogs();
        assertEq(_claim(share, friend), 0);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(_claim(share, stranger), 0);
    }

    function test_ClaimToBalance() public {
        _give(share, provider, friend, SUPPLY / 3);
        _earn(share, 100);
        uint256 exact = 100 * (SUPPLY / 3);
        vm.expectEmit(address(share));
        emit IRevenueShare.RevenueClaimed(
            friend, address(token), friend, 33, ClaimPayout.Balance, 100, exact - 33 * SUPPLY
        );
        assertEq(_claim(share, friend), 33);
        assertEq(_balance(friend), 33);
        assertEq(_claimable(share, friend), 0);
        assertEq(_claim(share, friend), 0);
        assertEq(revenue.received(listing, address(share), address(token)), 100, "what was received stays");
    }

    function test_ClaimToWallet() public {
        _earn(share, 100);
        vm.expectEmit(address(share));
        emit IRevenueShare.RevenueClaimed(provider, address(token), friend, 100, ClaimPayout.Wallet, 100, 0);
        vm.prank(provider);
        assertEq(share.claimTo(address(token), friend), 100);
        assertEq(token.balanceOf(friend), 100);
        assertEq(_balance(provider) + _balance(friend), 0);
    }

    function test_RevertWhen_WalletIsZero() public {
        _earn(share, 100);
        vm.expectRevert(IVault.Vault_ZeroAccount.selector);
        vm.prank(provider);
        share.claimTo(address(token), address(0));
    }

    function test_SettlementsChangeNothing() public {
        uint256 parent = _list(friend);
        uint256 child = _derive(provider, _ids(parent), _bps(1000));
        RevenueShare ofChild = _share(child, SUPPLY);
        _earn(ofChild, 1001);
        assertEq(_claimable(ofChild, provider), 900);
        assertEq(_claim(ofChild, provider), 900, "before any settlement");
        revenue.settle(child, address(ofChild), address(token));
        assertEq(revenue.received(parent, friend, address(token)), 100);
        assertEq(_balance(revenue.accountOf(child, address(ofChild))), 1, "dust waits");
        _earn(ofChild, 999);
        revenue.settle(child, address(ofChild), address(token));
        assertEq(_claim(ofChild, provider), 900, "after a settlement");
        assertEq(revenue.received(parent, friend, address(token)), 200);
        assertEq(_balance(revenue.accountOf(child, address(ofChild))), 0);
    }

    // -------------------------------------------------------------------------------------------- signatures

    function _holder() private returns (address account, uint256 key) {
        (account, key) = makeAddrAndKey("account");
        _give(share, provider, account, SUPPLY / 2);
        _earn(share, 100);
    }

    function _order(address account) private view returns (ClaimOrder memory) {
        return ClaimOrder(account, address(token), friend, ClaimPayout.Balance, vm.getBlockTimestamp() + 1 hours);
    }

    function test_ClaimBySignature() public {
        (address account, uint256 key) = _holder();
        ClaimOrder memory order = _order(account);
        bytes memory signature = _signClaim(share, order, 0, key);
        vm.expectEmit(address(share));
        emit IRevenueShare.RevenueClaimed(account, address(token), friend, 50, ClaimPayout.Balance, 100, 0);
        vm.prank(stranger);
        assertEq(share.claimBySig(order, signature), 50);
        assertEq(_balance(friend), 50);
        assertEq(share.nonces(account), 1);

        _earn(share, 100);
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_BadSignature.selector, account));
        share.claimBySig(order, signature);
    }

    function test_ClaimBySignatureToWallet() public {
        (address account, uint256 key) = _holder();
        ClaimOrder memory order = _order(account);
        order.payout = ClaimPayout.Wallet;
        assertEq(share.claimBySig(order, _signClaim(share, order, 0, key)), 50);
        assertEq(token.balanceOf(friend), 50);
    }

    function test_RevertWhen_SignatureIsLate() public {
        (address account, uint256 key) = _holder();
        ClaimOrder memory order = _order(account);
        bytes memory signature = _signClaim(share, order, 0, key);
        uint256 snapshot = vm.snapshotState();
        vm.warp(order.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IRevenueShare.RevenueShare_SignatureExpired.selector, account, order.deadline)
        );
        share.claimBySig(order, signature);
        vm.revertToState(snapshot);
        vm.warp(order.deadline);
        assertEq(share.claimBySig(order, signature), 50, "its last second");
    }

    function _rejected(RevenueShare clone, ClaimOrder memory order, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IRevenueShare.RevenueShare_BadSignature.selector, order.account));
        clone.claimBySig(order, signature);
    }

    function test_RevertWhen_SignatureIsOfAnother() public {
        (address account, uint256 key) = _holder();
        (, uint256 otherKey) = makeAddrAndKey("other");
        ClaimOrder memory order = _order(account);
        _rejected(share, order, _signClaim(share, order, 0, otherKey));
        _rejected(share, order, _signClaim(share, order, 1, key));
        _rejected(share, order, "");
        RevenueShare other = _share(_list(provider), SUPPLY);
        _rejected(other, order, _signClaim(share, order, 0, key));
        bytes memory signature = _signClaim(share, order, 0, key);
        vm.chainId(10);
        _rejected(share, order, signature);
    }

    function test_RevertWhen_OrderWasChanged() public {
        (address account, uint256 key) = _holder();
        ClaimOrder memory order = _order(account);
        bytes memory signature = _signClaim(share, order, 0, key);
        ClaimOrder memory changed = _order(account);
        changed.to = stranger;
        _rejected(share, changed, signature);
        changed = _order(account);
        changed.payout = ClaimPayout.Wallet;
        _rejected(share, changed, signature);
        changed = _order(account);
        ++changed.deadline;
        _rejected(share, changed, signature);
        changed = _order(account);
        changed.token = address(new TokenMock(18));
        _rejected(share, changed, signature);
        changed = _order(provider);
        _rejected(share, changed, signature);
    }

    function test_ContractsSignByTheirCode() public {
        (address signer, uint256 key) = makeAddrAndKey("signer");
        WalletMock wallet = new WalletMock(signer);
        _give(share, provider, address(wallet), SUPPLY / 2);
        _earn(share, 100);
        ClaimOrder memory order = _order(address(wallet));
        bytes memory signature = _signClaim(share, order, 0, key);
        wallet.set(WalletMock.Mode.Garbage);
        _rejected(share, order, signature);
        wallet.set(WalletMock.Mode.Revert);
        _rejected(share, order, signature);
        wallet.set(WalletMock.Mode.Check);
        _rejected(share, order, _signClaim(share, order, 1, key));
        assertEq(share.claimBySig(order, signature), 50);
    }

    function test_AccountsWithKeyAndCodeSignEitherWay() public {
        (address account, uint256 key) = _holder();
        vm.etch(account, address(new WalletMock(address(1))).code);
        ClaimOrder memory order = _order(account);
        assertEq(share.claimBySig(order, _signClaim(share, order, 0, key)), 50);
    }

    // ------------------------------------------------------------------------------------------------- views

    function test_NamesAreTheClones() public view {
        RevenueShare code = RevenueShare(revenue.shareImplementation());
        assertEq(share.name(), "Shares of a model");
        assertEq(share.symbol(), "MODEL");
        assertEq(share.decimals(), 18);
        assertEq(code.name(), "");
        (, string memory domain, string memory version, uint256 chain, address place,,) = share.eip712Domain();
        assertEq(domain, "Stoa Revenue Share");
        assertEq(version, "1");
        assertEq(chain, block.chainid);
        assertEq(place, address(share));
        assertNotEq(share.DOMAIN_SEPARATOR(), code.DOMAIN_SEPARATOR());
    }

    function test_EarnedLeavesOutTheParentsPart() public {
        uint256 child = _derive(provider, _ids(listing), _bps(2500));
        RevenueShare ofChild = _share(child, SUPPLY);
        assertEq(ofChild.ownBps(), 7500);
        assertEq(ofChild.listing(), child);
        _earn(ofChild, 101);
        assertEq(ofChild.earned(address(token)), 75);
        assertEq(share.earned(address(token)), 0, "royalties count once settled");
        revenue.settle(child, address(ofChild), address(token));
        assertEq(share.earned(address(token)), 25);
        assertEq(_claim(share, provider), 25);
        assertEq(_claim(ofChild, provider), 75);
    }
}
