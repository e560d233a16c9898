// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Heads} from "./Heads.sol";
import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {IStatusRegistry} from "./interfaces/IStatusRegistry.sol";
import {ITrustRegistry} from "./interfaces/ITrustRegistry.sol";

/// @title Registry of status lists
/// @notice Keeps the revocation and suspension bitmaps of every list, and a head of each list's history.
contract StatusRegistry is Heads, IStatusRegistry, ERC2771Context, Multicall {
    /// @inheritdoc IStatusRegistry
    uint256 public constant MIN_SIZE = 131_072;

    /// @inheritdoc IStatusRegistry
    uint256 public constant MAX_SIZE = 524_288;

    /// @inheritdoc IStatusRegistry
    uint256 public constant MAX_CHANGES = 512;

    /// @inheritdoc IStatusRegistry
    uint256 public constant MAX_MASKS = 600;

    /// @inheritdoc IStatusRegistry
    uint256 public constant MAX_BASE_URI_BYTES = 200;

    /// @inheritdoc IStatusRegistry
    bytes32 public constant STATUS_DELEGATE = "status";

    /// @inheritdoc IStatusRegistry
    bytes32 public constant SUSPEND_DELEGATE = "suspend";

    uint256 private constant BITS = 256;

    /// @dev What an update reads of a list is one slot. `size` is 0 when there is no list.
    struct List {
        address issuer;
        uint32 size;
        uint48 createdBlock;
        bytes32 typeId;
        uint48 closedAt;
        Word[MAX_SIZE / BITS] words;
    }

    /// @notice Whose controllers and delegates write to the issuers' lists.
    IDidRegistry public immutable didRegistry;

    /// @notice Who may issue which type.
    ITrustRegistry public immutable trustRegistry;

    mapping(bytes32 list => List) private _lists; // slot 2

    /// @notice Nobody governs a registry once it is deployed.
    /// @param forwarder The ERC-2771 forwarder whose word on the sender is trusted; it can never be changed.
    constructor(address forwarder, IDidRegistry did, ITrustRegistry trust) ERC2771Context(forwarder) {
        didRegistry = did;
        trustRegistry = trust;
    }

    /// @inheritdoc IStatusRegistry
    function createList(address issuer, uint256 number, uint256 size, bytes32 typeId, string calldata baseUri)
        external
        returns (bytes32 list)
    {
        if (size < MIN_SIZE || size > MAX_SIZE || size % BITS != 0) revert StatusRegistryInvalidSize(size);
        uint256 length = bytes(baseUri).length;
        if (length == 0 || length > MAX_BASE_URI_BYTES) {
            revert StatusRegistryInvalidBaseUri(length, MAX_BASE_URI_BYTES);
        }
        address actor = _requireController(issuer);
        _requireAccredited(issuer, typeId);

        list = listId(issuer, number);
        List storage record = _lists[list];
        if (record.size != 0) revert StatusRegistryListExists(list);
        record.issuer = issuer;
        record.size = uint32(size);
        record.createdBlock = uint48(block.number);
        record.typeId = typeId;

        emit ListCreated(list, actor, issuer, number, size, typeId, baseUri);
        bytes memory data = abi.encode(issuer, number, size, typeId, baseUri);
        _advance(KIND_LIST, list, ListCreated.selector, actor, data);
    }

    /// @inheritdoc IStatusRegistry
    function close(bytes32 list) external {
        List storage record = _known(list);
        address actor = _requireController(record.issuer);
        if (record.closedAt != 0) revert StatusRegistryListClosed(list);
        record.closedAt = uint48(block.timestamp);

        emit ListClosed(list, actor);
        _advance(KIND_LIST, list, ListClosed.selector, actor, "");
    }

    /// @inheritdoc IStatusRegistry
    function update(bytes32 list, Change[] calldata changes, bytes32 reason) external {
        List storage record = _known(list);
        address issuer = record.issuer;
        address actor = _msgSender();
        bool writes = _isWriter(issuer, actor);
        if (!writes && !didRegistry.validDelegate(issuer, SUSPEND_DELEGATE, actor)) {
            revert StatusRegistryUnauthorized(issuer, actor);
        }
        if (changes.length == 0 || changes.length > MAX_CHANGES) {
            revert StatusRegistryInvalidChangeCount(changes.length, MAX_CHANGES);
        }
        (uint256 revoked, uint256 reinstated) = _apply(record, changes);
        if (!writes && revoked | reinstated != 0) revert StatusRegistryUnauthorized(issuer, actor);
        if (reinstated != 0) _requireAccredited(issuer, record.typeId);

        emit StatusChanged(list, actor, reason, changes);
        _advance(KIND_LIST, list, StatusChanged.selector, actor, abi.encode(reason, changes));
    }

    /// @inheritdoc IStatusRegistry
    function checkpoint(bytes32 list, uint256 from, uint256 count) external {
        List storage record = _known(list);
        address actor = _msgSender();
        if (!_isWriter(record.issuer, actor)) revert StatusRegistryUnauthorized(record.issuer, actor);
        _requireRange(record, from, count);
        bytes32 wordsHash = _hashWords(record, from, count);
        bytes32 typeId = record.typeId;
        uint256 size = record.size;
        bool closed = record.closedAt != 0;

        emit Checkpoint(list, actor, typeId, size, closed, from, count, wordsHash);
        bytes memory data = abi.encode(typeId, size, closed, from, count, wordsHash);
        _advance(KIND_LIST, list, Checkpoint.selector, actor, data);
    }

    /// @inheritdoc IStatusRegistry
    function listId(address issuer, uint256 number) public pure returns (bytes32) {
        return keccak256(abi.encode(issuer, number));
    }

    /// @inheritdoc IStatusRegistry
    function listOf(bytes32 list)
        external
        view
        returns (address issuer, bytes32 typeId, uint256 size, bool closed, uint48 createdBlock, uint48 closedAt)
    {
        List storage record = _lists[list];
        (issuer, typeId, size) = (record.issuer, record.typeId, record.size);
        (createdBlock, closedAt) = (record.createdBlock, record.closedAt);
        closed = closedAt != 0;
    }

    /// @inheritdoc IStatusRegistry
    function statusOf(bytes32 list, uint256 index) external view returns (bool revoked, bool suspended) {
        List storage record = _known(list);
        _requireRange(record, index / BITS, 1);
        Word storage word = record.words[index / BITS];
        uint256 bit = 1 << (index % BITS);
        return (word.revoked & bit != 0, word.suspended & bit != 0);
    }

    /// @inheritdoc IStatusRegistry
    function words(bytes32 list, uint256 from, uint256 count) external view returns (Word[] memory found) {
        List storage record = _known(list);
        _requireRange(record, from, count);
        found = new Word[](count);
        for (uint256 i = 0; i < count; ++i) found[i] = record.words[from + i];
    }

    /// @notice The only writer of statuses: a revocation is never taken back.
    /// @return revoked All masks of revocations in one: 0 when nothing was to be revoked.
    /// @return reinstated The same of suspensions that were to be lifted.
    function _apply(List storage record, Change[] calldata changes)
        private
        returns (uint256 revoked, uint256 reinstated)
    {
        uint256 wordCount = record.size / BITS;
        uint256 lowest = 0;
        uint256 masks = 0;
        for (uint256 i = 0; i < changes.length; ++i) {
            Change calldata change = changes[i];
            uint256 index = change.word;
            if (index >= wordCount) revert StatusRegistryOutOfRange(index, 1, wordCount);
            if (index < lowest) revert StatusRegistryWordsNotAscending(index, lowest);
            uint256 revoke = change.revoke;
            uint256 suspend = change.suspend;
            uint256 reinstate = change.reinstate;
            if (suspend & reinstate != 0) revert StatusRegistryContradiction(index, suspend & reinstate);
            Word storage word = record.words[index];
            // A word is less than the list's number of words, and no change has more than two masks: no sum overflows.
            unchecked {
                lowest = index + 1;
                if (revoke != 0) {
                    word.revoked |= revoke;
                    ++masks;
                }
                if (suspend | reinstate != 0) {
                    word.suspended = (word.suspended | suspend) & ~reinstate;
                    ++masks;
                }
            }
            revoked |= revoke;
            reinstated |= reinstate;
        }
        if (masks > MAX_MASKS) revert StatusRegistryTooManyMasks(masks, MAX_MASKS);
    }

    function _hashWords(List storage record, uint256 from, uint256 count) private view returns (bytes32) {
        uint256[] memory pairs = new uint256[](2 * count);
        for (uint256 i = 0; i < count; ++i) {
            Word storage word = record.words[from + i];
            pairs[2 * i] = word.revoked;
            pairs[2 * i + 1] = word.suspended;
        }
        return keccak256(abi.encodePacked(pairs));
    }

    function _known(bytes32 list) private view returns (List storage record) {
        record = _lists[list];
        if (record.size == 0) revert StatusRegistryUnknownList(list);
    }

    function _requireRange(List storage record, uint256 from, uint256 count) private view {
        uint256 wordCount = record.size / BITS;
        // Written so that no sum can overflow.
        if (count == 0 || count > wordCount || from > wordCount - count) {
            revert StatusRegistryOutOfRange(from, count, wordCount);
        }
    }

    function _requireController(address issuer) private view returns (address actor) {
        actor = _msgSender();
        if (actor != didRegistry.identityOwner(issuer)) revert StatusRegistryUnauthorized(issuer, actor);
    }

    /// @notice Whether an actor may change every status of an issuer's lists.
    function _isWriter(address issuer, address actor) private view returns (bool) {
        return actor == didRegistry.lastOwner(issuer) || didRegistry.validDelegate(issuer, STATUS_DELEGATE, actor);
    }

    function _requireAccredited(address issuer, bytes32 typeId) private view {
        if (!trustRegistry.isAccredited(typeId, issuer)) revert StatusRegistryNotAccredited(issuer, typeId);
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
