// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Registry of status lists
/// @notice A list holds two bits for each credential of one type by one issuer: revoked, which is for ever, and suspended,
/// which can be lifted. What reduces trust can always be written; what restores it needs accreditation at that time.
/// @dev The statuses of 256 credentials are a word of each bitmap: credential `index` is bit `index % 256`, counted from the
/// least significant, of word `index / 256`. The first indexed argument of each event is the subject of the head that it
/// advances, the second is who acted.
interface IStatusRegistry {
    /// @notice The statuses of 256 credentials.
    struct Word {
        uint256 revoked;
        uint256 suspended;
    }

    /// @notice A change of the statuses of one word: each mask has a 1 for every credential to change.
    /// @param word The index of the word.
    /// @param revoke Credentials to revoke for ever.
    /// @param suspend Credentials to suspend.
    /// @param reinstate Credentials whose suspension to lift.
    struct Change {
        uint256 word;
        uint256 revoke;
        uint256 suspend;
        uint256 reinstate;
    }

    /// @notice A list exists from now on.
    /// @param issuer The DID that issues the list's credentials.
    /// @param number Names the list among the issuer's.
    /// @param size Number of credentials that it has room for.
    /// @param typeId The type of its credentials.
    /// @param baseUri Its tokens are served at `<baseUri>/<number>`.
    event ListCreated(
        bytes32 indexed list,
        address indexed actor,
        address issuer,
        uint256 number,
        uint256 size,
        bytes32 typeId,
        string baseUri
    );

    /// @notice No credential issued after this points to the list.
    event ListClosed(bytes32 indexed list, address indexed actor);

    /// @notice Statuses were changed; the masks are exactly as given, whether or not they changed a bit.
    /// @param reason keccak256 of 32 random bytes and a document, or anything that tells nobody who is concerned.
    event StatusChanged(bytes32 indexed list, address indexed actor, bytes32 reason, Change[] changes);

    /// @notice What `count` words from `from` on hold at this point of the list's history.
    /// @param wordsHash keccak256 of revoked and suspended of each of these words, 32 bytes each, one after the other.
    event Checkpoint(
        bytes32 indexed list,
        address indexed actor,
        bytes32 typeId,
        uint256 size,
        bool closed,
        uint256 from,
        uint256 count,
        bytes32 wordsHash
    );

    /// @notice `actor` is neither the controller of `issuer` nor a delegate who may do this.
    error StatusRegistryUnauthorized(address issuer, address actor);

    /// @notice `issuer` is not accredited for `typeId` now.
    error StatusRegistryNotAccredited(address issuer, bytes32 typeId);

    /// @notice There is no `list`.
    error StatusRegistryUnknownList(bytes32 list);

    /// @notice The issuer has a list of this number.
    error StatusRegistryListExists(bytes32 list);

    /// @notice The list was closed before.
    error StatusRegistryListClosed(bytes32 list);

    /// @notice A size is no multiple of 256 from {MIN_SIZE} to {MAX_SIZE}.
    error StatusRegistryInvalidSize(uint256 size);

    /// @notice A base URI has `length` bytes, which is 0 or more than `maximum`.
    error StatusRegistryInvalidBaseUri(uint256 length, uint256 maximum);

    /// @notice An update has `count` changes, which is 0 or more than `maximum`.
    error StatusRegistryInvalidChangeCount(uint256 count, uint256 maximum);

    /// @notice An update has `masks` of revocations and of suspensions that are not zero, more than `maximum`.
    error StatusRegistryTooManyMasks(uint256 masks, uint256 maximum);

    /// @notice The words of an update ascend: after the ones before, `word` would have to be at least `lowest`.
    error StatusRegistryWordsNotAscending(uint256 word, uint256 lowest);

    /// @notice `count` words from `from` on are none, or not all among the `words` of the list.
    error StatusRegistryOutOfRange(uint256 from, uint256 count, uint256 words);

    /// @notice A change suspends and reinstates the same credentials, those of `bits`.
    error StatusRegistryContradiction(uint256 word, uint256 bits);

    /// @notice Smallest number of credentials of a list: among fewer, one is found too easily.
    function MIN_SIZE() external view returns (uint256);

    /// @notice Largest number of credentials of a list: a checkpoint of all of it fits into a transaction.
    function MAX_SIZE() external view returns (uint256);

    /// @notice Most changes of one update.
    function MAX_CHANGES() external view returns (uint256);

    /// @notice Most bitmaps' words that one update writes: of each change one if it revokes, and one if it suspends or
    /// reinstates. So the worst update fits into the 16 777 216 gas that EIP-7825 gives a transaction.
    function MAX_MASKS() external view returns (uint256);

    /// @notice Longest base URI, in bytes.
    function MAX_BASE_URI_BYTES() external view returns (uint256);

    /// @notice Type of the delegates of an issuer who may write to its lists: `status` in ASCII, padded with zeros.
    function STATUS_DELEGATE() external view returns (bytes32);

    /// @notice Type of the delegates of an issuer who may only suspend: `suspend` in ASCII, padded with zeros. So a stolen
    /// key of an office does nothing that can't be undone.
    function SUSPEND_DELEGATE() external view returns (bytes32);

    /// @notice Creates a list; by the issuer's controller, while the issuer is accredited for the type.
    /// @param size A multiple of 256 from {MIN_SIZE} to {MAX_SIZE}.
    /// @param baseUri Goes into credentials, so it can never change: an https URL without query, fragment or trailing slash.
    /// Only its length is checked here.
    /// @return list See {listId}.
    function createList(address issuer, uint256 number, uint256 size, bytes32 typeId, string calldata baseUri)
        external
        returns (bytes32 list);

    /// @notice Closes a list for credentials to come; by the issuer's controller. Statuses can still be changed.
    function close(bytes32 list) external;

    /// @notice Changes statuses; by the issuer's controller, its last one if it was deactivated, or a valid delegate of type
    /// {STATUS_DELEGATE}; one of type {SUSPEND_DELEGATE} may only suspend. Reinstating also needs the issuer to be
    /// accredited for the list's type now.
    /// @param changes 1 to {MAX_CHANGES} with at most {MAX_MASKS}, in strictly ascending order of their words.
    function update(bytes32 list, Change[] calldata changes, bytes32 reason) external;

    /// @notice Writes what words hold into the list's history, so that a proof may start there; by who may revoke.
    function checkpoint(bytes32 list, uint256 from, uint256 count) external;

    /// @notice The id of an issuer's list: keccak256(abi.encode(issuer, number)).
    function listId(address issuer, uint256 number) external pure returns (bytes32);

    /// @notice What is fixed of a list, and whether it is closed; all zero when there is none.
    /// @return issuer The DID that issues the list's credentials.
    /// @return typeId The type of its credentials.
    /// @return size Number of credentials that it has room for.
    /// @return closed Whether it was closed: no credential issued later may point to it.
    /// @return createdBlock The block of its {ListCreated} event, which has its number and base URI.
    /// @return closedAt Unix time at which it was closed; 0 while it is not.
    function listOf(bytes32 list)
        external
        view
        returns (address issuer, bytes32 typeId, uint256 size, bool closed, uint48 createdBlock, uint48 closedAt);

    /// @notice The status of one credential. A revoked one is revoked whether or not it is suspended too.
    function statusOf(bytes32 list, uint256 index) external view returns (bool revoked, bool suspended);

    /// @notice `count` words from `from` on.
    function words(bytes32 list, uint256 from, uint256 count) external view returns (Word[] memory);
}
