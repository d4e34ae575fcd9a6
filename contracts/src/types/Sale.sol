// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Status} from "./Listing.sol";

/// @notice How the amount of one sale is divided: amount = fee + net.
/// @param fee protocol fee, in the token's smallest unit, rounded down
/// @param net what the listing earns
/// @param netAccount vault sub-account credited with the net
/// @param beneficiary who earns the sale
/// @param status whether the listing sells at all; told here because a sale needs both
struct SaleSplit {
    uint256 fee;
    uint256 net;
    address netAccount;
    address beneficiary;
    Status status;
}
