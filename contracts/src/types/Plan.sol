// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What a plan sells. Only Licence, a right for good, can be created so far.
enum PlanKind {
    Licence,
    Subscription,
    Credits
}

/// @notice What a provider states when creating a plan.
/// @param listing the listing the plan sells
/// @param kind what it sells
/// @param token ERC-20 it is paid in
/// @param price price of one, in the token's smallest unit; 0 makes the plan free
/// @param cap how many may be sold in all; 0 for no cap
/// @param transferable whether buyers may pass what they bought on
struct NewPlan {
    uint256 listing;
    PlanKind kind;
    address token;
    uint128 price;
    uint64 cap;
    bool transferable;
}

/// @notice A plan as it stands. Two slots, so that a sale reads no third.
/// @param price price of one, in the token's smallest unit
/// @param cap how many may be sold in all; 0 for no cap
/// @param sold how many have been sold
/// @param token ERC-20 it is paid in
/// @param listing the listing the plan sells; 40 bits, since a trillion listings cannot be created
/// @param version grows by one with every change, starts at 1
/// @param kind what it sells
/// @param paused whether it sells nothing for now
/// @param transferable whether its passes transfer
struct Plan {
    uint128 price;
    uint64 cap;
    uint64 sold;
    address token;
    uint40 listing;
    uint32 version;
    PlanKind kind;
    bool paused;
    bool transferable;
}

/// @notice What a buyer orders: the data of a payment to the Market, ABI-encoded.
/// @param plan the plan
/// @param version the version of the plan the buyer has seen; bounds the price
/// @param quantity how many, at least 1
/// @param recipient who gets the passes
struct Order {
    uint256 plan;
    uint32 version;
    uint64 quantity;
    address recipient;
}
