// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {TrustRegistry} from "../TrustRegistry.sol";
import {ITrustRegistry} from "../interfaces/ITrustRegistry.sol";
import {HeadModel} from "./HeadModel.sol";
import {Vm, VM} from "./Vm.sol";

/// @title Does random writes of grants and keeps a model of what must hold then
contract TrustRegistryHandler is HeadModel {
    /// @notice What a grant must be; `parent` is the position of the grant above, plus 1, and 0 at a root.
    struct Model {
        bytes32 id;
        uint256 parent;
        uint256 createdAt;
        uint256 notBefore;
        uint256 notAfter;
        uint256 withdrawnFrom;
        uint256 depth;
        uint256 createdBlock;
        uint256 ownWithdrawals;
        uint256 otherWithdrawals;
        uint256 extensions;
        address subject;
        bool accepted;
        bool mayGrant;
    }

    uint256 private constant NEVER = type(uint48).max;

    TrustRegistry private immutable _trust;
    DidRegistry private immutable _did;
    address private immutable _governor;

    /// @notice The one type of all grants.
    bytes32 public immutable typeId;

    Model[] private _grants;
    mapping(address identity => address) private _owners;
    mapping(address identity => uint256) private _deactivatedAt;

    constructor(TrustRegistry trust, address governor) HeadModel(address(trust)) {
        _trust = trust;
        _did = DidRegistry(address(trust.didRegistry()));
        _governor = governor;
        for (uint256 i = 0; i < 4; ++i) _owners[actor(i)] = actor(i);
        typeId = keccak256("urn:type");
        _enter();
        bytes memory call_ = abi.encodeCall(trust.addType, ("urn:type", "urn:schema", 0));
        bytes memory data = abi.encode("urn:type", "urn:schema", bytes32(0));
        _expect(_write(governor, call_, ""), 4, typeId, ITrustRegistry.TypeAdded.selector, governor, data);
    }

    /// @notice Number of grants in the model.
    function count() external view returns (uint256) {
        return _grants.length;
    }

    /// @notice The model of a grant.
    function modelOf(uint256 index) external view returns (Model memory) {
        return _grants[index];
    }

    /// @notice Hands a DID over; one in 64 is deactivated.
    function changeDid(uint8 identitySeed, uint8 otherSeed, uint8 kind) external {
        address identity = actor(identitySeed);
        uint256 time = _enter();
        if (_deactivatedAt[identity] != 0 || kind % 4 != 1) return;
        address newOwner = kind % 64 == 33 ? address(0) : actor(otherSeed);
        VM.prank(_owners[identity]);
        _did.changeOwner(identity, newOwner);
        if (newOwner == address(0)) _deactivatedAt[identity] = time;
        else _owners[identity] = newOwner;
    }

    /// @notice Grants a root, as governance or as somebody else.
    function grantRoot(uint8 subjectSeed, uint8 actorSeed, uint16 validFor) external {
        uint256 time = _enter();
        address sender = actorSeed % 4 == 0 ? actor(actorSeed) : _governor;
        Model memory model = _model(0, time, time + validFor % 8_000, 1, actor(subjectSeed), actorSeed % 8 != 1);
        bytes memory refusal = "";
        if (sender != _governor) {
            refusal = abi.encodeCall(
                TrustErrors.AccessControlUnauthorizedAccount, (sender, keccak256("mapae.roots"))
            );
        } else if (model.notAfter == time) {
            refusal = abi.encodeCall(
                TrustErrors.TrustRegistryInvalidValidity, (time, model.notAfter, 0, time + 36_525 days)
            );
        }
        (uint48 notBefore, uint48 notAfter) = (uint48(model.notBefore), uint48(model.notAfter));
        bytes memory call_ = abi.encodeCall(
            _trust.grantRoot, (typeId, model.subject, notBefore, notAfter, model.mayGrant, "label")
        );
        _grant(sender, call_, refusal, model);
    }

    /// @notice Grants below one of the grants.
    function grant(uint8 parentSeed, uint8 subjectSeed, uint8 actorSeed, uint16 startSeed, uint16 endSeed) external {
        if (_grants.length == 0) return;
        uint256 parent = parentSeed % _grants.length;
        Model memory above = _grants[parent];
        uint256 time = _enter();
        address sender = actorSeed % 4 == 0 ? actor(actorSeed / 4) : _owners[above.subject];
        // Mostly within the parent's; now and then a second too early or too late.
        Model memory model = _model(
            parent + 1,
            above.notBefore + startSeed % 1_000 - (startSeed % 50 == 7 ? startSeed % 1_000 + 1 : 0),
            above.notAfter - endSeed % 1_000 + (endSeed % 50 == 7 ? endSeed % 1_000 + 1 : 0),
            above.depth + 1,
            actor(subjectSeed),
            startSeed % 8 != 1
        );

        bytes memory refusal = "";
        if (sender != _owners[above.subject] || _deactivatedAt[above.subject] != 0) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryUnauthorized, (above.id, sender));
        } else if (!above.mayGrant) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryMayNotGrant, (above.id));
        } else if (above.depth == 4) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryTooDeep, (above.id));
        } else if (!holds(parent, time)) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryNotHolding, (above.id));
        } else if (
            model.notBefore < above.notBefore || model.notBefore >= model.notAfter || model.notAfter > above.notAfter
        ) {
            refusal = abi.encodeCall(
                TrustErrors.TrustRegistryInvalidValidity,
                (model.notBefore, model.notAfter, above.notBefore, above.notAfter)
            );
        }
        _grant(sender, _grantCall(above.id, model), refusal, model);
    }

    function _grantCall(bytes32 above, Model memory model) private view returns (bytes memory) {
        (uint48 notBefore, uint48 notAfter) = (uint48(model.notBefore), uint48(model.notAfter));
        return abi.encodeCall(_trust.grant, (above, model.subject, notBefore, notAfter, model.mayGrant, "label"));
    }

    /// @notice Accepts a grant, mostly as its subject's owner.
    function accept(uint8 grantSeed, uint8 actorSeed) external {
        if (_grants.length == 0) return;
        uint256 index = grantSeed % _grants.length;
        Model storage model = _grants[index];
        uint256 time = _enter();
        address sender = actorSeed % 8 == 0 ? actor(actorSeed / 8) : _owners[model.subject];
        bytes memory refusal = "";
        if (sender != _owners[model.subject] || _deactivatedAt[model.subject] != 0) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryUnauthorized, (model.id, sender));
        } else if (model.accepted) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryAlreadyAccepted, (model.id));
        } else {
            model.accepted = true;
            if (!holds(index, time)) refusal = abi.encodeCall(TrustErrors.TrustRegistryNotHolding, (model.id));
            else if (_openOf(model.subject, time) > 8) {
                refusal = abi.encodeCall(TrustErrors.TrustRegistryTooManyOpenGrants, (typeId, model.subject));
            }
            if (refusal.length > 0) model.accepted = false;
        }
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_trust.accept, (model.id)), refusal);
        if (refusal.length > 0) return;
        _expect(logs, 3, model.id, ITrustRegistry.Accepted.selector, sender, "");
    }

    /// @notice Withdraws a grant, as the council, its subject's owner or anybody.
    function withdraw(uint8 grantSeed, uint8 actorSeed, uint16 fromSeed) external {
        if (_grants.length == 0 || actorSeed % 2 == 0) return;
        uint256 index = grantSeed % _grants.length;
        Model storage model = _grants[index];
        uint256 time = _enter();
        address sender = actorSeed % 16 == 1 ? _governor : actorSeed % 16 < 8 ? _owners[model.subject] : actor(actorSeed / 16);
        uint256 given = fromSeed % 3 == 0 ? 0 : time + 500 - fromSeed % 2_000;
        uint256 soonest = time < model.notBefore ? model.notBefore : time;
        uint256 from = given == 0 ? soonest : given;

        bytes memory refusal = "";
        bool any = sender == _governor || _holdsAbove(index, sender, time);
        bool own = sender == _owners[model.subject] && _deactivatedAt[model.subject] == 0;
        uint256 earliest = any ? model.notBefore : soonest;
        bool council = sender == _governor;
        if (!any && !own) refusal = abi.encodeCall(TrustErrors.TrustRegistryUnauthorized, (model.id, sender));
        else if (!council && (any ? model.otherWithdrawals : model.ownWithdrawals) == 8) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryTooManyWithdrawals, (model.id));
        } else if (from < earliest) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryWithdrawalTooEarly, (model.id, from, earliest));
        } else if (from >= model.notAfter) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryWithdrawalTooLate, (model.id, from, model.notAfter));
        } else if (from >= model.withdrawnFrom) {
            refusal = abi.encodeCall(
                TrustErrors.TrustRegistryAlreadyWithdrawn, (model.id, from, model.withdrawnFrom)
            );
        }
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_trust.withdraw, (model.id, uint48(given))), refusal);
        if (refusal.length > 0) return;
        _expect(logs, 3, model.id, ITrustRegistry.Withdrawn.selector, sender, abi.encode(from));
        model.withdrawnFrom = from;
        if (council) return;
        if (any) ++model.otherWithdrawals;
        else ++model.ownWithdrawals;
    }

    /// @notice Extends a grant, as who may grant it or as anybody; mostly within the parent's end.
    function extend(uint8 grantSeed, uint8 actorSeed, uint16 endSeed) external {
        if (_grants.length == 0) return;
        uint256 index = grantSeed % _grants.length;
        Model storage model = _grants[index];
        uint256 time = _enter();
        uint256 latest = model.parent == 0 ? time + 36_525 days : _grants[model.parent - 1].notAfter;
        address rightful = model.parent == 0 ? _governor : _owners[_grants[model.parent - 1].subject];
        address sender = actorSeed % 4 == 0 ? actor(actorSeed / 4) : rightful;
        uint256 end = model.notAfter + endSeed % 300;
        if (endSeed % 5 != 4 && end > latest) end = latest;

        bytes memory refusal = "";
        if (model.parent == 0 && sender != _governor) {
            refusal = abi.encodeCall(TrustErrors.AccessControlUnauthorizedAccount, (sender, keccak256("mapae.roots")));
        } else if (sender != rightful || (model.parent != 0 && _deactivatedAt[_grants[model.parent - 1].subject] != 0)) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryUnauthorized, (model.id, sender));
        } else if (!holds(index, time)) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryNotHolding, (model.id));
        } else if (end <= model.notAfter || end > latest) {
            refusal = abi.encodeCall(
                TrustErrors.TrustRegistryInvalidExtension, (model.id, end, model.notAfter, latest)
            );
        } else if (model.extensions == 128) {
            refusal = abi.encodeCall(TrustErrors.TrustRegistryTooManyExtensions, (model.id));
        }
        Vm.Log[] memory logs = _write(sender, abi.encodeCall(_trust.extend, (model.id, uint48(end))), refusal);
        if (refusal.length > 0) return;
        _expect(logs, 3, model.id, ITrustRegistry.Extended.selector, sender, abi.encode(end));
        model.notAfter = end;
        ++model.extensions;
    }

    /// @notice Whether a grant of the model holds at a time: said of every pair of links at once, not by a walk.
    function holds(uint256 index, uint256 at) public view returns (bool) {
        for (uint256 link = index + 1; link != 0; link = _grants[link - 1].parent) {
            Model storage one = _grants[link - 1];
            uint256 end = _deactivatedAt[one.subject];
            if (!one.accepted || at < one.notBefore || at >= one.notAfter || at >= one.withdrawnFrom) return false;
            if (end != 0 && at >= end) return false;
            for (uint256 above = one.parent; above != 0; above = _grants[above - 1].parent) {
                if (one.createdAt >= _grants[above - 1].withdrawnFrom) return false;
            }
        }
        return true;
    }

    function _grant(address sender, bytes memory call_, bytes memory refusal, Model memory model) private {
        uint256 number = 0;
        for (uint256 i = 0; i < _grants.length; ++i) {
            if (_grants[i].subject == model.subject) ++number;
        }
        Vm.Log[] memory logs = _write(sender, call_, refusal);
        if (refusal.length > 0) return;
        model.id = keccak256(abi.encode(typeId, model.subject, _idAbove(model), number));
        bytes memory data = abi.encode(
            typeId,
            model.subject,
            number,
            _idAbove(model),
            model.notBefore,
            model.notAfter,
            model.mayGrant,
            "label"
        );
        _expect(logs, 3, model.id, ITrustRegistry.Granted.selector, sender, data);
        _grants.push(model);
    }

    /// @dev A grant as it is made now; what it is by then is told by {_grant}.
    function _model(uint256 parent, uint256 notBefore, uint256 notAfter, uint256 depth, address subject, bool mayGrant)
        private
        view
        returns (Model memory model)
    {
        (model.parent, model.notBefore, model.notAfter) = (parent, notBefore, notAfter);
        (model.withdrawnFrom, model.depth, model.subject, model.mayGrant) = (NEVER, depth, subject, mayGrant);
        (model.createdAt, model.createdBlock) = (block.timestamp, block.number);
    }

    function _idAbove(Model memory model) private view returns (bytes32) {
        return model.parent == 0 ? bytes32(0) : _grants[model.parent - 1].id;
    }

    function _holdsAbove(uint256 index, address sender, uint256 time) private view returns (bool) {
        for (uint256 above = _grants[index].parent; above != 0; above = _grants[above - 1].parent) {
            address subject = _grants[above - 1].subject;
            bool controls = sender == _owners[subject] && _deactivatedAt[subject] == 0;
            if (controls && holds(above - 1, time)) return true;
        }
        return false;
    }

    function _openOf(address subject, uint256 time) private view returns (uint256 open) {
        for (uint256 i = 0; i < _grants.length; ++i) {
            if (_grants[i].subject == subject && holds(i, time)) ++open;
        }
    }
}

/// @title The errors of `ITrustRegistry` as functions, whose encoding is the same
/// @notice `abi.encodeCall` checks the types of a function's arguments, and knows no errors.
interface TrustErrors {
    function AccessControlUnauthorizedAccount(address account, bytes32 role) external;
    function TrustRegistryUnauthorized(bytes32 grantId, address actor) external;
    function TrustRegistryNotHolding(bytes32 grantId) external;
    function TrustRegistryMayNotGrant(bytes32 grantId) external;
    function TrustRegistryTooDeep(bytes32 grantId) external;
    function TrustRegistryInvalidValidity(uint256 notBefore, uint256 notAfter, uint256 earliest, uint256 latest) external;
    function TrustRegistryAlreadyAccepted(bytes32 grantId) external;
    function TrustRegistryTooManyOpenGrants(bytes32 typeId, address subject) external;
    function TrustRegistryWithdrawalTooEarly(bytes32 grantId, uint256 from, uint256 earliest) external;
    function TrustRegistryWithdrawalTooLate(bytes32 grantId, uint256 from, uint256 notAfter) external;
    function TrustRegistryTooManyWithdrawals(bytes32 grantId) external;
    function TrustRegistryInvalidExtension(bytes32 grantId, uint256 notAfter, uint256 current, uint256 latest) external;
    function TrustRegistryTooManyExtensions(bytes32 grantId) external;
    function TrustRegistryAlreadyWithdrawn(bytes32 grantId, uint256 from, uint256 withdrawnFrom) external;
}
