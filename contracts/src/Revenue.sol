// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "./RevenueShare.sol";
import {Guarded} from "./base/Guarded.sol";
import {IDeployer} from "./interfaces/IDeployer.sol";
import {IListings} from "./interfaces/IListings.sol";
import {IRevenue} from "./interfaces/IRevenue.sol";
import {IRevenueShare} from "./interfaces/IRevenueShare.sol";
import {ITiers} from "./interfaces/ITiers.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {Credits} from "./libraries/Credits.sol";
import {RevenueMath} from "./libraries/RevenueMath.sol";
import {ShareRules} from "./libraries/ShareRules.sol";
import {SubAccounts} from "./libraries/SubAccounts.sol";
import {Status} from "./types/Listing.sol";
import {Credit} from "./types/Payment.sol";
import {SaleSplit} from "./types/Sale.sol";
import {ClaimPayout, NewShares} from "./types/Share.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Revenue
/// @dev A key is (listing, beneficiary, token). What a key has ever received = what lies in its sub-account now plus
/// `taken`, what settlements and claims took out; so money arrives by a plain Vault credit and nothing is written here at
/// a sale. A share contract's address follows from its listing, so a key is known to be a share contract's before it is
/// cloned: money paid into it early is never settled away to where no holder could claim it.
contract Revenue is IRevenue, Guarded {
    using SafeCast for uint256;

    /// @dev One slot per key.
    struct Account {
        uint128 taken;
        uint128 settled;
    }

    /// @dev A settlement before it is carried out.
    struct Settlement {
        uint256 beneficiaryAmount;
        uint256[] parents;
        address[] beneficiaries;
        uint256[] amounts;
    }

    // --------------------------------------------------------------------------------------------- constants

    /// @notice Highest protocol fee, in bps.
    uint16 public constant MAX_FEE_BPS = 500;

    /// @dev Size of an encoded listing and memo.
    uint256 private constant PAYMENT_LENGTH = 64;

    bytes32 private constant PAYMENT_TYPEHASH = keccak256("ListingPayment(uint256 listing,bytes32 memo)");

    IVault private immutable VAULT;
    IListings private immutable LISTINGS;

    /// @inheritdoc IRevenue
    address public immutable feeRecipient;

    /// @inheritdoc IRevenue
    address public immutable shareImplementation;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IRevenue
    uint16 public feeBps;

    mapping(bytes32 salt => mapping(address token => Account)) private _accounts;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() {
        IDeployer deployer = IDeployer(msg.sender);
        VAULT = IVault(deployer.addressOf("Vault"));
        LISTINGS = IListings(deployer.addressOf("Listings"));
        feeRecipient = deployer.addressOf("Staking");
        shareImplementation = address(new RevenueShare(LISTINGS, VAULT));
        _setFee(deployer.parameters().feeBps);
    }

    // ------------------------------------------------------------------------------------------------ settle

    /// @inheritdoc IRevenue
    function settle(uint256 listing, address beneficiary, address token) external {
        // Check
        if (beneficiary == address(0)) revert Revenue_ZeroBeneficiary(listing);
        bytes32 salt = _saltOf(listing, beneficiary);
        Account storage stored = _accounts[salt][token];
        (uint256 taken, uint256 lastSettled) = (stored.taken, stored.settled);
        uint256 nowReceived = _received(salt, token, taken);
        if (nowReceived == lastSettled) return;

        // Effect
        (Settlement memory settlement, Credit[] memory credits, uint256 total) =
            _divide(listing, beneficiary, nowReceived, lastSettled);
        (stored.taken, stored.settled) = ((taken + total).toUint128(), nowReceived.toUint128());
        emit Settled(
            listing,
            beneficiary,
            token,
            nowReceived,
            settlement.beneficiaryAmount,
            settlement.parents,
            settlement.beneficiaries,
            settlement.amounts
        );

        // Interaction
        if (total != 0) VAULT.moveSub(salt, token, credits);
    }

    // ------------------------------------------------------------------------------------------------ shares

    /// @inheritdoc IRevenue
    function createShares(uint256 listing, NewShares calldata shares) external returns (address share) {
        // Check
        ShareRules.check(shares);
        if (msg.sender != LISTINGS.ownerOf(listing)) revert Revenue_NotOwner(listing, msg.sender);

        // Effect: binding reverts where there are shares already
        share = _shareAddress(listing);
        LISTINGS.bindRevenue(listing, share);
        Clones.cloneDeterministic(shareImplementation, bytes32(listing));
        uint16 ownBps = _ownBpsOf(listing);
        IRevenueShare(share).initialize(listing.toUint64(), ownBps, msg.sender, shares);
        emit SharesCreated(
            listing, share, msg.sender, accountOf(listing, share), shares.supply, ownBps, shares.name, shares.symbol
        );
    }

    /// @inheritdoc IRevenue
    function payShares(uint256 listing, address token, address to, uint256 amount, ClaimPayout payout) external {
        // Check: nobody but this contract could have put code there
        if (msg.sender != _shareAddress(listing)) revert Revenue_NotShare(listing, msg.sender);

        // Effect
        bytes32 salt = _saltOf(listing, msg.sender);
        Account storage account = _accounts[salt][token];
        account.taken = (account.taken + amount).toUint128();

        // Interaction
        if (payout == ClaimPayout.Wallet) {
            VAULT.withdrawSub(salt, token, to, amount);
        } else {
            VAULT.moveSub(salt, token, Credits.one(to, amount));
        }
    }

    // ----------------------------------------------------------------------------------------------- payment

    /// @inheritdoc IVaultTarget
    function onPay(address from, address token, uint256 amount, bytes calldata data, bytes32 witness)
        external
        returns (Credit[] memory)
    {
        // Check
        if (msg.sender != address(VAULT)) revert Revenue_NotVault(msg.sender);
        if (data.length != PAYMENT_LENGTH) revert Revenue_PaymentMalformed(data.length, PAYMENT_LENGTH);
        (uint256 listing, bytes32 memo) = abi.decode(data, (uint256, bytes32));
        bytes32 expected = keccak256(abi.encode(PAYMENT_TYPEHASH, listing, memo));
        // Zero: the payer called the Vault and chose the data itself.
        if (witness != 0 && witness != expected) revert Revenue_WitnessMismatch(witness, expected);

        // Effect
        (address beneficiary, address account) = beneficiaryOf(listing);
        emit ListingPaid(listing, from, token, beneficiary, amount, memo);
        return Credits.one(account, amount);
    }

    // ------------------------------------------------------------------------------------------------- owner

    /// @inheritdoc IRevenue
    function setFee(uint16 bps) external onlyOwner {
        _setFee(bps);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _setFee(uint16 bps) private {
        if (bps > MAX_FEE_BPS) revert Revenue_FeeTooHigh(bps, MAX_FEE_BPS);
        feeBps = bps;
        emit FeeChanged(bps, feeRecipient);
    }

    /// @dev Parents first, then the beneficiary: each part is a difference of cumulative floors.
    function _divide(uint256 listing, address beneficiary, uint256 nowReceived, uint256 lastSettled)
        private
        view
        returns (Settlement memory settlement, Credit[] memory credits, uint256 total)
    {
        uint16[] memory bps;
        (settlement.parents, bps, settlement.beneficiaries) = LISTINGS.lineageOf(listing);
        uint256 count = bps.length;
        bool ofShares = beneficiary == _shareAddress(listing);
        settlement.amounts = new uint256[](count);
        credits = new Credit[](ofShares ? count : count + 1);

        uint256 ownBps = RevenueMath.BPS;
        for (uint256 i = 0; i < count; ++i) {
            uint256 parent = settlement.parents[i];
            address earner = settlement.beneficiaries[i];
            if (earner == address(0)) settlement.beneficiaries[i] = earner = _shareAddress(parent);
            uint256 amount = RevenueMath.gainDown(nowReceived, lastSettled, bps[i]);
            settlement.amounts[i] = amount;
            credits[i] = Credit({account: accountOf(parent, earner), amount: amount});
            ownBps -= bps[i];
            total += amount;
        }
        uint256 own = RevenueMath.gainDown(nowReceived, lastSettled, ownBps);
        settlement.beneficiaryAmount = own;
        // What shares earned stays for their holders, who claim it without a settlement.
        if (ofShares) return (settlement, credits, total);
        credits[count] = Credit({account: beneficiary, amount: own});
        total += own;
    }

    /// @dev The part of a listing's revenue that is not its parents'.
    function _ownBpsOf(uint256 listing) private view returns (uint16 ownBps) {
        (, uint16[] memory bps) = LISTINGS.parentsOf(listing);
        // Fits: 10,000.
        // forge-lint: disable-next-line(unsafe-typecast)
        ownBps = uint16(RevenueMath.BPS);
        for (uint256 i = 0; i < bps.length; ++i) {
            ownBps -= bps[i];
        }
    }

    /// @dev Where the listing's share contract is or will be.
    function _shareAddress(uint256 listing) private view returns (address) {
        return Clones.predictDeterministicAddress(shareImplementation, bytes32(listing));
    }

    function _received(bytes32 salt, address token, uint256 taken) private view returns (uint256) {
        return VAULT.balanceOf(SubAccounts.derive(address(this), salt), uint160(token)) + taken;
    }

    function _saltOf(uint256 listing, address beneficiary) private pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(listing), bytes32(uint256(uint160(beneficiary))));
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRevenue
    function saleTerms(uint256 listing, uint256 amount, bool tiered) external view returns (SaleSplit memory sale) {
        _requireSalesOpen();
        (Status status, address owner, bool bound) = LISTINGS.stateOf(listing);
        sale.fee = tiered
            ? RevenueMath.feeDown(amount, feeBps, ITiers(feeRecipient).tierOf(owner))
            : RevenueMath.bpsDown(amount, feeBps);
        sale.net = amount - sale.fee;
        sale.status = status;
        sale.beneficiary = bound ? _shareAddress(listing) : owner;
        sale.netAccount = accountOf(listing, sale.beneficiary);
    }

    /// @inheritdoc IRevenue
    function shareOf(uint256 listing) public view returns (address) {
        return LISTINGS.isBound(listing) ? _shareAddress(listing) : address(0);
    }

    /// @inheritdoc IRevenue
    function tokenAllowed(uint256 listing, address token) external view returns (bool) {
        address share = shareOf(listing);
        return share == address(0) || IRevenueShare(share).isPaymentToken(token);
    }

    /// @inheritdoc IRevenue
    function beneficiaryOf(uint256 listing) public view returns (address beneficiary, address account) {
        bool bound;
        (, beneficiary, bound) = LISTINGS.stateOf(listing);
        if (bound) beneficiary = _shareAddress(listing);
        account = accountOf(listing, beneficiary);
    }

    /// @inheritdoc IRevenue
    function accountOf(uint256 listing, address beneficiary) public view returns (address) {
        return SubAccounts.derive(address(this), _saltOf(listing, beneficiary));
    }

    /// @inheritdoc IRevenue
    function received(uint256 listing, address beneficiary, address token) external view returns (uint256) {
        bytes32 salt = _saltOf(listing, beneficiary);
        return _received(salt, token, _accounts[salt][token].taken);
    }

    /// @inheritdoc IRevenue
    function settled(uint256 listing, address beneficiary, address token) external view returns (uint256) {
        return _accounts[_saltOf(listing, beneficiary)][token].settled;
    }

    /// @inheritdoc IRevenue
    function pending(uint256 listing, address beneficiary, address token) external view returns (uint256) {
        bytes32 salt = _saltOf(listing, beneficiary);
        Account memory account = _accounts[salt][token];
        (Settlement memory settlement,,) =
            _divide(listing, beneficiary, _received(salt, token, account.taken), account.settled);
        return settlement.beneficiaryAmount;
    }
}
