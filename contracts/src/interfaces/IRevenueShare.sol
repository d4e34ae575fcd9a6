// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ClaimOrder, ClaimPayout, NewShares} from "../types/Share.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title IRevenueShare
/// @notice Fractions of what one listing earns, as ERC-20 tokens of fixed supply. What the shares earned is read live from
/// Revenue and the Vault, and a holder's part is fixed whenever its balance changes: who holds when money comes in earns
/// it, whoever holds later. A part is kept times the supply, so nothing is lost by fixing it, however often.
/// Royalties of derivatives count as earned when the derivative is settled, which anyone may do first.
/// @dev Warning: shares held by a contract that cannot claim (a pool, a bridge) earn for that contract.
/// @dev Permits are ECDSA only, as ERC-2612 has it; claims by signature accept ERC-1271 too. Both use `nonces`.
interface IRevenueShare is IERC20Metadata, IERC20Permit {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice What the shares earn in this token can be claimed from now on. For good.
    /// @param token the ERC-20
    /// @param position its place in the list, from 0
    event PaymentTokenAdded(address indexed token, uint256 position);

    /// @notice A holder's earnings of a token were fixed, because its balance is about to change. Comes before the
    /// ERC-20 Transfer. Not emitted where the shares earned nothing since the holder's last time.
    /// @param account whose earnings
    /// @param token the ERC-20
    /// @param index all that the shares together have ever earned of it, in its smallest unit
    /// @param accrued what the account has earned up to there and not been paid, times supply
    event Checkpointed(address indexed account, address indexed token, uint256 index, uint256 accrued);

    /// @notice A holder's earnings of a token were paid. Also fixes them, as Checkpointed does.
    /// @param account who earned them
    /// @param token the ERC-20
    /// @param to vault account or wallet paid
    /// @param amount how much
    /// @param payout which of the two
    /// @param index all that the shares together have ever earned of it, in its smallest unit
    /// @param accrued what is left below one unit, times supply
    event RevenueClaimed(
        address indexed account,
        address indexed token,
        address indexed to,
        uint256 amount,
        ClaimPayout payout,
        uint256 index,
        uint256 accrued
    );

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Only Revenue may do this.
    error RevenueShare_NotRevenue(address caller);

    /// @notice Only the owner of the listing may do this.
    error RevenueShare_NotOwner(address caller, address owner);

    /// @notice The Vault and the share contract itself cannot hold shares: nobody could claim what they earn.
    error RevenueShare_CannotHold(address account);

    /// @notice The token is not on the list.
    error RevenueShare_TokenNotListed(address token);

    /// @notice The token is on the list.
    error RevenueShare_TokenListedAlready(address token);

    /// @notice More payment tokens than there may be.
    error RevenueShare_TooManyTokens(uint256 limit);

    /// @notice The signature's last second has passed.
    error RevenueShare_SignatureExpired(address account, uint256 deadline);

    /// @notice The signature is not the account's, or not of this order with its next nonce.
    error RevenueShare_BadSignature(address account);

    // ------------------------------------------------------------------------------------------------- birth

    /// @notice Makes a fresh clone the share contract of a listing. Only Revenue, in the transaction that clones it.
    /// @param listing the listing
    /// @param ownBps what the shares earn of what the listing receives: 10,000 less the parents' bps
    /// @param holder who gets all shares
    /// @param shares name, symbol, supply and first payment tokens
    function initialize(uint64 listing, uint16 ownBps, address holder, NewShares calldata shares) external;

    // ------------------------------------------------------------------------------------------------- owner

    /// @notice Adds a payment token, for good. What the shares earned in it before is earned by those who hold now.
    /// By the listing's owner.
    /// @param token the ERC-20; at most 4 in all
    function addPaymentToken(address token) external;

    // ------------------------------------------------------------------------------------------------- claim

    /// @notice Pays the caller's earnings of a token to its vault balance. Does nothing below one unit.
    /// @param token the ERC-20
    /// @return amount how much was paid, rounded down; the rest stays the caller's
    function claim(address token) external returns (uint256 amount);

    /// @notice Pays the caller's earnings of a token to a wallet. Does nothing below one unit.
    /// @param token the ERC-20
    /// @param wallet who receives the tokens
    /// @return amount how much was paid, rounded down; the rest stays the caller's
    function claimTo(address token, address wallet) external returns (uint256 amount);

    /// @notice Pays an account's earnings as it signed: EIP-712
    /// `Claim(address account,address token,address to,uint8 payout,uint256 nonce,uint256 deadline)` in this contract's
    /// domain, where nonce is `nonces(account)`. Uses the nonce also below one unit.
    /// @param order what was signed
    /// @param signature the account's: ECDSA, else asked of its code by ERC-1271
    /// @return amount how much was paid, rounded down
    function claimBySig(ClaimOrder calldata order, bytes calldata signature) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The listing whose revenue these shares divide.
    function listing() external view returns (uint256);

    /// @notice What the shares earn of what the listing receives, in bps.
    function ownBps() external view returns (uint16);

    /// @notice The payment tokens, in the order they were added.
    function paymentTokens() external view returns (address[] memory);

    /// @notice Whether the token is on the list.
    function isPaymentToken(address token) external view returns (bool);

    /// @notice All that the shares together have ever earned of a token, rounded down. Never falls.
    function earned(address token) external view returns (uint256);

    /// @notice What `claim` would pay the account now; 0 for a token not on the list.
    function claimable(address account, address token) external view returns (uint256);

    /// @notice An account's earnings as last fixed; see Checkpointed.
    function earningsOf(address account, address token) external view returns (uint256 index, uint256 accrued);
}
