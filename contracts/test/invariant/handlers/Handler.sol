// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Credit, Funding} from "../../../src/types/Payment.sol";
import {Order, Plan} from "../../../src/types/Plan.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";
import {Bystanders} from "./Bystanders.sol";
import {World} from "./World.sol";

/// @notice The steps of the invariant test, and the sums kept beside them. It is also the contract that keeps
/// sub-accounts of its own.
contract Handler is Bystanders {
    bytes32 private constant SALT = "own";

    World private w;

    /// @notice The sub-account that this contract keeps.
    address public immutable ownAccount;

    mapping(TokenMock => uint256) public arrived;
    mapping(TokenMock => uint256) public left;
    mapping(TokenMock => uint256) public donated;
    mapping(TokenMock => uint256) public fees;
    mapping(TokenMock => uint256) public nets;
    mapping(TokenMock => uint256) public paidOut;

    constructor(World memory world) {
        w = world;
        ownAccount = world.vault.subAccount(address(this), SALT);
        address[] memory tokens = new address[](world.tokens.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            tokens[i] = address(world.tokens[i]);
        }
        _watchIn(world.vault, tokens);
        _watch(ownAccount);
        _watch(world.revenue.feeRecipient());
        for (uint256 i = 0; i < world.people.length; ++i) {
            _watch(world.people[i]);
            for (uint256 listing = 1; listing <= world.listings_; ++listing) {
                _watch(world.revenue.accountOf(listing, world.people[i]));
            }
        }
    }

    // ------------------------------------------------------------------------------------------ own balances

    function deposit(uint256 who, uint256 to, uint256 which, uint96 amount) external bystandersKeep {
        (address from, TokenMock token) = (_person(who), _token(which));
        _party(address(token), _account(to));
        _fund(token, from, amount);
        vm.prank(from);
        arrived[token] += w.vault.deposit(address(token), amount, _account(to));
    }

    function withdraw(uint256 who, uint256 to, uint256 which, uint256 amount) external bystandersKeep {
        (address from, TokenMock token) = (_person(who), _token(which));
        _party(address(token), from);
        amount = bound(amount, 0, _balance(from, token));
        left[token] += amount;
        vm.prank(from);
        w.vault.withdraw(address(token), amount, _person(to));
    }

    function transfer(uint256 who, uint256 to, uint256 which, uint256 amount) external bystandersKeep {
        (address from, TokenMock token) = (_person(who), _token(which));
        _parties(address(token), from, _account(to));
        amount = bound(amount, 0, _balance(from, token));
        vm.prank(from);
        w.vault.transfer(_account(to), uint160(address(token)), amount);
    }

    function transferByAnother(uint256 who, uint256 spender, uint256 to, uint256 which, uint256 amount, bool operator)
        external
        bystandersKeep
    {
        (address from, TokenMock token) = (_person(who), _token(which));
        _parties(address(token), from, _account(to));
        amount = bound(amount, 0, _balance(from, token));
        uint256 id = uint160(address(token));
        vm.startPrank(from);
        w.vault.setOperator(_person(spender), operator);
        w.vault.approve(_person(spender), id, amount);
        vm.stopPrank();
        vm.prank(_person(spender));
        w.vault.transferFrom(from, _account(to), id, amount);
    }

    /// @notice Tokens sent to the Vault past its functions.
    function donate(uint256 which, uint96 amount) external bystandersKeep {
        TokenMock token = _token(which);
        token.mint(address(w.vault), amount);
        donated[token] += amount;
    }

    // ----------------------------------------------------------------------------------------- sub-accounts

    function moveSub(uint256 first, uint256 second, uint256 which, uint256 a, uint256 b) external bystandersKeep {
        TokenMock token = _token(which);
        _parties(address(token), _account(first), _account(second));
        _party(address(token), ownAccount);
        uint256 held = _balance(ownAccount, token);
        Credit[] memory credits = new Credit[](2);
        credits[0] = Credit(_account(first), bound(a, 0, held));
        credits[1] = Credit(_account(second), bound(b, 0, held - credits[0].amount));
        w.vault.moveSub(SALT, address(token), credits);
    }

    function withdrawSub(uint256 to, uint256 which, uint256 amount) external bystandersKeep {
        TokenMock token = _token(which);
        _party(address(token), ownAccount);
        amount = bound(amount, 0, _balance(ownAccount, token));
        left[token] += amount;
        w.vault.withdrawSub(SALT, address(token), _person(to), amount);
    }

    // ------------------------------------------------------------------------------------------------- sales

    function buy(uint256 who, uint256 to, uint256 which, uint64 quantity, uint96 extra, bool byBalance)
        external
        bystandersKeep
    {
        uint256 id = bound(which, 1, w.plans);
        Plan memory plan = w.market.planOf(id);
        (, address earner) = w.revenue.beneficiaryOf(plan.listing);
        _parties(plan.token, earner, w.revenue.feeRecipient());
        quantity = plan.price == 0 ? 1 : uint64(bound(quantity, 1, 1000));
        uint256 price = uint256(plan.price) * quantity;
        bytes memory order = abi.encode(Order(id, plan.version, quantity, _person(to)));
        _pay(_person(who), TokenMock(plan.token), price, extra, byBalance, order);
        uint256 fee = price * w.revenue.feeBps() / 10_000;
        fees[TokenMock(plan.token)] += fee;
        nets[TokenMock(plan.token)] += price - fee;
    }

    function _pay(address payer, TokenMock token, uint256 price, uint256 extra, bool byBalance, bytes memory order)
        private
    {
        _party(address(token), payer);
        // Enough for the token that takes 1 % off what arrives.
        uint256 amount = price + price / 50 + extra;
        _fund(token, payer, amount);
        if (byBalance) amount = _depositFor(payer, token, amount);

        uint256 before = _balance(payer, token);
        uint256 held = token.balanceOf(address(w.vault));
        Funding funding = byBalance ? Funding.Balance : Funding.Allowance;
        vm.prank(payer);
        uint256 spent = w.vault.pay(address(w.market), address(token), amount, funding, order);

        uint256 came = token.balanceOf(address(w.vault)) - held;
        if (byBalance) assertEq(came, 0, "a payment from balance moves no tokens");
        assertEq(spent, price, "the price is what is spent");
        assertEq(_balance(payer, token), before + came - price, "overpayment comes back");
        arrived[token] += came;
    }

    function settle(uint256 which, uint256 who, uint256 whichToken) external bystandersKeep {
        uint256 listing = bound(which, 1, w.listings_);
        (address beneficiary, TokenMock token) = (_person(who), _token(whichToken));
        uint256 received = w.revenue.received(listing, beneficiary, address(token));
        uint256 before = _balance(beneficiary, token);
        uint256 pending = w.revenue.pending(listing, beneficiary, address(token));

        w.revenue.settle(listing, beneficiary, address(token));

        assertEq(_balance(beneficiary, token) - before, pending, "pays what was pending");
        assertEq(w.revenue.received(listing, beneficiary, address(token)), received, "received stays");
        (uint256[] memory parents,) = w.listings.parentsOf(listing);
        _parties(address(token), beneficiary, w.revenue.accountOf(listing, beneficiary));
        for (uint256 i = 0; i < parents.length; ++i) {
            (, address earner) = w.revenue.beneficiaryOf(parents[i]);
            _party(address(token), earner);
        }
        assertLe(_balance(w.revenue.accountOf(listing, beneficiary), token), parents.length, "dust");
        paidOut[token] += pending;
    }

    function sellListing(uint256 which, uint256 to) external bystandersKeep {
        uint256 listing = bound(which, 1, w.listings_);
        address owner = w.listings.ownerOf(listing);
        vm.prank(owner);
        w.listings.transferFrom(owner, _person(to), listing);
    }

    function changePrice(uint256 which, uint64 price) external bystandersKeep {
        uint256 plan = bound(which, 1, w.plans);
        vm.prank(w.listings.ownerOf(w.market.planOf(plan).listing));
        w.market.changePlan(plan, price, 0);
    }

    function setFee(uint16 bps) external bystandersKeep {
        vm.prank(w.timelock);
        w.revenue.setFee(uint16(bound(bps, 0, 500)));
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _depositFor(address payer, TokenMock token, uint256 amount) private returns (uint256 received) {
        vm.prank(payer);
        received = w.vault.deposit(address(token), amount, payer);
        arrived[token] += received;
    }

    function _fund(TokenMock token, address account, uint256 amount) private {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(w.vault), amount);
    }

    function _person(uint256 seed) private view returns (address) {
        return w.people[seed % w.people.length];
    }

    /// @dev A person, or the sub-account that this contract keeps.
    function _account(uint256 seed) private view returns (address) {
        return seed % 6 == 5 ? ownAccount : _person(seed);
    }

    function _token(uint256 seed) private view returns (TokenMock) {
        return w.tokens[seed % w.tokens.length];
    }

    function _balance(address account, TokenMock token) private view returns (uint256) {
        return w.vault.balanceOf(account, uint160(address(token)));
    }
}
