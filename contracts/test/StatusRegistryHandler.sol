// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {StatusRegistry} from "../StatusRegistry.sol";
import {TrustRegistry} from "../TrustRegistry.sol";
import {IStatusRegistry} from "../interfaces/IStatusRegistry.sol";
import {HeadModel} from "./HeadModel.sol";
import {Vm, VM} from "./Vm.sol";

/// @title Does random writes to status lists and keeps a model of what they must hold then
/// @notice Who is controller, delegate and accredited is asked of the other registries, which have invariants of their own.
contract StatusRegistryHandler is HeadModel {
    /// @notice What a list must be.
    struct Model {
        bytes32 id;
        address issuer;
        bool closed;
        uint256[3] revoked;
        uint256[3] suspended;
    }

    /// @notice Words that are written to; the others must stay 0.
    uint256 public constant WORDS = 3;
    uint256 private constant SIZE = 131_072;
    string private constant BASE_URI = "https://issuer.example/lists";

    StatusRegistry private immutable _status;
    DidRegistry private immutable _did;
    TrustRegistry private immutable _trust;
    address private immutable _governor;
    bytes32 private immutable _typeId;
    Model[] private _lists;

    /// @notice Changes of lists by somebody who is neither controller, last owner nor delegate.
    uint256 public strangers;

    /// @notice Changes of lists by a delegate who may only suspend.
    uint256 public suspenders;

    constructor(StatusRegistry status, address governor) HeadModel(address(status)) {
        _status = status;
        _did = DidRegistry(address(status.didRegistry()));
        _trust = TrustRegistry(address(status.trustRegistry()));
        _governor = governor;
        VM.prank(governor);
        _typeId = _trust.addType("urn:type", "urn:schema", 0);
    }

    /// @notice Number of lists in the model.
    function count() external view returns (uint256) {
        return _lists.length;
    }

    /// @notice The model of a list.
    function modelOf(uint256 index) external view returns (Model memory) {
        return _lists[index];
    }

    /// @notice Accredits an issuer, or withdraws its newest grant.
    function accredit(uint8 issuerSeed, bool withdraw) external {
        address issuer = actor(issuerSeed);
        uint256 time = _enter();
        address controller = _did.identityOwner(issuer);
        if (controller == address(0)) return;
        uint256 number = _trust.grantCount(_typeId, issuer);
        if (withdraw && number > 0) {
            bytes32 newest = keccak256(abi.encode(_typeId, issuer, bytes32(0), number - 1));
            if (_trust.holds(newest, time)) {
                VM.prank(_governor);
                _trust.withdraw(newest, 0);
            }
        } else if (!_trust.isAccredited(_typeId, issuer)) {
            VM.prank(_governor);
            bytes32 granted = _trust.grantRoot(_typeId, issuer, 0, uint48(time + 5_000), false, "");
            VM.prank(controller);
            _trust.accept(granted);
        }
    }

    /// @notice Adds or revokes a delegate; one in 32 hands the DID over, one in 64 deactivates it.
    function changeDid(uint8 issuerSeed, uint8 otherSeed, uint8 kind) external {
        address issuer = actor(issuerSeed);
        _enter();
        address controller = _did.identityOwner(issuer);
        if (controller == address(0)) return;
        VM.prank(controller);
        if (kind == 77) _did.changeOwner(issuer, address(0));
        else if (kind % 32 == 3) _did.changeOwner(issuer, actor(otherSeed));
        else if (kind % 3 == 0) _did.revokeDelegate(issuer, "status", actor(otherSeed));
        else _did.addDelegate(issuer, _delegateType(kind % 5), actor(otherSeed), 1_500);
    }

    /// @notice Creates a list.
    function createList(uint8 issuerSeed, uint8 actorSeed, uint8 number) external {
        address issuer = actor(issuerSeed);
        number = number % 4;
        _enter();
        address sender = _sender(issuer, actorSeed);
        bytes32 list = keccak256(abi.encode(issuer, uint256(number)));
        (,, uint256 size,,,) = _status.listOf(list);
        bytes memory refusal = "";
        if (sender != _did.identityOwner(issuer)) refusal = _unauthorized(issuer, sender);
        else if (!_trust.isAccredited(_typeId, issuer)) refusal = _notAccredited(issuer);
        else if (size != 0) refusal = abi.encodeCall(StatusErrors.StatusRegistryListExists, (list));
        bytes memory call_ = abi.encodeCall(_status.createList, (issuer, number, SIZE, _typeId, BASE_URI));
        Vm.Log[] memory logs = _write(sender, call_, refusal);
        if (refusal.length > 0) return;
        bytes memory data = abi.encode(issuer, uint256(number), SIZE, _typeId, BASE_URI);
        _expect(logs, 2, list, IStatusRegistry.ListCreated.selector, sender, data);
        Model storage model = _lists.push();
        (model.id, model.issuer) = (list, issuer);
    }

    /// @notice Closes a list.
    function close(uint8 listSeed, uint8 actorSeed) external {
        if (_lists.length == 0) return;
        Model storage model = _lists[listSeed % _lists.length];
        _enter();
        address sender = _sender(model.issuer, actorSeed);
        bytes memory refusal = "";
        if (sender != _did.identityOwner(model.issuer)) refusal = _unauthorized(model.issuer, sender);
        else if (model.closed) refusal = abi.encodeCall(StatusErrors.StatusRegistryListClosed, (model.id));
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_status.close, (model.id)), refusal);
        if (refusal.length > 0) return;
        _expect(logs, 2, model.id, IStatusRegistry.ListClosed.selector, sender, "");
        model.closed = true;
    }

    /// @notice Changes two words.
    function update(uint8 listSeed, uint8 actorSeed, uint256[4] calldata masks, bytes32 reason) external {
        if (_lists.length == 0) return;
        Model storage model = _lists[listSeed % _lists.length];
        _enter();
        address sender = _sender(model.issuer, actorSeed);
        IStatusRegistry.Change[] memory changes = new IStatusRegistry.Change[](2);
        changes[0] = IStatusRegistry.Change(listSeed % 2, masks[0], masks[1], 0);
        uint256 reinstate = actorSeed % 3 == 0 ? masks[3] & ~masks[2] : 0;
        changes[1] = IStatusRegistry.Change(2, masks[1] & masks[2], masks[2], reinstate);

        bytes memory refusal = "";
        if (_did.validDelegate(model.issuer, "suspend", sender) && !_isWriter(model.issuer, sender)) {
            if (masks[0] | changes[1].revoke | reinstate != 0) refusal = _unauthorized(model.issuer, sender);
            ++suspenders;
        } else {
            refusal = _writerRefusal(model.issuer, sender);
        }
        if (refusal.length == 0 && reinstate != 0 && !_trust.isAccredited(_typeId, model.issuer)) {
            refusal = _notAccredited(model.issuer);
        }
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_status.update, (model.id, changes, reason)), refusal);
        if (refusal.length > 0) return;
        bytes memory data = abi.encode(reason, changes);
        _expect(logs, 2, model.id, IStatusRegistry.StatusChanged.selector, sender, data);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 word = changes[i].word;
            model.revoked[word] |= changes[i].revoke;
            model.suspended[word] = (model.suspended[word] | changes[i].suspend) & ~changes[i].reinstate;
        }
    }

    /// @notice Writes a checkpoint of the words that are written to.
    function checkpoint(uint8 listSeed, uint8 actorSeed) external {
        if (_lists.length == 0) return;
        Model storage model = _lists[listSeed % _lists.length];
        _enter();
        address sender = _sender(model.issuer, actorSeed);
        bytes memory refusal = _writerRefusal(model.issuer, sender);
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_status.checkpoint, (model.id, 0, WORDS)), refusal);
        if (refusal.length > 0) return;
        bytes memory held = "";
        for (uint256 i = 0; i < WORDS; ++i) held = bytes.concat(held, abi.encode(model.revoked[i], model.suspended[i]));
        bytes memory data = abi.encode(_typeId, SIZE, model.closed, 0, WORDS, keccak256(held));
        _expect(logs, 2, model.id, IStatusRegistry.Checkpoint.selector, sender, data);
    }

    /// @dev Mostly the last owner; now and then anybody.
    function _sender(address issuer, uint256 seed) private view returns (address) {
        return seed % 4 == 0 ? actor(seed / 4) : _did.lastOwner(issuer);
    }

    function _delegateType(uint256 kind) private pure returns (bytes32) {
        if (kind == 0) return "veriKey";
        return kind == 4 ? bytes32("suspend") : bytes32("status");
    }

    function _isWriter(address issuer, address sender) private view returns (bool) {
        return sender == _did.lastOwner(issuer) || _did.validDelegate(issuer, "status", sender);
    }

    function _writerRefusal(address issuer, address sender) private returns (bytes memory) {
        if (_isWriter(issuer, sender)) return "";
        ++strangers;
        return _unauthorized(issuer, sender);
    }

    function _unauthorized(address issuer, address sender) private pure returns (bytes memory) {
        return abi.encodeCall(StatusErrors.StatusRegistryUnauthorized, (issuer, sender));
    }

    function _notAccredited(address issuer) private view returns (bytes memory) {
        return abi.encodeCall(StatusErrors.StatusRegistryNotAccredited, (issuer, _typeId));
    }
}

/// @title The errors of `IStatusRegistry` as functions, whose encoding is the same
/// @notice `abi.encodeCall` checks the types of a function's arguments, and knows no errors.
interface StatusErrors {
    function StatusRegistryUnauthorized(address issuer, address actor) external;
    function StatusRegistryNotAccredited(address issuer, bytes32 typeId) external;
    function StatusRegistryListExists(bytes32 list) external;
    function StatusRegistryListClosed(bytes32 list) external;
}
