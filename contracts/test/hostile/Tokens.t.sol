// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Funding} from "../../src/types/Payment.sol";
import {
    FalseToken,
    FeeToken,
    LyingToken,
    MetadataToken,
    MissingReturnToken,
    ReenteringToken,
    SenderFeeToken,
    ShrinkingToken
} from "../mocks/HostileTokens.sol";
import {TargetMock} from "../mocks/TargetMock.sol";
import {TokenMock} from "../mocks/TokenMock.sol";
import {Base} from "../utils/Base.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Tokens that do not behave: each may harm its own id at most.
contract HostileTokensTest is Base {
    bytes4 private constant LOCKED = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    function _use(address hostile) private {
        token = TokenMock(hostile);
    }

    function _solvent() private view {
        assertGe(token.balanceOf(address(vault)), _balance(buyer) + _balance(friend) + _balance(provider));
    }

    function test_FeeOnTransferCreditsWhatArrived() public {
        _use(address(new FeeToken()));
        _fundWallet(buyer, 1000);
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 1000, buyer), 990);
        assertEq(_balance(buyer), 990);
        vm.prank(buyer);
        vault.withdraw(address(token), 990, friend);
        assertEq(token.balanceOf(friend), 981, "the receiver bears the token's fee");
        _solvent();
    }

    function test_PayWithFeeOnTransferTellsTheTargetWhatArrived() public {
        _use(address(new FeeToken()));
        TargetMock target = new TargetMock();
        target.give(provider, 900);
        _fundWallet(buyer, 1000);
        vm.prank(buyer);
        vault.pay(address(target), address(token), 1000, Funding.Allowance, "");
        assertEq(target.received(), 990);
        assertEq(_balance(buyer), 90);
        _solvent();
    }

    function test_RevertWhen_FeeLeavesLessThanThePrice() public {
        _use(address(new FeeToken()));
        uint256 plan = _plan(_list(provider), 1000, 0);
        _fundWallet(buyer, 1000);
        vm.expectRevert(abi.encodeWithSignature("Market_PaymentTooSmall(uint256,uint256,uint256)", plan, 990, 1000));
        vm.prank(buyer);
        vault.pay(address(market), address(token), 1000, Funding.Allowance, _order(plan, 1, buyer));
    }

    function test_RevertWhen_WithdrawalTakesMoreFromTheVault() public {
        _use(address(new SenderFeeToken()));
        token.mint(buyer, 2000);
        vm.startPrank(buyer);
        token.approve(address(vault), 1000);
        vault.deposit(address(token), 1000, buyer);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_WrongAmountLeft.selector, address(token), 500, 1000, 495));
        vault.withdraw(address(token), 500, buyer);
        vm.stopPrank();
        assertEq(_balance(buyer), 1000);
        _solvent();
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        _use(address(new FalseToken()));
        _fundWallet(buyer, 1000);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        vm.prank(buyer);
        vault.deposit(address(token), 1000, buyer);
    }

    function test_LyingTokenCreditsNothing() public {
        _use(address(new LyingToken()));
        _fundWallet(buyer, 1000);
        vm.prank(buyer);
        assertEq(vault.deposit(address(token), 1000, buyer), 0);
        assertEq(_balance(buyer), 0);
    }

    function test_RevertWhen_DepositShrinksTheVault() public {
        _use(address(new ShrinkingToken()));
        _fundVault(friend, 10);
        ShrinkingToken(address(token)).shrink();
        _fundWallet(buyer, 5);
        vm.expectRevert(abi.encodeWithSelector(IVault.Vault_NothingArrived.selector, address(token), 10, 9));
        vm.prank(buyer);
        vault.deposit(address(token), 5, buyer);
    }

    function test_MissingReturnWorks() public {
        _use(address(new MissingReturnToken()));
        MissingReturnToken bare = MissingReturnToken(address(token));
        bare.mint(buyer, 100);
        vm.startPrank(buyer);
        bare.approve(address(vault), 100);
        vault.deposit(address(token), 100, buyer);
        vault.withdraw(address(token), 40, friend);
        vm.stopPrank();
        assertEq(bare.balanceOf(friend), 40);
        _solvent();
    }

    // -------------------------------------------------------------------------------------------- reentrancy

    function _reenter(bytes memory call_) private {
        ReenteringToken hostile = new ReenteringToken();
        _use(address(hostile));
        _fundVault(friend, 1000);
        _fundWallet(buyer, 100);
        hostile.arm(address(vault), call_);
        vm.prank(buyer);
        vault.deposit(address(token), 100, buyer);
        assertFalse(hostile.succeeded(), "re-entered");
        assertEq(hostile.failure(), LOCKED, "stopped by something else than the lock");
        assertEq(_balance(buyer), 100);
        _solvent();
    }

    function test_RevertWhen_TokenReentersDeposit() public {
        _reenter(abi.encodeCall(vault.deposit, (address(token), 0, stranger)));
    }

    function test_RevertWhen_TokenReentersWithdraw() public {
        _reenter(abi.encodeCall(vault.withdraw, (address(token), 0, stranger)));
    }

    function test_RevertWhen_TokenReentersPay() public {
        _reenter(abi.encodeCall(vault.pay, (address(market), address(token), 0, Funding.Balance, "")));
    }

    function test_RevertWhen_TokenReentersTransfer() public {
        _reenter(abi.encodeCall(vault.transfer, (stranger, 1, 0)));
    }

    function test_RevertWhen_TokenReentersTransferFrom() public {
        _reenter(abi.encodeCall(vault.transferFrom, (friend, stranger, 1, 0)));
    }

    function test_RevertWhen_TokenReentersWithdrawSub() public {
        _reenter(abi.encodeCall(vault.withdrawSub, (bytes32(0), address(token), stranger, 0)));
    }

    function test_RevertWhen_TokenReentersMoveSub() public {
        _reenter(abi.encodeWithSelector(vault.moveSub.selector, bytes32(0), address(token), uint256(96), uint256(0)));
    }

    function test_RevertWhen_TokenReentersFromWithdrawal() public {
        ReenteringToken hostile = new ReenteringToken();
        _use(address(hostile));
        _fundVault(friend, 1000);
        _fundVault(buyer, 100);
        hostile.arm(address(vault), abi.encodeCall(vault.withdraw, (address(token), 0, stranger)));
        vm.prank(buyer);
        vault.withdraw(address(token), 100, buyer);
        assertEq(hostile.failure(), LOCKED);
        _solvent();
    }

    // ---------------------------------------------------------------------------------------------- metadata

    function _described(MetadataToken.Mode mode, bytes memory answer, string memory text, uint8 decimals) private {
        MetadataToken hostile = new MetadataToken();
        hostile.set(mode, answer);
        vm.expectEmit(address(vault));
        emit IVault.TokenDescribed(address(hostile), text, text, decimals);
        vault.describe(address(hostile));
    }

    function test_MetadataThatReverts() public {
        _described(MetadataToken.Mode.Revert, "", "", 0);
    }

    function test_MetadataThatBurnsGas() public {
        _described(MetadataToken.Mode.BurnGas, "", "", 0);
    }

    function test_MetadataThatIsHuge() public {
        _described(MetadataToken.Mode.Bomb, "", "", 0);
    }

    function test_MetadataThatIsMissing() public {
        _described(MetadataToken.Mode.Answer, "", "", 0);
    }

    function test_MetadataOfBytes32() public {
        _described(MetadataToken.Mode.Answer, abi.encode(bytes32("MKR")), "MKR", 0);
    }

    function test_MetadataOfBytes32ThatIsNumber() public {
        _described(MetadataToken.Mode.Answer, abi.encode(uint256(18)), "", 18);
    }

    function test_MetadataIsCutTo64Bytes() public {
        string memory text = "0123456789012345678901234567890123456789012345678901234567890123456789";
        _described(
            MetadataToken.Mode.Answer,
            abi.encode(text),
            "0123456789012345678901234567890123456789012345678901234567890123",
            32
        );
    }

    function test_MetadataIsCutBetweenCharacters() public {
        // 63 bytes and then a character of three
        string memory text = unicode"012345678901234567890123456789012345678901234567890123456789012€€€";
        _described(
            MetadataToken.Mode.Answer,
            abi.encode(text),
            "012345678901234567890123456789012345678901234567890123456789012",
            32
        );
    }

    function test_MetadataThatIsNotText() public {
        _described(MetadataToken.Mode.Answer, abi.encode(bytes(hex"ff41")), "", 32);
        _described(MetadataToken.Mode.Answer, abi.encode(bytes(hex"410041")), "", 32);
    }

    function test_MetadataThatLiesAboutItsLength() public {
        _described(MetadataToken.Mode.Answer, abi.encode(uint256(32), uint256(1000), bytes32("short")), "", 32);
        _described(MetadataToken.Mode.Answer, abi.encode(uint256(32), type(uint256).max, bytes32("short")), "", 32);
        _described(MetadataToken.Mode.Answer, abi.encode(uint256(1 << 255), uint256(1), bytes32("s")), "", 0);
    }
}
