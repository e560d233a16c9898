// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Heads and roots by the words of `IHeads`, apart from the code under test
library HeadFold {
    /// @notice Where a subject's history starts.
    function seed(address registry, uint256 kind, bytes32 subject) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256(bytes("mapae.head.v1")), block.chainid, registry, kind, subject));
    }

    /// @notice Where the history of a DID starts.
    function didSeed(address registry, address identity) internal view returns (bytes32) {
        return seed(registry, 1, bytes32(uint256(uint160(identity))));
    }

    /// @notice A head after one more event of a DID in this block.
    function fold(bytes32 head, bytes32 topic0, address identity, bytes memory data) internal view returns (bytes32) {
        bytes32 topics = keccak256(abi.encode(topic0, identity));
        return keccak256(abi.encode(head, block.number, block.timestamp, topics, keccak256(data)));
    }

    /// @notice A head after one more event in this block whose indexed arguments are its subject and who acted.
    function fold(bytes32 head, bytes32 topic0, bytes32 subject, address actor, bytes memory data)
        internal
        view
        returns (bytes32)
    {
        bytes32 topics = keccak256(abi.encode(topic0, subject, actor));
        return keccak256(abi.encode(head, block.number, block.timestamp, topics, keccak256(data)));
    }

    /// @notice A root after one more head.
    function foldRoot(bytes32 root, bytes32 head) internal pure returns (bytes32) {
        return keccak256(abi.encode(root, head));
    }
}
