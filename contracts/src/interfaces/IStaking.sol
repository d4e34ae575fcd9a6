// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockChange, Payout} from "../types/Lock.sol";
import {IGoverned} from "./IGoverned.sol";
import {IVaultTarget} from "./IVaultTarget.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

/// @title IStaking
/// @notice Locked STOA earns the protocol's fees. One pays STOA to this contract through the Vault, with an encoded
/// LockOrder as data. Principal and fees lie in this contract's own vault balance.
///
/// A week is 604,800 seconds of unix time, so it starts on Thursday, 00:00 UTC; it is named by its number. A lock of
/// term n, taken in week w, ends when week w + 1 + n begins, and weighs amount * (52 + n) / 52 until then. A fee belongs
/// to the week in which it is distributed and is divided by the scores of that moment.
///
/// An index is what a score of 1 has ever earned of a token, times 2^96. `accrued` is what an account has earned and not
/// been paid, up to its own index, also times 2^96. So claimable = floor((accrued + score * (upper - index)) / 2^96),
/// where upper is the token's index after the last distribution before the lock's end.
/// Amounts are in the token's smallest unit.
/// @dev Warning: claim does not distribute first, and a fee not distributed before a lock's end is lost to that lock.
/// @dev Warning: who locks or raises much just before a distribution shares in it.
interface IStaking is IGoverned, IVaultTarget, IERC6372 {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice A token whose fees are divided from now on. For good. Also emitted at birth, for STOA.
    /// @param token the ERC-20
    /// @param position its place in the list, from 0
    event TokenListed(address indexed token, uint256 position);

    /// @notice A lock as it is from now on.
    /// @param account whose lock
    /// @param payer who paid for the change; the account itself where nothing was paid
    /// @param change what happened
    /// @param added principal that came in by this change
    /// @param amount principal after it
    /// @param score what the lock weighs from now until its end
    /// @param end unix time at which the lock ends, a week's first second
    /// @param totalScore sum of all active scores after it
    event LockChanged(
        address indexed account,
        address indexed payer,
        LockChange change,
        uint256 added,
        uint256 amount,
        uint256 score,
        uint64 end,
        uint256 totalScore
    );

    /// @notice All principal of an ended lock left it.
    /// @param account whose lock
    /// @param to vault account or wallet that received it
    /// @param amount how much; the lock holds nothing now
    /// @param payout Balance or Wallet
    event PrincipalWithdrawn(address indexed account, address indexed to, uint256 amount, Payout payout);

    /// @notice Fees were divided.
    /// @param token the ERC-20
    /// @param week the week they belong to
    /// @param amount fees that arrived since the last distribution of the token
    /// @param index the token's index from now on, times 2^96; it grew by (amount * 2^96 + what the last division left
    /// over) / totalScore, rounded down
    /// @param totalScore sum of the scores that share
    event FeesDistributed(
        address indexed token, uint64 indexed week, uint256 amount, uint256 index, uint256 totalScore
    );

    /// @notice An account's earnings of a token were fixed, because its lock changes.
    /// @param account whose earnings
    /// @param token the ERC-20
    /// @param index the account's index from now on, times 2^96
    /// @param accrued what it has earned up to there and not been paid, times 2^96
    event Checkpointed(address indexed account, address indexed token, uint256 index, uint256 accrued);

    /// @notice An account's earnings of a token were paid. Also fixes them, as Checkpointed does.
    /// @param account who earned them
    /// @param token the ERC-20
    /// @param to vault account or wallet that received them; this contract where they became principal
    /// @param amount how much
    /// @param payout vault balance, wallet or lock
    /// @param index the account's index from now on, times 2^96
    /// @param accrued what is left below one unit, times 2^96
    event FeesClaimed(
        address indexed account,
        address indexed token,
        address indexed to,
        uint256 amount,
        Payout payout,
        uint256 index,
        uint256 accrued
    );

    /// @notice Whether anyone may reinvest an account's STOA fees from now on.
    event ReinvestSet(address indexed account, bool enabled);

    /// @notice The nonce that the account's next signature must carry. Signatures with earlier ones are void.
    event NonceChanged(address indexed account, uint256 nonce);

    /// @notice Scores from which tiers 1 to 4 begin, in whole STOA. Also emitted at birth.
    event TiersChanged(uint32 tier1, uint32 tier2, uint32 tier3, uint32 tier4);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Only the Vault reports payments.
    error Staking_NotVault(address caller);

    /// @notice Only STOA can be locked.
    error Staking_WrongToken(address token, address stoa);

    /// @notice The payment's data is too short to be a LockOrder.
    error Staking_OrderMalformed(uint256 length, uint256 minimum);

    /// @notice The payer signed another order than the one given.
    error Staking_WitnessMismatch(bytes32 witness, bytes32 expected);

    /// @notice The signature holds no longer.
    error Staking_SignatureExpired(address account, uint256 deadline);

    /// @notice The signature carries another nonce than the account's next.
    error Staking_WrongNonce(address account, uint256 given, uint256 expected);

    /// @notice The signature is not the account's, or not for this lock.
    error Staking_BadSignature(address account);

    /// @notice A lock lasts 1 to 52 whole weeks after the current one.
    error Staking_TermOutOfRange(uint256 term, uint256 minimum, uint256 maximum);

    /// @notice Too little to lock, or nothing to raise by.
    error Staking_AmountTooSmall(uint256 amount, uint256 minimum);

    /// @notice The account has a running lock: raise it (term 0) or extend it.
    error Staking_LockActive(address account, uint256 end);

    /// @notice The account has no running lock to raise: order one with a term.
    error Staking_NoActiveLock(address account);

    /// @notice In its last week a lock cannot be raised: extend it first.
    error Staking_LastWeek(address account, uint256 end);

    /// @notice The account has no principal here.
    error Staking_NothingLocked(address account);

    /// @notice The lock has not ended.
    error Staking_StillLocked(address account, uint256 end);

    /// @notice The extension would end the lock earlier.
    error Staking_Shortened(address account, uint256 end, uint256 newEnd);

    /// @notice The extension is too short to keep the score that the lock has now.
    error Staking_ScoreLowered(address account, uint256 score, uint256 newScore);

    /// @notice Only the account itself may reinvest, unless it lets anyone.
    error Staking_NotOptedIn(address account, address caller);

    /// @notice The token's fees are not divided here (yet).
    error Staking_TokenNotListed(address token);

    /// @notice The token is listed already.
    error Staking_TokenListedAlready(address token);

    /// @notice No further token can be listed.
    error Staking_TooManyTokens(uint256 limit);

    /// @notice Tiers begin above 0, each above the one before.
    error Staking_TiersNotAscending(uint256 tier, uint256 previous, uint256 given);

    /// @notice History is told of the past only.
    error Staking_FutureLookup(uint256 timepoint, uint48 clock);

    // ------------------------------------------------------------------------------------------------- locks

    /// @notice Moves the end of the caller's lock to `term` whole weeks after the current one; all principal then weighs
    /// as if locked now. May not end earlier nor weigh less. On an ended lock: fixes what it earned until its end, and
    /// starts it anew with the principal still here.
    /// @param term 1 to 52
    function extend(uint256 term) external;

    /// @notice Moves all principal of the caller's ended lock to its vault balance. What it earned stays claimable.
    /// @return amount how much
    function withdraw() external returns (uint256 amount);

    /// @notice The same, to a wallet.
    /// @param wallet who receives the STOA
    /// @return amount how much
    function withdrawTo(address wallet) external returns (uint256 amount);

    /// @notice Says whether anyone may reinvest the caller's STOA fees. Holds for later locks too.
    /// @param enabled yes or no
    function setReinvest(bool enabled) external;

    /// @notice Voids the caller's next nonce, and with it every signature that carries it.
    function cancelNonce() external;

    // -------------------------------------------------------------------------------------------------- fees

    /// @notice Divides what arrived of a token since its last distribution. Anyone may call it. Does nothing when
    /// nothing came or nobody has a score; fees then wait.
    /// @param token a listed ERC-20
    /// @return amount how much was divided
    function distribute(address token) external returns (uint256 amount);

    /// @notice Pays what the caller has earned of a token to its vault balance. Does nothing below one unit.
    /// @param token a listed ERC-20
    /// @return amount how much
    function claim(address token) external returns (uint256 amount);

    /// @notice The same, to a wallet.
    /// @param token a listed ERC-20
    /// @param wallet who receives the tokens
    /// @return amount how much
    function claimTo(address token, address wallet) external returns (uint256 amount);

    /// @notice Turns the STOA fees that an account has earned into principal, at the lock's remaining term. In the lock's
    /// last week and after its end they are paid to the account's vault balance instead. By the account, or by anyone
    /// if it opted in.
    /// @param account whose fees
    /// @return amount how much; below one unit nothing is paid
    function reinvest(address account) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------- owner

    /// @notice Divides the fees of a further token from now on, also those that wait. For good; at most 8. Owner only.
    /// @param token the ERC-20
    function listToken(address token) external;

    /// @notice Sets the scores from which tiers 1 to 4 begin. Owner only.
    /// @param scores in whole STOA, above 0 and ascending
    function setTiers(uint32[4] calldata scores) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice An account's lock.
    /// @return amount principal, also of an ended lock that was not withdrawn
    /// @return score what it weighs now; 0 from its end on
    /// @return end unix time at which it ends or ended; 0 if there never was one
    /// @return reinvests whether anyone may reinvest for it
    function lockOf(address account) external view returns (uint256 amount, uint256 score, uint64 end, bool reinvests);

    /// @notice What an account could claim now.
    function claimable(address account, address token) external view returns (uint256);

    /// @notice What an account's earnings were fixed at last.
    /// @return index the account's index, times 2^96
    /// @return accrued earned up to there and not paid, times 2^96
    function earningsOf(address account, address token) external view returns (uint256 index, uint256 accrued);

    /// @notice The token's index now, times 2^96.
    function indexOf(address token) external view returns (uint256);

    /// @notice The token's index after the last distribution in a week, times 2^96; 0 for a week without.
    function indexAt(address token, uint256 week) external view returns (uint256);

    /// @notice Fees of a token that arrived and are not divided yet, also of a token that is not listed.
    function undistributed(address token) external view returns (uint256);

    /// @notice Sum of the scores that end when a week begins. Kept after the week.
    function ending(uint256 week) external view returns (uint256);

    /// @notice Sum of all scores now.
    function totalScore() external view returns (uint256);

    /// @notice Band of an account's score: 0 below the first, 4 at most.
    function tierOf(address account) external view returns (uint8);

    /// @notice Scores from which tiers 1 to 4 begin, in whole STOA.
    function tiers() external view returns (uint32[4] memory);

    /// @notice The listed tokens, in the order of listing.
    function tokens() external view returns (address[] memory);

    /// @notice The nonce that an account's next signature must carry.
    function nonces(address account) external view returns (uint256);

    // ----------------------------------------------------------------------------------------------- history

    /// @notice An account's score now (ERC-5805).
    function getVotes(address account) external view returns (uint256);

    /// @notice An account's score at a past second (ERC-5805).
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256);

    /// @notice Sum of all scores at a past second (ERC-5805).
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);

    /// @notice The account itself: scores are not delegated (ERC-5805).
    function delegates(address account) external view returns (address);
}
