// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {SaleSplit} from "../types/Sale.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title IRevenue
/// @notice Who earns what. Holds numbers, no tokens: what a listing earned lies in Vault sub-accounts of this contract,
/// one per listing and beneficiary. All amounts are in the token's smallest unit.
interface IRevenue is IGoverned {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice What a key (listing, beneficiary, token) had received was divided.
    /// @param received all the key has ever received, now covered by settlements
    /// @param beneficiaryAmount credited to the beneficiary's vault balance by this settlement
    /// @param parents the listing's parents, ascending
    /// @param parentBeneficiaries who earned each parent's part
    /// @param parentAmounts each parent's part, credited to the key (parent, its beneficiary, token)
    event Settled(
        uint256 indexed listing,
        address indexed beneficiary,
        address indexed token,
        uint256 received,
        uint256 beneficiaryAmount,
        uint256[] parents,
        address[] parentBeneficiaries,
        uint256[] parentAmounts
    );

    /// @notice The protocol fee as it is from now on. Also emitted at birth.
    event FeeChanged(uint16 feeBps, address feeRecipient);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice The fee exceeds its bound.
    error Revenue_FeeTooHigh(uint16 feeBps, uint16 limit);

    /// @notice The zero address earns nothing.
    error Revenue_ZeroBeneficiary(uint256 listing);

    // ------------------------------------------------------------------------------------------------ settle

    /// @notice Divides what a key has received since its last settlement between the beneficiary's vault balance and
    /// the listing's parents. Anyone may call it, at any time: when and how often changes nobody's total. Does nothing
    /// when nothing new came in. At most one unit per parent waits in the sub-account for the next settlement.
    /// @param listing the listing
    /// @param beneficiary who owned it at the sales
    /// @param token the ERC-20
    function settle(uint256 listing, address beneficiary, address token) external;

    // ------------------------------------------------------------------------------------------------- owner

    /// @notice Sets the protocol fee of later sales. Owner only.
    /// @param bps at most 500
    function setFee(uint16 bps) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice How a sale of `amount` made now is divided: the fee rounds down, the net is the rest.
    /// @param listing the listing sold
    /// @param token the ERC-20
    /// @param amount price times quantity
    function split(uint256 listing, address token, uint256 amount) external view returns (SaleSplit memory);

    /// @notice Protocol fee in bps of a sale.
    function feeBps() external view returns (uint16);

    /// @notice Vault account that the fee is credited to.
    function feeRecipient() external view returns (address);

    /// @notice Vault sub-account of a key.
    function accountOf(uint256 listing, address beneficiary) external view returns (address);

    /// @notice All that a key has ever received.
    function received(uint256 listing, address beneficiary, address token) external view returns (uint256);

    /// @notice How much of what was received is covered by settlements.
    function settled(uint256 listing, address beneficiary, address token) external view returns (uint256);

    /// @notice What `settle` would credit to the beneficiary now.
    function pending(uint256 listing, address beneficiary, address token) external view returns (uint256);
}
