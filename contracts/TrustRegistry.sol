// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControlDefaultAdminRules} from
    "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Heads} from "./Heads.sol";
import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {ITrustRegistry} from "./interfaces/ITrustRegistry.sol";

/// @title Registry of accreditations
/// @notice Keeps credential types, chains of grants with their heads, and the roles of governance.
contract TrustRegistry is Heads, ITrustRegistry, ERC2771Context, Multicall, AccessControlDefaultAdminRules {
    /// @inheritdoc ITrustRegistry
    bytes32 public constant COUNCIL_ROLE = keccak256("mapae.council");

    /// @inheritdoc ITrustRegistry
    bytes32 public constant ROOTS_ROLE = keccak256("mapae.roots");

    /// @inheritdoc ITrustRegistry
    bytes32 public constant TYPES_ROLE = keccak256("mapae.types");

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_DEPTH = 4;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_OPEN_GRANTS = 8;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_URI_BYTES = 200;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_LABEL_BYTES = 96;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_VALIDITY = 36_525 days;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_WITHDRAWALS = 8;

    /// @inheritdoc ITrustRegistry
    uint256 public constant MAX_EXTENSIONS = 128;

    /// @dev A new admin can accept no sooner, on top of the timelock's own delay.
    uint48 private constant ADMIN_TRANSFER_DELAY = 3 days;

    uint48 private constant NEVER = type(uint48).max;

    /// @notice Whose controllers act for subjects, and whose deactivations end grants.
    IDidRegistry public immutable didRegistry;

    mapping(bytes32 grantId => Grant) private _grants; // slot 5
    mapping(bytes32 typeId => mapping(address subject => bytes32[])) private _grantIds; // slot 6
    mapping(bytes32 typeId => mapping(address subject => bytes32[MAX_OPEN_GRANTS])) private _openGrants; // slot 7
    mapping(bytes32 typeId => mapping(address subject => bytes32[])) private _acceptedGrants; // slot 8
    mapping(bytes32 typeId => uint48 createdBlock) private _types; // slot 9
    bytes32[] private _typeIds; // slot 10

    /// @notice Governance is the timelock and the council; whoever deploys has no role.
    /// @param forwarder The ERC-2771 forwarder whose word on the sender is trusted; it can never be changed.
    /// @param did The registry of the subjects' DIDs.
    /// @param timelock Adds types and grants roots after its delay, and administers all roles.
    /// @param council Withdraws without delay.
    constructor(address forwarder, IDidRegistry did, address timelock, address council)
        ERC2771Context(forwarder)
        AccessControlDefaultAdminRules(ADMIN_TRANSFER_DELAY, timelock)
    {
        didRegistry = did;
        _grantRole(COUNCIL_ROLE, council);
        _grantRole(ROOTS_ROLE, timelock);
        _grantRole(TYPES_ROLE, timelock);
    }

    /// @inheritdoc ITrustRegistry
    function addType(string calldata uri, string calldata schemaUri, bytes32 schemaHash)
        external
        onlyRole(TYPES_ROLE)
        returns (bytes32 typeId)
    {
        _requireUri(uri);
        _requireUri(schemaUri);
        typeId = keccak256(bytes(uri));
        if (isType(typeId)) revert TrustRegistryTypeExists(typeId);
        _types[typeId] = uint48(block.number);
        _typeIds.push(typeId);

        address actor = _msgSender();
        emit TypeAdded(typeId, actor, uri, schemaUri, schemaHash);
        _advance(KIND_TYPE, typeId, TypeAdded.selector, actor, abi.encode(uri, schemaUri, schemaHash));
    }

    /// @inheritdoc ITrustRegistry
    function grantRoot(
        bytes32 typeId,
        address subject,
        uint48 notBefore,
        uint48 notAfter,
        bool mayGrant,
        string calldata label
    ) external onlyRole(ROOTS_ROLE) returns (bytes32 grantId) {
        if (!isType(typeId)) revert TrustRegistryUnknownType(typeId);
        uint256 latest = block.timestamp + MAX_VALIDITY;
        _requireValidity(notBefore, notAfter, 0, latest);
        return _grant(
            Grant({
                subject: subject,
                createdAt: uint48(block.timestamp),
                notBefore: notBefore,
                notAfter: notAfter,
                withdrawnFrom: NEVER,
                accepted: false,
                mayGrant: mayGrant,
                depth: 1,
                createdBlock: uint48(block.number),
                ownWithdrawals: 0,
                otherWithdrawals: 0,
                extensions: 0,
                parent: 0,
                typeId: typeId
            }),
            label
        );
    }

    /// @inheritdoc ITrustRegistry
    function grant(
        bytes32 parent,
        address subject,
        uint48 notBefore,
        uint48 notAfter,
        bool mayGrant,
        string calldata label
    ) external returns (bytes32 grantId) {
        Grant storage above = _known(parent);
        if (!_controls(above.subject, _msgSender())) revert TrustRegistryUnauthorized(parent, _msgSender());
        if (!above.mayGrant) revert TrustRegistryMayNotGrant(parent);
        if (above.depth == MAX_DEPTH) revert TrustRegistryTooDeep(parent);
        if (!holds(parent, block.timestamp)) revert TrustRegistryNotHolding(parent);
        _requireValidity(notBefore, notAfter, above.notBefore, above.notAfter);
        return _grant(
            Grant({
                subject: subject,
                createdAt: uint48(block.timestamp),
                notBefore: notBefore,
                notAfter: notAfter,
                withdrawnFrom: NEVER,
                accepted: false,
                mayGrant: mayGrant,
                depth: above.depth + 1,
                createdBlock: uint48(block.number),
                ownWithdrawals: 0,
                otherWithdrawals: 0,
                extensions: 0,
                parent: parent,
                typeId: above.typeId
            }),
            label
        );
    }

    /// @inheritdoc ITrustRegistry
    function accept(bytes32 grantId) external {
        Grant storage given = _known(grantId);
        address actor = _msgSender();
        if (!_controls(given.subject, actor)) revert TrustRegistryUnauthorized(grantId, actor);
        if (given.accepted) revert TrustRegistryAlreadyAccepted(grantId);
        given.accepted = true;
        if (!holds(grantId, block.timestamp)) revert TrustRegistryNotHolding(grantId);
        _takePlace(grantId, given.typeId, given.subject);
        _acceptedGrants[given.typeId][given.subject].push(grantId);

        emit Accepted(grantId, actor);
        _advance(KIND_GRANT, grantId, Accepted.selector, actor, "");
    }

    /// @inheritdoc ITrustRegistry
    function extend(bytes32 grantId, uint48 notAfter) external {
        Grant storage given = _known(grantId);
        address actor = _msgSender();
        uint256 latest = _latestExtension(grantId, given.parent, actor);
        if (!holds(grantId, block.timestamp)) revert TrustRegistryNotHolding(grantId);
        if (notAfter <= given.notAfter || notAfter > latest) {
            revert TrustRegistryInvalidExtension(grantId, notAfter, given.notAfter, latest);
        }
        if (given.extensions == MAX_EXTENSIONS) revert TrustRegistryTooManyExtensions(grantId);
        ++given.extensions;
        given.notAfter = notAfter;

        emit Extended(grantId, actor, notAfter);
        _advance(KIND_GRANT, grantId, Extended.selector, actor, abi.encode(notAfter));
    }

    /// @inheritdoc ITrustRegistry
    function withdraw(bytes32 grantId, uint48 from) external {
        Grant storage given = _known(grantId);
        address actor = _msgSender();
        uint256 notBefore = given.notBefore;
        if (from == 0) from = uint48(block.timestamp < notBefore ? notBefore : block.timestamp);
        uint256 earliest = notBefore;
        if (!hasRole(COUNCIL_ROLE, actor)) {
            if (_isAbove(given.parent, actor)) {
                given.otherWithdrawals = _oneMore(grantId, given.otherWithdrawals);
            } else if (_controls(given.subject, actor)) {
                given.ownWithdrawals = _oneMore(grantId, given.ownWithdrawals);
                if (block.timestamp > notBefore) earliest = block.timestamp;
            } else {
                revert TrustRegistryUnauthorized(grantId, actor);
            }
        }
        if (from < earliest) revert TrustRegistryWithdrawalTooEarly(grantId, from, earliest);
        if (from >= given.notAfter) revert TrustRegistryWithdrawalTooLate(grantId, from, given.notAfter);
        if (from >= given.withdrawnFrom) revert TrustRegistryAlreadyWithdrawn(grantId, from, given.withdrawnFrom);
        given.withdrawnFrom = from;

        emit Withdrawn(grantId, actor, from);
        _advance(KIND_GRANT, grantId, Withdrawn.selector, actor, abi.encode(from));
    }

    /// @inheritdoc ITrustRegistry
    function isType(bytes32 typeId) public view returns (bool) {
        return _types[typeId] != 0;
    }

    /// @inheritdoc ITrustRegistry
    function typeOf(bytes32 typeId) external view returns (uint48 createdBlock) {
        return _types[typeId];
    }

    /// @inheritdoc ITrustRegistry
    function holds(bytes32 grantId, uint256 at) public view returns (bool) {
        Grant storage link = _grants[grantId];
        if (link.depth == 0) return false;
        uint256 createdAt = link.createdAt;
        while (_linkHolds(link, at)) {
            if (link.parent == 0) return true;
            link = _grants[link.parent];
            // All that was granted from a withdrawal's date on is void, for times before it too.
            if (createdAt >= link.withdrawnFrom) return false;
        }
        return false;
    }

    /// @inheritdoc ITrustRegistry
    function isAccredited(bytes32 typeId, address subject) external view returns (bool) {
        bytes32[MAX_OPEN_GRANTS] storage places = _openGrants[typeId][subject];
        for (uint256 i = 0; i < MAX_OPEN_GRANTS; ++i) {
            // Places are taken from the first on and never emptied.
            if (places[i] == 0) return false;
            if (holds(places[i], block.timestamp)) return true;
        }
        return false;
    }

    /// @inheritdoc ITrustRegistry
    function grantOf(bytes32 grantId) external view returns (Grant memory) {
        return _grants[grantId];
    }

    /// @inheritdoc ITrustRegistry
    function grantCount(bytes32 typeId, address subject) external view returns (uint256) {
        return _grantIds[typeId][subject].length;
    }

    /// @inheritdoc ITrustRegistry
    function openGrants(bytes32 typeId, address subject) external view returns (bytes32[MAX_OPEN_GRANTS] memory) {
        return _openGrants[typeId][subject];
    }

    /// @inheritdoc ITrustRegistry
    function acceptedGrants(bytes32 typeId, address subject, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory)
    {
        return _part(_acceptedGrants[typeId][subject], from, count);
    }

    /// @inheritdoc ITrustRegistry
    function grantIds(bytes32 typeId, address subject, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory)
    {
        return _part(_grantIds[typeId][subject], from, count);
    }

    /// @inheritdoc ITrustRegistry
    function typeIds(uint256 from, uint256 count) external view returns (bytes32[] memory) {
        return _part(_typeIds, from, count);
    }

    function _grant(Grant memory given, string calldata label) private returns (bytes32 grantId) {
        uint256 length = bytes(label).length;
        if (length > MAX_LABEL_BYTES) revert TrustRegistryLabelTooLong(length, MAX_LABEL_BYTES);
        bytes32[] storage ids = _grantIds[given.typeId][given.subject];
        uint256 number = ids.length;
        grantId = keccak256(abi.encode(given.typeId, given.subject, given.parent, number));
        ids.push(grantId);
        _grants[grantId] = given;
        _recordGrant(grantId, given, number, label);
    }

    function _recordGrant(bytes32 grantId, Grant memory given, uint256 number, string calldata label) private {
        address actor = _msgSender();
        emit Granted(
            grantId,
            actor,
            given.typeId,
            given.subject,
            number,
            given.parent,
            given.notBefore,
            given.notAfter,
            given.mayGrant,
            label
        );
        bytes memory data = abi.encode(
            given.typeId,
            given.subject,
            number,
            given.parent,
            given.notBefore,
            given.notAfter,
            given.mayGrant,
            label
        );
        _advance(KIND_GRANT, grantId, Granted.selector, actor, data);
    }

    /// @dev Once a grant does not hold, it never does again: its place is free for good.
    function _takePlace(bytes32 grantId, bytes32 typeId, address subject) private {
        bytes32[MAX_OPEN_GRANTS] storage places = _openGrants[typeId][subject];
        for (uint256 i = 0; i < MAX_OPEN_GRANTS; ++i) {
            if (places[i] == 0 || !holds(places[i], block.timestamp)) {
                places[i] = grantId;
                return;
            }
        }
        revert TrustRegistryTooManyOpenGrants(typeId, subject);
    }

    /// @notice What one link says by itself.
    function _linkHolds(Grant storage link, uint256 at) private view returns (bool) {
        if (!link.accepted || at < link.notBefore || at >= link.notAfter || at >= link.withdrawnFrom) return false;
        uint256 deactivatedAt = didRegistry.deactivatedAt(link.subject);
        return deactivatedAt == 0 || at < deactivatedAt;
    }

    /// @notice Until when an actor, who has to be one who may grant it, may extend a grant.
    function _latestExtension(bytes32 grantId, bytes32 parent, address actor) private view returns (uint256) {
        if (parent == 0) {
            _checkRole(ROOTS_ROLE, actor);
            return block.timestamp + MAX_VALIDITY;
        }
        Grant storage above = _grants[parent];
        if (!_controls(above.subject, actor)) revert TrustRegistryUnauthorized(grantId, actor);
        return above.notAfter;
    }

    /// @dev The council's withdrawals are not counted; those of the subject are apart from those from above, so that
    /// a thief of the subject's key can't use up what would end the grant.
    function _oneMore(bytes32 grantId, uint8 withdrawals) private pure returns (uint8) {
        if (withdrawals == MAX_WITHDRAWALS) revert TrustRegistryTooManyWithdrawals(grantId);
        return withdrawals + 1;
    }

    function _isAbove(bytes32 above, address actor) private view returns (bool) {
        while (above != 0) {
            if (_controls(_grants[above].subject, actor) && holds(above, block.timestamp)) return true;
            above = _grants[above].parent;
        }
        return false;
    }

    function _controls(address identity, address actor) private view returns (bool) {
        return didRegistry.identityOwner(identity) == actor;
    }

    function _known(bytes32 grantId) private view returns (Grant storage given) {
        given = _grants[grantId];
        if (given.depth == 0) revert TrustRegistryUnknownGrant(grantId);
    }

    /// @dev Beyond the end there is nothing to give; no sum can overflow.
    function _part(bytes32[] storage all, uint256 from, uint256 count) private view returns (bytes32[] memory part) {
        uint256 left = from < all.length ? all.length - from : 0;
        part = new bytes32[](count < left ? count : left);
        for (uint256 i = 0; i < part.length; ++i) part[i] = all[from + i];
    }

    function _requireValidity(uint256 notBefore, uint256 notAfter, uint256 earliest, uint256 latest) private pure {
        if (notBefore < earliest || notBefore >= notAfter || notAfter > latest) {
            revert TrustRegistryInvalidValidity(notBefore, notAfter, earliest, latest);
        }
    }

    function _requireUri(string calldata uri) private pure {
        bytes calldata text = bytes(uri);
        if (text.length == 0 || text.length > MAX_URI_BYTES) revert TrustRegistryInvalidUri(uri);
        for (uint256 i = 0; i < text.length; ++i) {
            if (text[i] < 0x21 || text[i] > 0x7e) revert TrustRegistryInvalidUri(uri);
        }
    }

    // Multicall, AccessControl and ERC2771Context all inherit Context: the sender is always who signed, never the forwarder.

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
