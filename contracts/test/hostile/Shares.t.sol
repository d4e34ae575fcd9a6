// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ClaimPayout} from "../../src/types/Share.sol";
import {MetadataToken, ReenteringToken, ShrinkingToken} from "../mocks/HostileTokens.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract HostileSharesTest is ShareBase {
    uint256 private listing;
    RevenueShare private share;

    function setUp() public override {
        super.setUp();
        listing = _list(provider);
        share = _share(listing, SUPPLY);
    }

    /// @dev Who holds when the child is settled earns the royalty; a settlement right before or after a transfer moves
    /// nothing that was earned.
    function test_TransfersAroundASettlement() public {
        uint256 child = _derive(stranger, _ids(listing), _bps(1000));
        _fundVault(revenue.accountOf(child, stranger), 1000);
        revenue.settle(child, stranger, address(token));
        _give(share, provider, buyer, SUPPLY);
        assertEq(_claimable(share, buyer), 0, "settled first: the seller's");
        assertEq(_claimable(share, provider), 100);
        _fundVault(revenue.accountOf(child, stranger), 1000);
        revenue.settle(listing, address(share), address(token));
        _give(share, buyer, friend, SUPPLY);
        revenue.settle(child, stranger, address(token));
        assertEq(_claimable(share, buyer), 0);
        assertEq(_claimable(share, friend), 100, "royalties count as earned when the child is settled");
        assertEq(_claim(share, provider) + _claim(share, friend), 200);
        assertEq(_balance(revenue.accountOf(listing, address(share))), 0);
    }

    /// @dev The same shares passed from hand to hand claim each unit once.
    function test_PassingSharesAroundClaimsNothingTwice() public {
        _earn(share, 1000);
        address[3] memory hands = [provider, friend, buyer];
        uint256 claimed = 0;
        for (uint256 i = 0; i < 9; ++i) {
            claimed += _claim(share, hands[i % 3]);
            _give(share, hands[i % 3], hands[(i + 1) % 3], SUPPLY);
            claimed += _claim(share, hands[(i + 1) % 3]);
        }
        assertEq(claimed, 1000);
        assertEq(_balance(revenue.accountOf(listing, address(share))), 0);
    }

    /// @dev One unit at a time, settled and fixed each time: nobody loses to roundings.
    function test_DustGriefing() public {
        uint256[] memory parents = _ids(_list(friend), _list(stranger));
        RevenueShare child = _share(_derive(provider, parents, _bps(3333, 1111)), 3);
        _give(child, provider, buyer, 1);
        for (uint256 i = 0; i < 100; ++i) {
            _earn(child, 1);
            revenue.settle(child.listing(), address(child), address(token));
            vm.prank(stranger);
            child.transferFrom(buyer, provider, 0);
        }
        assertEq(revenue.received(parents[0], friend, address(token)), 33);
        assertEq(revenue.received(parents[1], stranger, address(token)), 11);
        assertEq(child.earned(address(token)), 55);
        assertEq(_claim(child, buyer), 18, "a third of 55");
        assertEq(_claim(child, provider), 36, "two thirds of 55");
        assertEq(_balance(revenue.accountOf(child.listing(), address(child))), 2);
    }

    /// @dev A holder whose wallet is called during its claim claims again: what is claimed was written off before.
    function test_ReenteringTheClaim() public {
        ReenteringToken tricky = _addTricky();
        ReceiverMock attacker = new ReceiverMock();
        _give(share, provider, address(attacker), SUPPLY / 2);
        _earn(share, 1000);
        bytes memory again = abi.encodeCall(share.claimTo, (address(token), address(attacker)));
        tricky.arm(address(attacker), abi.encodeCall(attacker.perform, (address(share), again)));
        attacker.perform(address(share), again);
        assertTrue(tricky.succeeded(), "nothing was left, so the claim within did nothing");
        assertEq(tricky.balanceOf(address(attacker)), 500);
        assertEq(_claim(share, provider), 500);
    }

    /// @dev Shares may move while a claim is being paid; what was claimed is not earned again.
    function test_TransferWithinAClaim() public {
        ReenteringToken tricky = _addTricky();
        _give(share, provider, friend, SUPPLY / 2);
        _earn(share, 1000);
        tricky.arm(address(share), abi.encodeCall(share.transferFrom, (provider, friend, 0)));
        vm.prank(provider);
        assertEq(share.claimTo(address(token), provider), 500);
        assertTrue(tricky.succeeded());
        assertEq(_claimable(share, provider), 0);
        assertEq(_claim(share, friend), 500);
    }

    function _addTricky() private returns (ReenteringToken tricky) {
        tricky = new ReenteringToken();
        token = tricky;
        vm.prank(provider);
        share.addPaymentToken(address(tricky));
    }

    /// @dev Another holder's claim from within a claim meets the Vault's lock and undoes itself whole.
    function test_ClaimOfAnotherWithinAClaimIsUndone() public {
        ReenteringToken tricky = _addTricky();
        // The token itself holds shares and claims during its own transfer.
        _give(share, provider, address(tricky), SUPPLY / 2);
        _earn(share, 1000);
        tricky.arm(address(share), abi.encodeCall(share.claim, (address(token))));
        vm.prank(provider);
        assertEq(share.claimTo(address(token), provider), 500);
        assertFalse(tricky.succeeded());
        assertEq(tricky.failure(), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(_claimable(share, address(tricky)), 500, "still there");
        assertEq(_claim(share, address(tricky)), 500);
    }

    /// @dev A buyer's hook moves shares while its purchase is not credited yet: it earns by what is held then.
    function test_SharesMoveWithinAPurchase() public {
        uint256 plan = _plan(listing, PRICE, 0);
        ReceiverMock hook = new ReceiverMock();
        _give(share, provider, address(hook), SUPPLY / 2);
        hook.arm(address(share), abi.encodeCall(share.transfer, (friend, SUPPLY / 2)));
        _buy(buyer, plan, 1, address(hook));
        assertTrue(hook.succeeded());
        uint256 net = PRICE - PRICE * FEE_BPS / 10_000;
        assertEq(_claimable(share, address(hook)), 0);
        assertEq(_claim(share, friend) + _claim(share, provider), net);
    }

    /// @dev Claiming within a purchase meets the lock.
    function test_ClaimWithinAPurchaseIsRefused() public {
        _earn(share, 100);
        uint256 plan = _plan(listing, PRICE, 0);
        ReceiverMock hook = new ReceiverMock();
        _give(share, provider, address(hook), SUPPLY / 2);
        _earn(share, 100);
        hook.arm(address(share), abi.encodeCall(share.claim, (address(token))));
        _buy(buyer, plan, 1, address(hook));
        assertFalse(hook.succeeded());
        assertEq(hook.failure(), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(_claimable(share, address(hook)), 50 + (PRICE - PRICE * FEE_BPS / 10_000) / 2);
    }

    /// @dev A token that cannot be paid out stops its own payouts, and no transfer or claim of another token.
    function test_ABrokenTokenStopsOnlyItself() public {
        TokenMock good = token;
        ShrinkingToken bad = new ShrinkingToken();
        token = bad;
        vm.prank(provider);
        share.addPaymentToken(address(bad));
        _earn(share, 100);
        vm.mockCallRevert(address(bad), abi.encodeWithSignature("transfer(address,uint256)"), "broken");
        vm.expectRevert("broken");
        vm.prank(provider);
        share.claimTo(address(bad), provider);
        assertEq(_claimable(share, provider), 100, "still there");
        token = good;
        _earn(share, 100);
        _give(share, provider, friend, SUPPLY / 2);
        assertEq(_claim(share, provider), 100);
        vm.clearMockedCalls();
        vm.prank(provider);
        assertEq(share.claimTo(address(bad), provider), 100);
    }

    /// @dev What a token says of itself cannot stop an owner from adding it, or more.
    function test_HostileMetadata() public {
        MetadataToken weird = new MetadataToken();
        weird.set(MetadataToken.Mode.BurnGas, "");
        vm.prank(provider);
        share.addPaymentToken(address(weird));
        assertTrue(share.isPaymentToken(address(weird)));
        _give(share, provider, friend, 1);
        assertEq(share.balanceOf(friend), 1);
    }

    /// @dev More than uint128 cannot be paid out; whoever makes a token come to that stops its claims, not the shares.
    function test_HugeAmountsStopNoTransfer() public {
        token = new TokenMock(36);
        vm.prank(provider);
        share.addPaymentToken(address(token));
        _earn(share, type(uint128).max);
        vm.prank(provider);
        assertEq(share.claimTo(address(token), buyer), type(uint128).max);
        _earn(share, type(uint128).max);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        vm.prank(provider);
        share.claimTo(address(token), buyer);
        _give(share, provider, friend, SUPPLY / 8);
        assertEq(share.balanceOf(friend), SUPPLY / 8);
        assertEq(_claimable(share, provider), type(uint128).max);
    }

    /// @dev Money that a sub-account of another listing holds is out of a share contract's reach.
    function test_AShareContractPaysOnlyItsOwnListing() public {
        RevenueShare other = _share(_list(friend), SUPPLY);
        _earn(other, 1000);
        assertEq(_claim(share, provider), 0);
        assertEq(_claimable(share, friend), 0);
        vm.expectPartialRevert(IVault.Vault_BalanceTooSmall.selector);
        vm.prank(address(share));
        revenue.payShares(listing, address(token), provider, 1, ClaimPayout.Balance);
        assertEq(_claim(other, friend), 1000);
    }
}
