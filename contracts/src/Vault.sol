// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Ledger} from "./base/Ledger.sol";
import {UnorderedNonces} from "./base/UnorderedNonces.sol";
import {IDeployer} from "./interfaces/IDeployer.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultTarget} from "./interfaces/IVaultTarget.sol";
import {IWrappedNative} from "./interfaces/IWrappedNative.sol";
import {PayHash} from "./libraries/PayHash.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {SubAccounts} from "./libraries/SubAccounts.sol";
import {TokenMetadata} from "./libraries/TokenMetadata.sol";
import {TokenPull} from "./libraries/TokenPull.sol";
import {Authorization, Credit, Funding, SignedPay} from "./types/Payment.sol";
import {IERC6909Metadata} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Vault
/// @dev One transient lock covers everything that moves tokens or balances, here and in Ledger. A target therefore does
/// all it needs by returning credits, and no hook that a payment triggers can move Vault money. `multicall` is not
/// payable, so coin sent along is counted once.
contract Vault is Ledger, UnorderedNonces, Multicall, EIP712 {
    using SafeERC20 for IERC20;

    // --------------------------------------------------------------------------------------------- constants

    /// @dev Most credits a target may return.
    uint256 private constant MAX_CREDITS = 3;

    /// @inheritdoc IVault
    address public immutable weth;

    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IVault
    mapping(address token => bool) public isDescribed;

    // ------------------------------------------------------------------------------------------- constructor

    /// @dev The caller is the Deployer.
    constructor() EIP712("Stoa Vault", "1") {
        weth = IDeployer(msg.sender).parameters().weth;
    }

    /// @dev Coin comes only from unwrapping.
    receive() external payable {
        if (msg.sender != weth) revert Vault_NotWeth(msg.sender);
    }

    // ------------------------------------------------------------------------------------------ own balances

    /// @inheritdoc IVault
    function deposit(address token, uint256 amount, address to) external nonReentrant returns (uint256 received) {
        received = TokenPull.byAllowance(token, msg.sender, amount);
        _creditFrom(address(0), to, _idOf(token), received);
    }

    /// @inheritdoc IVault
    function depositWithAuthorization(
        address token,
        address from,
        uint256 amount,
        bytes32 salt,
        Authorization calldata authorization
    ) external nonReentrant returns (uint256 received) {
        if (authorization.nonce != 0) revert Vault_NonceNotZero(uint256(authorization.nonce));
        received = TokenPull.byAuthorization(token, from, amount, PayHash.depositNonce(salt), authorization);
        _creditFrom(address(0), from, _idOf(token), received);
    }

    /// @inheritdoc IVault
    function depositNative(address to) external payable nonReentrant returns (uint256 received) {
        received = TokenPull.byWrapping(weth, msg.value);
        _creditFrom(address(0), to, _idOf(weth), received);
    }

    /// @inheritdoc IVault
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        _withdraw(msg.sender, token, amount, to);
    }

    /// @inheritdoc IVault
    function withdrawNative(uint256 amount, address payable to) external nonReentrant {
        // Check
        if (to == address(0)) revert Vault_ZeroAccount();
        uint256 before = TokenPull.held(weth);

        // Effect
        uint256 id = _idOf(weth);
        _debit(msg.sender, id, amount);
        emit Transfer(msg.sender, msg.sender, address(0), id, amount);

        // Interaction
        IWrappedNative(weth).withdraw(amount);
        TokenPull.checkLeft(weth, amount, before);
        Address.sendValue(to, amount);
    }

    // -------------------------------------------------------------------------------------------------- pay

    /// @inheritdoc IVault
    function pay(address target, address token, uint256 amount, Funding funding, bytes calldata data)
        external
        payable
        nonReentrant
        returns (uint256 spent)
    {
        uint256 received = amount;
        if (funding == Funding.Native) {
            if (token != weth) revert Vault_NotWeth(token);
            if (msg.value != amount) revert Vault_WrongValue(msg.value, amount);
            received = TokenPull.byWrapping(token, amount);
        } else {
            if (msg.value != 0) revert Vault_WrongValue(msg.value, 0);
            if (funding == Funding.Balance) _debit(msg.sender, _idOf(token), amount);
            else if (funding != Funding.Allowance) revert Vault_WrongFunding(funding);
            else if (amount != 0) received = TokenPull.byAllowance(token, msg.sender, amount);
        }
        return _pay(msg.sender, target, token, received, 0, funding == Funding.Balance, data, 0);
    }

    /// @inheritdoc IVault
    function payWithGrant(
        address target,
        address token,
        uint256 amount,
        Funding funding,
        bytes calldata grant,
        bytes calldata data
    ) external nonReentrant returns (uint256 spent) {
        uint256 received;
        if (funding == Funding.Permit) {
            received = _takeByPermit(token, msg.sender, amount, grant);
        } else if (funding == Funding.Authorization) {
            // The caller is the payer, so any nonce will do.
            Authorization calldata authorization = TokenPull.authorizationIn(grant);
            received = TokenPull.byAuthorization(token, msg.sender, amount, authorization.nonce, authorization);
        } else {
            revert Vault_WrongFunding(funding);
        }
        return _pay(msg.sender, target, token, received, 0, false, data, 0);
    }

    /// @inheritdoc IVault
    function payBySig(
        SignedPay calldata order,
        bytes32 witness,
        string calldata witnessType,
        bytes calldata data,
        bytes calldata grant,
        bytes calldata signature
    ) external nonReentrant returns (uint256 spent) {
        uint256 received = _takeOrdered(order, witness, witnessType, grant, signature);
        return _payOrdered(order, received, data, witness);
    }

    /// @dev Checks the order and that its payer consents, and takes the money from the payer.
    function _takeOrdered(
        SignedPay calldata order,
        bytes32 witness,
        string calldata witnessType,
        bytes calldata grant,
        bytes calldata signature
    ) private returns (uint256 received) {
        // Check
        if (block.timestamp > order.deadline) revert Vault_Expired(order.deadline);
        if (order.relayer != address(0) && order.relayer != msg.sender) {
            revert Vault_WrongRelayer(msg.sender, order.relayer);
        }
        if (witness == 0) revert Vault_ZeroWitness();
        bytes32 digest = _hashTypedDataV4(PayHash.hash(order, witness, witnessType));

        // Effect: consent is checked, and the money leaves the payer
        return order.funding == Funding.Authorization
            ? _takeAuthorized(order, digest, grant)
            : _takeSigned(order, digest, grant, signature);
    }

    function _payOrdered(SignedPay calldata order, uint256 received, bytes calldata data, bytes32 witness)
        private
        returns (uint256 spent)
    {
        bool fromBalance = order.funding == Funding.Balance;
        return _pay(order.from, order.target, order.token, received, order.relayerFee, fromBalance, data, witness);
    }

    // ----------------------------------------------------------------------------------------- sub-accounts

    /// @inheritdoc IVault
    function moveSub(bytes32 salt, address token, Credit[] calldata credits) external nonReentrant {
        address source = SubAccounts.derive(msg.sender, salt);
        uint256 id = _idOf(token);
        uint256 total = 0;
        for (uint256 i = 0; i < credits.length; ++i) {
            total += credits[i].amount;
        }
        _debit(source, id, total);
        for (uint256 i = 0; i < credits.length; ++i) {
            if (credits[i].amount != 0) _creditFrom(source, credits[i].account, id, credits[i].amount);
        }
    }

    /// @inheritdoc IVault
    function withdrawSub(bytes32 salt, address token, address to, uint256 amount) external nonReentrant {
        _withdraw(SubAccounts.derive(msg.sender, salt), token, amount, to);
    }

    // ---------------------------------------------------------------------------------------------- metadata

    /// @inheritdoc IVault
    function describe(address token) external {
        if (isDescribed[token]) return;
        if (token.code.length == 0) revert Vault_TokenWithoutCode(token);
        isDescribed[token] = true;
        emit TokenDescribed(
            token, TokenMetadata.name(token), TokenMetadata.symbol(token), TokenMetadata.decimals(token)
        );
    }

    // ---------------------------------------------------------------------------------------------- internal

    /// @dev Asks the target about money that has left the payer, and credits it. The lock is held, and nothing after the
    /// question depends on what the target could change.
    function _pay(
        address from,
        address target,
        address token,
        uint256 received,
        uint256 relayerFee,
        bool fromBalance,
        bytes calldata data,
        bytes32 witness
    ) private returns (uint256 spent) {
        // Check
        if (target.code.length == 0) revert Vault_TargetWithoutCode(target);
        if (relayerFee > received) revert Vault_RelayerFeeTooHigh(relayerFee, received);
        uint256 id = _idOf(token);
        address source = fromBalance ? from : address(0);
        unchecked {
            // Cannot underflow: checked above.
            received -= relayerFee;
        }

        // Interaction
        Credit[] memory credits = IVaultTarget(target).onPay(from, token, received, data, witness);

        // Effect
        if (relayerFee != 0) _creditFrom(source, msg.sender, id, relayerFee);
        spent = _creditAll(target, source, id, received, credits);
        uint256 rest = received - spent;
        if (rest == 0) return spent;
        // What came from the payer's balance has not left it by any event yet, so coming back needs none.
        if (fromBalance) _credit(from, id, rest);
        else _creditFrom(address(0), from, id, rest);
    }

    /// @dev The payer signed for the Vault: the nonce is used up, whatever happens to a permit.
    function _takeSigned(SignedPay calldata order, bytes32 digest, bytes calldata grant, bytes calldata signature)
        private
        returns (uint256 received)
    {
        (address from, address token, uint256 amount) = (order.from, order.token, order.amount);
        if (!Signatures.isValid(from, digest, signature)) revert Vault_WrongSignature(from);
        _useNonce(from, order.nonce);
        if (order.funding == Funding.Native) revert Vault_WrongFunding(Funding.Native);
        if (order.funding == Funding.Permit) return _takeByPermit(token, from, amount, grant);
        if (order.funding == Funding.Allowance) {
            return amount == 0 ? 0 : TokenPull.byAllowance(token, from, amount);
        }
        _debit(from, _idOf(token), amount);
        return amount;
    }

    /// @dev The payer signed for the token, with the payment's digest as nonce. The token is then the only guard against
    /// replay, so there is no way around it: no balance, and no nonce here.
    function _takeAuthorized(SignedPay calldata order, bytes32 digest, bytes calldata grant)
        private
        returns (uint256 received)
    {
        if (order.nonce != 0) revert Vault_NonceNotZero(order.nonce);
        Authorization calldata authorization = TokenPull.authorizationIn(grant);
        if (authorization.nonce != 0) revert Vault_NonceNotZero(uint256(authorization.nonce));
        return TokenPull.byAuthorization(order.token, order.from, order.amount, digest, authorization);
    }

    /// @dev Only for a payer who called or signed.
    function _takeByPermit(address token, address from, uint256 amount, bytes calldata grant)
        private
        returns (uint256 received)
    {
        if (token.code.length == 0) revert Vault_TokenWithoutCode(token);
        TokenPull.permit(token, from, grant);
        return amount == 0 ? 0 : TokenPull.byAllowance(token, from, amount);
    }

    /// @dev Gives a target's credits; `source` is whom the Transfer events name as sender.
    function _creditAll(address target, address source, uint256 id, uint256 received, Credit[] memory credits)
        private
        returns (uint256 spent)
    {
        uint256 length = credits.length;
        if (length > MAX_CREDITS) revert Vault_TooManyCredits(target, length);
        for (uint256 i = 0; i < length; ++i) {
            Credit memory credit = credits[i];
            uint256 amount = credit.amount;
            if (amount == 0) continue;
            if (amount > received - spent) revert Vault_CreditsExceedReceived(target, amount, received - spent);
            unchecked {
                // Cannot overflow: spent + amount <= received.
                spent += amount;
            }
            _creditFrom(source, credit.account, id, amount);
        }
    }

    /// @dev Burns from an account and sends the tokens to a wallet.
    function _withdraw(address account, address token, uint256 amount, address to) private {
        // Check
        if (to == address(0)) revert Vault_ZeroAccount();
        uint256 before = TokenPull.held(token);

        // Effect
        uint256 id = _idOf(token);
        _debit(account, id, amount);
        emit Transfer(msg.sender, account, address(0), id, amount);

        // Interaction
        IERC20(token).safeTransfer(to, amount);
        TokenPull.checkLeft(token, amount, before);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IVault
    function subAccount(address controller, bytes32 salt) external pure returns (address account) {
        return SubAccounts.derive(controller, salt);
    }

    /// @inheritdoc IERC6909Metadata
    function name(uint256 id) external view returns (string memory) {
        return TokenMetadata.name(_tokenOf(id));
    }

    /// @inheritdoc IERC6909Metadata
    function symbol(uint256 id) external view returns (string memory) {
        return TokenMetadata.symbol(_tokenOf(id));
    }

    /// @inheritdoc IERC6909Metadata
    function decimals(uint256 id) external view returns (uint8) {
        return TokenMetadata.decimals(_tokenOf(id));
    }

    function _idOf(address token) private pure returns (uint256) {
        return uint160(token);
    }

    /// @dev The zero address, which has no metadata, for ids that are no address.
    function _tokenOf(uint256 id) private pure returns (address) {
        if (id > type(uint160).max) return address(0);
        // Fits: checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(id));
    }
}
