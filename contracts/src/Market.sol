// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Passes} from "./base/Passes.sol";
import {ShareSales} from "./base/ShareSales.sol";
import {IDeployer} from "./interfaces/IDeployer.sol";
import {IListings} from "./interfaces/IListings.sol";
import {IMarket} from "./interfaces/IMarket.sol";
import {IRevenue} from "./interfaces/IRevenue.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {Credits} from "./libraries/Credits.sol";
import {OrderCodec} from "./libraries/OrderCodec.sol";
import {PlanFlags, PlanRules} from "./libraries/PlanRules.sol";
import {Status} from "./types/Listing.sol";
import {Credit} from "./types/Payment.sol";
import {Bounds, NewPlan, Order, Plan, PlanKind, StoredPlan} from "./types/Plan.sol";
import {SaleSplit} from "./types/Sale.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Market
contract Market is Passes, ShareSales {
    using SafeCast for uint256;

    // --------------------------------------------------------------------------------------------- constants

    IVault private immutable VAULT;
    IListings private immutable LISTINGS;
    IRevenue private immutable REVENUE;
    address private immutable FEE_ACCOUNT;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IMarket
    uint256 public count;

    mapping(uint256 id => Bounds) private _bounds;
    mapping(uint256 id => string) private _units;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() ERC1155("") EIP712("Stoa Market", "1") {
        IDeployer deployer = IDeployer(msg.sender);
        VAULT = IVault(deployer.addressOf("Vault"));
        LISTINGS = IListings(deployer.addressOf("Listings"));
        REVENUE = IRevenue(deployer.addressOf("Revenue"));
        FEE_ACCOUNT = REVENUE.feeRecipient();
    }

    // ---------------------------------------------------------------------------------------------- provider

    /// @inheritdoc IMarket
    function createPlan(NewPlan calldata plan) external returns (uint256 id) {
        // Check
        _checkManager(plan.listing);
        if (LISTINGS.status(plan.listing) == Status.Retired) revert Market_ListingRetired(plan.listing);
        _checkToken(plan.listing, plan.token);
        PlanRules.checkKind(plan);

        // Effect
        id = ++count;
        StoredPlan storage stored = _plans[id];
        stored.price = plan.price;
        stored.cap = uint256(plan.cap).toUint48();
        stored.size = plan.kind == PlanKind.Subscription ? plan.period : plan.units;
        stored.token = plan.token;
        stored.listing = plan.listing.toUint40();
        stored.version = 1;
        stored.kind = plan.kind;
        stored.flags =
            (plan.transferable ? PlanFlags.TRANSFERABLE : 0) | (plan.tierDiscount ? PlanFlags.TIER_DISCOUNT : 0);
        if (plan.kind == PlanKind.Credits) _units[id] = plan.unit;
        _setBounds(id, stored, plan.gate, plan.from, plan.until);
        _emitCreated(id, plan);

        // Interaction
        VAULT.describe(plan.token);
    }

    /// @inheritdoc IMarket
    function changePlan(uint256 plan, uint128 price, uint64 cap) external {
        StoredPlan storage stored = _sellable(plan);
        if (cap != 0 && cap < stored.sold) revert Market_CapBelowSold(plan, cap, stored.sold);
        PlanRules.checkPrice(stored.kind, price);
        stored.price = price;
        stored.cap = uint256(cap).toUint48();
        _bumpVersion(plan, stored);
    }

    /// @inheritdoc IMarket
    function boundPlan(uint256 plan, address gate, uint64 from, uint64 until) external {
        StoredPlan storage stored = _sellable(plan);
        _setBounds(plan, stored, gate, from, until);
        _bumpVersion(plan, stored);
    }

    /// @inheritdoc IMarket
    function pausePlan(uint256 plan) external {
        StoredPlan storage stored = _managed(plan);
        if (stored.flags & PlanFlags.PAUSED != 0) revert Market_PlanPaused(plan);
        stored.flags |= PlanFlags.PAUSED;
        _bumpVersion(plan, stored);
    }

    /// @inheritdoc IMarket
    function resumePlan(uint256 plan) external {
        StoredPlan storage stored = _sellable(plan);
        if (stored.flags & PlanFlags.PAUSED == 0) revert Market_PlanNotPaused(plan);
        stored.flags ^= PlanFlags.PAUSED;
        _bumpVersion(plan, stored);
    }

    // ----------------------------------------------------------------------------------------------- payment

    /// @inheritdoc IVaultTarget
    function onPay(address from, address token, uint256 received, bytes calldata data, bytes32 witness)
        external
        returns (Credit[] memory credits)
    {
        // Check
        if (msg.sender != address(VAULT)) revert Market_NotVault(msg.sender);
        if (OrderCodec.isShareOrder(data)) return _sellShares(from, token, received, data, witness);
        (Order calldata order, bytes calldata gateData) = OrderCodec.order(data);
        OrderCodec.checkWitness(witness, order, gateData);
        StoredPlan storage plan = _plans[order.plan];
        _checkOrder(order, plan, token);
        if (plan.flags & PlanFlags.BOUNDED == 0) PlanRules.requireNoData(gateData);
        else PlanRules.requireAllowed(_bounds[order.plan], order.plan, from, gateData);
        // Cannot overflow: 128 bits times 64.
        uint256 amount = uint256(plan.price) * order.quantity;
        if (amount == 0) _checkFree(order);
        if (received < amount) revert Market_PaymentTooSmall(order.plan, received, amount);
        uint256 listing = plan.listing;
        SaleSplit memory sale = REVENUE.saleTerms(listing, amount, plan.flags & PlanFlags.TIER_DISCOUNT != 0);
        if (sale.status != Status.Active) revert Market_ListingNotActive(listing);

        // Effect
        _sell(from, order, plan, listing, amount, sale);
        credits = Credits.two(Credit(FEE_ACCOUNT, sale.fee), Credit(sale.netAccount, sale.net));

        // Interaction: everything is written, and the Vault is locked until the payment is done
        if (order.recipient != from) _callHook(from, order, plan);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _checkOrder(Order calldata order, StoredPlan storage plan, address token) private view {
        if (plan.version == 0) revert Market_UnknownPlan(order.plan);
        if (order.version != plan.version) revert Market_StaleVersion(order.plan, order.version, plan.version);
        if (plan.flags & PlanFlags.PAUSED != 0) revert Market_PlanPaused(order.plan);
        if (token != plan.token) revert Market_WrongToken(order.plan, token, plan.token);
        if (order.recipient == address(0)) revert Market_ZeroRecipient(order.plan);
    }

    /// @dev An order that costs nothing. Of what is free one at a time: otherwise one payment of nothing could use up a cap, or
    /// the counter where there is none.
    function _checkFree(Order calldata order) private pure {
        if (order.quantity == 0) revert Market_ZeroQuantity(order.plan);
        if (order.quantity != 1) revert Market_FreeQuantity(order.plan, order.quantity);
    }

    /// @dev Counts the sale and gives what was bought.
    function _sell(
        address payer,
        Order calldata order,
        StoredPlan storage plan,
        uint256 listing,
        uint256 amount,
        SaleSplit memory sale
    ) private {
        // Without a cap the counter's own size is the bound.
        (uint48 cap, uint48 before, uint64 quantity) = (plan.cap, plan.sold, order.quantity);
        if (quantity > (cap == 0 ? type(uint48).max : cap) - before) {
            revert Market_CapExceeded(order.plan, cap, before, quantity);
        }
        uint48 sold;
        unchecked {
            // Fits and cannot overflow: at most the cap.
            // forge-lint: disable-next-line(unsafe-typecast)
            sold = before + uint48(quantity);
        }
        plan.sold = sold;
        uint64 expiry = _give(plan, order.plan, order.recipient, quantity);
        emit Purchased(
            order.plan, payer, order.recipient, listing, quantity, amount, sale.fee, sale.beneficiary, sold, expiry
        );
    }

    /// @dev The pass that a contract gets as a gift, it must accept. Of a subscription every purchase counts as one.
    function _callHook(address from, Order calldata order, StoredPlan storage plan) private {
        uint256 amount = plan.kind == PlanKind.Subscription
            ? 1
            : plan.kind == PlanKind.Credits ? uint256(order.quantity) * plan.size : order.quantity;
        ERC1155Utils.checkOnERC1155Received(from, address(0), order.recipient, order.plan, amount, "");
    }

    function _setBounds(uint256 id, StoredPlan storage stored, address gate, uint256 from, uint256 until) private {
        PlanRules.checkWindow(from, until);
        PlanRules.checkGate(gate);
        bool bounded = gate != address(0) || from != 0 || until != 0;
        // A plan that never had bounds writes none.
        if (!bounded && stored.flags & PlanFlags.BOUNDED == 0) return;
        _bounds[id] = Bounds({gate: gate, from: from.toUint48(), until: until.toUint48()});
        if (bounded) stored.flags |= PlanFlags.BOUNDED;
        else stored.flags &= ~PlanFlags.BOUNDED;
    }

    /// @dev As one value: fifteen at once are too many for the compiler's old pipeline, which the tests use.
    function _emitCreated(uint256 id, NewPlan calldata plan) private {
        bytes memory data = abi.encode(PlanRules.termsOf(plan));
        bytes32 topic = PlanCreated.selector;
        (uint256 listing, address token) = (plan.listing, plan.token);
        // A struct with a dynamic field is encoded as an offset, 32, and then field by field, as an event's data is.
        assembly ("memory-safe") {
            log4(add(data, 64), sub(mload(data), 32), topic, id, listing, token)
        }
    }

    function _bumpVersion(uint256 plan, StoredPlan storage stored) private {
        uint32 version = ++stored.version;
        Bounds storage bounds = _bounds[plan];
        emit PlanChanged(
            plan,
            version,
            stored.price,
            stored.cap,
            stored.flags & PlanFlags.PAUSED != 0,
            bounds.from,
            bounds.until,
            bounds.gate
        );
    }

    /// @dev A plan whose listing the caller manages.
    function _managed(uint256 plan) private view returns (StoredPlan storage stored) {
        stored = _existing(plan);
        _checkManager(stored.listing);
    }

    /// @dev The same, and what it sells for can be earned by whoever earns of the listing now.
    function _sellable(uint256 plan) private view returns (StoredPlan storage stored) {
        stored = _managed(plan);
        _checkToken(stored.listing, stored.token);
    }

    function _checkToken(uint256 listing, address token) private view {
        if (!REVENUE.tokenAllowed(listing, token)) revert Market_TokenNotAllowed(listing, token);
    }

    function _checkManager(uint256 listing) private view {
        if (!LISTINGS.isManager(listing, msg.sender)) revert Market_NotManager(listing, msg.sender);
    }

    function _vault() internal view override returns (IVault) {
        return VAULT;
    }

    function _revenue() internal view override returns (IRevenue) {
        return REVENUE;
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IMarket
    function planOf(uint256 id) external view returns (Plan memory plan) {
        StoredPlan memory stored = _existing(id);
        Bounds memory bounds = _bounds[id];
        plan.listing = stored.listing;
        plan.kind = stored.kind;
        plan.token = stored.token;
        plan.price = stored.price;
        plan.cap = stored.cap;
        plan.sold = stored.sold;
        plan.version = stored.version;
        plan.paused = stored.flags & PlanFlags.PAUSED != 0;
        plan.transferable = stored.flags & PlanFlags.TRANSFERABLE != 0;
        plan.tierDiscount = stored.flags & PlanFlags.TIER_DISCOUNT != 0;
        if (stored.kind == PlanKind.Subscription) plan.period = stored.size;
        else plan.units = stored.size;
        plan.unit = _units[id];
        plan.from = bounds.from;
        plan.until = bounds.until;
        plan.gate = bounds.gate;
    }

    /// @inheritdoc IMarket
    function manages(uint256 plan, address account) external view returns (bool) {
        return LISTINGS.isManager(_existing(plan).listing, account);
    }

    /// @notice The metadata document of the listing that the plan sells.
    /// @inheritdoc IERC1155MetadataURI
    function uri(uint256 plan) public view override(ERC1155, IERC1155MetadataURI) returns (string memory) {
        return LISTINGS.tokenURI(_existing(plan).listing);
    }
}
