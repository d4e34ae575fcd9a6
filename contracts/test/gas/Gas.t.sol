// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Funding} from "../../src/types/Payment.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice Gas of whole transactions, as in a receipt: isolate mode makes each call its own transaction, so every slot
/// is cold. Counters are not zero: others have bought before, and the fee account and the listing have earned.
/// forge-config: default.isolate = true
contract GasTest is Base {
    string private constant GROUP = "gas";
    uint256 private _listing;
    uint256 private _planId;

    function setUp() public override {
        super.setUp();
        token = _optimizedToken();
        _prepare();
    }

    function _prepare() private {
        _listing = _list(provider);
        _planId = _plan(_listing, PRICE, 0);
        _buy(stranger, _planId, 1, stranger);
        _fundVault(stranger, PRICE);
        token.mint(buyer, 10 * PRICE);
        vm.prank(buyer);
        token.approve(address(vault), type(uint256).max);
    }

    /// @dev OpenZeppelin's ERC-20 as it would be deployed; the other mocks are not optimized.
    function _optimizedToken() private returns (TokenMock) {
        return TokenMock(Create2.deploy(0, "token", _code("DemoUSD")));
    }

    function _useProxyToken() private {
        bytes memory start = abi.encodeCall(TokenMock.mint, (stranger, 0));
        token = TokenMock(address(new ERC1967Proxy(address(token), start)));
        _prepare();
    }

    function _pay(Funding funding) private {
        vm.prank(buyer);
        vault.pay(address(market), address(token), PRICE, funding, _order(_planId, 1, buyer));
    }

    function _measure(string memory name, uint256 bar) private {
        uint256 gas = vm.snapshotGasLastCall(GROUP, name);
        assertLe(gas, bar, name);
    }

    function test_PurchaseByAllowance() public {
        _pay(Funding.Allowance);
        _measure("purchase licence by allowance, first", 122_000);
        _pay(Funding.Allowance);
        _measure("purchase licence by allowance, repeat", 104_000);
    }

    /// @dev The bars are those of a standing allowance; a finite one costs the token's own write on top.
    function test_PurchaseByFiniteAllowance() public {
        vm.prank(buyer);
        token.approve(address(vault), 3 * PRICE);
        _pay(Funding.Allowance);
        _measure("purchase licence by finite allowance, first", 125_500);
        _pay(Funding.Allowance);
        _measure("purchase licence by finite allowance, repeat", 107_500);
    }

    function test_PurchaseByAllowanceOfProxyToken() public {
        _useProxyToken();
        _pay(Funding.Allowance);
        vm.snapshotGasLastCall(GROUP, "purchase licence by allowance of a proxied token, first");
        _pay(Funding.Allowance);
        vm.snapshotGasLastCall(GROUP, "purchase licence by allowance of a proxied token, repeat");
    }

    function test_PurchaseFromBalance() public {
        vm.prank(buyer);
        vault.deposit(address(token), 5 * PRICE, buyer);
        _pay(Funding.Balance);
        _measure("purchase licence from balance, first", 107_000);
        _pay(Funding.Balance);
        _measure("purchase licence from balance, repeat", 90_000);
    }

    function test_DepositAndWithdraw() public {
        _fundVault(buyer, PRICE);
        vm.prank(buyer);
        token.approve(address(vault), type(uint256).max);
        vm.prank(buyer);
        vault.deposit(address(token), PRICE, buyer);
        _measure("deposit", 51_000);
        vm.prank(buyer);
        vault.withdraw(address(token), PRICE, buyer);
        _measure("withdraw", 49_000);
    }

    function test_SettleWithoutParents() public {
        _settleTwice(_listing, "settle, no parents", 58_000);
    }

    function test_SettleWithOneParent() public {
        uint256 child = _derive(provider, _ids(_listing), _bps(1000));
        _settleTwice(child, "settle, 1 parent", 77_000);
    }

    function test_SettleWithEightParents() public {
        uint256[] memory parents = new uint256[](8);
        uint16[] memory bps = new uint16[](8);
        for (uint256 i = 0; i < 8; ++i) {
            (parents[i], bps[i]) = (_list(makeAddr(vm.toString(i))), 500);
        }
        _settleTwice(_derive(provider, parents, bps), "settle, 8 parents", 210_000);
    }

    function _settleTwice(uint256 listing, string memory name, uint256 bar) private {
        uint256 plan = _plan(listing, PRICE, 0);
        _buy(stranger, plan, 1, stranger);
        revenue.settle(listing, provider, address(token));
        vm.snapshotGasLastCall(GROUP, string.concat(name, ", first of the key"));
        _buy(stranger, plan, 1, stranger);
        revenue.settle(listing, provider, address(token));
        _measure(name, bar);
    }

    function test_PurchaseRightAfterASettle() public {
        revenue.settle(_listing, provider, address(token));
        _pay(Funding.Allowance);
        _measure("purchase licence by allowance right after a settle, first", 139_000);
    }

    function test_Providing() public {
        _list(provider);
        vm.snapshotGasLastCall(GROUP, "create a listing without parents");
        _plan(_listing, PRICE, 0);
        vm.snapshotGasLastCall(GROUP, "create a plan");
    }

    function test_Sizes() public {
        vm.snapshotValue("size", "Vault", address(vault).code.length);
        vm.snapshotValue("size", "Listings", address(listings).code.length);
        vm.snapshotValue("size", "Revenue", address(revenue).code.length);
        vm.snapshotValue("size", "Market", address(market).code.length);
        vm.snapshotValue("size", "Timelock", address(timelock).code.length);
        vm.snapshotValue("size", "StoaToken", address(stoa).code.length);
        vm.snapshotValue("size", "Deployer", address(deployer).code.length);
        assertLe(address(market).code.length, 24_576);
    }
}
