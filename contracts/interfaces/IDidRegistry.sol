// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Registry of decentralized identifiers
/// @notice ERC-1056 with its known faults mended. Any address is an identity that nobody has to register; its owner, at
/// first the address itself, publishes keys, services and delegates as events. Nobody else can: there is no admin.
/// @dev Events and function selectors are ERC-1056's, so that did:ethr tools read and write this registry. Not here are
/// its `nonce`, `*Signed` functions, `owners` and `delegates`: gasless writes go through the trusted ERC-2771 forwarder.
interface IDidRegistry {
    /// @notice An identity has a new owner, or was deactivated for ever (`owner` is 0).
    /// @param previousChange Block of the identity's change before this one; 0 at the first.
    event DIDOwnerChanged(address indexed identity, address owner, uint256 previousChange);

    /// @notice A delegate was added, prolonged or revoked.
    /// @param validTo Last second, in Unix time, at which the delegate is valid; 0 when revoked.
    /// @param previousChange Block of the identity's change before this one; 0 at the first.
    event DIDDelegateChanged(
        address indexed identity, bytes32 delegateType, address delegate, uint256 validTo, uint256 previousChange
    );

    /// @notice An attribute was set or revoked.
    /// @param validTo Last second, in Unix time, at which the attribute is valid; 0 when revoked.
    /// @param previousChange Block of the identity's change before this one; 0 at the first.
    event DIDAttributeChanged(
        address indexed identity, bytes32 name, bytes value, uint256 validTo, uint256 previousChange
    );

    /// @notice `actor` is not the owner of `identity`.
    error DidRegistryUnauthorized(address identity, address actor);

    /// @notice `identity` was deactivated; nothing can be written to it any more.
    error DidRegistryDeactivated(address identity);

    /// @notice An attribute's value has `length` bytes, more than `maximum`.
    error DidRegistryValueTooLong(uint256 length, uint256 maximum);

    /// @notice A validity of `validity` seconds is longer than `maximum`.
    error DidRegistryValidityTooLong(uint256 validity, uint256 maximum);

    /// @notice `identity` has `maximum` delegates already, of all types together: revoke one first.
    error DidRegistryTooManyDelegates(address identity, uint256 maximum);

    /// @notice Largest size of an attribute's value, in bytes.
    function MAX_VALUE_BYTES() external view returns (uint256);

    /// @notice Longest validity of a delegate or attribute, in seconds.
    function MAX_VALIDITY() external view returns (uint256);

    /// @notice Most delegates of an identity that are not revoked, whether or not they ran out, of all types together.
    function MAX_DELEGATES() external view returns (uint256);

    /// @notice The address that governs an identity: the identity itself until it is changed, 0 once deactivated.
    function identityOwner(address identity) external view returns (address);

    /// @notice The address that governs an identity, or did when the identity was deactivated.
    function lastOwner(address identity) external view returns (address);

    /// @notice Unix time at which an identity was deactivated; 0 while it is not.
    function deactivatedAt(address identity) external view returns (uint256);

    /// @notice Block of an identity's newest change; 0 when it was never written.
    function changed(address identity) external view returns (uint256);

    /// @notice Whether a delegate is valid in this block: added, not run out, not revoked, identity not deactivated.
    function validDelegate(address identity, bytes32 delegateType, address delegate) external view returns (bool);

    /// @notice Hands an identity to `newOwner`; the zero address deactivates it for ever.
    /// @dev Reverts with {DidRegistryUnauthorized} or {DidRegistryDeactivated}, as every write does.
    function changeOwner(address identity, address newOwner) external;

    /// @notice Adds a delegate, or replaces its validity.
    /// @param validity In seconds from now; 0 is valid in this second only.
    function addDelegate(address identity, bytes32 delegateType, address delegate, uint256 validity) external;

    /// @notice Revokes a delegate, whether or not it was ever added.
    function revokeDelegate(address identity, bytes32 delegateType, address delegate) external;

    /// @notice Sets an attribute, or replaces the validity of an equal one (same name and value).
    /// @param validity In seconds from now; 0 is valid in this second only.
    function setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validity) external;

    /// @notice Revokes an attribute, whether or not it was ever set.
    function revokeAttribute(address identity, bytes32 name, bytes calldata value) external;
}
