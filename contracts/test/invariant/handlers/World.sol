// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Listings} from "../../../src/Listings.sol";
import {Market} from "../../../src/Market.sol";
import {Revenue} from "../../../src/Revenue.sol";
import {Vault} from "../../../src/Vault.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";

/// @notice What the steps act on.
struct World {
    Vault vault;
    Listings listings;
    Revenue revenue;
    Market market;
    address timelock;
    address[] people;
    TokenMock[] tokens;
    uint256 listings_;
    uint256 plans;
}
