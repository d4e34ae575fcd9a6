// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "./base/Governed.sol";
import {IDeployer} from "./interfaces/IDeployer.sol";
import {IListings} from "./interfaces/IListings.sol";
import {IRevenue} from "./interfaces/IRevenue.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RevenueMath} from "./libraries/RevenueMath.sol";
import {SubAccounts} from "./libraries/SubAccounts.sol";
import {Credit} from "./types/Payment.sol";
import {SaleSplit} from "./types/Sale.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Revenue
/// @dev A key is (listing, beneficiary, token). What a key has ever received = what lies in its sub-account now plus
/// `taken`, what settlements took out; so money arrives by a plain Vault credit and nothing is written here at a sale.
contract Revenue is IRevenue, Governed {
    using SafeCast for uint256;

    /// @dev One slot per key.
    struct Account {
        uint128 taken;
        uint128 settled;
    }

    /// @dev A settlement before it is carried out.
    struct Settlement {
        uint256 received;
        uint256 beneficiaryAmount;
        uint256[] parents;
        address[] beneficiaries;
        uint256[] amounts;
    }

    // --------------------------------------------------------------------------------------------- constants

    /// @notice Highest protocol fee, in bps.
    uint16 public constant MAX_FEE_BPS = 500;

    IVault private immutable VAULT;
    IListings private immutable LISTINGS;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IRevenue
    address public feeRecipient;

    /// @inheritdoc IRevenue
    uint16 public feeBps;

    mapping(bytes32 salt => mapping(address token => Account)) private _accounts;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() {
        IDeployer deployer = IDeployer(msg.sender);
        VAULT = IVault(deployer.addressOf("Vault"));
        LISTINGS = IListings(deployer.addressOf("Listings"));
        feeRecipient = deployer.addressOf("Timelock");
        _setFee(deployer.parameters().feeBps);
    }

    // ------------------------------------------------------------------------------------------------ settle

    /// @inheritdoc IRevenue
    function settle(uint256 listing, address beneficiary, address token) external {
        // Check
        if (beneficiary == address(0)) revert Revenue_ZeroBeneficiary(listing);
        bytes32 salt = _saltOf(listing, beneficiary);
        Account storage account = _accounts[salt][token];
        uint256 lastSettled = account.settled;
        uint256 nowReceived = _received(salt, token, account.taken);
        if (nowReceived == lastSettled) return;

        // Effect
        (Settlement memory settlement, Credit[] memory credits, uint256 total) =
            _divide(listing, beneficiary, nowReceived, lastSettled);
        account.taken = (account.taken + total).toUint128();
        account.settled = nowReceived.toUint128();
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
        VAULT.moveSub(salt, token, credits);
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
        (settlement.parents, bps) = LISTINGS.parentsOf(listing);
        uint256 count = bps.length;
        settlement.received = nowReceived;
        settlement.beneficiaries = new address[](count);
        settlement.amounts = new uint256[](count);
        credits = new Credit[](count + 1);

        uint256 ownBps = RevenueMath.BPS;
        for (uint256 i = 0; i < count; ++i) {
            uint256 parent = settlement.parents[i];
            address parentOwner = LISTINGS.ownerOf(parent);
            uint256 amount = RevenueMath.gainDown(nowReceived, lastSettled, bps[i]);
            settlement.beneficiaries[i] = parentOwner;
            settlement.amounts[i] = amount;
            credits[i] = Credit({account: accountOf(parent, parentOwner), amount: amount});
            ownBps -= bps[i];
            total += amount;
        }
        uint256 own = RevenueMath.gainDown(nowReceived, lastSettled, ownBps);
        settlement.beneficiaryAmount = own;
        credits[count] = Credit({account: beneficiary, amount: own});
        total += own;
    }

    function _received(bytes32 salt, address token, uint256 taken) private view returns (uint256) {
        return VAULT.balanceOf(SubAccounts.derive(address(this), salt), uint160(token)) + taken;
    }

    function _saltOf(uint256 listing, address beneficiary) private pure returns (bytes32) {
        return keccak256(abi.encode(listing, beneficiary));
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRevenue
    function split(uint256 listing, address, uint256 amount) external view returns (SaleSplit memory sale) {
        sale.fee = RevenueMath.bpsDown(amount, feeBps);
        sale.net = amount - sale.fee;
        sale.feeAccount = feeRecipient;
        (sale.status, sale.beneficiary) = LISTINGS.saleState(listing);
        sale.netAccount = accountOf(listing, sale.beneficiary);
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
