// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LockOrder} from "../../src/types/Lock.sol";
import {Funding} from "../../src/types/Payment.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "./Base.sol";

/// @notice Stakers with STOA in their vault balances, and a token with fees.
abstract contract StakingBase is Base {
    uint256 internal constant STOA = 1e18;
    uint256 internal constant ONE = 1 << 96;
    uint256 internal constant WEEK = 1 weeks;

    address internal alice;
    uint256 internal aliceKey;
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");

    function setUp() public virtual override {
        super.setUp();
        (alice, aliceKey) = makeAddrAndKey("alice");
        _giveStoa(alice, 1_000_000 * STOA);
        _giveStoa(bob, 1_000_000 * STOA);
        _giveStoa(carol, 1_000_000 * STOA);
        _listFees(address(token));
    }

    // ------------------------------------------------------------------------------------------------- steps

    function _giveStoa(address account, uint256 amount) internal {
        vm.startPrank(holder);
        stoa.approve(address(vault), amount);
        vault.deposit(address(stoa), amount, account);
        vm.stopPrank();
    }

    function _listFees(address which) internal {
        vm.prank(address(timelock));
        staking.listToken(which);
    }

    function _orderOf(address account, uint256 term) internal pure returns (LockOrder memory order) {
        (order.account, order.term) = (account, term);
    }

    function _payStake(address payer, uint256 amount, LockOrder memory order) internal {
        vm.prank(payer);
        vault.pay(address(staking), address(stoa), amount, Funding.Balance, abi.encode(order));
    }

    function _lock(address account, uint256 amount, uint256 term) internal {
        _payStake(account, amount, _orderOf(account, term));
    }

    function _raise(address account, uint256 amount) internal {
        _payStake(account, amount, _orderOf(account, 0));
    }

    function _extend(address account, uint256 term) internal {
        vm.prank(account);
        staking.extend(term);
    }

    function _claim(address account) internal returns (uint256) {
        vm.prank(account);
        return staking.claim(address(token));
    }

    /// @dev Fees that arrive, not yet divided.
    function _fees(uint256 amount) internal {
        _fundVault(address(staking), amount);
    }

    function _stoaFees(uint256 amount) internal {
        _giveStoa(address(staking), amount);
    }

    function _distribute(uint256 amount) internal {
        _fees(amount);
        staking.distribute(address(token));
    }

    function _fromBalance() internal pure returns (Funding) {
        return Funding.Balance;
    }

    // ------------------------------------------------------------------------------------------------- views

    function _now() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    function _week() internal view returns (uint256) {
        return _now() / WEEK;
    }

    function _nextWeeks(uint256 count) internal {
        vm.warp((_week() + count) * WEEK);
    }

    function _scoreOf(address account) internal view returns (uint256 score) {
        (, score,,) = staking.lockOf(account);
    }

    function _amountOf(address account) internal view returns (uint256 amount) {
        (amount,,,) = staking.lockOf(account);
    }

    function _endOf(address account) internal view returns (uint256 end) {
        (,, end,) = staking.lockOf(account);
    }

    function _claimable(address account) internal view returns (uint256) {
        return staking.claimable(account, address(token));
    }

    function _stoaBalance(address account) internal view returns (uint256) {
        return vault.balanceOf(account, uint160(address(stoa)));
    }

    // -------------------------------------------------------------------------------------------- signatures

    function _digest(LockOrder memory order, uint256 amount) internal view returns (bytes32) {
        return _digest(order, amount, block.chainid, address(staking));
    }

    /// @dev Written out by hand, apart from the library that is tested.
    function _digest(LockOrder memory order, uint256 amount, uint256 chain, address verifier)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa Staking"),
                keccak256("1"),
                chain,
                verifier
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("LockFor(address account,uint256 amount,uint256 term,uint256 nonce,uint256 deadline)"),
                order.account,
                amount,
                order.term,
                order.nonce,
                order.deadline
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev An order for alice's lock, signed by her.
    function _signedOrder(uint256 amount, uint256 term) internal view returns (LockOrder memory order) {
        order = LockOrder(alice, term, staking.nonces(alice), _now() + 1 hours, "");
        order.signature = _sign(aliceKey, _digest(order, amount));
    }
}
