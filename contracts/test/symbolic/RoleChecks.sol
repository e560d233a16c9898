// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TrustRegistry} from "../../TrustRegistry.sol";
import {IDidRegistry} from "../../interfaces/IDidRegistry.sol";
import {ITrustRegistry} from "../../interfaces/ITrustRegistry.sol";
import {VM} from "../Vm.sol";
import {AnyAnswer} from "./AnyAnswer.sol";
import {AnyState} from "./AnyState.sol";
import {SVM} from "./Svm.sol";

/// @title Nobody without the role grants a root, withdraws one or adds a type in `TrustRegistry`
/// @notice Nor gives itself the role first: from any storage of it and of the DID registry, so that it holds after any
/// number of calls. Bounds: URIs and labels of 1 byte, and those of {_boundedWrite}.
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
        bytes memory write = _boundedWrite(false);
        VM.assume(!_trust.hasRole(_trust.ROOTS_ROLE(), _actor));
        VM.assume(_trust.grantOf(_grantId).depth == 0);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        _claim(grant.depth == 0 || grant.parent != 0);
    }

    /// @notice But a subject may withdraw its own from now on. What else a grant says never changes but its acceptance.
    function check_OnlyTheCouncilRoleWithdrawsRoots(bool relayed) public {
        bytes memory write = _boundedWrite(false);
        VM.assume(!_trust.hasRole(_trust.COUNCIL_ROLE(), _actor));
        ITrustRegistry.Grant memory grant = _trust.grantOf(_grantId);
        VM.assume(grant.depth != 0);
        address controller = _did.identityOwner(grant.subject);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        ITrustRegistry.Grant memory found = _trust.grantOf(_grantId);
        if (grant.parent == 0 && found.withdrawnFrom != grant.withdrawnFrom) {
            _claim(controller == _actor && found.withdrawnFrom >= block.timestamp);
        }
        (found.withdrawnFrom, found.accepted) = (grant.withdrawnFrom, grant.accepted);
        _claim(keccak256(abi.encode(found)) == keccak256(abi.encode(grant)));
    }

    function check_OnlyTheTypesRoleAddsTypes(bool relayed, bytes32 typeId) public {
        bytes memory write = _boundedWrite(true);
        VM.assume(!_trust.hasRole(_trust.TYPES_ROLE(), _actor));
        VM.assume(!_trust.isType(typeId));
        VM.assume(_send(address(_trust), _actor, relayed, write));
        _claim(!_trust.isType(typeId));
    }

    /// @notice But the default admin's successor, when it accepts.
    function check_OnlyItsAdminGivesARole(bool relayed, bytes32 role, address account) public {
        bytes memory write = _boundedWrite(true);
        bytes32 admin = _trust.getRoleAdmin(role);
        (address successor,) = _trust.pendingDefaultAdmin();
        VM.assume(!_trust.hasRole(admin, _actor) && !_trust.hasRole(role, account));
        VM.assume(role != 0 || successor != _actor);
        VM.assume(_send(address(_trust), _actor, relayed, write));
        _claim(!_trust.hasRole(role, account));
        _claim(_trust.getRoleAdmin(role) == admin);
    }

    function check_OnlyTheDefaultAdminNamesItsSuccessor(bool relayed) public {
        bytes memory write = _boundedWrite(true);
        (address successor,) = _trust.pendingDefaultAdmin();
        VM.assume(!_trust.hasRole(_trust.DEFAULT_ADMIN_ROLE(), _actor));
        VM.assume(_send(address(_trust), _actor, relayed, write));
        (address named,) = _trust.pendingDefaultAdmin();
        _claim(named == successor || named == address(0));
    }

    /// @dev Bounds of the state: who grants on, accepts or withdraws does so on a root, or else on a root or a grant below
    /// one; the first place of open grants is free. What every reachable state has: no grant has the id 0, and none the
    /// id that the next grant will get.
    function _boundedWrite(bool onRoots) private view returns (bytes memory write) {
        write = _anyWrite("TrustRegistry");
        bytes4 selector = bytes4(write);
        if (selector == ITrustRegistry.grantRoot.selector) {
            (bytes32 typeId, address subject) = (bytes32(_argument(write, 0)), address(uint160(_argument(write, 1))));
            VM.assume(_nextIsFree(typeId, subject));
        }
        bool accepts = selector == ITrustRegistry.accept.selector;
        bool grants = selector == ITrustRegistry.grant.selector;
        if (!accepts && !grants && selector != ITrustRegistry.withdraw.selector) return write;
        ITrustRegistry.Grant memory given = _trust.grantOf(bytes32(_argument(write, 0)));
        VM.assume(_trust.grantOf(0).depth == 0);
        VM.assume(onRoots ? given.parent == 0 : _trust.grantOf(given.parent).parent == 0);
        if (accepts) VM.assume(_trust.openGrants(given.typeId, given.subject)[0] == 0);
        if (grants) VM.assume(_nextIsFree(given.typeId, address(uint160(_argument(write, 1)))));
    }

    function _nextIsFree(bytes32 typeId, address subject) private view returns (bool) {
        uint256 number = _trust.grantCount(typeId, subject);
        return _trust.grantOf(keccak256(abi.encode(typeId, subject, number))).depth == 0;
    }

    function _argument(bytes memory write, uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(write, 36), mul(place, 32)))
        }
    }
}
