// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";
import {IListings} from "./interfaces/IListings.sol";
import {IMarket} from "./interfaces/IMarket.sol";
import {IRevenue} from "./interfaces/IRevenue.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {Status} from "./types/Listing.sol";
import {Credit} from "./types/Payment.sol";
import {NewPlan, Order, Plan, PlanKind} from "./types/Plan.sol";
import {SaleSplit} from "./types/Sale.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Market
contract Market is IMarket, ERC1155 {
    using SafeCast for uint256;

    // --------------------------------------------------------------------------------------------- constants

    /// @dev Size of an encoded Order.
    uint256 private constant ORDER_LENGTH = 128;

    IVault private immutable VAULT;
    IListings private immutable LISTINGS;
    IRevenue private immutable REVENUE;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IMarket
    uint256 public count;

    mapping(uint256 id => Plan) private _plans;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() ERC1155("") {
        IDeployer deployer = IDeployer(msg.sender);
        VAULT = IVault(deployer.addressOf("Vault"));
        LISTINGS = IListings(deployer.addressOf("Listings"));
        REVENUE = IRevenue(deployer.addressOf("Revenue"));
    }

    // ---------------------------------------------------------------------------------------------- provider

    /// @inheritdoc IMarket
    function createPlan(NewPlan calldata plan) external returns (uint256 id) {
        // Check
        if (plan.kind != PlanKind.Licence) revert Market_KindUnavailable(plan.kind);
        _checkManager(plan.listing);
        if (LISTINGS.status(plan.listing) == Status.Retired) revert Market_ListingRetired(plan.listing);

        // Effect
        id = ++count;
        Plan storage stored = _plans[id];
        stored.listing = plan.listing.toUint40();
        stored.cap = plan.cap;
        stored.version = 1;
        stored.kind = plan.kind;
        stored.transferable = plan.transferable;
        stored.token = plan.token;
        stored.price = plan.price;
        emit PlanCreated(id, plan.listing, plan.token, plan.kind, plan.price, plan.cap, plan.transferable, 1);

        // Interaction
        VAULT.describe(plan.token);
    }

    /// @inheritdoc IMarket
    function changePlan(uint256 plan, uint128 price, uint64 cap) external {
        Plan storage stored = _managed(plan);
        if (cap != 0 && cap < stored.sold) revert Market_CapBelowSold(plan, cap, stored.sold);
        stored.price = price;
        stored.cap = cap;
        _bumpVersion(plan, stored);
    }

    /// @inheritdoc IMarket
    function pausePlan(uint256 plan) external {
        Plan storage stored = _managed(plan);
        if (stored.paused) revert Market_PlanPaused(plan);
        stored.paused = true;
        _bumpVersion(plan, stored);
    }

    /// @inheritdoc IMarket
    function resumePlan(uint256 plan) external {
        Plan storage stored = _managed(plan);
        if (!stored.paused) revert Market_PlanNotPaused(plan);
        stored.paused = false;
        _bumpVersion(plan, stored);
    }

    // ----------------------------------------------------------------------------------------------- payment

    /// @inheritdoc IVaultTarget
    /// @dev The witness is not needed: only callers of the Vault pay here, and they chose the data themselves.
    function onPay(address from, address token, uint256 received, bytes calldata data, bytes32)
        external
        returns (Credit[] memory credits)
    {
        // Check
        if (msg.sender != address(VAULT)) revert Market_NotVault(msg.sender);
        Order calldata order = _orderIn(data);
        Plan storage plan = _plans[order.plan];
        _checkOrder(order, plan, token);
        // Cannot overflow: 128 bits times 64.
        uint256 amount = uint256(plan.price) * order.quantity;
        if (received < amount) revert Market_PaymentTooSmall(order.plan, received, amount);
        uint256 listing = plan.listing;
        SaleSplit memory sale = REVENUE.split(listing, token, amount);
        if (sale.status != Status.Active) revert Market_ListingNotActive(listing);

        // Effect
        uint64 sold = _sell(order, plan);
        _emitPurchased(from, order, listing, amount, sale, sold);
        credits = new Credit[](2);
        (credits[0].account, credits[0].amount) = (sale.feeAccount, sale.fee);
        (credits[1].account, credits[1].amount) = (sale.netAccount, sale.net);

        // Interaction: everything is written, and the Vault is locked until the payment is done
        if (order.recipient != from) {
            ERC1155Utils.checkOnERC1155Received(from, address(0), order.recipient, order.plan, order.quantity, "");
        }
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev The order that the data encodes, read in place.
    function _orderIn(bytes calldata data) private pure returns (Order calldata order) {
        if (data.length != ORDER_LENGTH) revert Market_OrderMalformed(data.length, ORDER_LENGTH);
        // An Order has no dynamic part, so its encoding is its fields; the compiler checks each when it is read.
        assembly ("memory-safe") {
            order := data.offset
        }
    }

    function _checkOrder(Order calldata order, Plan storage plan, address token) private view {
        if (plan.version == 0) revert Market_UnknownPlan(order.plan);
        if (order.version != plan.version) revert Market_StaleVersion(order.plan, order.version, plan.version);
        if (plan.paused) revert Market_PlanPaused(order.plan);
        if (token != plan.token) revert Market_WrongToken(order.plan, token, plan.token);
        if (order.quantity == 0) revert Market_ZeroQuantity(order.plan);
        if (order.recipient == address(0)) revert Market_ZeroRecipient(order.plan);
    }

    /// @dev Counts the sale and mints the passes.
    function _sell(Order calldata order, Plan storage plan) private returns (uint64 sold) {
        // Without a cap the counter's own size is the bound.
        (uint64 cap, uint64 before, uint64 quantity) = (plan.cap, plan.sold, order.quantity);
        if (quantity > (cap == 0 ? type(uint64).max : cap) - before) {
            revert Market_CapExceeded(order.plan, cap, before, quantity);
        }
        unchecked {
            // Cannot overflow: at most the cap.
            sold = before + quantity;
        }
        plan.sold = sold;
        _update(address(0), order.recipient, _single(order.plan), _single(quantity));
    }

    function _emitPurchased(
        address payer,
        Order calldata order,
        uint256 listing,
        uint256 amount,
        SaleSplit memory sale,
        uint64 sold
    ) private {
        emit Purchased(
            order.plan, payer, order.recipient, listing, order.quantity, amount, sale.fee, sale.beneficiary, sold
        );
    }

    /// @dev Mints pass; transfers pass only where the plan says so.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        if (from != address(0)) {
            for (uint256 i = 0; i < ids.length; ++i) {
                if (!_plans[ids[i]].transferable) revert Market_PassNotTransferable(ids[i]);
            }
        }
        super._update(from, to, ids, values);
    }

    /// @dev An array of one; `new` would first write what is overwritten next.
    function _single(uint256 value) private pure returns (uint256[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, 1)
            mstore(add(list, 32), value)
            mstore(0x40, add(list, 64))
        }
    }

    function _bumpVersion(uint256 plan, Plan storage stored) private {
        uint32 version = ++stored.version;
        emit PlanChanged(plan, version, stored.price, stored.cap, stored.paused);
    }

    /// @dev A plan whose listing the caller manages.
    function _managed(uint256 plan) private view returns (Plan storage stored) {
        stored = _existing(plan);
        _checkManager(stored.listing);
    }

    function _existing(uint256 plan) private view returns (Plan storage stored) {
        stored = _plans[plan];
        if (stored.version == 0) revert Market_UnknownPlan(plan);
    }

    function _checkManager(uint256 listing) private view {
        if (!LISTINGS.isManager(listing, msg.sender)) revert Market_NotManager(listing, msg.sender);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IMarket
    function planOf(uint256 plan) external view returns (Plan memory) {
        return _existing(plan);
    }

    /// @notice The metadata document of the listing that the plan sells.
    /// @inheritdoc IERC1155MetadataURI
    function uri(uint256 plan) public view override(ERC1155, IERC1155MetadataURI) returns (string memory) {
        return LISTINGS.tokenURI(_existing(plan).listing);
    }
}
