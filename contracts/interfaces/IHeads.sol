// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Provable history
/// @notice A registry folds every event of a subject into that subject's head, and every head into the registry's root.
/// Each is one storage slot, so a storage proof of it proves a whole history: what happened, in which order, when,
/// and that nothing is missing.
/// @dev This is a public format. With `abi.encode` padding every argument to 32 bytes:
///
/// - seed(kind, subject) = keccak256(abi.encode(keccak256("mapae.head.v1"), uint256 chainId, address registry,
///   uint256 kind, bytes32 subject))
/// - head' = keccak256(abi.encode(head, or the seed when never written, uint256 block.number, uint256 block.timestamp,
///   keccak256(topics), keccak256(data))), where `topics` are the log's 32-byte words one after the other, topic 0 first
/// - root' = keccak256(abi.encode(root, head')), in log order; a new registry's root is seed(0, 0)
///
/// `chainId` is that of the registry's construction, whatever a later fork makes of it.
///
/// Kinds: 0 a registry's root (its subject is 0), 1 a DID (its address, left-padded), 2 a status list, 3 a grant,
/// 4 a credential type.
interface IHeads {
    /// @notice The rolling hash of a subject's events.
    /// @param subject For a DID its address, left-padded to 32 bytes.
    /// @return The head, or 0 when no event of this subject was ever written.
    function head(bytes32 subject) external view returns (bytes32);

    /// @notice The rolling hash of every head of this registry. An index is complete if and only if its root equals it.
    function root() external view returns (bytes32);
}
