// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Staking} from "../../../src/Staking.sol";
import {StoaToken} from "../../../src/StoaToken.sol";
import {Vault} from "../../../src/Vault.sol";
import {LockOrder} from "../../../src/types/Lock.sol";
import {Funding} from "../../../src/types/Payment.sol";
import {TokenMock} from "../../mocks/TokenMock.sol";
import {Bystanders} from "./Bystanders.sol";

/// @notice The steps of the staking invariants. Around each step it compares what every account has earned.
contract StakingHandler is Bystanders {
    struct Moment {
        uint256 time;
        uint256 total;
        uint256[] scores;
    }

    Vault private immutable vault;
    Staking private immutable staking;
    StoaToken private immutable stoa;
    address private immutable holder;

    address[] public people;
    address[] public tokens;
    Moment[] private _moments;

    mapping(address token => uint256) public received;
    mapping(address token => uint256) public paid;
    mapping(address account => mapping(address token => uint256)) public paidTo;
    uint256 public principalIn;
    uint256 public principalOut;
    uint256 public reinvested;
    uint256 public locks;

    constructor(
        Vault vault_,
        Staking staking_,
        StoaToken stoa_,
        address holder_,
        address[] memory people_,
        address[] memory tokens_
    ) {
        (vault, staking, stoa, holder, people, tokens) = (vault_, staking_, stoa_, holder_, people_, tokens_);
        _watchIn(vault_, tokens_);
        _watch(address(staking_));
        for (uint256 i = 0; i < people_.length; ++i) {
            _watch(people_[i]);
        }
    }

    // ------------------------------------------------------------------------------------ what steps must not do

    struct Before {
        uint256[] earned;
        bool[] ended;
        uint256[] indices;
    }

    /// @dev Nobody's step lowers what anyone has earned, an ended lock earns nothing, an index never falls.
    modifier compared() {
        Before memory before = _look();
        _;
        Before memory later = _look();
        for (uint256 i = 0; i < people.length; ++i) {
            for (uint256 j = 0; j < tokens.length; ++j) {
                uint256 k = i * tokens.length + j;
                assertGe(later.earned[k], before.earned[k], "earned less than before");
                if (before.ended[i]) assertEq(later.earned[k], before.earned[k], "earned without a score");
            }
        }
        for (uint256 j = 0; j < tokens.length; ++j) {
            assertGe(later.indices[j], before.indices[j], "an index fell");
        }
    }

    function _look() private view returns (Before memory look) {
        look.earned = new uint256[](people.length * tokens.length);
        look.ended = new bool[](people.length);
        look.indices = new uint256[](tokens.length);
        for (uint256 i = 0; i < people.length; ++i) {
            look.ended[i] = _score(people[i]) == 0;
            for (uint256 j = 0; j < tokens.length; ++j) {
                look.earned[i * tokens.length + j] =
                    paidTo[people[i]][tokens[j]] + staking.claimable(people[i], tokens[j]);
            }
        }
        for (uint256 j = 0; j < tokens.length; ++j) {
            look.indices[j] = staking.indexOf(tokens[j]);
        }
    }

    // ------------------------------------------------------------------------------------------------- locks

    /// @notice Starts a lock, or raises the one that runs where it can be.
    function lock(uint256 who, uint256 amount, uint256 term) external compared bystandersKeep {
        address account = _person(who);
        amount = bound(amount, 1e18, 1e24);
        term = bound(term, 1, 52);
        if (_score(account) != 0) {
            if (_lastWeek(account)) return;
            term = 0;
        }
        _pay(account, amount, term);
    }

    function raiseByDust(uint256 who, uint256 amount) external compared bystandersKeep {
        address account = _person(who);
        if (_score(account) == 0 || _lastWeek(account)) return;
        _pay(account, bound(amount, 1, 100), 0);
    }

    /// @notice Extends to the shortest term allowed, or longer.
    function extend(uint256 who, uint256 term) external compared bystandersKeep {
        address account = _person(who);
        (uint256 amount, uint256 score, uint64 end,) = staking.lockOf(account);
        if (amount == 0) return;
        uint256 week = vm.getBlockTimestamp() / 1 weeks;
        uint256 least = 1;
        if (score != 0 && end / 1 weeks > week + 2) least = end / 1 weeks - week - 1;
        while (amount * (52 + least) / 52 < score) ++least;
        vm.prank(account);
        staking.extend(bound(term, least, 52));
    }

    function withdraw(uint256 who, bool wallet) external compared bystandersKeep {
        address account = _person(who);
        (uint256 amount, uint256 score,,) = staking.lockOf(account);
        if (amount == 0 || score != 0) return;
        _parties(address(stoa), account, address(staking));
        uint256 before = wallet ? stoa.balanceOf(account) : _balance(account, address(stoa));
        vm.prank(account);
        assertEq(wallet ? staking.withdrawTo(account) : staking.withdraw(), amount);
        uint256 later = wallet ? stoa.balanceOf(account) : _balance(account, address(stoa));
        assertEq(later - before, amount, "principal comes back whole");
        principalOut += amount;
    }

    // -------------------------------------------------------------------------------------------------- fees

    function earnFees(uint256 which, uint256 amount, bool distributed) external compared bystandersKeep {
        address token = _token(which);
        amount = bound(amount, 0, which % 7 == 0 ? 10 : 1e24);
        _party(token, address(staking));
        if (token == address(stoa)) {
            vm.prank(holder);
            stoa.transfer(address(this), amount);
        } else {
            TokenMock(token).mint(address(this), amount);
        }
        TokenMock(token).approve(address(vault), amount);
        vault.deposit(token, amount, address(staking));
        received[token] += amount;
        if (distributed) staking.distribute(token);
    }

    function distribute(uint256 which) external compared bystandersKeep {
        staking.distribute(_token(which));
    }

    function claim(uint256 who, uint256 which, bool wallet) external compared bystandersKeep {
        (address account, address token) = (_person(who), _token(which));
        _parties(token, account, address(staking));
        uint256 claimable = staking.claimable(account, token);
        vm.prank(account);
        uint256 amount = wallet ? staking.claimTo(token, account) : staking.claim(token);
        assertEq(amount, claimable, "pays what was claimable");
        _notePaid(account, token, amount);
    }

    function setReinvest(uint256 who, bool enabled) external compared bystandersKeep {
        vm.prank(_person(who));
        staking.setReinvest(enabled);
    }

    function reinvest(uint256 who, uint256 by) external compared bystandersKeep {
        (address account, address caller) = (_person(who), _person(by));
        (uint256 before,,, bool anyone) = staking.lockOf(account);
        if (!anyone) caller = account;
        _parties(address(stoa), account, address(staking));
        vm.prank(caller);
        uint256 amount = staking.reinvest(account);
        _notePaid(account, address(stoa), amount);
        (uint256 later,,,) = staking.lockOf(account);
        if (later == before) return;
        assertEq(later - before, amount);
        reinvested += amount;
    }

    // -------------------------------------------------------------------------------------------------- time

    function pass(uint256 time) external compared bystandersKeep {
        _remember();
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 10 days));
    }

    function passLong(uint256 time) external compared bystandersKeep {
        if (time % 4 != 0) return;
        _remember();
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 70 weeks));
    }

    function _remember() private {
        _moments.push();
        Moment storage moment = _moments[_moments.length - 1];
        (moment.time, moment.total) = (vm.getBlockTimestamp(), staking.totalScore());
        for (uint256 i = 0; i < people.length; ++i) {
            moment.scores.push(_score(people[i]));
        }
    }

    // ---------------------------------------------------------------------------------------------- internal

    function _pay(address account, uint256 amount, uint256 term) private {
        _party(address(stoa), address(staking));
        vm.startPrank(holder);
        stoa.approve(address(vault), amount);
        vault.deposit(address(stoa), amount, account);
        vm.stopPrank();
        LockOrder memory order;
        (order.account, order.term) = (account, term);
        vm.prank(account);
        vault.pay(address(staking), address(stoa), amount, Funding.Balance, abi.encode(order));
        principalIn += amount;
        ++locks;
    }

    function _notePaid(address account, address token, uint256 amount) private {
        paid[token] += amount;
        paidTo[account][token] += amount;
    }

    function _person(uint256 seed) private view returns (address) {
        return people[seed % people.length];
    }

    function _token(uint256 seed) private view returns (address) {
        return tokens[seed % tokens.length];
    }

    function _score(address account) private view returns (uint256 score) {
        (, score,,) = staking.lockOf(account);
    }

    function _lastWeek(address account) private view returns (bool) {
        (,, uint64 end,) = staking.lockOf(account);
        return end - vm.getBlockTimestamp() <= 1 weeks;
    }

    function _balance(address account, address token) private view returns (uint256) {
        return vault.balanceOf(account, uint160(token));
    }

    // ------------------------------------------------------------------------------------------------- views

    function countOfPeople() external view returns (uint256) {
        return people.length;
    }

    function countOfTokens() external view returns (uint256) {
        return tokens.length;
    }

    function moments() external view returns (Moment[] memory) {
        return _moments;
    }
}
