// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {MerkleGate} from "../../src/gates/MerkleGate.sol";
import {TierGate} from "../../src/gates/TierGate.sol";
import {TokenGate} from "../../src/gates/TokenGate.sol";
import {LockOrder} from "../../src/types/Lock.sol";
import {Authorization, Credit, Funding} from "../../src/types/Payment.sol";
import {NewPlan, Order} from "../../src/types/Plan.sol";
import {NewShares} from "../../src/types/Share.sol";
import {NewShareSale, ShareOrder} from "../../src/types/ShareSale.sol";
import {ReceiverMock} from "../mocks/ReceiverMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {SignBase} from "../utils/SignBase.sol";
import {StakingBase} from "../utils/StakingBase.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice Gas of what users do that has no bar, as whole transactions with every slot cold; see Gas.t.sol. Balances and
/// counters that an action adds to are not zero, unless the name says so. The test is the Deployer of the gates.
/// forge-config: default.isolate = true
contract RestGasTest is SignBase {
    string private constant GROUP = "rest";
    bytes32 private constant SHARE_ORDER = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");

    uint256 private _listing;
    uint256 private _planId;

    function setUp() public override {
        super.setUp();
        token = TokenMock(Create2.deploy(0, "token", _code("DemoUSD")));
        _listing = _list(provider);
        _planId = _plan(_listing, PRICE, 0);
        _buy(stranger, _planId, 1, stranger);
        _fundVault(buyer, 100 * PRICE);
        _fundVault(friend, PRICE);
    }

    function addressOf(bytes32 name) external view returns (address) {
        return deployer.addressOf(name);
    }

    function _snap(string memory name) private {
        vm.snapshotGasLastCall(GROUP, name);
    }

    function _payFor(uint256 amount, bytes memory data) private {
        vm.prank(buyer);
        vault.pay(address(market), address(token), amount, Funding.Balance, data);
    }

    // ------------------------------------------------------------------------------------------------- shares

    function test_ShareSales() public {
        vm.startPrank(provider);
        RevenueShare share =
            RevenueShare(revenue.createShares(_listing, NewShares("Shares", "SHR", 1e24, _one(address(token)))));
        share.approve(address(market), type(uint256).max);
        NewShareSale memory terms;
        (terms.listing, terms.token, terms.lot, terms.price) = (_listing, address(token), 1e18, PRICE);
        market.openShareSale(terms);
        _snap("open a share sale");
        vm.stopPrank();
        _buy(stranger, _planId, 1, stranger);
        _payFor(PRICE, _lots(1, stranger));
        _payFor(PRICE, _lots(1, buyer));
        _snap("buy a lot of shares from balance, first of the holder");
        _payFor(PRICE, _lots(1, buyer));
        _snap("buy a lot of shares from balance, repeat");
        vm.prank(provider);
        market.closeShareSale(1);
        _snap("close a share sale");
        address another = address(new TokenMock(6));
        vm.prank(provider);
        share.addPaymentToken(another);
        _snap("add a payment token");
    }

    function _lots(uint64 quantity, address recipient) private pure returns (bytes memory) {
        return abi.encode(SHARE_ORDER, ShareOrder(1, quantity, recipient));
    }

    // ---------------------------------------------------------------------------------------------- purchases

    function _gated(string memory gate, bytes memory gateData, bytes memory setting) private {
        address there = Create2.deploy(0, 0, _code(gate));
        vm.prank(provider);
        market.boundPlan(_planId, there, 0, 0);
        vm.prank(provider);
        (bool ok,) = there.call(setting);
        _snap(string.concat("set up a ", gate));
        assertTrue(ok);
        _payFor(PRICE, bytes.concat(abi.encode(Order(_planId, 2, 1, buyer)), gateData));
        _snap(string.concat("purchase licence from balance through a ", gate, ", first"));
    }

    function test_PurchaseThroughAMerkleGate() public {
        bytes32[] memory proof = new bytes32[](10);
        bytes32 root = keccak256(bytes.concat(keccak256(abi.encode(buyer))));
        for (uint256 i = 0; i < 10; ++i) {
            proof[i] = keccak256(abi.encode(i));
            root = Hashes.commutativeKeccak256(root, proof[i]);
        }
        _gated("MerkleGate", abi.encode(proof), abi.encodeCall(MerkleGate.setRoot, (_planId, root)));
    }

    function test_PurchaseThroughATierGate() public {
        uint32[4] memory tiers = [uint32(1), 2, 3, 4];
        vm.prank(address(timelock));
        staking.setTiers(tiers);
        vm.startPrank(holder);
        stoa.approve(address(vault), 10e18);
        vault.deposit(address(stoa), 10e18, buyer);
        vm.stopPrank();
        vm.prank(buyer);
        vault.pay(address(staking), address(stoa), 10e18, Funding.Balance, abi.encode(LockOrder(buyer, 52, 0, 0, "")));
        _gated("TierGate", "", abi.encodeCall(TierGate.setTier, (_planId, 2)));
    }

    function test_PurchaseThroughATokenGate() public {
        token.mint(buyer, 1);
        _gated("TokenGate", "", abi.encodeCall(TokenGate.setHolding, (_planId, address(token), 1)));
    }

    function test_FreePurchase() public {
        uint256 free = _plan(_listing, 0, 0);
        _buy(stranger, free, 1, stranger);
        _payFor(0, _order(free, 1, buyer));
        _snap("take a free licence, first");
        _payFor(0, _order(free, 1, buyer));
        _snap("take a free licence, repeat");
        uint256 freeTime = _subscription(_listing, 0, 30 days);
        _buy(stranger, freeTime, 1, stranger);
        _payFor(0, _order(freeTime, 1, buyer));
        _snap("take a free subscription, first");
        vm.warp(vm.getBlockTimestamp() + 1);
        _payFor(0, _order(freeTime, 1, buyer));
        _snap("take a free subscription, repeat");
    }

    function test_Gift() public {
        _payFor(PRICE, _order(_planId, 1, friend));
        _snap("give a licence from balance, first");
        _payFor(PRICE, _order(_planId, 1, address(new ReceiverMock())));
        _snap("give a licence from balance to a contract, first");
    }

    function test_PurchaseByCoin() public {
        token = TokenMock(address(weth));
        _planId = _plan(_listing, PRICE, 0);
        vm.deal(stranger, 1 ether);
        vm.deal(buyer, 1 ether);
        vm.prank(stranger);
        vault.pay{value: PRICE}(address(market), address(weth), PRICE, Funding.Native, _order(_planId, 1, stranger));
        vm.prank(buyer);
        vault.pay{value: PRICE}(address(market), address(weth), PRICE, Funding.Native, _order(_planId, 1, buyer));
        _snap("purchase licence by coin, first");
    }

    function test_PassesMoveOn() public {
        _payFor(3 * PRICE, _order(_planId, 3, buyer));
        vm.startPrank(buyer);
        market.safeTransferFrom(buyer, friend, _planId, 1, "");
        _snap("transfer a licence, first of the receiver");
        market.safeTransferFrom(buyer, friend, _planId, 1, "");
        _snap("transfer a licence, repeat");
        market.setApprovalForAll(friend, true);
        _snap("appoint an operator of passes");
        market.cancelNonces(0, 1);
        _snap("cancel nonces of credit spending, new word");
        vm.stopPrank();
    }

    // --------------------------------------------------------------------------------------------- the Vault

    function test_Balances() public {
        vm.startPrank(buyer);
        vault.transfer(makeAddr("new"), _id(), 10);
        _snap("transfer a balance, first of the receiver");
        vault.transfer(friend, _id(), 10);
        _snap("transfer a balance, repeat");
        vault.approve(friend, _id(), 100);
        _snap("approve a spender of a balance");
        vault.setOperator(stranger, true);
        _snap("appoint an operator of balances");
        vm.stopPrank();
        vm.prank(friend);
        vault.transferFrom(buyer, friend, _id(), 10);
        _snap("transfer a balance by allowance");
        vm.prank(stranger);
        vault.transferFrom(buyer, friend, _id(), 10);
        _snap("transfer a balance by an operator");
        vm.prank(buyer);
        vault.cancelNonces(0, 1);
        _snap("cancel nonces of payments, new word");
        vault.describe(address(new TokenMock(6)));
        _snap("describe a token");
    }

    function test_SubAccounts() public {
        _fundVault(vault.subAccount(address(this), "till"), 1000);
        Credit[] memory credits = new Credit[](1);
        credits[0] = Credit(friend, 10);
        vault.moveSub("till", address(token), credits);
        _snap("move from a sub-account");
        token.mint(friend, 1);
        vault.withdrawSub("till", address(token), friend, 10);
        _snap("withdraw from a sub-account");
    }

    function test_Coin() public {
        vm.deal(buyer, 1 ether);
        vm.startPrank(buyer);
        vault.depositNative{value: 1000}(buyer);
        vault.depositNative{value: 1000}(buyer);
        _snap("deposit coin");
        vault.withdrawNative(500, payable(buyer));
        _snap("withdraw coin");
        vm.stopPrank();
    }

    function test_AuthorizedDeposit() public {
        _useStoa();
        _giveStoa(payer, PRICE);
        vm.startPrank(holder);
        stoa.approve(address(vault), 1);
        vault.deposit(address(stoa), 1, payer);
        vm.stopPrank();
        bytes32 salt = "salt";
        bytes32 nonce = keccak256(abi.encode(keccak256("Deposit(bytes32 salt)"), salt));
        Authorization memory given = _authorize(PRICE, nonce);
        vm.prank(relayer);
        vault.depositWithAuthorization(address(stoa), payer, PRICE, salt, given);
        _snap("deposit by relayed authorization");
    }

    // ---------------------------------------------------------------------------------------------- provider

    function test_ListingsChange() public {
        string[] memory uris = _terms().uris;
        vm.startPrank(provider);
        listings.publish(_listing, keccak256("more weights"), uris);
        _snap("publish a version");
        listings.setUri(_listing, "ipfs://other metadata");
        _snap("set a listing's URI");
        listings.pause(_listing);
        _snap("pause a listing");
        listings.resume(_listing);
        _snap("resume a listing");
        listings.approve(friend, _listing);
        _snap("appoint a manager of a listing");
        listings.transferFrom(provider, friend, _listing);
        _snap("transfer a listing");
        vm.stopPrank();
        vm.prank(friend);
        listings.retire(_listing);
        _snap("retire a listing");
    }

    function test_PlansChange() public {
        vm.startPrank(provider);
        market.changePlan(_planId, 2 * PRICE, 100);
        _snap("change a plan");
        market.boundPlan(_planId, address(0), 1, type(uint48).max);
        _snap("bound a plan, first");
        market.pausePlan(_planId);
        _snap("pause a plan");
        market.resumePlan(_planId);
        _snap("resume a plan");
        NewPlan memory credits = _planTerms(_listing, PRICE, 0);
        vm.stopPrank();
        credits.from = 1;
        _createPlan(credits);
        _snap("create a plan with bounds");
    }
}

/// @notice The same of stakers, three tokens being listed.
/// forge-config: default.isolate = true
contract RestStakingGasTest is StakingBase {
    string private constant GROUP = "rest";

    function setUp() public override {
        super.setUp();
        _listFees(address(new TokenMock(18)));
        _lock(bob, 100 * STOA, 52);
    }

    function test_LockForAnother() public {
        LockOrder memory order = _signedOrder(100 * STOA, 52);
        _payStake(bob, 100 * STOA, order);
        vm.snapshotGasLastCall(GROUP, "lock for another by its signature, first, 3 tokens");
    }

    function test_Settings() public {
        vm.startPrank(bob);
        staking.setReinvest(true);
        vm.snapshotGasLastCall(GROUP, "let others reinvest");
        staking.cancelNonce();
        vm.snapshotGasLastCall(GROUP, "cancel a staking nonce, first");
        vm.stopPrank();
    }

    function test_PrincipalToAWallet() public {
        _nextWeeks(60);
        vm.prank(bob);
        staking.withdrawTo(bob);
        vm.snapshotGasLastCall(GROUP, "withdraw principal to a wallet");
    }
}
