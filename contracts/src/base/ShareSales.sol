// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../interfaces/IMarket.sol";
import {IRevenue} from "../interfaces/IRevenue.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Credits} from "../libraries/Credits.sol";
import {OrderCodec} from "../libraries/OrderCodec.sol";
import {PlanRules} from "../libraries/PlanRules.sol";
import {Credit} from "../types/Payment.sol";
import {NewShareSale, ShareOrder, ShareSale} from "../types/ShareSale.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ShareSales
/// @notice The Market's part that sells revenue shares for their holders.
abstract contract ShareSales is IMarket {
    using SafeERC20 for IERC20;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IMarket
    uint256 public shareSaleCount;

    mapping(uint256 id => ShareSale) private _sales;

    // ------------------------------------------------------------------------------------------------ seller

    /// @inheritdoc IMarket
    function openShareSale(NewShareSale calldata sale) external returns (uint256 id) {
        // Check
        address share = _revenue().shareOf(sale.listing);
        if (share == address(0)) revert Market_ListingWithoutShares(sale.listing);
        if (sale.lot == 0) revert Market_EmptyLot();
        PlanRules.checkWindow(sale.from, sale.until);

        // Effect
        id = ++shareSaleCount;
        _sales[id] = ShareSale({
            seller: msg.sender,
            from: sale.from,
            share: share,
            until: sale.until,
            token: sale.token,
            cap: sale.cap,
            lot: sale.lot,
            price: sale.price,
            sold: 0,
            closed: false
        });
        emit ShareSaleOpened(
            id, sale.listing, msg.sender, share, sale.token, sale.lot, sale.price, sale.cap, sale.from, sale.until
        );

        // Interaction
        _vault().describe(sale.token);
    }

    /// @inheritdoc IMarket
    function closeShareSale(uint256 sale) external {
        ShareSale storage stored = _existingSale(sale);
        if (stored.seller != msg.sender) revert Market_NotSeller(sale, msg.sender);
        if (stored.closed) revert Market_ShareSaleClosed(sale);
        stored.closed = true;
        emit ShareSaleClosed(sale);
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev A payment that orders shares.
    function _sellShares(address from, address token, uint256 received, bytes calldata data, bytes32 witness)
        internal
        returns (Credit[] memory credits)
    {
        // Check
        OrderCodec.checkShareWitness(witness, data);
        ShareOrder calldata order = OrderCodec.shareOrder(data);
        ShareSale storage sale = _existingSale(order.sale);
        _checkSale(order, sale, token);
        // Neither overflows: 128 bits times 64.
        uint256 amount = uint256(sale.price) * order.quantity;
        uint256 shares = uint256(sale.lot) * order.quantity;
        if (received < amount) revert Market_PaymentTooSmall(order.sale, received, amount);

        // Effect
        uint64 sold = sale.sold + order.quantity;
        sale.sold = sold;
        emit SharesSold(order.sale, from, order.recipient, order.quantity, shares, amount, sold);
        credits = Credits.one(sale.seller, amount);

        // Interaction: everything is written, and the Vault is locked until the payment is done
        IERC20(sale.share).safeTransferFrom(sale.seller, order.recipient, shares);
    }

    function _checkSale(ShareOrder calldata order, ShareSale storage sale, address token) private view {
        if (sale.closed) revert Market_ShareSaleClosed(order.sale);
        if (token != sale.token) revert Market_WrongToken(order.sale, token, sale.token);
        if (order.quantity == 0) revert Market_ZeroQuantity(order.sale);
        if (order.recipient == address(0)) revert Market_ZeroRecipient(order.sale);
        PlanRules.requireOpen(order.sale, sale.from, sale.until);
        uint64 limit = sale.cap == 0 ? type(uint64).max : sale.cap;
        if (order.quantity > limit - sale.sold) {
            revert Market_CapExceeded(order.sale, sale.cap, sale.sold, order.quantity);
        }
        uint64 pausedUntil = _revenue().salesPausedUntil();
        if (block.timestamp < pausedUntil) revert Market_SalesPaused(pausedUntil);
    }

    function _existingSale(uint256 sale) private view returns (ShareSale storage stored) {
        stored = _sales[sale];
        if (stored.seller == address(0)) revert Market_UnknownShareSale(sale);
    }

    function _vault() internal view virtual returns (IVault);

    function _revenue() internal view virtual returns (IRevenue);

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IMarket
    function shareSaleOf(uint256 sale) external view returns (ShareSale memory) {
        return _existingSale(sale);
    }
}
