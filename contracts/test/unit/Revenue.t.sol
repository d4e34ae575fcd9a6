// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IGoverned} from "../../src/interfaces/IGoverned.sol";
import {IRevenue} from "../../src/interfaces/IRevenue.sol";
import {SaleSplit} from "../../src/types/Sale.sol";
import {Base} from "../utils/Base.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract RevenueTest is Base {
    /// @dev Money reaches a key by any Vault credit to its sub-account.
    function _earn(uint256 listing, address beneficiary, uint256 amount) private {
        _fundVault(revenue.accountOf(listing, beneficiary), amount);
    }

    function _received(uint256 listing, address beneficiary) private view returns (uint256) {
        return revenue.received(listing, beneficiary, address(token));
    }

    // ------------------------------------------------------------------------------------------------- split

    function test_Split() public {
        uint256 listing = _list(provider);
        SaleSplit memory sale = revenue.saleTerms(listing, 1039, false);
        assertEq(sale.fee, 25, "2.5 % of 1039 is 25.975");
        assertEq(sale.net, 1014);
        assertEq(revenue.feeRecipient(), deployer.addressOf("Staking"));
        assertEq(sale.netAccount, revenue.accountOf(listing, provider));
        assertEq(sale.netAccount, vault.subAccount(address(revenue), keccak256(abi.encode(listing, provider))));
        assertEq(sale.beneficiary, provider);
    }

    function test_RevertWhen_SplitOfUnknownListing() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 1));
        revenue.saleTerms(1, 100, false);
    }

    // ------------------------------------------------------------------------------------------------ settle

    function test_SettleWithoutParents() public {
        uint256 listing = _list(provider);
        _earn(listing, provider, 101);
        assertEq(revenue.pending(listing, provider, address(token)), 101);
        vm.expectEmit(address(revenue));
        emit IRevenue.Settled(
            listing, provider, address(token), 101, 101, new uint256[](0), new address[](0), new uint256[](0)
        );
        vm.prank(stranger);
        revenue.settle(listing, provider, address(token));
        assertEq(_balance(provider), 101);
        assertEq(_received(listing, provider), 101);
        assertEq(revenue.settled(listing, provider, address(token)), 101);
        assertEq(revenue.pending(listing, provider, address(token)), 0);
    }

    function test_SettleWithParents() public {
        (uint256 first, uint256 second) = (_list(friend), _list(stranger));
        uint256 child = _derive(provider, _ids(first, second), _bps(1000, 333));
        _earn(child, provider, 1001);
        address[] memory owners = new address[](2);
        (owners[0], owners[1]) = (friend, stranger);
        vm.expectEmit(address(revenue));
        emit IRevenue.Settled(child, provider, address(token), 1001, 867, _ids(first, second), owners, _ids(100, 33));
        revenue.settle(child, provider, address(token));
        assertEq(_balance(provider), 867);
        assertEq(_received(first, friend), 100);
        assertEq(_received(second, stranger), 33);
        assertEq(_balance(revenue.accountOf(child, provider)), 1, "dust waits");
        revenue.settle(first, friend, address(token));
        assertEq(_balance(friend), 100, "no second fee");
    }

    function test_SettleTwiceDoesNothing() public {
        uint256 listing = _list(provider);
        _earn(listing, provider, 100);
        revenue.settle(listing, provider, address(token));
        vm.recordLogs();
        revenue.settle(listing, provider, address(token));
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_DustIsPaidWithTheNextSettlement() public {
        uint256 parent = _list(friend);
        uint256 child = _derive(provider, _ids(parent), _bps(5000));
        _earn(child, provider, 1);
        revenue.settle(child, provider, address(token));
        assertEq(_balance(provider) + _received(parent, friend), 0);
        _earn(child, provider, 1);
        revenue.settle(child, provider, address(token));
        assertEq(_balance(provider), 1);
        assertEq(_received(parent, friend), 1);
    }

    function test_ParentsPartGoesToItsOwnerAtSettlement() public {
        uint256 parent = _list(friend);
        uint256 child = _derive(provider, _ids(parent), _bps(1000));
        _earn(child, provider, 100);
        revenue.settle(child, provider, address(token));
        vm.prank(friend);
        listings.transferFrom(friend, buyer, parent);
        _earn(child, provider, 100);
        revenue.settle(child, provider, address(token));
        assertEq(_received(parent, friend), 10);
        assertEq(_received(parent, buyer), 10);
    }

    function test_SalesBeforeATransferStayTheSellers() public {
        uint256 listing = _list(provider);
        uint256 plan = _plan(listing, PRICE, 0);
        _buy(buyer, plan, 1, buyer);
        vm.prank(provider);
        listings.transferFrom(provider, friend, listing);
        _buy(buyer, plan, 2, buyer);
        revenue.settle(listing, provider, address(token));
        revenue.settle(listing, friend, address(token));
        uint256 net = PRICE - PRICE * FEE_BPS / 10_000;
        assertEq(_balance(provider), net);
        assertEq(_balance(friend), 2 * net);
    }

    function test_RevertWhen_BeneficiaryIsZero() public {
        uint256 listing = _list(provider);
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_ZeroBeneficiary.selector, listing));
        revenue.settle(listing, address(0), address(token));
    }

    function test_RevertWhen_SettlingUnknownListing() public {
        _earn(7, provider, 10);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 7));
        revenue.settle(7, provider, address(token));
    }

    // ------------------------------------------------------------------------------------------------- owner

    function test_SetFee() public {
        uint256 listing = _list(provider);
        uint256 plan = _plan(listing, PRICE, 0);
        _buy(buyer, plan, 1, buyer);
        address recipient = revenue.feeRecipient();
        vm.expectEmit(address(revenue));
        emit IRevenue.FeeChanged(500, recipient);
        vm.prank(address(timelock));
        revenue.setFee(500);
        assertEq(_received(listing, provider), PRICE - PRICE * FEE_BPS / 10_000, "earlier sales keep their terms");
        _buy(buyer, plan, 1, buyer);
        assertEq(_balance(recipient), PRICE * FEE_BPS / 10_000 + PRICE * 500 / 10_000);
    }

    function test_RevertWhen_FeeIsTooHigh() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenue.Revenue_FeeTooHigh.selector, 501, 500));
        vm.prank(address(timelock));
        revenue.setFee(501);
    }

    function test_RevertWhen_CallerIsNotTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator));
        vm.prank(operator);
        revenue.setFee(0);
    }

    function test_RevertWhen_RenouncingOwnership() public {
        assertEq(revenue.owner(), address(timelock));
        vm.expectRevert(IGoverned.Governed_OwnerRequired.selector);
        vm.prank(address(timelock));
        revenue.renounceOwnership();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        revenue.renounceOwnership();
    }

    // -------------------------------------------------------------------------------------------------- fuzz

    /// @dev Two listings with the same terms earn the same; one is settled now and then, one at the end.
    function testFuzz_SettlingOftenChangesNothing(uint64[6] memory amounts, uint8 when, uint16 a, uint16 b) public {
        uint16[] memory bps = _bps(uint16(bound(a, 0, 2500)), uint16(bound(b, 0, 2500)));
        uint256[] memory parents = _ids(_list(friend), _list(stranger));
        uint256[] memory others = _ids(_list(friend), _list(stranger));
        uint256 often = _derive(provider, parents, bps);
        uint256 once = _derive(buyer, others, bps);
        uint256 total = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            total += amounts[i];
            _earn(often, provider, amounts[i]);
            _earn(once, buyer, amounts[i]);
            if ((when >> i) & 1 == 1) revenue.settle(often, provider, address(token));
        }
        revenue.settle(often, provider, address(token));
        revenue.settle(once, buyer, address(token));

        assertEq(_balance(provider), _balance(buyer));
        assertEq(_received(parents[0], friend), _received(others[0], friend));
        assertEq(_received(parents[1], stranger), _received(others[1], stranger));
        assertEq(_received(parents[0], friend), total * bps[0] / 10_000);
        uint256 dust = _balance(revenue.accountOf(often, provider));
        assertLe(dust, 2, "at most one unit per parent");
        assertEq(_balance(provider) + _received(parents[0], friend) + _received(parents[1], stranger) + dust, total);
    }

    /// @dev Grandchild, child and parent settled in either order end the same once all are settled.
    function testFuzz_OrderOfSettlementsDoesNotMatter(uint64 first, uint64 second, uint16 a, uint16 b) public {
        uint256 parent = _list(friend);
        uint256 child = _derive(stranger, _ids(parent), _bps(uint16(bound(a, 0, 5000))));
        uint256 grandchild = _derive(provider, _ids(child), _bps(uint16(bound(b, 0, 5000))));
        _earn(child, stranger, first);
        _earn(grandchild, provider, second);

        uint256 snapshot = vm.snapshotState();
        _settleAll(grandchild, child, parent);
        uint256[3] memory down = [_balance(provider), _balance(stranger), _balance(friend)];
        vm.revertToState(snapshot);
        revenue.settle(parent, friend, address(token));
        revenue.settle(child, stranger, address(token));
        _settleAll(grandchild, child, parent);
        assertEq(_balance(provider), down[0]);
        assertEq(_balance(stranger), down[1]);
        assertEq(_balance(friend), down[2]);
    }

    function _settleAll(uint256 grandchild, uint256 child, uint256 parent) private {
        revenue.settle(grandchild, provider, address(token));
        revenue.settle(child, stranger, address(token));
        revenue.settle(parent, friend, address(token));
    }
}
