// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IListings} from "./interfaces/IListings.sol";
import {IRevenue} from "./interfaces/IRevenue.sol";
import {IRevenueShare} from "./interfaces/IRevenueShare.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RevenueMath} from "./libraries/RevenueMath.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {ClaimOrder, ClaimPayout, NewShares} from "./types/Share.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title RevenueShare
/// @dev The code that every clone runs. It holds no money: what the shares earn lies in Revenue's sub-account of the key
/// (listing, this), and Revenue pays it out on this contract's word.
/// A transfer calls view functions of Revenue and the Vault only; no token can make it fail.
contract RevenueShare is IRevenueShare, ERC20Permit {
    /// @dev What a holder has earned of a token: up to `index`, `accrued` / supply has not been paid. The index is what
    /// all shares together had earned; it fits 128 bits many times over, and so does their product with 97-bit balances.
    struct Earnings {
        uint256 index;
        uint256 accrued;
    }

    // --------------------------------------------------------------------------------------------- constants

    /// @dev Bounds the work of a transfer.
    uint256 private constant MAX_TOKENS = 4;

    bytes32 private constant CLAIM_TYPEHASH =
        keccak256("Claim(address account,address token,address to,uint8 payout,uint256 nonce,uint256 deadline)");

    IRevenue private immutable REVENUE;
    IListings private immutable LISTINGS;
    IVault private immutable VAULT;

    // ----------------------------------------------------------------------------------------------- storage

    uint64 private _listing;
    uint16 private _ownBps;
    uint8 private _tokenCount;

    address[MAX_TOKENS] private _tokens;

    /// @inheritdoc IRevenueShare
    mapping(address token => bool) public isPaymentToken;

    mapping(address account => mapping(address token => Earnings)) private _earnings;

    string private _shareName;
    string private _shareSymbol;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is Revenue. The name is that of the EIP-712 domain, the same in all clones.
    constructor(IListings listings, IVault vault) ERC20("", "") ERC20Permit("Stoa Revenue Share") {
        REVENUE = IRevenue(msg.sender);
        LISTINGS = listings;
        VAULT = vault;
    }

    /// @inheritdoc IRevenueShare
    function initialize(uint64 listing_, uint16 ownBps_, address holder, NewShares calldata shares) external {
        // Check
        if (msg.sender != address(REVENUE)) revert RevenueShare_NotRevenue(msg.sender);

        // Effect
        _listing = listing_;
        _ownBps = ownBps_;
        _shareName = shares.name;
        _shareSymbol = shares.symbol;
        _mint(holder, shares.supply);
        for (uint256 i = 0; i < shares.tokens.length; ++i) {
            _addPaymentToken(shares.tokens[i]);
        }
    }

    // ------------------------------------------------------------------------------------------------- owner

    /// @inheritdoc IRevenueShare
    function addPaymentToken(address token) external {
        address owner = LISTINGS.ownerOf(_listing);
        if (msg.sender != owner) revert RevenueShare_NotOwner(msg.sender, owner);
        _addPaymentToken(token);
    }

    // ------------------------------------------------------------------------------------------------- claim

    /// @inheritdoc IRevenueShare
    function claim(address token) external returns (uint256 amount) {
        return _claim(msg.sender, token, msg.sender, ClaimPayout.Balance);
    }

    /// @inheritdoc IRevenueShare
    function claimTo(address token, address wallet) external returns (uint256 amount) {
        return _claim(msg.sender, token, wallet, ClaimPayout.Wallet);
    }

    /// @inheritdoc IRevenueShare
    function claimBySig(ClaimOrder calldata order, bytes calldata signature) external returns (uint256 amount) {
        address account = order.account;
        if (block.timestamp > order.deadline) revert RevenueShare_SignatureExpired(account, order.deadline);
        bytes32 structHash = keccak256(
            abi.encode(CLAIM_TYPEHASH, account, order.token, order.to, order.payout, _useNonce(account), order.deadline)
        );
        if (!Signatures.isValid(account, _hashTypedDataV4(structHash), signature)) {
            revert RevenueShare_BadSignature(account);
        }
        return _claim(account, order.token, order.to, order.payout);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _addPaymentToken(address token) private {
        // Check
        if (isPaymentToken[token]) revert RevenueShare_TokenListedAlready(token);
        uint8 position = _tokenCount;
        if (position == MAX_TOKENS) revert RevenueShare_TooManyTokens(MAX_TOKENS);

        // Effect: no holder has been checkpointed for the token, so those who hold now earn from the beginning
        isPaymentToken[token] = true;
        _tokens[position] = token;
        _tokenCount = position + 1;
        emit PaymentTokenAdded(token, position);

        // Interaction: refuses what has no code
        VAULT.describe(token);
    }

    /// @dev Every change of a balance passes here. At the mint nobody has held before.
    function _update(address from, address to, uint256 value) internal override {
        if (to == address(VAULT) || to == address(this)) revert RevenueShare_CannotHold(to);
        if (from != address(0)) _checkpointBoth(from, to);
        super._update(from, to, value);
    }

    function _checkpointBoth(address from, address to) private {
        (uint256 fromBalance, uint256 toBalance) = (balanceOf(from), balanceOf(to));
        (uint256 ofListing, uint256 bps, uint256 count) = (_listing, _ownBps, _tokenCount);
        for (uint256 i = 0; i < count; ++i) {
            address token = _tokens[i];
            uint256 index = _earned(ofListing, bps, token);
            _checkpoint(from, token, fromBalance, index);
            _checkpoint(to, token, toBalance, index);
        }
    }

    /// @dev Fixes what an account has earned of a token while it held `balance`.
    function _checkpoint(address account, address token, uint256 balance, uint256 index) private {
        Earnings storage stored = _earnings[account][token];
        uint256 last = stored.index;
        if (index == last) return;
        // Who was never fixed has nothing accrued.
        uint256 accrued = last == 0 ? 0 : stored.accrued;
        stored.index = index;
        if (balance != 0) {
            accrued += balance * (index - last);
            stored.accrued = accrued;
        }
        emit Checkpointed(account, token, index, accrued);
    }

    function _claim(address account, address token, address to, ClaimPayout payout) private returns (uint256 amount) {
        // Check
        if (!isPaymentToken[token]) revert RevenueShare_TokenNotListed(token);
        uint256 ofListing = _listing;
        uint256 index = _earned(ofListing, _ownBps, token);
        Earnings storage stored = _earnings[account][token];
        uint256 accrued = _accrued(stored, balanceOf(account), index);
        uint256 supply = totalSupply();
        amount = accrued / supply;
        if (amount == 0) return 0;

        // Effect
        accrued %= supply;
        (stored.index, stored.accrued) = (index, accrued);
        emit RevenueClaimed(account, token, to, amount, payout, index, accrued);

        // Interaction
        REVENUE.payShares(ofListing, token, to, amount, payout);
    }

    /// @dev What an account has earned of a token and not been paid, times supply, when all shares have earned `index`.
    function _accrued(Earnings storage stored, uint256 balance, uint256 index) private view returns (uint256) {
        return stored.accrued + balance * (index - stored.index);
    }

    function _earned(uint256 ofListing, uint256 bps, address token) private view returns (uint256) {
        return RevenueMath.bpsDown(REVENUE.received(ofListing, address(this), token), bps);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRevenueShare
    function listing() external view returns (uint256) {
        return _listing;
    }

    /// @inheritdoc IRevenueShare
    function ownBps() external view returns (uint16) {
        return _ownBps;
    }

    /// @inheritdoc IRevenueShare
    function paymentTokens() external view returns (address[] memory list) {
        list = new address[](_tokenCount);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _tokens[i];
        }
    }

    /// @inheritdoc IRevenueShare
    function earned(address token) public view returns (uint256) {
        return _earned(_listing, _ownBps, token);
    }

    /// @inheritdoc IRevenueShare
    function claimable(address account, address token) external view returns (uint256) {
        if (!isPaymentToken[token]) return 0;
        return _accrued(_earnings[account][token], balanceOf(account), earned(token)) / totalSupply();
    }

    /// @inheritdoc IRevenueShare
    function earningsOf(address account, address token) external view returns (uint256 index, uint256 accrued) {
        Earnings storage stored = _earnings[account][token];
        return (stored.index, stored.accrued);
    }

    /// @inheritdoc IERC20Metadata
    function name() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return _shareName;
    }

    /// @inheritdoc IERC20Metadata
    function symbol() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return _shareSymbol;
    }

    /// @notice The next nonce of an account's permit or claim.
    /// @inheritdoc IERC20Permit
    function nonces(address account) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(account);
    }
}
