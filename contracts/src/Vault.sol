// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Ledger} from "./base/Ledger.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {SubAccounts} from "./libraries/SubAccounts.sol";
import {TokenMetadata} from "./libraries/TokenMetadata.sol";
import {Credit, Funding} from "./types/Payment.sol";
import {IERC6909Metadata} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Vault
/// @dev One transient lock covers everything that moves tokens or balances, here and in Ledger. A target therefore does
/// all it needs by returning credits, and no hook that a payment triggers can move Vault money.
contract Vault is Ledger {
    using SafeERC20 for IERC20;

    // --------------------------------------------------------------------------------------------- constants

    /// @dev Most credits a target may return.
    uint256 private constant MAX_CREDITS = 3;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IVault
    mapping(address token => bool) public isDescribed;

    // ------------------------------------------------------------------------------------------ own balances

    /// @inheritdoc IVault
    function deposit(address token, uint256 amount, address to) external nonReentrant returns (uint256 received) {
        received = _pull(token, amount);
        _creditFrom(address(0), to, _idOf(token), received);
    }

    /// @inheritdoc IVault
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        _withdraw(msg.sender, token, amount, to);
    }

    // -------------------------------------------------------------------------------------------------- pay

    /// @inheritdoc IVault
    function pay(address target, address token, uint256 amount, Funding funding, bytes calldata data)
        external
        nonReentrant
        returns (uint256 spent)
    {
        // Check
        if (target.code.length == 0) revert Vault_TargetWithoutCode(target);

        // Effect: the money leaves the payer before anyone else is called
        uint256 id = _idOf(token);
        uint256 received = amount;
        bool fromWallet = funding == Funding.Allowance;
        if (!fromWallet) _debit(msg.sender, id, amount);
        else if (amount != 0) received = _pull(token, amount);

        // Interaction: the lock is held, and nothing below depends on what the target could change
        Credit[] memory credits = IVaultTarget(target).onPay(msg.sender, token, received, data, bytes32(0));

        // Effect
        spent = _creditAll(target, fromWallet ? address(0) : msg.sender, id, received, credits);
        uint256 rest = received - spent;
        if (rest == 0) return spent;
        // What came from the payer's balance has not left it by any event yet, so coming back needs none.
        if (fromWallet) _creditFrom(address(0), msg.sender, id, rest);
        else _credit(msg.sender, id, rest);
    }

    // ----------------------------------------------------------------------------------------- sub-accounts

    /// @inheritdoc IVault
    function moveSub(bytes32 salt, address token, Credit[] calldata credits) external nonReentrant {
        address source = SubAccounts.derive(msg.sender, salt);
        uint256 id = _idOf(token);
        uint256 total = 0;
        for (uint256 i = 0; i < credits.length; ++i) {
            total += credits[i].amount;
        }
        _debit(source, id, total);
        for (uint256 i = 0; i < credits.length; ++i) {
            if (credits[i].amount != 0) _creditFrom(source, credits[i].account, id, credits[i].amount);
        }
    }

    /// @inheritdoc IVault
    function withdrawSub(bytes32 salt, address token, address to, uint256 amount) external nonReentrant {
        _withdraw(SubAccounts.derive(msg.sender, salt), token, amount, to);
    }

    // ---------------------------------------------------------------------------------------------- metadata

    /// @inheritdoc IVault
    function describe(address token) external {
        if (isDescribed[token]) return;
        if (token.code.length == 0) revert Vault_TokenWithoutCode(token);
        isDescribed[token] = true;
        emit TokenDescribed(
            token, TokenMetadata.name(token), TokenMetadata.symbol(token), TokenMetadata.decimals(token)
        );
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev Gives a target's credits; `source` is whom the Transfer events name as sender.
    function _creditAll(address target, address source, uint256 id, uint256 received, Credit[] memory credits)
        private
        returns (uint256 spent)
    {
        uint256 length = credits.length;
        if (length > MAX_CREDITS) revert Vault_TooManyCredits(target, length);
        for (uint256 i = 0; i < length; ++i) {
            Credit memory credit = credits[i];
            uint256 amount = credit.amount;
            if (amount == 0) continue;
            if (amount > received - spent) revert Vault_CreditsExceedReceived(target, amount, received - spent);
            unchecked {
                // Cannot overflow: spent + amount <= received.
                spent += amount;
            }
            _creditFrom(source, credit.account, id, amount);
        }
    }

    /// @dev Takes tokens from the caller's wallet and says how much arrived.
    function _pull(address token, uint256 amount) private returns (uint256 received) {
        if (token.code.length == 0) revert Vault_TokenWithoutCode(token);
        uint256 balanceBefore = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 balanceAfter = IERC20(token).balanceOf(address(this));
        if (balanceAfter < balanceBefore) revert Vault_NothingArrived(token, balanceBefore, balanceAfter);
        unchecked {
            // Cannot underflow: checked above.
            received = balanceAfter - balanceBefore;
        }
        if (received > type(uint128).max) revert Vault_AmountTooLarge(received);
    }

    /// @dev Burns from an account and sends the tokens to a wallet.
    function _withdraw(address account, address token, uint256 amount, address to) private {
        // Check
        if (to == address(0)) revert Vault_ZeroAccount();
        if (token.code.length == 0) revert Vault_TokenWithoutCode(token);

        // Effect
        uint256 id = _idOf(token);
        _debit(account, id, amount);
        emit Transfer(msg.sender, account, address(0), id, amount);

        // Interaction
        uint256 balanceBefore = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(to, amount);
        uint256 balanceAfter = IERC20(token).balanceOf(address(this));
        if (balanceAfter > balanceBefore || balanceBefore - balanceAfter != amount) {
            revert Vault_WrongAmountLeft(token, amount, balanceBefore, balanceAfter);
        }
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IVault
    function subAccount(address controller, bytes32 salt) external pure returns (address account) {
        return SubAccounts.derive(controller, salt);
    }

    /// @inheritdoc IERC6909Metadata
    function name(uint256 id) external view returns (string memory) {
        return TokenMetadata.name(_tokenOf(id));
    }

    /// @inheritdoc IERC6909Metadata
    function symbol(uint256 id) external view returns (string memory) {
        return TokenMetadata.symbol(_tokenOf(id));
    }

    /// @inheritdoc IERC6909Metadata
    function decimals(uint256 id) external view returns (uint8) {
        return TokenMetadata.decimals(_tokenOf(id));
    }

    function _idOf(address token) private pure returns (uint256) {
        return uint160(token);
    }

    /// @dev The zero address, which has no metadata, for ids that are no address.
    function _tokenOf(uint256 id) private pure returns (address) {
        if (id > type(uint160).max) return address(0);
        // Fits: checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(id));
    }
}
