// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {Funding} from "../../src/types/Payment.sol";
import {NewShares} from "../../src/types/Share.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice How gas grows: each action at 1, 100 and 10,000 of what might make it dearer. Whole transactions, every slot
/// cold; see Gas.t.sol. All are there by their own calls: nothing is written into storage behind the contracts' backs.
/// What is flat costs the same to the unit, since only counts differ and no slot is new at one size and old at another.
/// forge-config: default.isolate = true
contract GrowthTest is StakingBase {
    string private constant GROUP = "growth";
    uint256 private constant FEES = 1e9 + 1;

    /// @dev A byte of calldata that is not zero costs 12 more than one that is; addresses and amounts differ in a few.
    uint256 private constant BYTES = 100;

    uint256[3] private _sizes = [1, 100, 10_000];
    /// @dev Where a measured step itself needs three.
    uint256[3] private _crowds = [3, 100, 10_000];
    uint256 private _listing;
    uint256 private _planId;
    RevenueShare private _share;

    function setUp() public override {
        super.setUp();
        token = TokenMock(Create2.deploy(0, "token", _code("DemoUSD")));
        _listing = _list(provider);
        _planId = _plan(_listing, PRICE, 0);
        _buy(stranger, _planId, 1, stranger);
        token.mint(buyer, 10 * PRICE);
        vm.prank(buyer);
        token.approve(address(vault), type(uint256).max);
    }

    function _measure(string memory name, uint256 size, string memory unit) private returns (uint256) {
        return vm.snapshotGasLastCall(GROUP, string.concat(name, ", ", _text(size), " ", unit));
    }

    function _text(uint256 size) private pure returns (string memory) {
        return size == 10_000 ? "10,000" : vm.toString(size);
    }

    function _purchase() private {
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(_planId, 1, buyer));
    }

    // ------------------------------------------------------------------------------------------------ crowds

    /// @dev Makes members `from` to `to` by their own calls, a hundred at a time, so that memory is given back; what they
    /// cost is nobody's question here.
    function _crowd(function(uint256, uint256) external make, uint256 from, uint256 to) private returns (uint256) {
        vm.pauseGasMetering();
        for (uint256 next; from < to; from = next) {
            next = from + 100 < to ? from + 100 : to;
            make(from, next);
        }
        vm.resumeGasMetering();
        return to;
    }

    function buyers(uint256 from, uint256 to) external {
        for (uint256 i = from; i < to; ++i) {
            _buy(stranger, _planId, 1, address(uint160(0x10000 + i)));
        }
    }

    function lists(uint256 from, uint256 to) external {
        for (uint256 i = from; i < to; ++i) {
            _list(provider);
        }
    }

    function sales(uint256 from, uint256 to) external {
        for (uint256 i = from; i < to; ++i) {
            _buy(stranger, _planId, 1, stranger);
        }
    }

    function holders(uint256 from, uint256 to) external {
        for (uint256 i = from; i < to; ++i) {
            vm.prank(friend);
            _share.transfer(address(uint160(0x40000 + i)), 1e18);
        }
    }

    function stakers(uint256 from, uint256 to) external {
        for (uint256 i = from; i < to; ++i) {
            _lockAs(address(uint160(0x50000 + i)));
        }
    }

    // ----------------------------------------------------------------------------- buyers, listings, parents

    function test_PurchaseIsFlatInBuyers() public {
        _purchase();
        uint256 first;
        uint256 count = 2;
        for (uint256 i = 0; i < 3; ++i) {
            count = _crowd(this.buyers, count, _crowds[i]);
            _purchase();
            uint256 gas = _measure("purchase licence by allowance, repeat", _crowds[i], "buyers");
            if (i == 0) first = gas;
            assertEq(gas, first);
        }
    }

    function test_PurchaseIsFlatInListings() public {
        _purchase();
        uint256 first;
        for (uint256 i = 0; i < 3; ++i) {
            _crowd(this.lists, listings.count(), _sizes[i]);
            _purchase();
            uint256 gas = _measure("purchase licence by allowance, repeat", _sizes[i], "listings");
            if (i == 0) first = gas;
            assertEq(gas, first);
        }
    }

    /// @dev A purchase is flat in parents; a settlement pays for each.
    function test_Parents() public {
        uint256 none = _settleOf(0);
        for (uint256 parents = 1; parents <= 8; parents *= 2) {
            assertLe(_settleOf(parents), none + parents * 19_000);
        }
    }

    function _settleOf(uint256 parents) private returns (uint256 gas) {
        uint256[] memory ids = new uint256[](parents);
        uint16[] memory bps = new uint16[](parents);
        for (uint256 i = 0; i < parents; ++i) {
            (ids[i], bps[i]) = (_list(address(uint160(0x20000 + i))), 500);
        }
        uint256 child = _derive(provider, ids, bps);
        _planId = _plan(child, PRICE, 0);
        _buy(stranger, _planId, 1, buyer);
        revenue.settle(child, provider, address(token));
        _buy(stranger, _planId, 1, stranger);
        _purchase();
        assertLe(_measure("purchase licence by allowance, repeat", parents, "parents"), 104_000);
        revenue.settle(child, provider, address(token));
        gas = _measure("settle, repeat", parents, "parents");
    }

    /// @dev One settlement after many sales costs what one after a single sale costs.
    function test_SettleIsFlatInSales() public {
        _buy(stranger, _planId, 1, stranger);
        revenue.settle(_listing, provider, address(token));
        uint256 first;
        for (uint256 i = 0; i < 3; ++i) {
            _crowd(this.sales, 0, _sizes[i]);
            revenue.settle(_listing, provider, address(token));
            uint256 gas = _measure("settle, repeat", _sizes[i], "sales since");
            if (i == 0) first = gas;
            assertEq(gas, first);
        }
    }

    // ----------------------------------------------------------------------------------------------- holders

    function test_SharesAreFlatInHolders() public {
        NewShares memory terms = NewShares("Shares of a model", "MODEL", 1_000_000e18, _one(address(token)));
        vm.prank(provider);
        RevenueShare share = _share = RevenueShare(revenue.createShares(_listing, terms));
        // A third, so that every claim leaves another remainder.
        vm.prank(provider);
        share.transfer(friend, uint256(1_000_000e18) / 3);
        _shareStep(share, 0);
        uint256[2] memory first;
        uint256 count = 3;
        for (uint256 i = 0; i < 3; ++i) {
            count = _crowd(this.holders, count, _crowds[i]);
            uint256[2] memory gas = _shareStep(share, _crowds[i]);
            if (i == 0) first = gas;
            assertEq(gas[0], first[0]);
            assertApproxEqAbs(gas[1], first[1], BYTES);
        }
    }

    function _shareStep(RevenueShare share, uint256 size) private returns (uint256[2] memory gas) {
        address account = revenue.accountOf(_listing, address(share));
        _fundVault(account, FEES);
        vm.prank(provider);
        share.claim(address(token));
        if (size != 0) gas[0] = _measure("share claim to balance, repeat", size, "holders");
        _fundVault(account, FEES);
        address newcomer = address(uint160(0x30000 + size));
        vm.prank(provider);
        share.transfer(newcomer, 1e18);
        if (size != 0) gas[1] = _measure("share transfer to a new holder", size, "holders");
    }

    // ----------------------------------------------------------------------------------------------- stakers

    function test_StakingIsFlatInStakers() public {
        _prepareStaking();
        _lockAs(address(0x5ffff));
        _stakingStep(0);
        uint256[4] memory first;
        uint256 count = 3;
        for (uint256 i = 0; i < 3; ++i) {
            count = _crowd(this.stakers, count, _crowds[i]);
            uint256[4] memory gas = _stakingStep(_crowds[i]);
            if (i == 0) first = gas;
            for (uint256 k = 0; k < 4; ++k) {
                assertApproxEqAbs(gas[k], first[k], BYTES);
            }
        }
    }

    /// @dev Alice and Bob lock, and the fees of this week have begun.
    function _prepareStaking() private {
        _listFees(address(token));
        _lock(bob, 100 * STOA, 52);
        _distribute(FEES);
        _fundVault(alice, 1);
        _lock(alice, 100 * STOA, 52);
        _distribute(FEES);
        _claim(alice);
    }

    function _lockAs(address staker) private {
        vm.prank(carol);
        vault.transfer(staker, uint160(address(stoa)), 2 * STOA);
        _lock(staker, STOA, 52);
    }

    function _stakingStep(uint256 size) private returns (uint256[4] memory gas) {
        _distribute(FEES);
        if (size != 0) gas[0] = _measure("distribute, same week", size, "stakers");
        _claim(alice);
        if (size != 0) gas[1] = _measure("staking claim, repeat", size, "stakers");
        _lockAs(address(uint160(0x60000 + size)));
        if (size != 0) gas[2] = _measure("lock from balance, first, 3 tokens", size, "stakers");
        _distribute(FEES);
        _raise(bob, STOA);
        if (size != 0) gas[3] = _measure("raise from balance, 3 tokens", size, "stakers");
    }

    // ------------------------------------------------------------------------------------------------- weeks

    /// @dev The sum of scores is rolled over the weeks since it was last written. With nothing left to roll it stops.
    function test_DistributeGrowsWithTheWeeksRolled() public {
        _prepareStaking();
        uint256[4] memory weeksAt = [uint256(1), 10, 52, 10_000];
        for (uint256 i = 0; i < 4; ++i) {
            uint256 before = vm.snapshotState();
            _nextWeeks(weeksAt[i]);
            _fees(FEES);
            staking.distribute(address(token));
            uint256 gas = _measure("distribute", weeksAt[i], "weeks since");
            assertLe(gas, 73_000 + 2_500 * (weeksAt[i] < 53 ? weeksAt[i] : 53));
            vm.revertToState(before);
        }
    }

    /// @dev Neither the weeks with fees since the last claim nor those since the lock's end make a claim dearer.
    function test_ClaimIsFlatInWeeks() public {
        _prepareStaking();
        for (uint256 week = 1; week <= 50; ++week) {
            _nextWeeks(1);
            _distribute(FEES);
            if (week != 1 && week != 50) continue;
            _claim(alice);
            uint256 gas = _measure("staking claim, repeat", week == 1 ? 1 : 49, "weeks of fees");
            assertLe(gas, 62_000);
        }
    }

    function test_ClaimIsFlatInWeeksSinceTheEnd() public {
        _prepareStaking();
        _distribute(FEES);
        _nextWeeks(53);
        uint256 ended = _week();
        uint256 first;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 before = vm.snapshotState();
            vm.warp((ended + _sizes[i]) * WEEK);
            _lock(carol, STOA, 1);
            _distribute(FEES);
            _claim(alice);
            uint256 gas = _measure("staking claim", _sizes[i], "weeks after the lock's end");
            if (i == 0) first = gas;
            assertEq(gas, first);
            vm.revertToState(before);
        }
    }
}
