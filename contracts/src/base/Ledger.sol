// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

/// @title Ledger
/// @notice The Vault's ERC-6909 book-keeping.
/// @dev Not OpenZeppelin's ERC6909: a payment debits the payer before its target runs and knows only afterwards whom to
/// name in the Transfer events, so debit, credit and event must be separate steps here.
abstract contract Ledger is IVault, ERC165, ReentrancyGuardTransient {
    /// @dev A struct of one, so that the place of a balance is computed once and not for each read and write.
    struct Balance {
        uint256 amount;
    }

    // ----------------------------------------------------------------------------------------------- storage

    mapping(address account => mapping(uint256 id => Balance)) private _balances;
    mapping(address owner => mapping(address spender => bool)) private _operators;
    mapping(address owner => mapping(address spender => mapping(uint256 id => uint256))) private _allowances;

    // --------------------------------------------------------------------------------------------- transfers

    /// @inheritdoc IERC6909
    function transfer(address receiver, uint256 id, uint256 amount) external nonReentrant returns (bool) {
        _move(msg.sender, receiver, id, amount);
        return true;
    }

    /// @inheritdoc IERC6909
    function transferFrom(address sender, address receiver, uint256 id, uint256 amount)
        external
        nonReentrant
        returns (bool)
    {
        if (sender != msg.sender && !_operators[sender][msg.sender]) _spendAllowance(sender, id, amount);
        _move(sender, receiver, id, amount);
        return true;
    }

    // --------------------------------------------------------------------------------------------- approvals

    /// @inheritdoc IERC6909
    function approve(address spender, uint256 id, uint256 amount) external returns (bool) {
        if (spender == address(0)) revert Vault_ZeroAccount();
        _allowances[msg.sender][spender][id] = amount;
        emit Approval(msg.sender, spender, id, amount);
        return true;
    }

    /// @inheritdoc IERC6909
    function setOperator(address spender, bool approved) external returns (bool) {
        if (spender == address(0)) revert Vault_ZeroAccount();
        _operators[msg.sender][spender] = approved;
        emit OperatorSet(msg.sender, spender, approved);
        return true;
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev Takes from an account; the caller emits the Transfer.
    function _debit(address account, uint256 id, uint256 amount) internal {
        Balance storage stored = _balances[account][id];
        uint256 balance = stored.amount;
        if (balance < amount) revert Vault_BalanceTooSmall(account, id, balance, amount);
        unchecked {
            // Cannot underflow: amount <= balance.
            stored.amount = balance - amount;
        }
    }

    /// @dev Gives to an account; the caller emits the Transfer. Amounts and balances stay within uint128.
    function _credit(address account, uint256 id, uint256 amount) internal {
        if (account == address(0)) revert Vault_ZeroAccount();
        Balance storage stored = _balances[account][id];
        uint256 balance = stored.amount;
        if (amount > type(uint128).max - balance) revert Vault_AmountTooLarge(amount);
        unchecked {
            // Cannot overflow: checked above against uint128.
            stored.amount = balance + amount;
        }
    }

    /// @dev Gives to an account, with the event that says from whom.
    function _creditFrom(address source, address account, uint256 id, uint256 amount) internal {
        _credit(account, id, amount);
        emit Transfer(msg.sender, source, account, id, amount);
    }

    function _move(address sender, address receiver, uint256 id, uint256 amount) private {
        _debit(sender, id, amount);
        _creditFrom(sender, receiver, id, amount);
    }

    function _spendAllowance(address owner, uint256 id, uint256 amount) private {
        uint256 allowed = _allowances[owner][msg.sender][id];
        if (allowed == type(uint256).max) return;
        if (allowed < amount) revert Vault_AllowanceTooSmall(owner, msg.sender, id, allowed, amount);
        unchecked {
            // Cannot underflow: amount <= allowed.
            _allowances[owner][msg.sender][id] = allowed - amount;
        }
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IERC6909
    function balanceOf(address owner, uint256 id) external view returns (uint256) {
        return _balances[owner][id].amount;
    }

    /// @inheritdoc IERC6909
    function allowance(address owner, address spender, uint256 id) external view returns (uint256) {
        return _allowances[owner][spender][id];
    }

    /// @inheritdoc IERC6909
    function isOperator(address owner, address spender) external view returns (bool) {
        return _operators[owner][spender];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IERC6909).interfaceId || super.supportsInterface(interfaceId);
    }
}
