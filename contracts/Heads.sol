// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IHeads} from "./interfaces/IHeads.sol";

/// @title Heads and root of a registry
/// @notice Keeps the rolling hashes that {IHeads} specifies.
/// @dev Must come first in a registry's inheritance list: the two slots below are named in network descriptors and
/// pinned by a test, because verifiers prove them with `eth_getProof`.
abstract contract Heads is IHeads {
    uint256 internal constant KIND_ROOT = 0;
    uint256 internal constant KIND_DID = 1;
    uint256 internal constant KIND_LIST = 2;
    uint256 internal constant KIND_GRANT = 3;
    uint256 internal constant KIND_TYPE = 4;

    bytes32 private constant DOMAIN = keccak256("mapae.head.v1");

    mapping(bytes32 subject => bytes32) private _heads; // slot 0
    bytes32 private _root; // slot 1

    /// @dev Of the construction: a fork that changes the chain's id changes no seed, so every history goes on.
    uint256 private immutable _chainId = block.chainid;

    constructor() {
        _root = _seed(KIND_ROOT, 0);
    }

    /// @inheritdoc IHeads
    function head(bytes32 subject) public view returns (bytes32) {
        return _heads[subject];
    }

    /// @inheritdoc IHeads
    function root() public view returns (bytes32) {
        return _root;
    }

    /// @notice Folds one event into its subject's head and that head into the root. Every event of a registry is followed
    /// by exactly one call, in log order.
    /// @param kind The kind of the subject; kinds keep the seeds of different subjects apart.
    /// @param subject The subject that the event is about.
    /// @param topics The log's topics, each 32 bytes, concatenated.
    /// @param data The log's data.
    function _advance(uint256 kind, bytes32 subject, bytes memory topics, bytes memory data) internal {
        bytes32 previous = _heads[subject];
        if (previous == 0) previous = _seed(kind, subject);
        bytes32 next =
            keccak256(abi.encode(previous, block.number, block.timestamp, keccak256(topics), keccak256(data)));
        _heads[subject] = next;
        _root = keccak256(abi.encode(_root, next));
    }

    /// @notice The same for an event whose indexed arguments are its subject and who acted.
    function _advance(uint256 kind, bytes32 subject, bytes32 topic0, address actor, bytes memory data) internal {
        _advance(kind, subject, bytes.concat(topic0, subject, bytes32(uint256(uint160(actor)))), data);
    }

    /// @dev Binds a history to this chain and this contract, so that a proof from elsewhere never fits.
    function _seed(uint256 kind, bytes32 subject) private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, _chainId, address(this), kind, subject));
    }
}
