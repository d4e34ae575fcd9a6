// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {SaleSplit} from "../types/Sale.sol";
import {ClaimPayout, NewShares} from "../types/Share.sol";
import {IGuarded} from "./IGuarded.sol";
import {IVaultTarget} from "./IVaultTarget.sol";

/// @title IRevenue
/// @notice Who earns what. Holds numbers, no tokens: what a listing earned lies in Vault sub-accounts of this contract,
/// one per listing and beneficiary. The beneficiary is the listing's share contract once it has one, else its owner at the
/// sale. All amounts are in the token's smallest unit.
/// It is also a Vault target: anyone may pay a listing, without a fee. The payment's data is
/// `abi.encode(uint256 listing, bytes32 memo)`, its witness, when signed, `ListingPayment(uint256 listing,bytes32 memo)`.
interface IRevenue is IGuarded, IVaultTarget {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice What a key (listing, beneficiary, token) had received was divided.
    /// @param received all the key has ever received, now covered by settlements
    /// @param beneficiaryAmount what the beneficiary earned by this settlement: credited to an owner's vault balance; of a
    /// share contract it stays in the sub-account until holders claim it
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

    /// @notice A listing's revenue was divided into shares.
    /// @param listing the listing
    /// @param share its share contract, the beneficiary from now on
    /// @param holder who got all shares: the listing's owner
    /// @param account vault sub-account in which lies what the shares earn
    /// @param supply how many shares there are, in smallest units (18 decimals), for good
    /// @param ownBps what they earn of what the listing receives: 10,000 less the parents' bps
    /// @param name ERC-20 name
    /// @param symbol ERC-20 symbol
    event SharesCreated(
        uint256 indexed listing,
        address indexed share,
        address indexed holder,
        address account,
        uint256 supply,
        uint16 ownBps,
        string name,
        string symbol
    );

    /// @notice Someone paid a listing without buying.
    /// @param listing the listing
    /// @param payer who paid
    /// @param token the ERC-20
    /// @param beneficiary whose key received it
    /// @param amount how much
    /// @param memo the payer's own words
    event ListingPaid(
        uint256 indexed listing,
        address indexed payer,
        address indexed token,
        address beneficiary,
        uint256 amount,
        bytes32 memo
    );

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice The fee exceeds its bound.
    error Revenue_FeeTooHigh(uint16 feeBps, uint16 limit);

    /// @notice The zero address earns nothing.
    error Revenue_ZeroBeneficiary(uint256 listing);

    /// @notice Only the owner of the listing may do this.
    error Revenue_NotOwner(uint256 listing, address caller);

    /// @notice Only the listing's share contract may do this.
    error Revenue_NotShare(uint256 listing, address caller);

    /// @notice The name or symbol of shares is empty, too long, or not UTF-8 without control characters.
    /// `field` names it, `length` and `limit` are in bytes.
    error Revenue_BadText(string field, uint256 length, uint256 limit);

    /// @notice The supply of shares is out of bounds.
    error Revenue_SupplyOutOfRange(uint256 supply, uint256 minimum, uint256 maximum);

    /// @notice Only the Vault may do this.
    error Revenue_NotVault(address caller);

    /// @notice The data of a payment is not an encoded listing and memo.
    error Revenue_PaymentMalformed(uint256 length, uint256 expected);

    /// @notice The payer signed something else than the payment's data.
    error Revenue_WitnessMismatch(bytes32 witness, bytes32 expected);

    // ------------------------------------------------------------------------------------------------ settle

    /// @notice Divides what a key has received since its last settlement between the beneficiary and the listing's
    /// parents. An owner's part goes to its vault balance; what shares earn needs no settlement and stays for their holders
    /// to claim. A parent's part is earned by its share contract, else its owner, of that moment. Anyone may call it, at
    /// any time: when and how often changes nobody's total. Does nothing when nothing new came in. At most one unit
    /// per parent waits in the sub-account for the next settlement.
    /// @param listing the listing
    /// @param beneficiary who earned it: the owner at the sales, or the share contract
    /// @param token the ERC-20
    function settle(uint256 listing, address beneficiary, address token) external;

    // ------------------------------------------------------------------------------------------------ shares

    /// @notice Divides a listing's revenue from now on into shares, all of them the caller's. Once per listing, for good.
    /// What was received before stays the owner's. By the owner of the listing.
    /// @param listing the listing
    /// @param shares name, symbol, supply and first payment tokens
    /// @return share the share contract
    function createShares(uint256 listing, NewShares calldata shares) external returns (address share);

    /// @notice Pays what a holder of shares earned. Only the listing's share contract.
    /// @param listing the listing
    /// @param token the ERC-20
    /// @param to vault account or wallet paid
    /// @param amount how much
    /// @param payout which of the two
    function payShares(uint256 listing, address token, address to, uint256 amount, ClaimPayout payout) external;

    // ------------------------------------------------------------------------------------------------- owner

    /// @notice Sets the protocol fee of later sales. Owner only.
    /// @param bps at most 500
    function setFee(uint16 bps) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice How a sale of `amount` made now is divided: the fee rounds down, the net is the rest. Reverts while new
    /// sales are paused.
    /// @param listing the listing sold
    /// @param amount price times quantity
    /// @param tiered whether the tier of the listing's owner lowers the fee: an eighth per tier, at most half of it
    function saleTerms(uint256 listing, uint256 amount, bool tiered) external view returns (SaleSplit memory);

    /// @notice The listing's share contract; zero while it has none.
    function shareOf(uint256 listing) external view returns (address);

    /// @notice Whether a plan of the listing may be priced in the token: any, until the listing has a share contract; then
    /// those on its list.
    function tokenAllowed(uint256 listing, address token) external view returns (bool);

    /// @notice For whom the listing earns now, and the sub-account that what it earns goes to.
    function beneficiaryOf(uint256 listing) external view returns (address beneficiary, address account);

    /// @notice The code that share contracts run.
    function shareImplementation() external view returns (address);

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

    /// @notice What the beneficiary would earn by a settlement now; see Settled.
    function pending(uint256 listing, address beneficiary, address token) external view returns (uint256);
}
