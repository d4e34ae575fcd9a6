// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What a seller of revenue shares states. Never changes.
/// @param listing the listing whose shares are sold
/// @param token ERC-20 paid in
/// @param lot shares in one lot, in their smallest unit, at least 1
/// @param price price of a lot, in the token's smallest unit
/// @param cap lots for sale in all; 0 for no cap
/// @param from first second in which it sells; 0 for no bound
/// @param until first second in which it sells no more; 0 for no bound
struct NewShareSale {
    uint256 listing;
    address token;
    uint128 lot;
    uint128 price;
    uint64 cap;
    uint64 from;
    uint64 until;
}

/// @notice A share sale as it stands.
/// @param seller whose allowance of shares to the Market is sold, and who gets the proceeds
/// @param share the shares
/// @param sold lots sold
/// @param closed whether the seller has ended it
struct ShareSale {
    address seller;
    uint64 from;
    address share;
    uint64 until;
    address token;
    uint64 cap;
    uint128 lot;
    uint128 price;
    uint64 sold;
    bool closed;
}

/// @notice What a buyer of shares orders. The data of a payment to the Market is
/// `abi.encode(keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)"), ShareOrder)`.
/// @param sale the sale
/// @param quantity how many lots, at least 1
/// @param recipient who gets the shares
struct ShareOrder {
    uint256 sale;
    uint64 quantity;
    address recipient;
}
