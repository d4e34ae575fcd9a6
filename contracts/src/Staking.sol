// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "./base/Governed.sol";
import {ScoreHistory} from "./base/ScoreHistory.sol";
import {IDeployer} from "./interfaces/IDeployer.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {Credits} from "./libraries/Credits.sol";
import {FeeBook} from "./libraries/FeeBook.sol";
import {LockMath} from "./libraries/LockMath.sol";
import {LockOrders} from "./libraries/LockOrders.sol";
import {ScoreBook} from "./libraries/ScoreBook.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Tiers} from "./libraries/Tiers.sol";
import {TokenFees} from "./libraries/TokenFees.sol";
import {Lock, LockChange, LockOrder, Payout} from "./types/Lock.sol";
import {Credit} from "./types/Payment.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Staking
/// @dev Nothing here depends on the time but whether a lock runs. A lock's slot keeps score and end after the principal
/// left, so what it earned can always be computed, and leaving needs no checkpoint. Whoever's score changes is
/// checkpointed first, in every token, at the token's index of that moment.
contract Staking is ScoreHistory, Governed, EIP712 {
    using FeeBook for FeeBook.Book;
    using LockOrders for LockOrder;
    using SafeCast for uint256;
    using ScoreBook for ScoreBook.Book;
    using TokenFees for TokenFees.Token;

    // --------------------------------------------------------------------------------------------- constants

    /// @notice Least principal of a lock, in STOA's smallest unit.
    uint256 public constant MIN_AMOUNT = 1e18;

    IVault private immutable VAULT;
    address private immutable STOA;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IStaking
    mapping(address account => uint256) public nonces;

    FeeBook.Book private _fees;
    uint32[4] private _tiers;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() EIP712("Stoa Staking", "1") {
        IDeployer deployer = IDeployer(msg.sender);
        VAULT = IVault(deployer.addressOf("Vault"));
        address bridged = deployer.parameters().bridgedStoa;
        STOA = bridged == address(0) ? deployer.addressOf("StoaToken") : bridged;
        _list(STOA);
        _setTiers([uint32(1_000), 10_000, 100_000, 1_000_000]);
    }

    // ----------------------------------------------------------------------------------------------- payment

    /// @inheritdoc IVaultTarget
    /// @dev The principal arrives after this returns; until then nobody is called.
    function onPay(address from, address token, uint256 received, bytes calldata data, bytes32 witness)
        external
        returns (Credit[] memory)
    {
        // Check
        if (msg.sender != address(VAULT)) revert Staking_NotVault(msg.sender);
        if (token != STOA) revert Staking_WrongToken(token, STOA);
        LockOrder calldata order = LockOrders.decode(data);
        if (witness != 0 && witness != order.witnessOf()) {
            revert Staking_WitnessMismatch(witness, order.witnessOf());
        }
        if (order.account != from) _useSignature(order, received);

        // Effect
        _pay(order.account, from, received, order.term);
        return Credits.one(address(this), received);
    }

    // ------------------------------------------------------------------------------------------------- locks

    /// @inheritdoc IStaking
    function extend(uint256 term) external {
        Lock memory lock = _lockOf(msg.sender);
        uint256 week = _week();
        if (lock.amount == 0) revert Staking_NothingLocked(msg.sender);
        uint256 end = _endOf(term, week);
        uint256 score = LockMath.scoreDown(lock.amount, term);
        if (lock.endWeek > week) {
            if (end < lock.endWeek) revert Staking_Shortened(msg.sender, _time(lock.endWeek), _time(end));
            if (score < lock.score) revert Staking_ScoreLowered(msg.sender, lock.score, score);
        }
        _fixEarnings(msg.sender, lock);
        _change(msg.sender, msg.sender, lock, LockChange.Extend, 0, score, end);
    }

    /// @inheritdoc IStaking
    function withdraw() external returns (uint256 amount) {
        amount = _removePrincipal(msg.sender, Payout.Balance);
        VAULT.transfer(msg.sender, uint160(STOA), amount);
    }

    /// @inheritdoc IStaking
    function withdrawTo(address wallet) external returns (uint256 amount) {
        amount = _removePrincipal(wallet, Payout.Wallet);
        VAULT.withdraw(STOA, amount, wallet);
    }

    /// @inheritdoc IStaking
    function setReinvest(bool enabled) external {
        _lockOf(msg.sender).reinvest = enabled;
        emit ReinvestSet(msg.sender, enabled);
    }

    /// @inheritdoc IStaking
    function cancelNonce() external {
        emit NonceChanged(msg.sender, ++nonces[msg.sender]);
    }

    // -------------------------------------------------------------------------------------------------- fees

    /// @inheritdoc IStaking
    function distribute(address token) external returns (uint256 amount) {
        uint256 week = _week();
        return _distribute(token, week, _scores.roll(week));
    }

    /// @inheritdoc IStaking
    function claim(address token) external returns (uint256 amount) {
        amount = _take(msg.sender, token, msg.sender, Payout.Balance);
        if (amount != 0) VAULT.transfer(msg.sender, uint160(token), amount);
    }

    /// @inheritdoc IStaking
    function claimTo(address token, address wallet) external returns (uint256 amount) {
        amount = _take(msg.sender, token, wallet, Payout.Wallet);
        if (amount != 0) VAULT.withdraw(token, amount, wallet);
    }

    /// @inheritdoc IStaking
    function reinvest(address account) external returns (uint256 amount) {
        // Check
        Lock memory lock = _lockOf(account);
        if (account != msg.sender && !lock.reinvest) revert Staking_NotOptedIn(account, msg.sender);
        uint256 term = LockMath.remaining(lock.endWeek, _week());

        // Effect and interaction, where nothing is left to raise
        if (term == 0) {
            amount = _take(account, STOA, account, Payout.Balance);
            if (amount != 0) VAULT.transfer(account, uint160(STOA), amount);
            return amount;
        }

        // Effect: the STOA stays in this contract's balance
        _fixEarnings(account, lock);
        amount = _take(account, STOA, address(this), Payout.Lock);
        if (amount == 0) return 0;
        uint256 score = lock.score + LockMath.scoreDown(amount, term);
        _change(account, account, lock, LockChange.Reinvest, amount, score, lock.endWeek);
    }

    // ------------------------------------------------------------------------------------------------- owner

    /// @inheritdoc IStaking
    function listToken(address token) external onlyOwner {
        _list(token);
        VAULT.describe(token);
    }

    /// @inheritdoc IStaking
    function setTiers(uint32[4] calldata scores) external onlyOwner {
        _setTiers(scores);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _useSignature(LockOrder calldata order, uint256 received) private {
        address account = order.account;
        if (block.timestamp > order.deadline) revert Staking_SignatureExpired(account, order.deadline);
        uint256 nonce = nonces[account];
        if (order.nonce != nonce) revert Staking_WrongNonce(account, order.nonce, nonce);
        nonces[account] = nonce + 1;
        emit NonceChanged(account, nonce + 1);
        bytes32 digest = _hashTypedDataV4(order.structHash(received));
        // A call to the account's code is static: it can change nothing.
        if (!Signatures.isValid(account, digest, order.signature)) revert Staking_BadSignature(account);
    }

    /// @dev Starts a lock, or raises it when the term is 0. What was not withdrawn of an ended lock joins the new one.
    function _pay(address account, address payer, uint256 received, uint256 term) private {
        Lock memory lock = _lockOf(account);
        uint256 week = _week();
        bool active = lock.endWeek > week;
        uint256 end;
        uint256 score;
        if (term == 0) {
            if (!active) revert Staking_NoActiveLock(account);
            if (received == 0) revert Staking_AmountTooSmall(0, 1);
            end = lock.endWeek;
            uint256 remaining = LockMath.remaining(end, week);
            if (remaining == 0) revert Staking_LastWeek(account, _time(end));
            score = lock.score + LockMath.scoreDown(received, remaining);
        } else {
            if (active) revert Staking_LockActive(account, _time(lock.endWeek));
            end = _endOf(term, week);
            uint256 amount = lock.amount + received;
            if (amount < MIN_AMOUNT) revert Staking_AmountTooSmall(amount, MIN_AMOUNT);
            score = LockMath.scoreDown(amount, term);
        }
        _fixEarnings(account, lock);
        _change(account, payer, lock, term == 0 ? LockChange.Raise : LockChange.Start, received, score, end);
    }

    /// @dev Distributes every token, then checkpoints the account in those that changed since it last was.
    function _fixEarnings(address account, Lock memory lock) private {
        uint256 week = _week();
        uint256 total = _scores.roll(week);
        uint256 count = _fees.list.length;
        for (uint256 i = 0; i < count; ++i) {
            address token = _fees.list[i];
            _distribute(token, week, total);
            (bool changed, uint256 index, uint256 accrued) = _fees.checkpoint(account, token, lock.score, lock.endWeek);
            if (changed) emit Checkpointed(account, token, index, accrued);
        }
    }

    /// @dev Writes a lock whose earnings are fixed, its score's history, and the principal that comes with it.
    function _change(
        address account,
        address payer,
        Lock memory lock,
        LockChange change,
        uint256 added,
        uint256 score,
        uint256 end
    ) private {
        uint256 running = lock.endWeek > _week() ? lock.score : 0;
        uint256 total = _scores.change(account, running, lock.endWeek, score, end);
        uint256 amount = lock.amount + added;
        if (added != 0) _fees.tokens[STOA].addPrincipal(added);
        _fees.stakers[account].lock = Lock(amount.toUint96(), score.toUint96(), end.toUint32(), lock.reinvest);
        emit LockChanged(account, payer, change, added, amount, score, _time(end), total);
    }

    function _removePrincipal(address to, Payout payout) private returns (uint256 amount) {
        Lock storage lock = _lockOf(msg.sender);
        amount = lock.amount;
        if (amount == 0) revert Staking_NothingLocked(msg.sender);
        if (lock.endWeek > _week()) revert Staking_StillLocked(msg.sender, _time(lock.endWeek));
        lock.amount = 0;
        _fees.tokens[STOA].removePrincipal(amount);
        emit PrincipalWithdrawn(msg.sender, to, amount, payout);
    }

    function _distribute(address token, uint256 week, uint256 total) private returns (uint256 amount) {
        uint256 index;
        (amount, index) = _fees.tokens[token].distribute(token, _held(token), week, total);
        // Fits: a week number.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (index != 0) emit FeesDistributed(token, uint64(week), amount, index, total);
    }

    function _take(address account, address token, address to, Payout payout) private returns (uint256 amount) {
        uint256 index;
        uint256 accrued;
        (amount, index, accrued) = _fees.take(_fees.stakers[account], token);
        if (amount != 0) emit FeesClaimed(account, token, to, amount, payout, index, accrued);
    }

    function _lockOf(address account) private view returns (Lock storage) {
        return _fees.stakers[account].lock;
    }

    function _list(address token) private {
        emit TokenListed(token, _fees.add(token, _week()));
    }

    function _setTiers(uint32[4] memory scores) private {
        Tiers.check(scores);
        _tiers = scores;
        emit TiersChanged(scores[0], scores[1], scores[2], scores[3]);
    }

    function _endOf(uint256 term, uint256 week) private pure returns (uint256) {
        if (term == 0 || term > LockMath.MAX_TERM) revert Staking_TermOutOfRange(term, 1, LockMath.MAX_TERM);
        return LockMath.endWeek(week, term);
    }

    /// @dev The first second of a week. Fits: week numbers of locks fit 32 bits.
    function _time(uint256 week) private pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(week * LockMath.WEEK);
    }

    function _held(address token) private view returns (uint256) {
        return VAULT.balanceOf(address(this), uint160(token));
    }

    function _scoreOf(address account) internal view override returns (uint256) {
        Lock storage lock = _lockOf(account);
        return lock.endWeek > _week() ? lock.score : 0;
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IStaking
    function lockOf(address account) external view returns (uint256 amount, uint256 score, uint64 end, bool reinvests) {
        Lock memory lock = _lockOf(account);
        return (lock.amount, _scoreOf(account), _time(lock.endWeek), lock.reinvest);
    }

    /// @inheritdoc IStaking
    function claimable(address account, address token) external view returns (uint256) {
        Lock memory lock = _lockOf(account);
        (, uint256 accrued) = _fees.earned(account, token, lock.score, lock.endWeek);
        return accrued >> 96;
    }

    /// @inheritdoc IStaking
    function earningsOf(address account, address token) external view returns (uint256 index, uint256 accrued) {
        FeeBook.Earnings memory earnings = _fees.stakers[account].earnings[token];
        return (earnings.index, earnings.accrued);
    }

    /// @inheritdoc IStaking
    function indexOf(address token) external view returns (uint256) {
        return _fees.tokens[token].indexNow();
    }

    /// @inheritdoc IStaking
    function indexAt(address token, uint256 week) external view returns (uint256) {
        return _fees.tokens[token].indexAt[week];
    }

    /// @inheritdoc IStaking
    function undistributed(address token) external view returns (uint256) {
        return _fees.tokens[token].undistributed(_held(token));
    }

    /// @inheritdoc IStaking
    function tierOf(address account) external view returns (uint8) {
        return Tiers.tierOf(_scoreOf(account), _tiers);
    }

    /// @inheritdoc IStaking
    function tiers() external view returns (uint32[4] memory) {
        return _tiers;
    }

    /// @inheritdoc IStaking
    function tokens() external view returns (address[] memory) {
        return _fees.list;
    }
}
