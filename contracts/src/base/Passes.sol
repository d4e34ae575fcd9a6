// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../interfaces/IMarket.sol";
import {OrderCodec} from "../libraries/OrderCodec.sol";
import {PlanFlags, PlanRules} from "../libraries/PlanRules.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {PlanKind, SpendOrder, StoredPlan} from "../types/Plan.sol";
import {UnorderedNonces} from "./UnorderedNonces.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Passes
/// @notice The Market's part that keeps what buyers bought: licences and credits as ERC-1155 balances, subscriptions as
/// times.
abstract contract Passes is IMarket, ERC1155, UnorderedNonces, EIP712 {
    /// @dev A struct of one, so that its place is computed once and not for each read and write.
    struct Expiry {
        uint256 time;
    }

    // ----------------------------------------------------------------------------------------------- storage

    mapping(uint256 id => StoredPlan) internal _plans;
    mapping(uint256 plan => mapping(address holder => Expiry)) private _expiries;

    // --------------------------------------------------------------------------------------------- spending

    /// @inheritdoc IMarket
    function spend(uint256 plan, uint256 units, bytes32 ref) external returns (uint256 remaining) {
        return _spend(msg.sender, plan, units, ref);
    }

    /// @inheritdoc IMarket
    function spendBySig(SpendOrder calldata order, bytes calldata signature) external returns (uint256 remaining) {
        // Check
        if (block.timestamp > order.deadline) revert Market_Expired(order.deadline);
        if (msg.sender != order.spender) revert Market_NotSpender(msg.sender, order.spender);
        if (!Signatures.isValid(order.holder, _hashTypedDataV4(OrderCodec.spendHash(order)), signature)) {
            revert Market_WrongSignature(order.holder);
        }

        // Effect
        _useNonce(order.holder, order.nonce);
        return _spend(order.holder, order.plan, order.units, order.ref);
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _spend(address holder, uint256 plan, uint256 units, bytes32 ref) private returns (uint256 remaining) {
        if (_plans[plan].kind != PlanKind.Credits) {
            // An unknown plan sells no credits either, and is told that it is unknown.
            _existing(plan);
            revert Market_NotCredits(plan);
        }
        if (units == 0) revert Market_ZeroQuantity(plan);
        (uint256[] memory ids, uint256[] memory values) = _singles(plan, units);
        super._update(holder, address(0), ids, values);
        remaining = super.balanceOf(holder, plan);
        emit CreditsSpent(plan, holder, msg.sender, units, ref, remaining);
    }

    /// @dev Gives what was bought; says until when it is valid, for a subscription.
    function _give(StoredPlan storage plan, uint256 id, address recipient, uint64 quantity)
        internal
        returns (uint64 expiry)
    {
        PlanKind kind = plan.kind;
        if (kind != PlanKind.Subscription) {
            // Cannot overflow: 64 bits times 32.
            uint256 amount = kind == PlanKind.Credits ? uint256(quantity) * plan.size : quantity;
            (uint256[] memory ids, uint256[] memory values) = _singles(id, amount);
            super._update(address(0), recipient, ids, values);
            return 0;
        }
        Expiry storage stored = _expiries[id][recipient];
        uint256 old = stored.time;
        expiry = PlanRules.extend(id, old, plan.size, quantity, plan.price == 0);
        stored.time = expiry;
        if (old == 0) emit TransferSingle(msg.sender, address(0), recipient, id, 1);
    }

    /// @dev Mints and burns pass; transfers pass only where the plan says so.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        if (from != address(0) && to != address(0)) {
            for (uint256 i = 0; i < ids.length; ++i) {
                if (_plans[ids[i]].flags & PlanFlags.TRANSFERABLE == 0) revert Market_PassNotTransferable(ids[i]);
            }
        }
        super._update(from, to, ids, values);
    }

    function _existing(uint256 plan) internal view returns (StoredPlan storage stored) {
        stored = _plans[plan];
        if (stored.version == 0) revert Market_UnknownPlan(plan);
    }

    /// @dev Arrays of one; `new` would first write what is overwritten next.
    function _singles(uint256 id, uint256 value) private pure returns (uint256[] memory ids, uint256[] memory values) {
        assembly ("memory-safe") {
            ids := mload(0x40)
            mstore(ids, 1)
            mstore(add(ids, 32), id)
            values := add(ids, 64)
            mstore(values, 1)
            mstore(add(values, 32), value)
            mstore(0x40, add(ids, 128))
        }
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @notice Licences or units held; of a subscription 1 from the first purchase on.
    /// @inheritdoc IERC1155
    function balanceOf(address account, uint256 plan)
        public
        view
        virtual
        override(ERC1155, IERC1155)
        returns (uint256)
    {
        return _expiries[plan][account].time != 0 ? 1 : super.balanceOf(account, plan);
    }

    /// @inheritdoc IMarket
    function isActive(address holder, uint256 plan) external view returns (bool) {
        if (_existing(plan).kind == PlanKind.Subscription) return _expiries[plan][holder].time > block.timestamp;
        return super.balanceOf(holder, plan) != 0;
    }

    /// @inheritdoc IMarket
    function expiresAt(address holder, uint256 plan) external view returns (uint64) {
        if (_existing(plan).kind == PlanKind.Subscription) {
            // Fits: only times of 64 bits are stored.
            // forge-lint: disable-next-line(unsafe-typecast)
            return uint64(_expiries[plan][holder].time);
        }
        return super.balanceOf(holder, plan) != 0 ? type(uint64).max : 0;
    }
}
