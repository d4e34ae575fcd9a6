// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {StoaToken} from "../../src/StoaToken.sol";
import {Funding} from "../../src/types/Payment.sol";
import {Authorization, SignedPay} from "../../src/types/Payment.sol";
import {SpendOrder} from "../../src/types/Plan.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice Gas of whole transactions, as in a receipt: isolate mode makes each call its own transaction, so every slot
/// is cold. Counters are not zero: others have bought before, and the fee account and the listing have earned.
/// forge-config: default.isolate = true
contract GasTest is SignBase {
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
        _measure("purchase licence by finite allowance, first", 122_000 + 3_200);
        _pay(Funding.Allowance);
        _measure("purchase licence by finite allowance, repeat", 104_000 + 3_200);
    }

    function test_PurchaseByAllowanceOfProxyToken() public {
        _useProxyToken();
        _pay(Funding.Allowance);
        vm.snapshotGasLastCall(GROUP, "purchase licence by allowance of a proxied token, first");
        _pay(Funding.Allowance);
        vm.snapshotGasLastCall(GROUP, "purchase licence by allowance of a proxied token, repeat");
    }

    /// @dev A payment from balance asks the token nothing, so it costs what it costs with any token.
    function test_BalanceOfProxyToken() public {
        _useProxyToken();
        _fundVault(buyer, PRICE);
        vm.prank(buyer);
        token.approve(address(vault), type(uint256).max);
        vm.prank(buyer);
        vault.deposit(address(token), 5 * PRICE, buyer);
        vm.snapshotGasLastCall(GROUP, "deposit of a proxied token");
        vm.prank(buyer);
        vault.withdraw(address(token), PRICE, buyer);
        vm.snapshotGasLastCall(GROUP, "withdraw of a proxied token");
        _pay(Funding.Balance);
        _measure("purchase licence from balance of a proxied token, first", 107_000);
        _pay(Funding.Balance);
        _measure("purchase licence from balance of a proxied token, repeat", 90_000);
    }

    /// @dev STOA's code behind a proxy, whose permits are of another domain.
    function test_PermitOfProxyToken() public {
        stoa = StoaToken(address(new ERC1967Proxy(address(stoa), abi.encodeCall(stoa.approve, (stranger, 0)))));
        deal(address(stoa), holder, 100 * PRICE);
        bytes memory data = _stoaPlan();
        bytes memory grant = _permit(PRICE, 0, vm.getBlockTimestamp());
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Permit, grant, data);
        vm.snapshotGasLastCall(GROUP, "purchase licence by permit of a proxied token, first");
        assertEq(market.balanceOf(payer, _planId), 1);
    }

    function test_PurchaseFromBalance() public {
        vm.prank(buyer);
        vault.deposit(address(token), 5 * PRICE, buyer);
        _pay(Funding.Balance);
        _measure("purchase licence from balance, first", 107_000);
        _pay(Funding.Balance);
        _measure("purchase licence from balance, repeat", 90_000);
    }

    // ------------------------------------------------------------------------------- subscriptions, credits

    /// @dev Others hold the plan already.
    function _use(uint256 plan) private {
        _planId = plan;
        _buy(stranger, plan, 1, stranger);
    }

    function test_SubscribeByAllowance() public {
        _use(_subscription(_listing, PRICE, 30 days));
        _pay(Funding.Allowance);
        _measure("purchase subscription by allowance, first", 120_000);
        _pay(Funding.Allowance);
        _measure("purchase subscription by allowance, repeat", 100_000);
    }

    function test_SubscribeFromBalance() public {
        _use(_subscription(_listing, PRICE, 30 days));
        vm.prank(buyer);
        vault.deposit(address(token), 5 * PRICE, buyer);
        _pay(Funding.Balance);
        _measure("purchase subscription from balance, first", 106_000);
        _pay(Funding.Balance);
        _measure("purchase subscription from balance, repeat", 86_000);
    }

    function test_CreditsFromBalance() public {
        _use(_credits(_listing, PRICE, 1000));
        vm.prank(buyer);
        vault.deposit(address(token), 5 * PRICE, buyer);
        _pay(Funding.Balance);
        _measure("purchase credits from balance, first", 107_000);
        _pay(Funding.Balance);
        _measure("purchase credits from balance, repeat", 90_000);
    }

    function test_SpendCredits() public {
        uint256 pack = _credits(_listing, PRICE, 1000);
        _buy(buyer, pack, 1, buyer);
        _buy(buyer, pack, 1, payer);
        vm.prank(buyer);
        market.spend(pack, 10, "invoice");
        _measure("spend credits by holder", 36_000);
        for (uint256 nonce = 0; nonce < 2; ++nonce) {
            SpendOrder memory order = SpendOrder(payer, pack, 10, provider, "job", nonce, type(uint64).max);
            bytes memory signature = _signSpend(order);
            vm.prank(provider);
            market.spendBySig(order, signature);
            if (nonce == 0) _measure("spend credits by order, new nonce word", 50_100 + 17_100);
            else _measure("spend credits by order", 50_100);
        }
    }

    // -------------------------------------------------------------------------------------- signed payments

    function _relayTwice(string memory name, uint256 bar) private {
        _fundVault(payer, 5 * PRICE);
        _buy(buyer, _planId, 1, payer);
        _fundVault(relayer, 1);
        for (uint256 nonce = 0; nonce < 2; ++nonce) {
            SignedPay memory order = _signedPay(PRICE, Funding.Balance);
            (order.nonce, order.deadline) = (nonce, type(uint64).max);
            _relay(order, _order(_planId, 1, payer));
            if (nonce == 0) _measure(string.concat(name, ", new nonce word"), bar + 17_100);
            else _measure(name, bar);
        }
    }

    function test_RelayedLicence() public {
        _relayTwice("relayed purchase licence from balance, repeat", 115_000);
    }

    function test_RelayedSubscription() public {
        _use(_subscription(_listing, PRICE, 30 days));
        _relayTwice("relayed purchase subscription from balance, repeat", 112_000);
    }

    /// @dev The rest of the figures are in STOA, which knows permits and authorizations.
    function _stoaPlan() private returns (bytes memory data) {
        _useStoa();
        _planId = _plan(_listing, PRICE, 0);
        _giveStoa(stranger, PRICE);
        vm.startPrank(stranger);
        stoa.approve(address(vault), PRICE);
        vault.pay(address(market), address(stoa), PRICE, Funding.Allowance, _order(_planId, 1, stranger));
        vm.stopPrank();
        _giveStoa(payer, 10 * PRICE);
        return _order(_planId, 1, payer);
    }

    function test_PurchaseByPermit() public {
        bytes memory data = _stoaPlan();
        bytes memory grant = _permit(PRICE, 0, vm.getBlockTimestamp());
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Permit, grant, data);
        _measure("purchase licence by permit, first", 153_000);
    }

    function test_PurchaseByAuthorization() public {
        bytes memory data = _stoaPlan();
        Authorization memory given = _authorize(PRICE, "nonce");
        given.nonce = "nonce";
        vm.prank(payer);
        vault.payWithGrant(address(market), address(stoa), PRICE, Funding.Authorization, abi.encode(given), data);
        _measure("purchase licence by authorization of oneself, first", 149_000);
    }

    function test_PurchaseByRelayedAuthorization() public {
        bytes memory data = _stoaPlan();
        SignedPay memory order = _signedPay(PRICE, Funding.Authorization);
        bytes32 witness = _witness(data, "");
        bytes memory grant = abi.encode(_authorize(PRICE, _payDigest(order, witness)));
        vm.prank(relayer);
        vault.payBySig(order, witness, WITNESS_TYPE, data, grant, "");
        _measure("purchase licence by relayed authorization, first", 155_000);
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
        _settleTwice(_listing, "settle, no parents", 0);
    }

    function test_SettleWithOneParent() public {
        uint256 child = _derive(provider, _ids(_list(friend)), _bps(1000));
        _settleTwice(child, "settle, 1 parent", 1);
    }

    function test_SettleWithEightParents() public {
        uint256[] memory parents = new uint256[](8);
        uint16[] memory bps = new uint16[](8);
        for (uint256 i = 0; i < 8; ++i) {
            (parents[i], bps[i]) = (_list(makeAddr(vm.toString(i))), 500);
        }
        _settleTwice(_derive(provider, parents, bps), "settle, 8 parents", 8);
    }

    /// @dev The owner's balance is not zero, so the first settlement is dearer by the key's and the parents' slots alone.
    function _settleTwice(uint256 listing, string memory name, uint256 parents) private {
        uint256 plan = _plan(listing, PRICE, 0);
        uint256 bar = 58_000 + parents * 19_000;
        _fundVault(provider, 1);
        _buy(stranger, plan, 1, stranger);
        revenue.settle(listing, provider, address(token));
        _measure(string.concat(name, ", first of the key"), bar + 17_100 + parents * 37_000);
        _buy(stranger, plan, 1, stranger);
        revenue.settle(listing, provider, address(token));
        _measure(name, bar);
    }

    /// @dev A new parent under a key that has settled before is not to be had, since parents never change: its owner is
    /// new instead, and with it the key that gets the royalty.
    function test_SettleAtAParentsFirstTouch() public {
        uint256 parent = _list(friend);
        uint256 child = _derive(provider, _ids(parent), _bps(1000));
        uint256 plan = _plan(child, PRICE, 0);
        _fundVault(provider, 1);
        _buy(stranger, plan, 1, stranger);
        revenue.settle(child, provider, address(token));
        vm.prank(friend);
        listings.transferFrom(friend, stranger, parent);
        _buy(stranger, plan, 1, stranger);
        revenue.settle(child, provider, address(token));
        _measure("settle, 1 parent, first of the parent's key", 58_000 + 19_000 + 37_000);
    }

    function test_PurchaseRightAfterASettle() public {
        revenue.settle(_listing, provider, address(token));
        _pay(Funding.Allowance);
        _measure("purchase licence by allowance right after a settle, first", 122_000 + 17_100);
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
