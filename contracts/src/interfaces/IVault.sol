// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Authorization, Credit, Funding, SignedPay} from "../types/Payment.sol";
import {IUnorderedNonces} from "./IUnorderedNonces.sol";
import {IERC6909Metadata} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

/// @title IVault
/// @notice The only contract that holds tokens. Balances are ERC-6909 with id = uint160(token), so a deposit is a
/// Transfer from the zero address and a withdrawal one to it. Nobody but an account's owner, an operator it named or,
/// for a sub-account, the contract that controls it, can move a balance: there is no owner, pause or upgrade.
/// The chain's coin is kept wrapped, under WETH's id. All amounts are in the token's smallest unit and fit uint128.
/// @dev Warning: tokens whose balances change other than by transfer (rebasing, clawback) or that take a fee from the
/// sender on top of the amount are not supported; they harm only their own id.
/// @dev Warning: tokens sent to the Vault by a plain transfer are credited to nobody and cannot be recovered.
interface IVault is IERC6909Metadata, IUnorderedNonces {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice The metadata of a token that anyone described for the first time. Once per token.
    /// @param token the ERC-20
    /// @param name its name: valid UTF-8 without control characters, cut to 64 bytes; empty if it has none
    /// @param symbol its symbol, likewise
    /// @param decimals its decimals; 0 if it has none
    event TokenDescribed(address indexed token, string name, string symbol, uint8 decimals);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice The address named as a token has no code.
    error Vault_TokenWithoutCode(address token);

    /// @notice The address named as the target of a payment has no code.
    error Vault_TargetWithoutCode(address target);

    /// @notice An amount, or a balance that it would make, does not fit uint128.
    error Vault_AmountTooLarge(uint256 amount);

    /// @notice The account holds less than is to leave it.
    error Vault_BalanceTooSmall(address account, uint256 id, uint256 balance, uint256 needed);

    /// @notice The spender is neither operator nor allowed this much.
    error Vault_AllowanceTooSmall(address owner, address spender, uint256 id, uint256 allowance, uint256 needed);

    /// @notice Balances cannot be given to the zero address, nor can it be approved.
    error Vault_ZeroAccount();

    /// @notice The target returned more than 3 credits.
    error Vault_TooManyCredits(address target, uint256 credits);

    /// @notice The target's credits exceed what arrived, or those of a sub-account exceed what the call may move.
    error Vault_CreditsExceedReceived(address target, uint256 credited, uint256 received);

    /// @notice The Vault holds less of the token after a transfer to it than before.
    error Vault_NothingArrived(address token, uint256 balanceBefore, uint256 balanceAfter);

    /// @notice A withdrawal changed what the Vault holds by something else than the amount withdrawn.
    error Vault_WrongAmountLeft(address token, uint256 amount, uint256 balanceBefore, uint256 balanceAfter);

    /// @notice Too little gas to read the token's metadata for certain.
    error Vault_TooLittleGas(uint256 available, uint256 needed);

    /// @notice Coin comes only from WETH, and pays only as WETH.
    error Vault_NotWeth(address account);

    /// @notice The coin sent along is not what the payment needs.
    error Vault_WrongValue(uint256 value, uint256 needed);

    /// @notice This function does not take money from there.
    error Vault_WrongFunding(Funding funding);

    /// @notice The grant does not encode a permit or authorization.
    error Vault_GrantMalformed(uint256 length, uint256 expected);

    /// @notice The signed payment was valid until `deadline`.
    error Vault_Expired(uint256 deadline);

    /// @notice The payer named another relayer.
    error Vault_WrongRelayer(address sender, address relayer);

    /// @notice The relayer's fee exceeds what arrived.
    error Vault_RelayerFeeTooHigh(uint256 relayerFee, uint256 received);

    /// @notice A signed payment says what it orders.
    error Vault_ZeroWitness();

    /// @notice The account did not sign this, neither by key nor by code.
    error Vault_WrongSignature(address account);

    /// @notice The nonce is derived here, so none may be given.
    error Vault_NonceNotZero(uint256 nonce);

    // ------------------------------------------------------------------------------------------ own balances

    /// @notice Moves tokens from the caller's wallet, by ERC-20 allowance, into `to`'s vault balance.
    /// @param token the ERC-20
    /// @param amount how much leaves the wallet
    /// @param to account credited, not zero
    /// @return received how much arrived and was credited
    function deposit(address token, uint256 amount, address to) external returns (uint256 received);

    /// @notice Moves tokens from `from`'s wallet into its own vault balance, by an authorization that anyone may send.
    /// @param token the ERC-20, with ERC-3009
    /// @param from who authorized it, and is credited
    /// @param amount how much leaves the wallet
    /// @param salt the authorization's nonce is keccak256(abi.encode(keccak256("Deposit(bytes32 salt)"), salt))
    /// @param authorization the authorization, with nonce 0
    /// @return received how much arrived and was credited
    function depositWithAuthorization(
        address token,
        address from,
        uint256 amount,
        bytes32 salt,
        Authorization calldata authorization
    ) external returns (uint256 received);

    /// @notice Wraps the coin sent along into `to`'s vault balance.
    /// @param to account credited, not zero
    /// @return received how much was credited under WETH's id
    function depositNative(address to) external payable returns (uint256 received);

    /// @notice Moves tokens from the caller's vault balance to the wallet `to`.
    /// @param token the ERC-20
    /// @param amount how much; the Vault's holding must fall by exactly this
    /// @param to wallet that receives the tokens
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice Unwraps from the caller's vault balance of WETH, and sends coin to `to`.
    /// @param amount how much
    /// @param to who receives the coin; reverts if it refuses
    function withdrawNative(uint256 amount, address payable to) external;

    // -------------------------------------------------------------------------------------------------- pay

    /// @notice Pays a target: takes the money from the caller, asks the target who gets it, credits them, and returns
    /// the rest to the caller's vault balance.
    /// @param target the contract paid, e.g. the Market
    /// @param token the ERC-20
    /// @param amount all that leaves the caller; 0 is a payment too
    /// @param funding Balance, Allowance, or Native: then the token is WETH and `amount` is the coin sent along
    /// @param data what is ordered, in the target's encoding
    /// @return spent what the target credited, at most `amount`
    function pay(address target, address token, uint256 amount, Funding funding, bytes calldata data)
        external
        payable
        returns (uint256 spent);

    /// @notice Pays as `pay` does, with the caller's permit or authorization.
    /// @param target the contract paid
    /// @param token the ERC-20
    /// @param amount all that leaves the caller; with an authorization not 0
    /// @param funding Permit or Authorization
    /// @param grant the encoded Permit or Authorization. A permit that fails is passed over, since somebody may have
    /// sent it before; the allowance then decides.
    /// @param data what is ordered, in the target's encoding
    /// @return spent what the target credited, at most `amount`
    function payWithGrant(
        address target,
        address token,
        uint256 amount,
        Funding funding,
        bytes calldata grant,
        bytes calldata data
    ) external returns (uint256 spent);

    /// @notice Pays as `pay` does, for a payer who signed the EIP-712 struct `Pay(address from,address target,address
    /// token,uint256 amount,uint8 funding,address relayer,uint256 relayerFee,uint256 nonce,uint256 deadline,<type>
    /// witness)`, by key or by EIP-1271. Funded by Authorization, the payer signs an ERC-3009 authorization with the
    /// digest of that struct as nonce instead.
    /// @param order the payment
    /// @param witness struct hash of what is ordered, not zero; the target checks that `data` hashes to it
    /// @param witnessType type of the witness and what follows it, e.g. `Order witness)Order(uint256 plan,…)`
    /// @param data what is ordered, in the target's encoding
    /// @param grant for Permit or Authorization their encoding, with the authorization's nonce 0; else empty
    /// @param signature the payer's; not read for Authorization
    /// @return spent what the target credited, at most `amount` less the relayer's fee
    function payBySig(
        SignedPay calldata order,
        bytes32 witness,
        string calldata witnessType,
        bytes calldata data,
        bytes calldata grant,
        bytes calldata signature
    ) external returns (uint256 spent);

    // ----------------------------------------------------------------------------------------- sub-accounts

    /// @notice Moves money out of a sub-account of the caller into vault balances.
    /// @param salt which of the caller's sub-accounts
    /// @param token the ERC-20
    /// @param credits who gets how much; zero amounts are skipped
    function moveSub(bytes32 salt, address token, Credit[] calldata credits) external;

    /// @notice Moves tokens out of a sub-account of the caller to a wallet.
    /// @param salt which of the caller's sub-accounts
    /// @param token the ERC-20
    /// @param to wallet that receives the tokens
    /// @param amount how much; the Vault's holding must fall by exactly this
    function withdrawSub(bytes32 salt, address token, address to, uint256 amount) external;

    // ---------------------------------------------------------------------------------------------- metadata

    /// @notice Publishes a token's name, symbol and decimals as an event, the first time it is called for the token.
    /// @dev The token is read with bounded gas and may lack or misuse any of the three.
    /// @param token the ERC-20
    function describe(address token) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The account that `controller` keeps under `salt`.
    /// @param controller the contract that controls it
    /// @param salt the controller's own number for it
    /// @return account low 160 bits of keccak256(abi.encode(controller, salt))
    function subAccount(address controller, bytes32 salt) external pure returns (address account);

    /// @notice The wrapped native token of this chain.
    function weth() external view returns (address);

    /// @notice Whether the token's metadata has been published.
    /// @param token the ERC-20
    function isDescribed(address token) external view returns (bool);
}
