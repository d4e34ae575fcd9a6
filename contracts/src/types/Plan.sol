// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What a plan sells: a right for good, a right for a time, or units to be spent.
enum PlanKind {
    Licence,
    Subscription,
    Credits
}

/// @notice What a provider states when creating a plan.
/// @param listing the listing the plan sells
/// @param kind what it sells
/// @param token ERC-20 it is paid in
/// @param price price of one licence, period or pack, in the token's smallest unit; 0 makes the plan free
/// @param cap how many may be sold in all, below 2^48; 0 for no cap
/// @param transferable whether buyers may pass what they bought on; false for a subscription
/// @param period Subscription: seconds of one period; else 0
/// @param units Credits: units in one pack; else 0
/// @param unit Credits: label of a unit, e.g. `call` or `gpu-second`, 1 to 32 bytes of UTF-8; else empty
/// @param from first second in which it sells, below 2^48; 0 for no bound
/// @param until first second in which it sells no more, below 2^48; 0 for no bound
/// @param gate contract that says who may buy; 0 for everybody
/// @param tierDiscount whether the protocol fee of its sales is lowered by the tier of the listing's owner
struct NewPlan {
    uint256 listing;
    PlanKind kind;
    address token;
    uint128 price;
    uint64 cap;
    bool transferable;
    uint32 period;
    uint32 units;
    string unit;
    uint64 from;
    uint64 until;
    address gate;
    bool tierDiscount;
}

/// @notice A plan as it stands; for the fields see NewPlan.
/// @param sold how many have been sold
/// @param version grows by one with every change, starts at 1
/// @param paused whether it sells nothing for now
struct Plan {
    uint256 listing;
    PlanKind kind;
    address token;
    uint128 price;
    uint64 cap;
    uint64 sold;
    uint32 version;
    bool paused;
    bool transferable;
    bool tierDiscount;
    uint32 period;
    uint32 units;
    string unit;
    uint64 from;
    uint64 until;
    address gate;
}

/// @notice The data of PlanCreated: its fields that are no topics, in their order.
struct PlanTerms {
    PlanKind kind;
    uint256 price;
    uint64 cap;
    bool transferable;
    uint32 version;
    uint32 period;
    uint32 units;
    string unit;
    uint64 from;
    uint64 until;
    address gate;
    bool tierDiscount;
}

/// @notice What is kept of a plan. Two slots, so that a sale reads no third unless the plan has bounds.
/// @param size seconds of a period, or units in a pack
/// @param listing 40 bits, since a trillion listings cannot be created
/// @param flags see PlanFlags
struct StoredPlan {
    uint128 price;
    uint48 cap;
    uint48 sold;
    uint32 size;
    address token;
    uint40 listing;
    uint32 version;
    PlanKind kind;
    uint8 flags;
}

/// @notice Who may buy, and when. One slot, written for plans that bound either.
struct Bounds {
    address gate;
    uint48 from;
    uint48 until;
}

/// @notice What a buyer orders. The data of a payment to the Market is the ABI encoding of this, followed by what the
/// plan's gate asks for, if it has one.
/// @param plan the plan
/// @param version the version of the plan the buyer has seen; bounds the price
/// @param quantity how many licences, periods or packs, at least 1; of a free plan exactly 1
/// @param recipient who gets the passes
struct Order {
    uint256 plan;
    uint32 version;
    uint64 quantity;
    address recipient;
}

/// @notice A holder's order to spend credits; the EIP-712 struct `Spend`.
/// @param holder whose credits; it signs
/// @param plan the plan
/// @param units how many
/// @param spender who may bring the order
/// @param ref reference of the spender
/// @param nonce an unused nonce of the holder
/// @param deadline last second in which it is valid
struct SpendOrder {
    address holder;
    uint256 plan;
    uint256 units;
    address spender;
    bytes32 ref;
    uint256 nonce;
    uint256 deadline;
}
