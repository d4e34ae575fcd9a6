// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {NewPlan, Plan, PlanKind} from "../types/Plan.sol";
import {IVaultTarget} from "./IVaultTarget.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

/// @title IMarket
/// @notice Plans, and the passes that buying them gives (ERC-1155, id = plan). Paid through the Vault: call
/// `Vault.pay(market, token, amount, funding, abi.encode(Order))`. Ids start at 1.
/// @dev Deviation from ERC-1155: the receiver hook of a purchase is not called when the recipient is the payer.
interface IMarket is IVaultTarget, IERC1155MetadataURI {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice A plan came to be, at version 1 and not paused.
    event PlanCreated(
        uint256 indexed plan,
        uint256 indexed listing,
        address indexed token,
        PlanKind kind,
        uint256 price,
        uint64 cap,
        bool transferable,
        uint32 version
    );

    /// @notice A plan changed; all of what can change, as it is from now on.
    event PlanChanged(uint256 indexed plan, uint32 version, uint256 price, uint64 cap, bool paused);

    /// @notice A sale.
    /// @param amount price times quantity = fee + what the beneficiary's key received
    /// @param beneficiary who earns the sale
    /// @param sold how many the plan has sold, this sale included
    event Purchased(
        uint256 indexed plan,
        address indexed payer,
        address indexed recipient,
        uint256 listing,
        uint64 quantity,
        uint256 amount,
        uint256 fee,
        address beneficiary,
        uint64 sold
    );

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Only the Vault may report a payment.
    error Market_NotVault(address caller);

    /// @notice Plans of this kind cannot be created.
    error Market_KindUnavailable(PlanKind kind);

    /// @notice The account does not manage the listing.
    error Market_NotManager(uint256 listing, address account);

    /// @notice The listing is paused or retired.
    error Market_ListingNotActive(uint256 listing);

    /// @notice The listing is retired, so it needs no plans.
    error Market_ListingRetired(uint256 listing);

    /// @notice There is no such plan.
    error Market_UnknownPlan(uint256 plan);

    /// @notice The plan is paused.
    error Market_PlanPaused(uint256 plan);

    /// @notice The plan is not paused.
    error Market_PlanNotPaused(uint256 plan);

    /// @notice The data of a payment is not an encoded Order.
    error Market_OrderMalformed(uint256 length, uint256 expected);

    /// @notice The plan has changed since the buyer saw it.
    error Market_StaleVersion(uint256 plan, uint32 ordered, uint32 current);

    /// @notice The plan is paid in another token.
    error Market_WrongToken(uint256 plan, address paid, address expected);

    /// @notice An order is for at least one.
    error Market_ZeroQuantity(uint256 plan);

    /// @notice Passes need a recipient.
    error Market_ZeroRecipient(uint256 plan);

    /// @notice The plan has fewer left than ordered.
    error Market_CapExceeded(uint256 plan, uint64 cap, uint64 sold, uint64 quantity);

    /// @notice A cap cannot be below what is already sold.
    error Market_CapBelowSold(uint256 plan, uint64 cap, uint64 sold);

    /// @notice Less arrived than price times quantity.
    error Market_PaymentTooSmall(uint256 plan, uint256 received, uint256 needed);

    /// @notice The plan's passes stay with whom they were bought for.
    error Market_PassNotTransferable(uint256 plan);

    // ---------------------------------------------------------------------------------------------- provider

    /// @notice Creates a plan of a listing that the caller manages, and publishes the token's metadata if need be.
    /// @param plan what it sells, and for how much
    /// @return id its id
    function createPlan(NewPlan calldata plan) external returns (uint256 id);

    /// @notice Sets price and cap; orders for the old version fail from now on.
    /// @param plan the plan; the caller must manage its listing
    /// @param price price of one, in the token's smallest unit; 0 makes the plan free
    /// @param cap how many may be sold in all, at least what is sold; 0 for no cap
    function changePlan(uint256 plan, uint128 price, uint64 cap) external;

    /// @notice Stops sales of the plan for now.
    /// @param plan the plan; the caller must manage its listing
    function pausePlan(uint256 plan) external;

    /// @notice Lets a paused plan sell again.
    /// @param plan the plan; the caller must manage its listing
    function resumePlan(uint256 plan) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice A plan as it stands.
    function planOf(uint256 plan) external view returns (Plan memory);

    /// @notice How many plans there are; the newest has this id.
    function count() external view returns (uint256);
}
