// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RevenueShare} from "../../src/RevenueShare.sol";
import {ClaimOrder, NewShares} from "../../src/types/Share.sol";
import {Base} from "./Base.sol";

/// @notice Listings whose revenue is divided into shares.
abstract contract ShareBase is Base {
    uint256 internal constant SUPPLY = 1_000_000e18;

    bytes32 internal constant CLAIM_TYPEHASH =
        keccak256("Claim(address account,address token,address to,uint8 payout,uint256 nonce,uint256 deadline)");

    function _terms(uint256 supply, address[] memory tokens) internal pure returns (NewShares memory) {
        return NewShares({name: "Shares of a model", symbol: "MODEL", supply: supply, tokens: tokens});
    }

    function _share(uint256 listing, uint256 supply) internal returns (RevenueShare) {
        return _share(listing, supply, _one(address(token)));
    }

    function _share(uint256 listing, uint256 supply, address[] memory tokens) internal returns (RevenueShare) {
        vm.prank(listings.ownerOf(listing));
        return RevenueShare(revenue.createShares(listing, _terms(supply, tokens)));
    }

    /// @dev Money reaches a share contract's key by any Vault credit to its sub-account.
    function _earn(RevenueShare share, uint256 amount) internal {
        _fundVault(revenue.accountOf(share.listing(), address(share)), amount);
    }

    function _give(RevenueShare share, address from, address to, uint256 amount) internal {
        vm.prank(from);
        share.transfer(to, amount);
    }

    function _claim(RevenueShare share, address account) internal returns (uint256) {
        vm.prank(account);
        return share.claim(address(token));
    }

    function _claimable(RevenueShare share, address account) internal view returns (uint256) {
        return share.claimable(account, address(token));
    }

    function _signClaim(RevenueShare share, ClaimOrder memory order, uint256 nonce, uint256 key)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(
            abi.encode(CLAIM_TYPEHASH, order.account, order.token, order.to, order.payout, nonce, order.deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", share.DOMAIN_SEPARATOR(), structHash)));
        return abi.encodePacked(r, s, v);
    }
}
