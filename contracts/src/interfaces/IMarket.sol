// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {NewPlan, Plan, PlanKind, SpendOrder} from "../types/Plan.sol";
import {NewShareSale, ShareSale} from "../types/ShareSale.sol";
import {IUnorderedNonces} from "./IUnorderedNonces.sol";
import {IVaultTarget} from "./IVaultTarget.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

/// @title IMarket
/// @notice Plans, and the passes that buying them gives (ERC-1155, id = plan); and sales of revenue shares. Paid through the
/// Vault: call `Vault.pay(market, token, amount, funding, abi.encode(Order))`, or have the order signed as the witness
/// `Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)`. Ids start at 1, times are unix
/// seconds.
/// A licence is a balance; credits are a balance of units; a subscription is a time, never transfers, and has balance 1
/// from the first purchase on, active or not.
/// @dev Deviation from ERC-1155: the receiver hook of a purchase is not called when the recipient is the payer.
interface IMarket is IVaultTarget, IERC1155MetadataURI, IUnorderedNonces {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice A plan came to be, at version 1 and not paused. For the fields see NewPlan.
    event PlanCreated(
        uint256 indexed plan,
        uint256 indexed listing,
        address indexed token,
        PlanKind kind,
        uint256 price,
        uint64 cap,
        bool transferable,
        uint32 version,
        uint32 period,
        uint32 units,
        string unit,
        uint64 from,
        uint64 until,
        address gate,
        bool tierDiscount
    );

    /// @notice A plan changed; all of what can change, as it is from now on.
    event PlanChanged(
        uint256 indexed plan,
        uint32 version,
        uint256 price,
        uint64 cap,
        bool paused,
        uint64 from,
        uint64 until,
        address gate
    );

    /// @notice A sale.
    /// @param amount price times quantity = fee + what the beneficiary's key received
    /// @param beneficiary who earns the sale
    /// @param quantity licences, periods or packs
    /// @param sold how many the plan has sold, this sale included
    /// @param expiry Subscription: until when the recipient's is valid from now on; else 0
    event Purchased(
        uint256 indexed plan,
        address indexed payer,
        address indexed recipient,
        uint256 listing,
        uint64 quantity,
        uint256 amount,
        uint256 fee,
        address beneficiary,
        uint64 sold,
        uint64 expiry
    );

    /// @notice Credits were spent; the burn's TransferSingle says so too.
    /// @param spender the holder, or whom the holder's signed order names
    /// @param ref the spender's own reference, e.g. the hash of an invoice
    /// @param remaining the holder's units after it
    event CreditsSpent(
        uint256 indexed plan,
        address indexed holder,
        address indexed spender,
        uint256 units,
        bytes32 ref,
        uint256 remaining
    );

    /// @notice A holder offers revenue shares. For the fields see NewShareSale.
    event ShareSaleOpened(
        uint256 indexed sale,
        uint256 indexed listing,
        address indexed seller,
        address share,
        address token,
        uint256 lot,
        uint256 price,
        uint64 cap,
        uint64 from,
        uint64 until
    );

    /// @notice The seller ended a sale of shares, for good.
    event ShareSaleClosed(uint256 indexed sale);

    /// @notice Shares were sold. The seller gets all of `amount`.
    /// @param quantity lots
    /// @param shares lot times quantity, moved from seller to recipient
    /// @param amount price times quantity
    /// @param sold lots sold, these included
    event SharesSold(
        uint256 indexed sale,
        address indexed payer,
        address indexed recipient,
        uint64 quantity,
        uint256 shares,
        uint256 amount,
        uint64 sold
    );

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Only the Vault may report a payment.
    error Market_NotVault(address caller);

    /// @notice A subscription has a period, nothing else has one.
    error Market_BadPeriod(PlanKind kind, uint32 period);

    /// @notice Credits have units in a pack, nothing else has.
    error Market_BadUnits(PlanKind kind, uint32 units);

    /// @notice The label of a unit is missing, too long, not UTF-8 without control characters, or not of credits.
    error Market_BadUnit(uint256 length, uint256 limit);

    /// @notice Subscriptions never transfer.
    error Market_SubscriptionTransferable();

    /// @notice Credits have a price.
    error Market_FreeCredits();

    /// @notice A window ends after it begins.
    error Market_BadWindow(uint256 from, uint256 until);

    /// @notice The plan or share sale does not sell now.
    error Market_OutsideWindow(uint256 id, uint256 from, uint256 until);

    /// @notice The address named as a gate has no code.
    error Market_GateWithoutCode(address gate);

    /// @notice The gate did not say yes.
    error Market_GateClosed(uint256 plan, address gate, address buyer);

    /// @notice The plan has no gate that could read what the order carries for one.
    error Market_GateDataWithoutGate(uint256 length);

    /// @notice The listing's shares do not earn in this token.
    error Market_TokenNotAllowed(uint256 listing, address token);

    /// @notice Paid time would reach too far ahead.
    error Market_TooFarAhead(uint256 plan, uint256 expiry, uint256 limit);

    /// @notice The payer signed another order than this.
    error Market_WrongWitness(bytes32 witness);

    /// @notice The plan sells no credits.
    error Market_NotCredits(uint256 plan);

    /// @notice The order was valid until `deadline`.
    error Market_Expired(uint256 deadline);

    /// @notice The order names another spender.
    error Market_NotSpender(address caller, address spender);

    /// @notice The account did not sign this, neither by key nor by code.
    error Market_WrongSignature(address account);

    /// @notice The listing's revenue is not divided into shares.
    error Market_ListingWithoutShares(uint256 listing);

    /// @notice A lot has at least one share.
    error Market_EmptyLot();

    /// @notice There is no such share sale.
    error Market_UnknownShareSale(uint256 sale);

    /// @notice Only the seller may do this.
    error Market_NotSeller(uint256 sale, address caller);

    /// @notice The share sale has ended.
    error Market_ShareSaleClosed(uint256 sale);

    /// @notice The guardian has paused new sales.
    error Market_SalesPaused(uint64 until);

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

    /// @notice What is free is ordered one at a time, so that nobody empties its cap, or fills its counter, at once.
    error Market_FreeQuantity(uint256 plan, uint64 quantity);

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
    /// @param plan the plan; the caller must manage its listing, whose shares, if any, must earn in the plan's token
    /// @param price price of one, in the token's smallest unit; 0 makes the plan free
    /// @param cap how many may be sold in all, at least what is sold; 0 for no cap
    function changePlan(uint256 plan, uint128 price, uint64 cap) external;

    /// @notice Sets who may buy, and when; orders for the old version fail from now on.
    /// @param plan the plan; the caller must manage its listing, whose shares, if any, must earn in the plan's token
    /// @param gate contract that says who may buy; 0 for everybody
    /// @param from first second in which it sells; 0 for no bound
    /// @param until first second in which it sells no more; 0 for no bound
    function boundPlan(uint256 plan, address gate, uint64 from, uint64 until) external;

    /// @notice Stops sales of the plan for now.
    /// @param plan the plan; the caller must manage its listing
    function pausePlan(uint256 plan) external;

    /// @notice Lets a paused plan sell again.
    /// @param plan the plan; the caller must manage its listing, whose shares, if any, must earn in the plan's token
    function resumePlan(uint256 plan) external;

    // ---------------------------------------------------------------------------------------------- spending

    /// @notice Spends credits of the caller.
    /// @param plan the plan that sold them
    /// @param units how many, at least 1
    /// @param ref the caller's own reference
    /// @return remaining units left
    function spend(uint256 plan, uint256 units, bytes32 ref) external returns (uint256 remaining);

    /// @notice Spends credits of a holder who signed so, by key or by EIP-1271. By the spender that the order names.
    /// @param order the order
    /// @param signature the holder's, over the EIP-712 struct `Spend(address holder,uint256 plan,uint256 units,address
    /// spender,bytes32 ref,uint256 nonce,uint256 deadline)`
    /// @return remaining units left
    function spendBySig(SpendOrder calldata order, bytes calldata signature) external returns (uint256 remaining);

    // ------------------------------------------------------------------------------------------- share sales

    /// @notice Offers shares of the caller: buyers take them from the caller's ERC-20 allowance to the Market, and the
    /// price goes to the caller's vault balance, without a fee.
    /// @param sale what is sold, for how much
    /// @return id its id, counted apart from plans
    function openShareSale(NewShareSale calldata sale) external returns (uint256 id);

    /// @notice Ends a share sale of the caller, for good.
    /// @param sale the sale
    function closeShareSale(uint256 sale) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice A plan as it stands.
    function planOf(uint256 plan) external view returns (Plan memory);

    /// @notice How many plans there are; the newest has this id.
    function count() external view returns (uint256);

    /// @notice Whether the account manages the plan's listing.
    function manages(uint256 plan, address account) external view returns (bool);

    /// @notice Whether the holder may use what the plan sells: holds a licence or credits, or its subscription runs.
    function isActive(address holder, uint256 plan) external view returns (bool);

    /// @notice Until when the holder's pass is valid: a subscription's end, past or to come; for licences and credits the
    /// largest number while any is held; else 0.
    function expiresAt(address holder, uint256 plan) external view returns (uint64);

    /// @notice A share sale as it stands.
    function shareSaleOf(uint256 sale) external view returns (ShareSale memory);

    /// @notice How many share sales there are; the newest has this id.
    function shareSaleCount() external view returns (uint256);
}
