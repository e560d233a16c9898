// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Registry of accreditations: who may issue which credential type
/// @notice Governance adds types and grants roots. Who holds a grant may grant on, at most {MAX_DEPTH} links deep. A
/// grant counts once its subject accepted it, and only while every link above it holds.
/// @dev A grant changes only by being accepted, extended while it holds, and withdrawn; a parent is a grant, never an
/// address, so that nothing granted later revives what an earlier withdrawal ended. Times are Unix seconds. The first indexed argument of each
/// event is the subject of the head that it advances, the second is who acted.
interface ITrustRegistry {
    /// @notice One accreditation of `subject` for `typeId`.
    /// @param subject The DID that is accredited.
    /// @param createdAt When the grant was made.
    /// @param notBefore First second of its validity.
    /// @param notAfter End of its validity, which this second is no longer part of.
    /// @param withdrawnFrom End by withdrawal, which this second is no longer part of; the largest value while there is none.
    /// @param accepted Whether the subject accepted it.
    /// @param mayGrant Whether the subject may grant to others.
    /// @param depth Number of links from the root, which is 1.
    /// @param createdBlock The block of its {Granted} event, which has its label and number.
    /// @param ownWithdrawals Withdrawals by its subject so far.
    /// @param otherWithdrawals Withdrawals by grants above it so far; the council's are not counted.
    /// @param extensions Extensions so far.
    /// @param parent The grant above; 0 at a root.
    /// @param typeId The credential type.
    struct Grant {
        address subject;
        uint48 createdAt;
        uint48 notBefore;
        uint48 notAfter;
        uint48 withdrawnFrom;
        bool accepted;
        bool mayGrant;
        uint8 depth;
        uint48 createdBlock;
        uint8 ownWithdrawals;
        uint8 otherWithdrawals;
        uint8 extensions;
        bytes32 parent;
        bytes32 typeId;
    }

    /// @notice A credential type exists from now on.
    /// @param schemaHash Hash of the schema's bytes; how it was made is the type author's to say.
    event TypeAdded(
        bytes32 indexed typeId, address indexed actor, string uri, string schemaUri, bytes32 schemaHash
    );

    /// @notice A grant was made; it counts for nothing until its subject accepts it.
    /// @param number Counts the grants of this type to this subject, from 0.
    /// @param parent The grant above; 0 at a root.
    /// @param label Official name of the subject, chosen by who granted. Shown only if it is UTF-8 in form NFC without
    /// control or bidirectional formatting characters.
    event Granted(
        bytes32 indexed grantId,
        address indexed actor,
        bytes32 typeId,
        address subject,
        uint256 number,
        bytes32 parent,
        uint256 notBefore,
        uint256 notAfter,
        bool mayGrant,
        string label
    );

    /// @notice A grant's subject accepted it.
    event Accepted(bytes32 indexed grantId, address indexed actor);

    /// @notice A grant's validity ends at `notAfter` now, later than before.
    event Extended(bytes32 indexed grantId, address indexed actor, uint48 notAfter);

    /// @notice A grant ends at `from`, which may be past.
    event Withdrawn(bytes32 indexed grantId, address indexed actor, uint256 from);

    /// @notice `typeId` was never added.
    error TrustRegistryUnknownType(bytes32 typeId);

    /// @notice `typeId` was added before; a new version of a type is a new type.
    error TrustRegistryTypeExists(bytes32 typeId);

    /// @notice A URI is empty, longer than {MAX_URI_BYTES}, or not of printable ASCII characters without space.
    error TrustRegistryInvalidUri(string uri);

    /// @notice There is no grant `grantId`.
    error TrustRegistryUnknownGrant(bytes32 grantId);

    /// @notice `actor` may not do this to or by `grantId`.
    error TrustRegistryUnauthorized(bytes32 grantId, address actor);

    /// @notice `grantId`, or a link above it, does not hold now.
    error TrustRegistryNotHolding(bytes32 grantId);

    /// @notice The subject of `grantId` may not grant on.
    error TrustRegistryMayNotGrant(bytes32 grantId);

    /// @notice A grant below `grantId` would be deeper than {MAX_DEPTH}.
    error TrustRegistryTooDeep(bytes32 grantId);

    /// @notice A validity is empty, leaves the parent's, or ends more than {MAX_VALIDITY} from now; it has to lie
    /// within `earliest` and `latest`.
    error TrustRegistryInvalidValidity(uint256 notBefore, uint256 notAfter, uint256 earliest, uint256 latest);

    /// @notice A label has `length` bytes, more than `maximum`.
    error TrustRegistryLabelTooLong(uint256 length, uint256 maximum);

    /// @notice `grantId` was accepted before.
    error TrustRegistryAlreadyAccepted(bytes32 grantId);

    /// @notice `subject` already has {MAX_OPEN_GRANTS} accepted grants of this type that hold.
    error TrustRegistryTooManyOpenGrants(bytes32 typeId, address subject);

    /// @notice A withdrawal from `from` was asked for, but it has to be from `earliest` on.
    error TrustRegistryWithdrawalTooEarly(bytes32 grantId, uint256 from, uint256 earliest);

    /// @notice A withdrawal from `from` would not be earlier than the one from `withdrawnFrom` that there is.
    error TrustRegistryAlreadyWithdrawn(bytes32 grantId, uint256 from, uint256 withdrawnFrom);

    /// @notice A withdrawal from `from` was asked for, but the validity ends at `notAfter`.
    error TrustRegistryWithdrawalTooLate(bytes32 grantId, uint256 from, uint256 notAfter);

    /// @notice The subject of `grantId`, or the grants above it, withdrew it {MAX_WITHDRAWALS} times.
    error TrustRegistryTooManyWithdrawals(bytes32 grantId);

    /// @notice An extension to `notAfter` has to be later than `current` and at most `latest`.
    error TrustRegistryInvalidExtension(bytes32 grantId, uint256 notAfter, uint256 current, uint256 latest);

    /// @notice `grantId` was extended {MAX_EXTENSIONS} times.
    error TrustRegistryTooManyExtensions(bytes32 grantId);

    /// @notice May withdraw any grant, at once.
    function COUNCIL_ROLE() external view returns (bytes32);

    /// @notice May grant roots.
    function ROOTS_ROLE() external view returns (bytes32);

    /// @notice May add credential types.
    function TYPES_ROLE() external view returns (bytes32);

    /// @notice Most links of a chain of grants.
    function MAX_DEPTH() external view returns (uint256);

    /// @notice Most accepted grants of one type that hold for one subject at a time.
    function MAX_OPEN_GRANTS() external view returns (uint256);

    /// @notice Longest URI of a type or schema, in bytes.
    function MAX_URI_BYTES() external view returns (uint256);

    /// @notice Longest label, in bytes.
    function MAX_LABEL_BYTES() external view returns (uint256);

    /// @notice Latest end of a grant, in seconds from when it is made or extended.
    function MAX_VALIDITY() external view returns (uint256);

    /// @notice Most withdrawals of a grant by its subject, and as many by grants above it: a bound on its history.
    function MAX_WITHDRAWALS() external view returns (uint256);

    /// @notice Most extensions of a grant: a bound on its history.
    function MAX_EXTENSIONS() external view returns (uint256);

    /// @notice Adds a credential type; by {TYPES_ROLE} only.
    /// @param uri Names the type and its version for ever.
    /// @return typeId keccak256 of the URI.
    function addType(string calldata uri, string calldata schemaUri, bytes32 schemaHash)
        external
        returns (bytes32 typeId);

    /// @notice Grants a root; by {ROOTS_ROLE} only.
    function grantRoot(
        bytes32 typeId,
        address subject,
        uint48 notBefore,
        uint48 notAfter,
        bool mayGrant,
        string calldata label
    ) external returns (bytes32 grantId);

    /// @notice Grants on, within the validity of `parent`; by the controller of its subject, while it holds.
    /// @return grantId keccak256(abi.encode(typeId, subject, parent, number)), so that no other parent's grant can have it.
    /// @dev `notBefore` may be past, so that a rightful parent heals what a thief broke.
    function grant(
        bytes32 parent,
        address subject,
        uint48 notBefore,
        uint48 notAfter,
        bool mayGrant,
        string calldata label
    ) external returns (bytes32 grantId);

    /// @notice Accepts a grant, by the controller of its subject, while the grant and every link above it hold.
    function accept(bytes32 grantId) external;

    /// @notice Moves the end of a grant's validity to a later time, within the parent's, while the grant holds; by who may
    /// grant it: {ROOTS_ROLE} a root, else the controller of the parent's subject.
    /// @param notAfter The new end.
    function extend(bytes32 grantId, uint48 notAfter) external;

    /// @notice Ends a grant: by the council, or by the controller of a grant above it that holds, with a past date too; by
    /// the controller of its subject from now on. A later withdrawal can only move the end to an earlier time.
    /// @dev At most {MAX_WITHDRAWALS} by the subject, and as many by grants above; the council is not bounded.
    /// @param from The first second at which it no longer holds, within its validity; 0 for now, or for its start when
    /// that is to come.
    function withdraw(bytes32 grantId, uint48 from) external;

    /// @notice Whether a type was added.
    function isType(bytes32 typeId) external view returns (bool);

    /// @notice The block of a type's {TypeAdded} event, which has its texts; 0 when it was never added.
    function typeOf(bytes32 typeId) external view returns (uint48 createdBlock);

    /// @notice Whether a grant and every link above it hold at a time, by what is known now: accepted, valid, not
    /// withdrawn, no link's DID deactivated, and none made at or after a withdrawal above it.
    function holds(bytes32 grantId, uint256 at) external view returns (bool);

    /// @notice Whether any accepted grant makes `subject` an issuer of `typeId` now.
    function isAccredited(bytes32 typeId, address subject) external view returns (bool);

    /// @notice A grant as it is stored; all zero when there is none.
    function grantOf(bytes32 grantId) external view returns (Grant memory);

    /// @notice The grants of a type that a subject accepted, whether or not they hold now, oldest first: all that can
    /// accredit it at any time. Nobody but the subject's controller adds to them.
    /// @param from How many to leave out.
    /// @param count How many to give at most.
    function acceptedGrants(bytes32 typeId, address subject, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory);

    /// @notice All grants of a type to a subject by their number, pending ones too, which anybody who may grant adds to.
    /// @param from How many to leave out.
    /// @param count How many to give at most.
    function grantIds(bytes32 typeId, address subject, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory);

    /// @notice All credential types, oldest first.
    /// @param from How many to leave out.
    /// @param count How many to give at most.
    function typeIds(uint256 from, uint256 count) external view returns (bytes32[] memory);

    /// @notice Number of grants of a type to a subject so far, which numbers the next.
    function grantCount(bytes32 typeId, address subject) external view returns (uint256);

    /// @notice The places of accepted grants, 0 where free; a grant that no longer holds gives its place to the next.
    function openGrants(bytes32 typeId, address subject) external view returns (bytes32[8] memory);
}
