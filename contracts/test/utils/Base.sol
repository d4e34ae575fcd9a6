// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Deployer} from "../../src/Deployer.sol";
import {Listings} from "../../src/Listings.sol";
import {Market} from "../../src/Market.sol";
import {Revenue} from "../../src/Revenue.sol";
import {Staking} from "../../src/Staking.sol";
import {StoaToken} from "../../src/StoaToken.sol";
import {Timelock} from "../../src/Timelock.sol";
import {Vault} from "../../src/Vault.sol";
import {Child, Parameters} from "../../src/types/Deployment.sol";
import {Kind, NewListing} from "../../src/types/Listing.sol";
import {Funding} from "../../src/types/Payment.sol";
import {NewPlan, Order, PlanKind} from "../../src/types/Plan.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {WethMock} from "../mocks/WethMock.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Test} from "forge-std/Test.sol";
import {VmSafe} from "forge-std/Vm.sol";

/// @notice The contracts as the Deployer places them, one token, and a few people.
abstract contract Base is Test {
    uint16 internal constant FEE_BPS = 250;
    uint128 internal constant PRICE = 10e6;
    /// @dev A time as on a real chain: 100 seconds into a week.
    uint256 internal constant START = 2_976 weeks + 100;

    Deployer internal deployer;
    Timelock internal timelock;
    Vault internal vault;
    Listings internal listings;
    Revenue internal revenue;
    Staking internal staking;
    Market internal market;
    StoaToken internal stoa;
    TokenMock internal token;
    WethMock internal weth;

    address internal operator = makeAddr("operator");
    address internal council = makeAddr("council");
    address internal holder = makeAddr("holder");
    address internal provider = makeAddr("provider");
    address internal buyer = makeAddr("buyer");
    address internal friend = makeAddr("friend");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual {
        weth = new WethMock();
        vm.warp(START);
        deployer = _newDeployer();
        _deployAll(deployer, _parameters());
        token = new TokenMock(6);
    }

    // -------------------------------------------------------------------------------------------- deployment

    function _parameters() internal view returns (Parameters memory parameters) {
        parameters.timelockDelay = 2 days;
        parameters.proposers = _one(council);
        parameters.executors = _one(address(0));
        parameters.feeBps = FEE_BPS;
        parameters.stoaHolder = holder;
        parameters.weth = address(weth);
    }

    /// @dev From the artifacts of the default profile, so that tests run the bytes that are deployed; see foundry.toml.
    /// Coverage is counted on its own, unoptimized build.
    function _code(string memory name) internal view returns (bytes memory) {
        if (vm.isContext(VmSafe.ForgeContext.Coverage)) return vm.getCode(string.concat(name, ".sol:", name));
        return vm.getCode(string.concat("out/", name, ".sol/", name, ".json"));
    }

    function _newDeployer() internal returns (Deployer) {
        return Deployer(Create2.deploy(0, 0, abi.encodePacked(_code("Deployer"), abi.encode(operator))));
    }

    function _deployAll(Deployer target, Parameters memory parameters) internal {
        bytes32[7] memory names =
            [bytes32("Timelock"), "Vault", "Listings", "Revenue", "Staking", "Market", "StoaToken"];
        Child[] memory children = new Child[](7);
        bytes[] memory codes = new bytes[](7);
        for (uint256 i = 0; i < 7; ++i) {
            codes[i] = _code(string(_trim(names[i])));
            children[i] = Child({name: names[i], initCodeHash: keccak256(codes[i])});
        }
        vm.startPrank(target.operator());
        target.configure(parameters, children);
        timelock = Timelock(payable(target.deploy(names[0], codes[0])));
        vault = Vault(payable(target.deploy(names[1], codes[1])));
        listings = Listings(target.deploy(names[2], codes[2]));
        revenue = Revenue(target.deploy(names[3], codes[3]));
        staking = Staking(target.deploy(names[4], codes[4]));
        market = Market(target.deploy(names[5], codes[5]));
        stoa = StoaToken(target.deploy(names[6], codes[6]));
        vm.stopPrank();
    }

    function _trim(bytes32 name) private pure returns (bytes memory text) {
        uint256 length = 0;
        while (length < 32 && name[length] != 0) ++length;
        text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            text[i] = name[i];
        }
    }

    // ------------------------------------------------------------------------------------------------ things

    function _terms() internal pure returns (NewListing memory listing) {
        listing.kind = Kind.Model;
        listing.uri = "ipfs://metadata";
        listing.contentHash = keccak256("weights");
        listing.uris = new string[](1);
        listing.uris[0] = "ipfs://weights";
        listing.licence = "Apache-2.0";
        listing.derivatives = true;
    }

    function _list(address owner) internal returns (uint256) {
        vm.prank(owner);
        return listings.create(_terms());
    }

    function _derive(address owner, uint256[] memory parents, uint16[] memory bps) internal returns (uint256) {
        NewListing memory listing = _terms();
        (listing.parents, listing.parentBps) = (parents, bps);
        vm.prank(owner);
        return listings.create(listing);
    }

    function _plan(uint256 listing, uint128 price, uint64 cap) internal returns (uint256) {
        vm.prank(listings.ownerOf(listing));
        return market.createPlan(_planTerms(listing, price, cap));
    }

    /// @dev A transferable licence.
    function _planTerms(uint256 listing, uint128 price, uint64 cap) internal view returns (NewPlan memory plan) {
        (plan.listing, plan.kind, plan.token) = (listing, PlanKind.Licence, address(token));
        (plan.price, plan.cap, plan.transferable) = (price, cap, true);
    }

    function _subscription(uint256 listing, uint128 price, uint32 period) internal returns (uint256) {
        NewPlan memory plan = _planTerms(listing, price, 0);
        (plan.kind, plan.period, plan.transferable) = (PlanKind.Subscription, period, false);
        return _createPlan(plan);
    }

    function _credits(uint256 listing, uint128 price, uint32 units) internal returns (uint256) {
        NewPlan memory plan = _planTerms(listing, price, 0);
        (plan.kind, plan.units, plan.unit) = (PlanKind.Credits, units, "call");
        return _createPlan(plan);
    }

    function _createPlan(NewPlan memory plan) internal returns (uint256) {
        vm.prank(listings.ownerOf(plan.listing));
        return market.createPlan(plan);
    }

    function _order(uint256 plan, uint64 quantity, address recipient) internal pure returns (bytes memory) {
        return abi.encode(Order({plan: plan, version: 1, quantity: quantity, recipient: recipient}));
    }

    function _buy(address payer, uint256 plan, uint64 quantity, address recipient) internal {
        uint256 amount = uint256(market.planOf(plan).price) * quantity;
        _fundWallet(payer, amount);
        vm.prank(payer);
        vault.pay(address(market), address(token), amount, Funding.Allowance, _order(plan, quantity, recipient));
    }

    function _fundWallet(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(vault), amount);
    }

    function _fundVault(address account, uint256 amount) internal {
        _fundWallet(account, amount);
        vm.prank(account);
        vault.deposit(address(token), amount, account);
    }

    function _balance(address account) internal view returns (uint256) {
        return vault.balanceOf(account, _id());
    }

    function _id() internal view returns (uint256) {
        return uint160(address(token));
    }

    function _one(address account) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function _ids(uint256 a) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = a;
    }

    function _ids(uint256 a, uint256 b) internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (a, b);
    }

    function _bps(uint16 a) internal pure returns (uint16[] memory list) {
        list = new uint16[](1);
        list[0] = a;
    }

    function _bps(uint16 a, uint16 b) internal pure returns (uint16[] memory list) {
        list = new uint16[](2);
        (list[0], list[1]) = (a, b);
    }
}
