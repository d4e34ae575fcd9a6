// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {Funding} from "../../src/types/Payment.sol";
import {ClaimOrder, ClaimPayout} from "../../src/types/Share.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {ShareBase} from "../utils/ShareBase.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice Gas of what holders of shares do, as whole transactions with every slot cold; see Gas.t.sol. Nothing was settled
/// before: a claim after a sale needs no settlement.
/// forge-config: default.isolate = true
contract SharesGasTest is ShareBase {
    string private constant GROUP = "shares";
    uint256 private _listing;
    RevenueShare private _shares;

    function setUp() public override {
        super.setUp();
        token = TokenMock(Create2.deploy(0, "token", _code("DemoUSD")));
        _listing = _list(provider);
        _shares = _share(_listing, SUPPLY);
        _give(_shares, provider, friend, SUPPLY / 2);
        _earn(_shares, 1e9 + 1);
    }

    function _measure(string memory name, uint256 bar) private {
        uint256 gas = vm.snapshotGasLastCall(GROUP, name);
        assertLe(gas, bar, name);
    }

    /// @dev So that slots which are written again and again are measured as such.
    function _claimOnce(address account) private {
        _fundVault(account, 1);
        _claim(_shares, account);
        _earn(_shares, 1e9);
    }

    /// @dev A third of the shares, so that every claim leaves another remainder.
    function test_ClaimToBalance() public {
        _give(_shares, provider, friend, SUPPLY / 6);
        _fundVault(provider, 1);
        _claim(_shares, provider);
        vm.snapshotGasLastCall(GROUP, "claim to balance, holder's first");
        _earn(_shares, 1e9);
        _claim(_shares, provider);
        _measure("claim to balance", 78_000);
    }

    function test_ClaimToWallet() public {
        _give(_shares, provider, friend, SUPPLY / 6);
        _claimOnce(provider);
        token.mint(provider, 1);
        vm.prank(provider);
        _shares.claimTo(address(token), provider);
        _measure("claim to wallet", 89_000);
    }

    function test_ClaimBySignature() public {
        (address account, uint256 key) = makeAddrAndKey("account");
        _give(_shares, friend, account, SUPPLY / 4);
        _earn(_shares, 1e9 + 3);
        _claimOnce(account);
        ClaimOrder memory order = ClaimOrder(account, address(token), account, ClaimPayout.Balance, type(uint256).max);
        bytes memory signature = _signClaim(_shares, order, 0, key);
        vm.prank(stranger);
        _shares.claimBySig(order, signature);
        vm.snapshotGasLastCall(GROUP, "claim to balance by signature, first nonce");
    }

    /// @dev The sender has been fixed before, the receiver is new.
    function test_Transfer() public {
        _give(_shares, provider, friend, 1);
        _earn(_shares, 1e9);
        _give(_shares, provider, makeAddr("new"), SUPPLY / 8);
        _measure("transfer to a new holder", 112_000);
        _give(_shares, provider, friend, 1);
        vm.snapshotGasLastCall(GROUP, "transfer between holders, nothing earned by the sender since");
        _earn(_shares, 1e9);
        _give(_shares, provider, friend, 1);
        vm.snapshotGasLastCall(GROUP, "transfer between holders");
    }

    function test_TransferAtTheSendersFirstCheckpoint() public {
        _give(_shares, provider, makeAddr("new"), SUPPLY / 8);
        _measure("transfer to a new holder, sender's first checkpoint", 146_000);
    }

    function test_TransferWithFourTokens() public {
        address[] memory tokens = new address[](4);
        for (uint256 i = 0; i < 4; ++i) {
            tokens[i] = address(new TokenMock(18));
        }
        _shares = _share(_list(provider), SUPPLY, tokens);
        _earnAll(tokens);
        _give(_shares, provider, friend, SUPPLY / 2);
        _earnAll(tokens);
        _give(_shares, provider, makeAddr("new"), SUPPLY / 8);
        _measure("transfer to a new holder, 4 tokens", 112_000 + 3 * 46_000);
        token = TokenMock(tokens[3]);
        _claimOnce(provider);
        _claim(_shares, provider);
        _measure("claim to balance, fourth token", 78_000);
    }

    function _earnAll(address[] memory tokens) private {
        for (uint256 i = 0; i < tokens.length; ++i) {
            token = TokenMock(tokens[i]);
            _earn(_shares, 1e9 + 1);
        }
    }

    function test_SettleOfShares() public {
        uint256[] memory parents = new uint256[](8);
        uint16[] memory bps = new uint16[](8);
        for (uint256 i = 0; i < 8; ++i) {
            (parents[i], bps[i]) = (_list(makeAddr(vm.toString(i))), 500);
        }
        _settleTwice(_share(_derive(provider, parents, bps), SUPPLY), "settle of shares, 8 parents", 210_000);
        _settleTwice(_shares, "settle of shares, no parents", 58_000);
    }

    /// @dev Every parent earns for shares of its own.
    function test_SettleWithParentsThatHaveShares() public {
        uint256[] memory parents = new uint256[](8);
        uint16[] memory bps = new uint16[](8);
        for (uint256 i = 0; i < 8; ++i) {
            (parents[i], bps[i]) = (_list(provider), 500);
            _share(parents[i], SUPPLY);
        }
        _settleTwice(
            _share(_derive(provider, parents, bps), SUPPLY), "settle of shares, 8 parents with shares", 210_000
        );
    }

    function _settleTwice(RevenueShare share, string memory name, uint256 bar) private {
        uint256 of_ = share.listing();
        _earn(share, 1e9);
        revenue.settle(of_, address(share), address(token));
        _earn(share, 1e9);
        revenue.settle(of_, address(share), address(token));
        _measure(name, bar);
    }

    function test_PurchaseOfAListingWithShares() public {
        uint256 plan = _plan(_listing, PRICE, 0);
        _buy(stranger, plan, 1, stranger);
        token.mint(buyer, 3 * PRICE);
        vm.startPrank(buyer);
        token.approve(address(vault), type(uint256).max);
        vault.pay(address(market), address(token), PRICE, Funding.Allowance, _order(plan, 1, buyer));
        vm.stopPrank();
        vm.snapshotGasLastCall(GROUP, "purchase licence by allowance of a listing with shares, first");
    }

    function test_Creation() public {
        _share(_list(provider), SUPPLY);
        vm.snapshotGasLastCall(GROUP, "create shares");
        vm.startPrank(buyer);
        _fundWalletOf(buyer);
        vault.pay(address(revenue), address(token), PRICE, Funding.Allowance, abi.encode(_listing, bytes32(0)));
        vm.stopPrank();
        vm.snapshotGasLastCall(GROUP, "pay a listing by allowance");
    }

    function _fundWalletOf(address account) private {
        token.mint(account, PRICE);
        token.approve(address(vault), type(uint256).max);
    }

    function test_Sizes() public {
        vm.snapshotValue("size", "RevenueShare", revenue.shareImplementation().code.length);
        vm.snapshotValue("size", "RevenueShare clone", address(_shares).code.length);
        assertLe(revenue.shareImplementation().code.length, 24_576);
    }
}
