// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Child} from "../../src/types/Deployment.sol";
import {LockOrder} from "../../src/types/Lock.sol";
import {Authorization, Credit, Funding, SignedPay} from "../../src/types/Payment.sol";
import {PlanKind, SpendOrder} from "../../src/types/Plan.sol";
import {ClaimOrder, ClaimPayout, NewShares} from "../../src/types/Share.sol";
import {NewShareSale} from "../../src/types/ShareSale.sol";
import {MatrixWorld} from "./MatrixWorld.sol";

/// @notice One row for each function that can change state: who may call it, with which arguments it is called, how that
/// ends for those who may, and with which error the others are refused.
abstract contract MatrixRows is MatrixWorld {
    struct Row {
        string place;
        string signature;
        uint256 allowed;
        string ends;
        string refusal;
        bytes arguments;
    }

    uint256 internal constant EVERYBODY = (1 << ROLES) - 1;
    string private constant ON_PAY = "onPay(address,address,uint256,bytes,bytes32)";

    Row[] internal _rows;
    mapping(bytes32 place => mapping(bytes32 signature => bool)) internal _known;

    function _fillRows() internal {
        _deployerRows();
        _timelockRows();
        _listingsRows();
        _planRows();
        _passRows();
        _revenueRows();
        _shareRows();
        _stakingRows();
        _vaultRows();
        _payRows();
        _stoaRows();
        _gateRows();
    }

    // ------------------------------------------------------------------------------------------------- kinds

    /// @dev For one or two roles; they succeed.
    function _only(
        string memory place,
        string memory signature,
        uint256 allowed,
        string memory refusal,
        bytes memory data
    ) private {
        _row(place, signature, allowed, "", refusal, data);
    }

    /// @dev For everybody: it acts on what is the caller's own, or for anyone.
    function _open(string memory place, string memory signature, bytes memory data) private {
        _row(place, signature, EVERYBODY, "", "", data);
    }

    /// @dev For everybody who brings a signature; it is a bad one, so all end alike.
    function _signed(string memory place, string memory signature, string memory ends, bytes memory data) private {
        _row(place, signature, EVERYBODY, ends, "", data);
    }

    function _row(
        string memory place,
        string memory signature,
        uint256 allowed,
        string memory ends,
        string memory refusal,
        bytes memory data
    ) private {
        _rows.push(Row(place, signature, allowed, ends, refusal, data));
        _known[_hash(place)][_hash(signature)] = true;
    }

    function _bit(Role role) private pure returns (uint256) {
        return 1 << uint256(role);
    }

    // -------------------------------------------------------------------------------------------- governance

    /// @dev The Deployer has been used up; its operator is told that instead.
    function _deployerRows() private {
        string memory refusal = "Deployer_NotOperator(address,address)";
        uint256 allowed = _bit(Role.Operator);
        bytes memory data = abi.encode(bytes32("Vault"), _code("Vault"));
        _row("Deployer", "deploy(bytes32,bytes)", allowed, "FailedDeployment()", refusal, data);
        string memory configure =
            "configure((uint256,address[],address[],uint16,address,address,address),(bytes32,bytes32)[])";
        data = abi.encode(_parameters(), new Child[](0));
        _row("Deployer", configure, allowed, "Deployer_AlreadyConfigured()", refusal, data);
    }

    function _timelockRows() private {
        string memory refusal = "AccessControlUnauthorizedAccount(address,bytes32)";
        bytes memory one = abi.encode(friend, 0, bytes(""), bytes32(0), bytes32("new"), 2 days);
        string memory schedule = "schedule(address,uint256,bytes,bytes32,bytes32,uint256)";
        _only("Timelock", schedule, _bit(Role.Council), refusal, one);
        bytes memory many =
            abi.encode(new address[](0), new uint256[](0), new bytes[](0), bytes32(0), bytes32("new"), 2 days);
        string memory batch = "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)";
        _only("Timelock", batch, _bit(Role.Council), refusal, many);
        bytes32 waiting = timelock.hashOperation(friend, 0, "", 0, "ready");
        _only("Timelock", "cancel(bytes32)", _bit(Role.Council), refusal, abi.encode(waiting));
        bytes memory role = abi.encode(timelock.PROPOSER_ROLE(), friend);
        _only("Timelock", "grantRole(bytes32,address)", _bit(Role.Timelock), refusal, role);
        _only("Timelock", "revokeRole(bytes32,address)", _bit(Role.Timelock), refusal, role);
        refusal = "TimelockUnauthorizedCaller(address)";
        _only("Timelock", "updateDelay(uint256)", _bit(Role.Timelock), refusal, abi.encode(1 days));

        bytes memory ready = abi.encode(friend, 0, bytes(""), bytes32(0), bytes32("ready"));
        _open("Timelock", "execute(address,uint256,bytes,bytes32,bytes32)", ready);
        bytes memory none = abi.encode(new address[](0), new uint256[](0), new bytes[](0), bytes32(0), bytes32("ready"));
        _open("Timelock", "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)", none);
        _open("Timelock", "renounceRole(bytes32,address)", abi.encode(timelock.PROPOSER_ROLE(), ACTOR));
        bytes memory token = abi.encode(friend, friend, 1, 1, bytes(""));
        _open("Timelock", "onERC1155Received(address,address,uint256,uint256,bytes)", token);
        token = abi.encode(friend, friend, new uint256[](0), new uint256[](0), bytes(""));
        _open("Timelock", "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", token);
        token = abi.encode(friend, friend, 1, bytes(""));
        _open("Timelock", "onERC721Received(address,address,uint256,bytes)", token);
    }

    function _ownerRows(string memory place) private {
        string memory refusal = "OwnableUnauthorizedAccount(address)";
        _only(place, "transferOwnership(address)", _bit(Role.Timelock), refusal, abi.encode(friend));
        _only(place, "acceptOwnership()", _bit(Role.Heir), refusal, "");
    }

    // ---------------------------------------------------------------------------------------------- listings

    function _listingsRows() private {
        uint256 managers = _bit(Role.Owner) | _bit(Role.Manager);
        string memory refusal = "Listings_NotManager(uint256,address)";
        string[] memory uris = new string[](1);
        uris[0] = "ipfs://other";
        bytes memory data = abi.encode(_listing, keccak256("other"), uris);
        _only("Listings", "publish(uint256,bytes32,string[])", managers, refusal, data);
        _only("Listings", "setUri(uint256,string)", managers, refusal, abi.encode(_listing, "ipfs://other"));
        _only("Listings", "pause(uint256)", managers, refusal, abi.encode(_listing));
        _only("Listings", "resume(uint256)", managers, refusal, abi.encode(_paused));
        _only("Listings", "retire(uint256)", managers, refusal, abi.encode(_listing));
        refusal = "Listings_NotRevenue(address)";
        data = abi.encode(_listing, friend);
        _only("Listings", "bindRevenue(uint256,address)", _bit(Role.Revenue), refusal, data);

        _only(
            "Listings",
            "approve(address,uint256)",
            managers,
            "ERC721InvalidApprover(address)",
            abi.encode(friend, _listing)
        );
        refusal = "ERC721InsufficientApproval(address,uint256)";
        data = abi.encode(provider, friend, _listing);
        _only("Listings", "transferFrom(address,address,uint256)", managers, refusal, data);
        _only("Listings", "safeTransferFrom(address,address,uint256)", managers, refusal, data);
        data = abi.encode(provider, friend, _listing, bytes(""));
        _only("Listings", "safeTransferFrom(address,address,uint256,bytes)", managers, refusal, data);
        _open("Listings", "setApprovalForAll(address,bool)", abi.encode(friend, true));
        string memory create =
            "create((uint8,string,bytes32,string[],string,bool,uint16,uint256[],uint16[],address,uint16))";
        _open("Listings", create, abi.encode(_terms()));
    }

    // ------------------------------------------------------------------------------------------------ market

    function _planRows() private {
        uint256 managers = _bit(Role.Owner) | _bit(Role.Manager);
        string memory refusal = "Market_NotManager(uint256,address)";
        string memory create =
            "createPlan((uint256,uint8,address,uint128,uint64,bool,uint32,uint32,string,uint64,uint64,address,bool))";
        _only("Market", create, managers, refusal, abi.encode(_planTerms(_listing, PRICE, 0)));
        bytes memory data = abi.encode(_planId, PRICE, 0);
        _only("Market", "changePlan(uint256,uint128,uint64)", managers, refusal, data);
        data = abi.encode(_planId, address(0), 0, 0);
        _only("Market", "boundPlan(uint256,address,uint64,uint64)", managers, refusal, data);
        _only("Market", "pausePlan(uint256)", managers, refusal, abi.encode(_planId));
        _only("Market", "resumePlan(uint256)", managers, refusal, abi.encode(_stoppedPlan));
        data = abi.encode(buyer, address(token), PRICE, _order(_planId, 1, buyer), bytes32(0));
        _only("Market", ON_PAY, _bit(Role.Vault), "Market_NotVault(address)", data);
        refusal = "Market_NotSeller(uint256,address)";
        _only("Market", "closeShareSale(uint256)", _bit(Role.Owner), refusal, abi.encode(1));
        data = abi.encode(NewShareSale(_shared, address(token), 1, 1, 0, 0, 0));
        _open("Market", "openShareSale((uint256,address,uint128,uint128,uint64,uint64,uint64))", data);
    }

    function _passRows() private {
        _open("Market", "spend(uint256,uint256,bytes32)", abi.encode(_pack, 1, bytes32("ref")));
        SpendOrder memory order = SpendOrder(friend, _pack, 1, ACTOR, "ref", 0, type(uint64).max);
        string memory spend = "spendBySig((address,uint256,uint256,address,bytes32,uint256,uint256),bytes)";
        _signed("Market", spend, "Market_WrongSignature(address)", abi.encode(order, _badSignature()));
        _open("Market", "cancelNonces(uint256,uint256)", abi.encode(0, 1));
        _open("Market", "setApprovalForAll(address,bool)", abi.encode(friend, true));
        bytes memory data = abi.encode(ACTOR, friend, _pack, 1, bytes(""));
        _open("Market", "safeTransferFrom(address,address,uint256,uint256,bytes)", data);
        data = abi.encode(ACTOR, friend, _ids(_pack), _ids(1), bytes(""));
        _open("Market", "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", data);
    }

    function _gateRows() private {
        uint256 managers = _bit(Role.Owner) | _bit(Role.Manager);
        string memory refusal = "Gate_NotManager(uint256,address)";
        _only("MerkleGate", "setRoot(uint256,bytes32)", managers, refusal, abi.encode(_planId, bytes32("root")));
        _only("TierGate", "setTier(uint256,uint8)", managers, refusal, abi.encode(_planId, 1));
        bytes memory data = abi.encode(_planId, address(token), 1);
        _only("TokenGate", "setHolding(uint256,address,uint256)", managers, refusal, data);
    }

    // ----------------------------------------------------------------------------------------------- revenue

    function _revenueRows() private {
        _ownerRows("Revenue");
        string memory refusal = "OwnableUnauthorizedAccount(address)";
        _only("Revenue", "setFee(uint16)", _bit(Role.Timelock), refusal, abi.encode(100));
        _only("Revenue", "setGuardian(address)", _bit(Role.Timelock), refusal, abi.encode(friend));
        _only("Revenue", "resumeSales()", _bit(Role.Timelock), refusal, "");
        refusal = "Guarded_NotGuardian(address)";
        _only("Revenue", "pauseSales(uint32)", _bit(Role.Guardian), refusal, abi.encode(1 days));
        bytes memory data = abi.encode(buyer, address(token), 1, abi.encode(_listing, bytes32(0)), bytes32(0));
        _only("Revenue", ON_PAY, _bit(Role.Vault), "Revenue_NotVault(address)", data);
        data = abi.encode(_listing, _shareTerms());
        string memory create = "createShares(uint256,(string,string,uint256,address[]))";
        _only("Revenue", create, _bit(Role.Owner), "Revenue_NotOwner(uint256,address)", data);
        data = abi.encode(_shared, address(token), friend, 1, ClaimPayout.Balance);
        string memory pay = "payShares(uint256,address,address,uint256,uint8)";
        _only("Revenue", pay, _bit(Role.Share), "Revenue_NotShare(uint256,address)", data);
        _open("Revenue", "settle(uint256,address,address)", abi.encode(_listing, provider, address(token)));
    }

    function _shareRows() private {
        NewShares memory terms = NewShares("Again", "AGAIN", 1, new address[](0));
        string memory initialize = "initialize(uint64,uint16,address,(string,string,uint256,address[]))";
        bytes memory data = abi.encode(1, 10_000, friend, terms);
        _only("RevenueShare", initialize, _bit(Role.Revenue), "RevenueShare_NotRevenue(address)", data);
        string memory refusal = "RevenueShare_NotOwner(address,address)";
        _only("RevenueShare", "addPaymentToken(address)", _bit(Role.Owner), refusal, abi.encode(address(stoa)));
        _open("RevenueShare", "claim(address)", abi.encode(address(token)));
        _open("RevenueShare", "claimTo(address,address)", abi.encode(address(token), friend));
        data = abi.encode(ClaimOrder(friend, address(token), friend, ClaimPayout.Balance, 2 ** 64), _badSignature());
        string memory claim = "claimBySig((address,address,address,uint8,uint256),bytes)";
        _signed("RevenueShare", claim, "RevenueShare_BadSignature(address)", data);
        _tokenRows("RevenueShare");
    }

    /// @dev What every ERC-20 with permit has.
    function _tokenRows(string memory place) private {
        _open(place, "approve(address,uint256)", abi.encode(friend, 1));
        _open(place, "transfer(address,uint256)", abi.encode(friend, 0));
        _open(place, "transferFrom(address,address,uint256)", abi.encode(ACTOR, friend, 0));
        bytes memory data = abi.encode(friend, ACTOR, 1, 2 ** 64, 27, bytes32(uint256(1)), bytes32(uint256(1)));
        string memory permit = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";
        _signed(place, permit, "ERC2612InvalidSigner(address,address)", data);
    }

    // ----------------------------------------------------------------------------------------------- staking

    function _stakingRows() private {
        _ownerRows("Staking");
        string memory refusal = "OwnableUnauthorizedAccount(address)";
        _only("Staking", "listToken(address)", _bit(Role.Timelock), refusal, abi.encode(address(token)));
        _only("Staking", "setTiers(uint32[4])", _bit(Role.Timelock), refusal, abi.encode(1, 2, 3, 4));
        LockOrder memory order;
        (order.account, order.term) = (buyer, 52);
        bytes memory data = abi.encode(buyer, address(stoa), 1e18, abi.encode(order), bytes32(0));
        _only("Staking", ON_PAY, _bit(Role.Vault), "Staking_NotVault(address)", data);
        _open("Staking", "extend(uint256)", abi.encode(52));
        _open("Staking", "withdraw()", "");
        _open("Staking", "withdrawTo(address)", abi.encode(friend));
        _open("Staking", "setReinvest(bool)", abi.encode(true));
        _open("Staking", "cancelNonce()", "");
        _open("Staking", "distribute(address)", abi.encode(address(stoa)));
        _open("Staking", "claim(address)", abi.encode(address(stoa)));
        _open("Staking", "claimTo(address,address)", abi.encode(address(stoa), friend));
        _open("Staking", "reinvest(address)", abi.encode(ACTOR));
    }

    // ------------------------------------------------------------------------------------------------- vault

    function _vaultRows() private {
        _open("Vault", "deposit(address,uint256,address)", abi.encode(address(token), 1, friend));
        _open("Vault", "depositNative(address)", abi.encode(friend));
        bytes memory data =
            abi.encode(address(stoa), friend, 1, bytes32(0), Authorization(0, 2 ** 64, 0, _badSignature()));
        string memory deposit =
            "depositWithAuthorization(address,address,uint256,bytes32,(uint256,uint256,bytes32,bytes))";
        _signed("Vault", deposit, "ERC3009InvalidSignature()", data);
        _open("Vault", "withdraw(address,uint256,address)", abi.encode(address(token), 1, friend));
        _open("Vault", "withdrawNative(uint256,address)", abi.encode(1, friend));
        _open("Vault", "transfer(address,uint256,uint256)", abi.encode(friend, _id(), 1));
        data = abi.encode(ACTOR, friend, _id(), 1);
        _open("Vault", "transferFrom(address,address,uint256,uint256)", data);
        _open("Vault", "approve(address,uint256,uint256)", abi.encode(friend, _id(), 1));
        _open("Vault", "setOperator(address,bool)", abi.encode(friend, true));
        _open("Vault", "cancelNonces(uint256,uint256)", abi.encode(0, 1));
        _open("Vault", "describe(address)", abi.encode(address(token)));
        _open("Vault", "multicall(bytes[])", abi.encode(new bytes[](0)));
        data = abi.encode(SALT, address(token), new Credit[](0));
        _open("Vault", "moveSub(bytes32,address,(address,uint256)[])", data);
        data = abi.encode(SALT, address(token), friend, 1);
        _open("Vault", "withdrawSub(bytes32,address,address,uint256)", data);
    }

    function _payRows() private {
        bytes memory order = _order(_planId, 1, friend);
        bytes memory data = abi.encode(address(market), address(token), PRICE, Funding.Balance, order);
        _open("Vault", "pay(address,address,uint256,uint8,bytes)", data);
        order = _order(_freePlan, 1, friend);
        data = abi.encode(address(market), address(token), 0, Funding.Permit, new bytes(160), order);
        _open("Vault", "payWithGrant(address,address,uint256,uint8,bytes,bytes)", data);
        SignedPay memory signed;
        (signed.from, signed.target, signed.token) = (friend, address(market), address(token));
        signed.deadline = type(uint64).max;
        data = abi.encode(signed, bytes32("witness"), "", bytes(""), bytes(""), _badSignature());
        string memory payBySig =
            "payBySig((address,address,address,uint256,uint8,address,uint256,uint256,uint256),bytes32,string,bytes,bytes,bytes)";
        _signed("Vault", payBySig, "Vault_WrongSignature(address)", data);
    }

    function _stoaRows() private {
        _tokenRows("StoaToken");
        string memory ends = "ERC3009InvalidSignature()";
        bytes memory authorization =
            abi.encode(friend, ACTOR, 1, 0, 2 ** 64, bytes32(0), 27, bytes32(uint256(1)), bytes32(uint256(1)));
        string memory types = "WithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)";
        _signed("StoaToken", string.concat("transfer", types), ends, authorization);
        _signed("StoaToken", string.concat("receive", types), ends, authorization);
        bytes memory data = abi.encode(friend, bytes32(0), 27, bytes32(uint256(1)), bytes32(uint256(1)));
        _signed("StoaToken", "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)", ends, data);
    }
}
