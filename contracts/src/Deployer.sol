// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";
import {Child, Parameters} from "./types/Deployment.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @title Deployer
/// @dev Placed by the canonical CREATE2 deployer, so its own address follows from its code and its operator. Children
/// have no constructor arguments; their addresses follow from this address, their names and their code.
contract Deployer is IDeployer {
    // ----------------------------------------------------------------------------------------------- storage

    /// @inheritdoc IDeployer
    address public immutable operator;

    Parameters private _parameters;
    bool private _configured;
    mapping(bytes32 name => bytes32 initCodeHash) private _initCodeHashes;

    // ------------------------------------------------------------------------------------------- constructor

    /// @param operator_ the one account that may configure and deploy; the same on every chain
    constructor(address operator_) {
        operator = operator_;
    }

    modifier onlyOperator() {
        if (msg.sender != operator) revert Deployer_NotOperator(msg.sender, operator);
        _;
    }

    // ---------------------------------------------------------------------------------------------- operator

    /// @inheritdoc IDeployer
    function configure(Parameters calldata parameters_, Child[] calldata children) external onlyOperator {
        if (_configured) revert Deployer_AlreadyConfigured();
        _configured = true;
        _parameters = parameters_;
        for (uint256 i = 0; i < children.length; ++i) {
            (bytes32 name, bytes32 hash) = (children[i].name, children[i].initCodeHash);
            if (name == 0 || hash == 0 || _initCodeHashes[name] != 0) revert Deployer_BadChild(name, hash);
            _initCodeHashes[name] = hash;
        }
    }

    /// @inheritdoc IDeployer
    function deploy(bytes32 name, bytes calldata creationCode) external onlyOperator returns (address child) {
        bytes32 announced = _hashOf(name);
        bytes32 given = keccak256(creationCode);
        if (given != announced) revert Deployer_CodeMismatch(name, announced, given);
        child = Create2.deploy(0, name, creationCode);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IDeployer
    function addressOf(bytes32 name) external view returns (address) {
        return Create2.computeAddress(name, _hashOf(name));
    }

    /// @inheritdoc IDeployer
    function parameters() external view returns (Parameters memory) {
        if (!_configured) revert Deployer_NotConfigured();
        return _parameters;
    }

    function _hashOf(bytes32 name) private view returns (bytes32 hash) {
        hash = _initCodeHashes[name];
        if (hash == 0) revert Deployer_UnknownChild(name);
    }
}
