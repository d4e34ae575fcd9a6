// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TokenMock} from "../mocks/TokenMock.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice Gas of whole staking transactions, measured as in Gas.t.sol. The token has brought fees before the lock, the
/// accounts paid have balances, and distributions have happened in this week's word of the bitmap.
/// forge-config: default.isolate = true
contract StakingGasTest is StakingBase {
    string private constant GROUP = "gas";

    function setUp() public override {
        super.setUp();
        token = TokenMock(Create2.deploy(0, "token", _code("DemoUSD")));
        _listFees(address(token));
        _lock(bob, 100 * STOA, 52);
        _distribute(1e9);
        _fundVault(alice, 1);
        token.mint(alice, 1);
        _lock(alice, 100 * STOA, 52);
    }

    function _measure(string memory name, uint256 bar) private {
        assertLe(vm.snapshotGasLastCall(GROUP, name), bar, name);
    }

    function test_Claim() public {
        _distribute(1e9 + 1);
        _claim(alice);
        _measure("staking claim, first of a token", 79_000);
        _distribute(1e9);
        _claim(alice);
        _measure("staking claim, repeat", 62_000);
    }

    function test_ClaimToAWallet() public {
        _distribute(1e9 + 1);
        vm.prank(alice);
        staking.claimTo(address(token), alice);
        _measure("staking claim to a wallet, first of a token", 79_000 + 13_000);
        _distribute(1e9);
        vm.prank(alice);
        staking.claimTo(address(token), alice);
        _measure("staking claim to a wallet, repeat", 62_000 + 13_000);
    }

    /// @dev Its last fee week is found through the bitmap.
    function test_ClaimAfterTheEnd() public {
        _distribute(1e9 + 1);
        _claim(alice);
        _distribute(1e9);
        _nextWeeks(60);
        _lock(bob, STOA, 52);
        _distribute(1e9);
        _claim(alice);
        vm.snapshotGasLastCall(GROUP, "staking claim after the lock's end, repeat");
    }

    function test_Distribute() public {
        _distribute(1e9);
        _measure("distribute, same week", 46_000);
        _nextWeeks(1);
        _distribute(1e9);
        _measure("distribute, new week", 73_000 + 2_500);
        _nextWeeks(11);
        _distribute(1e9);
        _measure("distribute, 11 weeks later", 73_000 + 11 * 2_500);
        _nextWeeks(40);
        _distribute(1e9);
        _measure("distribute, 40 weeks later", 73_000 + 40 * 2_500);
    }

    function test_Locks() public {
        _lock(carol, 100 * STOA, 52);
        vm.snapshotGasLastCall(GROUP, "lock from balance, first, 3 tokens");
        vm.warp(_now() + 1);
        _raise(carol, STOA);
        vm.snapshotGasLastCall(GROUP, "raise from balance, 3 tokens");
        _nextWeeks(1);
        _extend(carol, 52);
        vm.snapshotGasLastCall(GROUP, "extend, 3 tokens");
        _nextWeeks(60);
        vm.prank(carol);
        staking.withdraw();
        vm.snapshotGasLastCall(GROUP, "withdraw principal");
    }

    function test_Reinvest() public {
        vm.prank(alice);
        staking.setReinvest(true);
        _stoaFees(STOA);
        vm.warp(_now() + 1);
        vm.prank(stranger);
        staking.reinvest(alice);
        vm.snapshotGasLastCall(GROUP, "reinvest with its distribution, 3 tokens");
    }

    function test_Size() public {
        vm.snapshotValue("size", "Staking", address(staking).code.length);
        assertLe(address(staking).code.length, 24_576);
    }
}
