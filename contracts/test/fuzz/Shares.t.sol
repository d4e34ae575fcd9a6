// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {RevenueMath} from "../../src/libraries/RevenueMath.sol";
import {ClaimOrder, ClaimPayout} from "../../src/types/Share.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";

contract SharesFuzzTest is ShareBase {
    /// @dev Whatever the supply, the amounts and the token's decimals: all that was earned is claimed, to less than one
    /// unit per holder.
    function testFuzz_ClaimsAddUp(uint256 supply, uint256 given, uint128[3] memory amounts, uint8 decimals) public {
        token = new TokenMock(uint8(bound(decimals, 0, 36)));
        RevenueShare share = _share(_list(provider), bound(supply, 1, 2 ** 96));
        uint256 earned = 0;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 amount = bound(amounts[i], 0, type(uint128).max / 3);
            _earn(share, amount);
            earned += amount;
            _give(share, provider, friend, bound(given, 0, share.balanceOf(provider)) / 2);
        }
        assertEq(share.earned(address(token)), earned);
        uint256 claimed = _claim(share, provider) + _claim(share, friend);
        assertLe(claimed, earned);
        assertLe(earned - claimed, 1, "less than one unit per holder, so at most one for two");
        assertEq(_balance(provider) + _balance(friend), claimed);
    }

    /// @dev A holder earns what it held of what came in, exactly, when the supply divides it.
    function testFuzz_EarnsWhatItHeld(uint96 held, uint64[2] memory units) public {
        uint256 balance = bound(held, 0, SUPPLY);
        RevenueShare share = _share(_list(provider), SUPPLY);
        _earn(share, units[0]);
        _give(share, provider, friend, balance);
        _earn(share, units[1]);
        assertEq(_claimable(share, friend), uint256(units[1]) * balance / SUPPLY);
        assertEq(_claimable(share, provider), uint256(units[0]) + uint256(units[1]) * (SUPPLY - balance) / SUPPLY);
    }

    /// @dev Two listings earn the same; the holders of one are fixed, settle and claim now and then, of the other at the end.
    function testFuzz_FixingSettlingAndClaimingOftenChangesNothing(
        uint64[6] memory amounts,
        uint24 when,
        uint96 held,
        uint16 bps
    ) public {
        uint256 parent = _list(stranger);
        uint16[] memory parts = _bps(uint16(bound(bps, 0, 5000)));
        RevenueShare often = _share(_derive(provider, _ids(parent), parts), SUPPLY);
        RevenueShare once = _share(_derive(provider, _ids(_list(buyer)), parts), SUPPLY);
        uint256 given = bound(held, 0, SUPPLY);
        _give(often, provider, friend, given);
        _give(once, provider, friend, given);
        uint256 claimed = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            _earn(often, amounts[i]);
            _earn(once, amounts[i]);
            uint256 bit = 1 << (4 * i);
            if (when & bit != 0) _give(often, friend, provider, 0);
            if (when & (bit << 1) != 0) revenue.settle(often.listing(), address(often), address(token));
            if (when & (bit << 2) != 0) claimed += _claim(often, friend);
            if (when & (bit << 3) != 0) _claim(often, provider);
        }
        claimed += _claim(often, friend);
        assertEq(claimed, _claim(once, friend), "how often changes nothing");
        _claim(often, provider);
        _claim(once, provider);
        revenue.settle(often.listing(), address(often), address(token));
        revenue.settle(once.listing(), address(once), address(token));
        uint256 rest = _balance(revenue.accountOf(often.listing(), address(often)));
        assertEq(rest, _balance(revenue.accountOf(once.listing(), address(once))));
        assertLe(rest, 2, "one unit for the parent, less than one per holder");
    }

    /// @dev Shares bought after a sale earn nothing of it.
    function testFuzz_BuyingSharesNeverBuysPastSales(uint128 before, uint128 afterwards, uint96 bought) public {
        (before, afterwards) = (before / 2, afterwards / 2);
        RevenueShare share = _share(_list(provider), SUPPLY);
        uint256 amount = bound(bought, 1, SUPPLY);
        _earn(share, before);
        _give(share, provider, buyer, amount);
        assertEq(_claimable(share, buyer), 0);
        assertEq(_claimable(share, provider), before);
        _earn(share, afterwards);
        assertLe(_claimable(share, buyer), uint256(afterwards) * amount / SUPPLY);
        assertGe(_claim(share, provider), before);
    }

    function testFuzz_ClaimBySignature(uint256 seed, uint64 deadline, bool wallet, uint64 amount) public {
        (address account, uint256 key) = makeAddrAndKey(vm.toString(seed));
        RevenueShare share = _share(_list(provider), SUPPLY);
        _give(share, provider, account, SUPPLY);
        _earn(share, amount);
        ClaimPayout payout = wallet ? ClaimPayout.Wallet : ClaimPayout.Balance;
        ClaimOrder memory order = ClaimOrder(
            account, address(token), friend, payout, bound(deadline, vm.getBlockTimestamp(), type(uint64).max)
        );
        assertEq(share.claimBySig(order, _signClaim(share, order, 0, key)), amount);
        assertEq(wallet ? token.balanceOf(friend) : _balance(friend), amount);
        assertEq(share.nonces(account), 1);
    }

    function testFuzz_FeeIsLoweredAtMostByHalf(uint128 amount, uint16 bps, uint8 tier) public pure {
        bps = uint16(bound(bps, 0, 500));
        uint256 full = RevenueMath.bpsDown(amount, bps);
        uint256 fee = RevenueMath.feeDown(amount, bps, tier);
        assertLe(fee, full);
        assertGe(fee, full / 2);
        assertEq(RevenueMath.feeDown(amount, bps, 0), full);
        if (tier < 255) assertLe(RevenueMath.feeDown(amount, bps, tier + 1), fee);
    }
}
