// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAuthorizedToken} from "../interfaces/IAuthorizedToken.sol";
import {IVault} from "../interfaces/IVault.sol";
import {IWrappedNative} from "../interfaces/IWrappedNative.sol";
import {Authorization, Permit} from "../types/Payment.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title TokenPull
/// @notice Takes tokens from a wallet into the calling contract, and says how much arrived.
/// @dev Nothing here asks whether the wallet's owner agrees; the Vault does that first, but for an authorization, which
/// the token itself checks.
library TokenPull {
    using SafeERC20 for IERC20;

    /// @dev Size of an encoded Permit, and of the fixed part of an encoded Authorization.
    uint256 private constant PERMIT_LENGTH = 160;
    uint256 private constant AUTHORIZATION_LENGTH = 192;

    /// @notice By ERC-20 allowance.
    function byAllowance(address token, address from, uint256 amount) internal returns (uint256 received) {
        uint256 before = held(token);
        IERC20(token).safeTransferFrom(from, address(this), amount);
        return _arrived(token, before);
    }

    /// @notice Makes an allowance of a permit. A permit that fails is passed over: somebody may have sent it before.
    /// Warning: it therefore proves nothing; the caller must know that `from` agrees.
    function permit(address token, address from, bytes calldata grant) internal {
        Permit calldata given = _permitIn(grant);
        try IERC20Permit(token).permit(from, address(this), given.value, given.deadline, given.v, given.r, given.s) {}
            catch {}
    }

    /// @notice The authorization that a grant encodes.
    /// @dev Read where it lies. The first word of its encoding says that it begins with the next, since a signature has no
    /// fixed length; the compiler checks each member when it is read.
    function authorizationIn(bytes calldata grant) internal pure returns (Authorization calldata given) {
        if (grant.length < AUTHORIZATION_LENGTH) {
            revert IVault.Vault_GrantMalformed(grant.length, AUTHORIZATION_LENGTH);
        }
        assembly ("memory-safe") {
            given := add(grant.offset, 32)
        }
    }

    /// @notice By ERC-3009 authorization. Something must arrive: a token that accepts any call, as WETH does, has
    /// authorized nothing.
    function byAuthorization(
        address token,
        address from,
        uint256 amount,
        bytes32 nonce,
        Authorization calldata authorization
    ) internal returns (uint256 received) {
        uint256 before = held(token);
        _receive(IAuthorizedToken(token), from, amount, nonce, authorization);
        received = _arrived(token, before);
        if (received == 0) revert IVault.Vault_NothingArrived(token, before, before);
    }

    /// @notice By wrapping coin that this contract has.
    function byWrapping(address token, uint256 amount) internal returns (uint256 received) {
        uint256 before = held(token);
        IWrappedNative(token).deposit{value: amount}();
        return _arrived(token, before);
    }

    /// @notice What this contract holds of a token; reverts if it is none.
    function held(address token) internal view returns (uint256) {
        if (token.code.length == 0) revert IVault.Vault_TokenWithoutCode(token);
        return IERC20(token).balanceOf(address(this));
    }

    /// @notice Checks that what this contract holds fell by exactly `amount`.
    function checkLeft(address token, uint256 amount, uint256 before) internal view {
        uint256 afterwards = IERC20(token).balanceOf(address(this));
        if (afterwards > before || before - afterwards != amount) {
            revert IVault.Vault_WrongAmountLeft(token, amount, before, afterwards);
        }
    }

    function _receive(IAuthorizedToken token, address from, uint256 amount, bytes32 nonce, Authorization calldata given)
        private
    {
        bytes calldata signature = given.signature;
        if (signature.length != 65) {
            token.receiveWithAuthorization(
                from, address(this), amount, given.validAfter, given.validBefore, nonce, signature
            );
            return;
        }
        token.receiveWithAuthorization(
            from,
            address(this),
            amount,
            given.validAfter,
            given.validBefore,
            nonce,
            uint8(signature[64]),
            bytes32(signature[:32]),
            bytes32(signature[32:64])
        );
    }

    /// @dev The permit that a grant encodes. It has no dynamic part, so its encoding is its members.
    function _permitIn(bytes calldata grant) private pure returns (Permit calldata given) {
        if (grant.length != PERMIT_LENGTH) revert IVault.Vault_GrantMalformed(grant.length, PERMIT_LENGTH);
        assembly ("memory-safe") {
            given := grant.offset
        }
    }

    function _arrived(address token, uint256 before) private view returns (uint256 received) {
        uint256 afterwards = IERC20(token).balanceOf(address(this));
        if (afterwards < before) revert IVault.Vault_NothingArrived(token, before, afterwards);
        unchecked {
            // Cannot underflow: checked above.
            received = afterwards - before;
        }
        if (received > type(uint128).max) revert IVault.Vault_AmountTooLarge(received);
    }
}
