// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Deployer} from "../../src/Deployer.sol";
import {Vault} from "../../src/Vault.sol";
import {IDeployer} from "../../src/interfaces/IDeployer.sol";
import {ITimelock} from "../../src/interfaces/ITimelock.sol";
import {Child, Parameters} from "../../src/types/Deployment.sol";
import {WethMock} from "../mocks/WethMock.sol";
import {Base} from "../utils/Base.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";

contract DeploymentTest is Base {
    function _fresh() private returns (Deployer) {
        return Deployer(Create2.deploy(0, "fresh", abi.encodePacked(_code("Deployer"), abi.encode(operator))));
    }

    function _children(bytes32 name, bytes32 hash) private pure returns (Child[] memory children) {
        children = new Child[](1);
        children[0] = Child(name, hash);
    }

    // ---------------------------------------------------------------------------------------------- Deployer

    function test_ChildrenAreWhereAnnounced() public view {
        assertEq(deployer.addressOf("Timelock"), address(timelock));
        assertEq(deployer.addressOf("Vault"), address(vault));
        assertEq(deployer.addressOf("Listings"), address(listings));
        assertEq(deployer.addressOf("Revenue"), address(revenue));
        assertEq(deployer.addressOf("Staking"), address(staking));
        assertEq(deployer.addressOf("Market"), address(market));
        assertEq(deployer.addressOf("StoaToken"), address(stoa));
        assertGt(address(market).code.length, 0);
        assertEq(deployer.parameters().stoaHolder, holder);
    }

    /// @dev Two chains that differ in all that a chain may differ in: id, wrapped coin, governors, delay, fee, and whether
    /// STOA is at home there.
    function test_AddressesAreEqualOnEveryChain() public {
        WethMock otherWeth = new WethMock();
        uint256 before = vm.snapshotState();
        vm.chainId(1);
        _deployAll(_fresh(), _parameters());
        address[9] memory first = _places();
        bytes32 domain = _domainOf(vault);
        assertEq(vault.weth(), address(weth));
        assertEq(revenue.feeBps(), FEE_BPS);
        assertEq(stoa.balanceOf(holder), stoa.SUPPLY());
        assertEq(staking.tokens()[0], address(stoa));
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), council));
        vm.revertToState(before);

        vm.chainId(10);
        assertEq(first[0].code.length, 0, "the second chain is new");
        _deployAll(_fresh(), _otherParameters(otherWeth));
        address[9] memory second = _places();
        for (uint256 i = 0; i < 9; ++i) {
            assertEq(second[i], first[i]);
            assertGt(second[i].code.length, 0);
        }
        assertNotEq(_domainOf(vault), domain, "signatures of one chain mean nothing on another");
        assertEq(vault.weth(), address(otherWeth));
        assertEq(revenue.feeBps(), 100);
        assertEq(timelock.getMinDelay(), 0);
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), friend));
        assertFalse(timelock.hasRole(timelock.PROPOSER_ROLE(), council));
    }

    function test_StoaIsMintedOnItsHomeChainOnly() public {
        WethMock otherWeth = new WethMock();
        Parameters memory parameters = _otherParameters(otherWeth);
        _deployAll(_fresh(), parameters);
        assertEq(stoa.totalSupply(), 0);
        assertEq(staking.tokens()[0], parameters.bridgedStoa);
        assertEq(staking.tokens().length, 1);
    }

    function test_NativeCoinIsTheChainsOwn() public {
        WethMock otherWeth = new WethMock();
        _deployAll(_fresh(), _otherParameters(otherWeth));
        vm.deal(buyer, 1 ether);
        vm.prank(buyer);
        vault.depositNative{value: 1 ether}(buyer);
        assertEq(vault.balanceOf(buyer, uint160(address(otherWeth))), 1 ether);
        assertEq(otherWeth.balanceOf(address(vault)), 1 ether);
    }

    function _otherParameters(WethMock otherWeth) private returns (Parameters memory parameters) {
        parameters = _parameters();
        (parameters.feeBps, parameters.timelockDelay, parameters.stoaHolder) = (100, 0, stranger);
        (parameters.proposers, parameters.weth) = (_one(friend), address(otherWeth));
        parameters.bridgedStoa = makeAddr("bridged");
    }

    /// @dev The Deployer, its children, and the code that share contracts run.
    function _places() private view returns (address[9] memory places) {
        places[0] =
            Create2.computeAddress("fresh", keccak256(abi.encodePacked(_code("Deployer"), abi.encode(operator))));
        places[1] = address(timelock);
        places[2] = address(vault);
        places[3] = address(listings);
        places[4] = address(revenue);
        places[5] = address(staking);
        places[6] = address(market);
        places[7] = address(stoa);
        places[8] = revenue.shareImplementation();
    }

    /// @dev What a signature for the contract is bound to.
    function _domainOf(Vault of_) private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chain, address place,,) = of_.eip712Domain();
        assertEq(chain, block.chainid);
        return keccak256(abi.encode(name, version, chain, place));
    }

    function test_RevertWhen_CallerIsNotTheOperator() public {
        Deployer fresh = _fresh();
        bytes memory reason = abi.encodeWithSelector(IDeployer.Deployer_NotOperator.selector, stranger, operator);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        fresh.configure(_parameters(), new Child[](0));
        vm.expectRevert(reason);
        fresh.deploy("Vault", "");
        vm.stopPrank();
    }

    function test_RevertWhen_ConfiguredTwice() public {
        vm.expectRevert(IDeployer.Deployer_AlreadyConfigured.selector);
        vm.prank(operator);
        deployer.configure(_parameters(), new Child[](0));
    }

    function test_RevertWhen_NotConfigured() public {
        Deployer fresh = _fresh();
        vm.expectRevert(IDeployer.Deployer_NotConfigured.selector);
        fresh.parameters();
    }

    function test_RevertWhen_ChildIsBad() public {
        Deployer fresh = _fresh();
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IDeployer.Deployer_BadChild.selector, bytes32(0), bytes32("hash")));
        fresh.configure(_parameters(), _children(0, "hash"));
        vm.expectRevert(abi.encodeWithSelector(IDeployer.Deployer_BadChild.selector, bytes32("Vault"), bytes32(0)));
        fresh.configure(_parameters(), _children("Vault", 0));
        Child[] memory twice = new Child[](2);
        twice[0] = twice[1] = Child("Vault", "hash");
        vm.expectRevert(abi.encodeWithSelector(IDeployer.Deployer_BadChild.selector, bytes32("Vault"), bytes32("hash")));
        fresh.configure(_parameters(), twice);
        vm.stopPrank();
    }

    function test_RevertWhen_NameIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(IDeployer.Deployer_UnknownChild.selector, bytes32("Bonds"));
        vm.expectRevert(reason);
        deployer.addressOf("Bonds");
        vm.expectRevert(reason);
        vm.prank(operator);
        deployer.deploy("Bonds", "code");
    }

    function test_RevertWhen_CodeIsAnother() public {
        bytes memory code = _code("Vault");
        bytes32 announced = keccak256(code);
        code[code.length - 1] ^= 0x01;
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeployer.Deployer_CodeMismatch.selector, bytes32("Vault"), announced, keccak256(code)
            )
        );
        vm.prank(operator);
        deployer.deploy("Vault", code);
    }

    function test_RevertWhen_PlacedAlready() public {
        bytes memory code = _code("Vault");
        vm.expectRevert(Errors.FailedDeployment.selector);
        vm.prank(operator);
        deployer.deploy("Vault", code);
    }

    // ---------------------------------------------------------------------------------------------- Timelock

    function _timelockRejects(Parameters memory parameters, bytes memory reason) private {
        bytes memory code = _code("Timelock");
        Deployer fresh = _fresh();
        vm.startPrank(operator);
        fresh.configure(parameters, _children("Timelock", keccak256(code)));
        vm.expectRevert(reason);
        fresh.deploy("Timelock", code);
        vm.stopPrank();
    }

    function test_RevertWhen_NobodyCouldGovern() public {
        Parameters memory parameters = _parameters();
        parameters.proposers = new address[](0);
        _timelockRejects(parameters, abi.encodeWithSelector(ITimelock.Timelock_NobodyToGovern.selector, 0, 1));
    }

    function test_RevertWhen_NobodyCouldExecute() public {
        Parameters memory parameters = _parameters();
        parameters.executors = new address[](0);
        _timelockRejects(parameters, abi.encodeWithSelector(ITimelock.Timelock_NobodyToGovern.selector, 1, 0));
    }

    function test_RevertWhen_DelayIsTooLong() public {
        Parameters memory parameters = _parameters();
        parameters.timelockDelay = 30 days + 1;
        _timelockRejects(
            parameters, abi.encodeWithSelector(ITimelock.Timelock_DelayTooLong.selector, 30 days + 1, 30 days)
        );
    }

    function test_TimelockHasNoAdminButItself() public view {
        bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
        assertTrue(timelock.hasRole(admin, address(timelock)));
        assertFalse(timelock.hasRole(admin, operator));
        assertFalse(timelock.hasRole(admin, address(deployer)));
        assertFalse(timelock.hasRole(admin, council));
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), council));
        assertEq(timelock.getMinDelay(), 2 days);
    }

    function test_FeeChangesAfterTheDelay() public {
        bytes memory call_ = abi.encodeCall(revenue.setFee, (100));
        vm.prank(council);
        timelock.schedule(address(revenue), 0, call_, 0, 0, 2 days);
        bytes32 operation = timelock.hashOperation(address(revenue), 0, call_, 0, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector, operation, bytes32(uint256(1) << 2)
            )
        );
        timelock.execute(address(revenue), 0, call_, 0, 0);
        assertEq(revenue.feeBps(), FEE_BPS);
        vm.warp(vm.getBlockTimestamp() + 2 days);
        timelock.execute(address(revenue), 0, call_, 0, 0);
        assertEq(revenue.feeBps(), 100);
    }

    // --------------------------------------------------------------------------------------------- StoaToken

    function _sign(uint256 key, bytes32 structHash) private view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", stoa.DOMAIN_SEPARATOR(), structHash)));
    }

    function test_SupplyIsTheHolders() public view {
        assertEq(stoa.totalSupply(), 1_000_000_000e18);
        assertEq(stoa.balanceOf(holder), stoa.totalSupply());
        assertEq(stoa.symbol(), "STOA");
    }

    function testFuzz_Permit(uint128 amount, uint64 deadline) public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        uint256 until = bound(deadline, vm.getBlockTimestamp(), type(uint64).max);
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        (uint8 v, bytes32 r, bytes32 s) =
            _sign(key, keccak256(abi.encode(typeHash, owner, friend, uint256(amount), uint256(0), until)));
        stoa.permit(owner, friend, amount, until, v, r, s);
        assertEq(stoa.allowance(owner, friend), amount);
        vm.expectRevert();
        stoa.permit(owner, friend, amount, until, v, r, s);
    }

    function testFuzz_Authorization(uint96 amount, bytes32 nonce) public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        uint256 value = bound(amount, 0, stoa.SUPPLY());
        vm.prank(holder);
        stoa.transfer(owner, value);
        bytes32 typeHash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        (uint8 v, bytes32 r, bytes32 s) = _sign(
            key, keccak256(abi.encode(typeHash, owner, friend, value, uint256(0), uint256(type(uint40).max), nonce))
        );
        vm.expectRevert();
        stoa.transferWithAuthorization(owner, stranger, value, 0, type(uint40).max, nonce, v, r, s);
        stoa.transferWithAuthorization(owner, friend, value, 0, type(uint40).max, nonce, v, r, s);
        assertEq(stoa.balanceOf(friend), value);
        assertTrue(stoa.authorizationState(owner, nonce));
        vm.expectRevert();
        stoa.transferWithAuthorization(owner, friend, value, 0, type(uint40).max, nonce, v, r, s);
    }
}
