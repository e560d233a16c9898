// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TrustRegistry} from "../../TrustRegistry.sol";
import {IDidRegistry} from "../../interfaces/IDidRegistry.sol";
import {ITrustRegistry} from "../../interfaces/ITrustRegistry.sol";
import {VM} from "../Vm.sol";
import {AnyAnswer} from "./AnyAnswer.sol";
import {AnyState} from "./AnyState.sol";
import {SVM} from "./Svm.sol";

/// @title Nobody without the role grants, extends or withdraws a root or adds a type in `TrustRegistry`
/// @notice Nor gives itself the role first: from any storage of it and of the DID registry, so that it holds after any
/// number of calls. Bounds: URIs and labels of 1 byte, and those of {_boundedWrite} and {_bounded}.
/// @custom:halmos --default-bytes-lengths 1 --loop 8
contract RoleChecks is AnyState {
    IDidRegistry private _did;
    TrustRegistry private _trust;
    address private _actor;
    bytes32 private _grantId;

    function setUp() public {
        _anyBlock();
        _did = IDidRegistry(address(new AnyAnswer()));
        _trust = new TrustRegistry(FORWARDER, _did, address(0x71), address(0xC0));
        SVM.enableSymbolicStorage(address(_did));
        SVM.enableSymbolicStorage(address(_trust));
        _actor = SVM.createAddress("actor");
        _grantId = SVM.createBytes32("grantId");
    }

    function check_OnlyTheRootsRoleGrantsRoots(bool relayed) public {
        bytes memory write = _boundedWrite();
        VM.assume(!_trust.hasRole(_trust.ROOTS_ROLE(), _actor));
        VM.assume(_trust.grantOf(_grantId).depth == 0);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        _claim(grant.depth == 0 || grant.parent != 0);
    }

    /// @notice But a subject may withdraw its own from now on.
    function check_OnlyTheCouncilRoleWithdrawsRoots(bool relayed) public {
        bytes memory write = _boundedWrite();
        VM.assume(!_trust.hasRole(_trust.COUNCIL_ROLE(), _actor));
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        VM.assume(grant.depth != 0 && grant.parent == 0);
        address controller = _did.identityOwner(grant.subject);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory found = _trust.grantOf(_grantId);
        if (found.withdrawnFrom != grant.withdrawnFrom) {
            _claim(controller == _actor && found.withdrawnFrom >= block.timestamp);
        }
    }

    /// @notice And it only while the grant holds, so that what has ended does not hold again.
    function check_OnlyTheRootsRoleExtendsRoots(bool relayed) public {
        bytes memory write = _boundedWrite();
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        VM.assume(grant.depth != 0 && grant.parent == 0);
        bool may = _trust.hasRole(_trust.ROOTS_ROLE(), _actor) && _trust.holds(_grantId, block.timestamp);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory found = _trust.grantOf(_grantId);
        if (may) _claim(found.notAfter >= grant.notAfter);
        else _claim(found.notAfter == grant.notAfter && found.extensions == grant.extensions);
    }

    /// @notice By any writer: no withdrawal is undone, and what was set when it was granted stays.
    function check_NothingElseOfAGrantChanges(bool relayed) public {
        bytes memory write = _boundedWrite();
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        VM.assume(grant.depth != 0);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory found = _trust.grantOf(_grantId);
        _claim(found.withdrawnFrom <= grant.withdrawnFrom);
        (found.withdrawnFrom, found.notAfter, found.accepted) = (grant.withdrawnFrom, grant.notAfter, grant.accepted);
        found.ownWithdrawals = grant.ownWithdrawals;
        found.otherWithdrawals = grant.otherWithdrawals;
        found.extensions = grant.extensions;
        _claim(keccak256(abi.encode(found)) == keccak256(abi.encode(grant)));
    }

    function check_OnlyTheTypesRoleAddsTypes(bool relayed, bytes32 typeId) public {
        bytes memory write = _boundedWrite();
        VM.assume(!_trust.hasRole(_trust.TYPES_ROLE(), _actor));
        VM.assume(!_trust.isType(typeId));
        VM.assume(_send(address(_trust), _actor, relayed, write));
        _claim(!_trust.isType(typeId));
    }

    /// @notice But the default admin's successor, when it accepts.
    function check_OnlyItsAdminGivesARole(bool relayed, bytes32 role, address account) public {
        bytes memory write = _boundedWrite();
        bytes32 admin = _trust.getRoleAdmin(role);
        (address successor,) = _trust.pendingDefaultAdmin();
        VM.assume(!_trust.hasRole(admin, _actor) && !_trust.hasRole(role, account));
        VM.assume(role != 0 || successor != _actor);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        _claim(!_trust.hasRole(role, account));
        _claim(_trust.getRoleAdmin(role) == admin);
    }

    function check_OnlyTheDefaultAdminNamesItsSuccessor(bool relayed) public {
        bytes memory write = _boundedWrite();
        (address successor,) = _trust.pendingDefaultAdmin();
        VM.assume(!_trust.hasRole(_trust.DEFAULT_ADMIN_ROLE(), _actor));
        VM.assume(_send(address(_trust), _actor, relayed, write));
        (address named,) = _trust.pendingDefaultAdmin();
        _claim(named == successor || named == address(0));
    }

    /// @notice The same for what is done to a grant below a root: it leaves all other grants alone.
    function check_AWriteBelowARootChangesNoRoot(bool relayed) public {
        bytes memory write = _anyWrite("TrustRegistry");
        VM.assume(_isOfAGrant(write));
        ITrustRegistry.Grant memory given = _bounded(write);
        VM.assume(given.parent != 0 && _trust.grantOf(given.parent).parent == 0);
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        VM.assume(_argument(write, 0) != _grantId);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory found = _trust.grantOf(_grantId);
        if (grant.depth == 0) _claim(found.depth == 0 || found.parent != 0);
        else _claim(keccak256(abi.encode(found)) == keccak256(abi.encode(grant)));
    }

    /// @dev Who grants on, accepts, extends or withdraws does so on a root.
    function _boundedWrite() private view returns (bytes memory write) {
        write = _anyWrite("TrustRegistry");
        if (_isOfAGrant(write)) VM.assume(_bounded(write).parent == 0);
        else if (bytes4(write) == ITrustRegistry.grantRoot.selector) _nextIsFree(_argument(write, 0), 0, write);
    }

    function _isOfAGrant(bytes memory write) private pure returns (bool) {
        bytes4 selector = bytes4(write);
        return selector == ITrustRegistry.grant.selector || selector == ITrustRegistry.accept.selector
            || selector == ITrustRegistry.extend.selector || selector == ITrustRegistry.withdraw.selector;
    }

    /// @dev The first place of open grants is free. What every reachable state has: no grant has the id 0.
    function _bounded(bytes memory write) private view returns (ITrustRegistry.Grant memory given) {
        given = _trust.grantOf(_argument(write, 0));
        VM.assume(_trust.grantOf(0).depth == 0);
        if (bytes4(write) == ITrustRegistry.grant.selector) _nextIsFree(given.typeId, _argument(write, 0), write);
        if (bytes4(write) == ITrustRegistry.accept.selector) {
            VM.assume(_trust.openGrants(given.typeId, given.subject)[0] == 0);
        }
    }

    /// @dev What every reachable state has: no grant has the id that the next one will get.
    function _nextIsFree(bytes32 typeId, bytes32 parent, bytes memory write) private view {
        address subject = address(uint160(uint256(_argument(write, 1))));
        uint256 number = _trust.grantCount(typeId, subject);
        VM.assume(_trust.grantOf(keccak256(abi.encode(typeId, subject, parent, number))).depth == 0);
    }
}
