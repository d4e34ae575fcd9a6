// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Child, Parameters} from "../types/Deployment.sol";

/// @title IDeployer
/// @notice Places the contracts at addresses that are equal on every chain: they take no constructor arguments, and
/// read the chain's parameters and each other's addresses from here. The addresses are known before the contracts
/// exist, because they follow from names and code.
interface IDeployer {
    /// @notice Only the operator may do this.
    error Deployer_NotOperator(address caller, address operator);

    /// @notice Parameters and children are named once.
    error Deployer_AlreadyConfigured();

    /// @notice Nothing can be placed before `configure`.
    error Deployer_NotConfigured();

    /// @notice No child has this name.
    error Deployer_UnknownChild(bytes32 name);

    /// @notice A name or hash is zero, or a name comes twice.
    error Deployer_BadChild(bytes32 name, bytes32 initCodeHash);

    /// @notice The creation code is not the one that `configure` announced.
    error Deployer_CodeMismatch(bytes32 name, bytes32 announced, bytes32 given);

    /// @notice Names the chain's parameters and the code of every child. Once, by the operator.
    /// @param parameters_ what the constructors read
    /// @param children names and code hashes
    function configure(Parameters calldata parameters_, Child[] calldata children) external;

    /// @notice Places a child by CREATE2. By the operator.
    /// @param name its name, also the salt
    /// @param creationCode its creation code, as announced
    /// @return child its address
    function deploy(bytes32 name, bytes calldata creationCode) external returns (address child);

    /// @notice The address a child has or will have.
    /// @param name its name
    function addressOf(bytes32 name) external view returns (address);

    /// @notice The chain's parameters.
    function parameters() external view returns (Parameters memory);

    /// @notice The one account that may configure and deploy.
    function operator() external view returns (address);
}
