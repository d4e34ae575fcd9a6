// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {MerkleGate} from "../../src/gates/MerkleGate.sol";
import {TierGate} from "../../src/gates/TierGate.sol";
import {TokenGate} from "../../src/gates/TokenGate.sol";
import {LockOrder} from "../../src/types/Lock.sol";
import {Funding} from "../../src/types/Payment.sol";
import {NewShares} from "../../src/types/Share.sol";
import {NewShareSale} from "../../src/types/ShareSale.sol";
import {Base} from "../utils/Base.sol";

/// @notice A state in which each role has what an open function works on: balances, wallets, credits, a lock that has
/// ended, a sub-account.
abstract contract MatrixWorld is Base {
    enum Role {
        Stranger,
        Owner,
        Manager,
        Operator,
        Council,
        Guardian,
        Heir,
        Timelock,
        Vault,
        Listings,
        Revenue,
        Staking,
        Market,
        Share
    }

    uint256 internal constant ROLES = 14;
    bytes32 internal constant SALT = "salt";

    /// @dev Stands in arguments for whoever calls.
    address internal constant ACTOR = address(0xAc70AC70AC70Ac70aC70ac70AC70aC70Ac70AC70);

    address[ROLES] internal _actors;
    mapping(bytes32 place => address) internal _places;
    uint256 internal _listing;
    uint256 internal _paused;
    uint256 internal _shared;
    uint256 internal _planId;
    uint256 internal _stoppedPlan;
    uint256 internal _freePlan;
    uint256 internal _pack;
    RevenueShare internal _share;

    function setUp() public virtual override {
        super.setUp();
        _listAll();
        _nameActors();
        _govern();
        for (uint256 i = 0; i < ROLES; ++i) {
            _equip(_actors[i]);
        }
        _fundVault(revenue.accountOf(_shared, address(_share)), 10);
        // The locks end, and what was scheduled is ready.
        vm.warp(vm.getBlockTimestamp() + 3 weeks);
        _namePlaces();
    }

    function _listAll() private {
        (_listing, _paused, _shared) = (_list(provider), _list(provider), _list(provider));
        _planId = _plan(_listing, PRICE, 0);
        _stoppedPlan = _plan(_listing, PRICE, 0);
        _freePlan = _plan(_listing, 0, 0);
        vm.startPrank(provider);
        market.pausePlan(_stoppedPlan);
        listings.pause(_paused);
        listings.setApprovalForAll(makeAddr("manager"), true);
        _share = RevenueShare(revenue.createShares(_shared, _shareTerms()));
        market.openShareSale(NewShareSale(_shared, address(token), 1, 1, 0, 0, 0));
        vm.stopPrank();
        _pack = _credits(_listing, PRICE, 1000);
    }

    function _nameActors() private {
        _actors[uint256(Role.Stranger)] = stranger;
        _actors[uint256(Role.Owner)] = provider;
        _actors[uint256(Role.Manager)] = makeAddr("manager");
        _actors[uint256(Role.Operator)] = operator;
        _actors[uint256(Role.Council)] = council;
        _actors[uint256(Role.Guardian)] = makeAddr("guardian");
        _actors[uint256(Role.Heir)] = makeAddr("heir");
        _actors[uint256(Role.Timelock)] = address(timelock);
        _actors[uint256(Role.Vault)] = address(vault);
        _actors[uint256(Role.Listings)] = address(listings);
        _actors[uint256(Role.Revenue)] = address(revenue);
        _actors[uint256(Role.Staking)] = address(staking);
        _actors[uint256(Role.Market)] = address(market);
        _actors[uint256(Role.Share)] = address(_share);
    }

    /// @dev A guardian, somebody named as the next owner, and operations that wait.
    function _govern() private {
        vm.startPrank(address(timelock));
        revenue.setGuardian(_actors[uint256(Role.Guardian)]);
        revenue.transferOwnership(_actors[uint256(Role.Heir)]);
        staking.transferOwnership(_actors[uint256(Role.Heir)]);
        vm.stopPrank();
        vm.startPrank(council);
        timelock.schedule(friend, 0, "", 0, "ready", 2 days);
        timelock.scheduleBatch(new address[](0), new uint256[](0), new bytes[](0), 0, "ready", 2 days);
        vm.stopPrank();
    }

    function _equip(address actor) private {
        token.mint(actor, 10 * PRICE);
        // Paid by another: the Vault cannot deposit what it holds already.
        _fundWallet(buyer, 10 * PRICE);
        vm.prank(buyer);
        vault.deposit(address(token), 10 * PRICE, actor);
        _fundVault(vault.subAccount(actor, SALT), 10);
        vm.startPrank(holder);
        stoa.approve(address(vault), 1e18);
        vault.deposit(address(stoa), 1e18, actor);
        vm.stopPrank();
        vm.deal(actor, 1 ether);
        LockOrder memory order;
        (order.account, order.term) = (actor, 1);
        vm.startPrank(actor);
        token.approve(address(vault), type(uint256).max);
        vault.depositNative{value: 10}(actor);
        vault.pay(address(staking), address(stoa), 1e18, Funding.Balance, abi.encode(order));
        vault.pay(address(market), address(token), PRICE, Funding.Balance, _order(_pack, 1, actor));
        vm.stopPrank();
    }

    function _namePlaces() private {
        string[8] memory names =
            ["Timelock", "Vault", "Listings", "Revenue", "Staking", "Market", "StoaToken", "RevenueShare"];
        for (uint256 i = 0; i < 7; ++i) {
            _places[_hash(names[i])] = deployer.addressOf(bytes32(bytes(names[i])));
        }
        _places[_hash("RevenueShare")] = address(_share);
        _places[_hash("Deployer")] = address(deployer);
        vm.startPrank(address(deployer));
        _places[_hash("MerkleGate")] = address(new MerkleGate());
        _places[_hash("TierGate")] = address(new TierGate());
        _places[_hash("TokenGate")] = address(new TokenGate());
        vm.stopPrank();
    }

    function _shareTerms() internal view returns (NewShares memory) {
        return NewShares("Shares", "SHARE", 1_000e18, _one(address(token)));
    }

    /// @dev Of the right form, and nobody's.
    function _badSignature() internal pure returns (bytes memory) {
        return abi.encodePacked(uint256(1), uint256(1), uint8(27));
    }

    function _hash(string memory text) internal pure returns (bytes32) {
        return keccak256(bytes(text));
    }
}
