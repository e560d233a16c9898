// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Heads} from "./Heads.sol";
import {IDidRegistry} from "./interfaces/IDidRegistry.sol";

/// @title Registry of decentralized identifiers
/// @notice Keeps owners and delegates in storage, attributes in events only, and a head of each identity's history.
contract DidRegistry is Heads, IDidRegistry, ERC2771Context, Multicall {
    /// @inheritdoc IDidRegistry
    uint256 public constant MAX_VALUE_BYTES = 4096;

    /// @inheritdoc IDidRegistry
    uint256 public constant MAX_VALIDITY = 36_525 days;

    /// @inheritdoc IDidRegistry
    uint256 public constant MAX_DELEGATES = 1024;

    /// @dev One slot. `owner` is 0 for "the identity itself" and is kept when the identity is deactivated. `delegates` counts
    /// those that are not revoked.
    struct Identity {
        address owner;
        uint40 changed;
        uint40 deactivatedAt;
        uint16 delegates;
    }

    mapping(address identity => Identity) private _identities; // slot 2
    mapping(address identity => mapping(bytes32 delegateType => mapping(address delegate => uint256 validTo)))
        private _delegates; // slot 3

    /// @notice Nobody governs a registry once it is deployed.
    /// @param forwarder The ERC-2771 forwarder whose word on the sender is trusted; it can never be changed.
    constructor(address forwarder) ERC2771Context(forwarder) {}

    /// @inheritdoc IDidRegistry
    function identityOwner(address identity) public view returns (address) {
        return _identities[identity].deactivatedAt == 0 ? lastOwner(identity) : address(0);
    }

    /// @inheritdoc IDidRegistry
    function lastOwner(address identity) public view returns (address) {
        address owner = _identities[identity].owner;
        return owner == address(0) ? identity : owner;
    }

    /// @inheritdoc IDidRegistry
    function deactivatedAt(address identity) external view returns (uint256) {
        return _identities[identity].deactivatedAt;
    }

    /// @inheritdoc IDidRegistry
    function changed(address identity) external view returns (uint256) {
        return _identities[identity].changed;
    }

    /// @inheritdoc IDidRegistry
    function validDelegate(address identity, bytes32 delegateType, address delegate) external view returns (bool) {
        return _identities[identity].deactivatedAt == 0
            && block.timestamp <= _delegates[identity][delegateType][delegate];
    }

    /// @inheritdoc IDidRegistry
    function changeOwner(address identity, address newOwner) external {
        uint256 previous = _recordChange(identity);
        Identity storage record = _identities[identity];
        // The last owner stays: it may still revoke and suspend what this identity issued.
        if (newOwner == address(0)) record.deactivatedAt = uint40(block.timestamp);
        else record.owner = newOwner;

        emit DIDOwnerChanged(identity, newOwner, previous);
        _advance(identity, DIDOwnerChanged.selector, abi.encode(newOwner, previous));
    }

    /// @inheritdoc IDidRegistry
    function addDelegate(address identity, bytes32 delegateType, address delegate, uint256 validity) external {
        _changeDelegate(identity, delegateType, delegate, _validTo(validity));
    }

    /// @inheritdoc IDidRegistry
    function revokeDelegate(address identity, bytes32 delegateType, address delegate) external {
        _changeDelegate(identity, delegateType, delegate, 0);
    }

    /// @inheritdoc IDidRegistry
    function setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validity) external {
        _changeAttribute(identity, name, value, _validTo(validity));
    }

    /// @inheritdoc IDidRegistry
    function revokeAttribute(address identity, bytes32 name, bytes calldata value) external {
        _changeAttribute(identity, name, value, 0);
    }

    function _changeDelegate(address identity, bytes32 delegateType, address delegate, uint256 validTo) private {
        uint256 previous = _recordChange(identity);
        _countDelegate(identity, _delegates[identity][delegateType][delegate], validTo);
        _delegates[identity][delegateType][delegate] = validTo;

        emit DIDDelegateChanged(identity, delegateType, delegate, validTo, previous);
        _advance(identity, DIDDelegateChanged.selector, abi.encode(delegateType, delegate, validTo, previous));
    }

    /// @notice Bounds what every reader of an identity keeps. Those that ran out count until they are revoked.
    function _countDelegate(address identity, uint256 former, uint256 validTo) private {
        Identity storage record = _identities[identity];
        if (former == 0 && validTo != 0) {
            if (record.delegates == MAX_DELEGATES) revert DidRegistryTooManyDelegates(identity, MAX_DELEGATES);
            ++record.delegates;
        } else if (former != 0 && validTo == 0) {
            --record.delegates;
        }
    }

    function _changeAttribute(address identity, bytes32 name, bytes calldata value, uint256 validTo) private {
        if (value.length > MAX_VALUE_BYTES) revert DidRegistryValueTooLong(value.length, MAX_VALUE_BYTES);
        uint256 previous = _recordChange(identity);

        emit DIDAttributeChanged(identity, name, value, validTo, previous);
        _advance(identity, DIDAttributeChanged.selector, abi.encode(name, value, validTo, previous));
    }

    /// @notice The only gate of every write: none once deactivated, none but the owner's.
    /// @return previous Block of the change before this one.
    function _recordChange(address identity) private returns (uint256 previous) {
        Identity storage record = _identities[identity];
        if (record.deactivatedAt != 0) revert DidRegistryDeactivated(identity);
        address actor = _msgSender();
        if (actor != lastOwner(identity)) revert DidRegistryUnauthorized(identity, actor);

        previous = record.changed;
        record.changed = uint40(block.number);
    }

    function _advance(address identity, bytes32 topic0, bytes memory data) private {
        bytes32 subject = bytes32(uint256(uint160(identity)));
        _advance(KIND_DID, subject, bytes.concat(topic0, subject), data);
    }

    /// @dev The cap keeps the sum far from an overflow and every time within what a date can say.
    function _validTo(uint256 validity) private view returns (uint256) {
        if (validity > MAX_VALIDITY) revert DidRegistryValidityTooLong(validity, MAX_VALIDITY);
        return block.timestamp + validity;
    }

    // Multicall and ERC2771Context both inherit Context: the sender is always who signed, never the forwarder.

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
