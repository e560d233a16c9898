// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {TrustRegistry} from "../TrustRegistry.sol";
import {ITrustRegistry} from "../interfaces/ITrustRegistry.sol";
import {TrustRegistryHandler} from "./TrustRegistryHandler.sol";

/// @title What holds after any sequence of writes to `TrustRegistry`
contract TrustRegistryInvariants {
    address private constant FORWARDER = address(0xF0);
    address private constant GOVERNOR = address(0x60);
    /// @dev Grants that are compared after each write: all would cost too much, and the last state compares all.
    uint256 private constant WINDOW = 3;

    TrustRegistry private _registry;
    TrustRegistryHandler private _handler;
    uint256 private _next;
    mapping(uint256 index => bool) private _accepted;
    mapping(uint256 index => bool) private _ended;
    mapping(uint256 index => uint256) private _withdrawnFrom;

    function setUp() public {
        _registry = new TrustRegistry(FORWARDER, new DidRegistry(FORWARDER), GOVERNOR, GOVERNOR);
        _handler = new TrustRegistryHandler(_registry, GOVERNOR);
        // Every run begins with a chain of two: from nothing, most would end before there is one.
        _handler.grantRoot(0, 2, 7_000);
        _handler.accept(0, 1);
        _handler.grant(0, 1, 1, 0, 0);
        _handler.accept(1, 1);
    }

    /// @notice The runner calls the handler and nothing else.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// hardhat-config: invariant.failOnRevert = true
    function invariant_GrantsAreTheModels() public {
        uint256 time = _handler.enter();
        require(_registry.root() == _handler.root(), "root");
        require(_registry.head(_handler.typeId()) == _handler.headOf(_handler.typeId()), "head of the type");
        uint256 grants = _handler.count();
        for (uint256 i = 0; i < WINDOW && i < grants; ++i) _check(++_next % grants, time);
        _checkSubject(_handler.actor(_next), time);
        bytes32 council = _registry.COUNCIL_ROLE();
        require(!_registry.hasRole(council, _handler.actor(_next)), "a role came from nowhere");
    }

    /// @notice The last state of a run in full. A run that wrote nothing after {setUp} would prove nothing; more is not asked of
    /// every run: chance decides.
    function afterInvariant() public {
        uint256 time = _handler.enter();
        for (uint256 i = 0; i < _handler.count(); ++i) _check(i, time);
        for (uint256 i = 0; i < 4; ++i) _checkSubject(_handler.actor(i), time);
        require(_handler.writes() > 5, "nothing was written");
    }

    /// @notice Each of the handler's calls does what the runner counts on.
    function test_TheHandlerWritesAndIsRefused() public {
        require(_handler.writes() == 5 && _handler.count() == 2 && _handler.holds(1, 1_800_000_000), "a chain of two");
        _handler.withdraw(1, 3, 0);
        require(_handler.writes() == 6 && _handler.refusals() == 0, "a subject withdraws its own");
        _handler.withdraw(1, 3, 0);
        _handler.grant(0, 1, 0, 7, 0);
        _handler.grant(0, 1, 1, 7, 0);
        _handler.grant(0, 1, 1, 0, 7);
        _handler.grant(1, 1, 1, 0, 0);
        _handler.grantRoot(0, 0, 100);
        _handler.grantRoot(0, 2, 8_000);
        _handler.accept(0, 1);
        require(_handler.refusals() == 8, "wrong sender, time or state");
        _handler.withdraw(0, 1, 2);
        _handler.changeDid(0, 0, 33);
        _handler.grant(0, 1, 1, 0, 0);
        require(_handler.writes() == 7 && _handler.refusals() == 9, "deactivated, yet grants");
        invariant_GrantsAreTheModels();
    }

    function _check(uint256 index, uint256 time) private {
        TrustRegistryHandler.Model memory model = _handler.modelOf(index);
        ITrustRegistry.Grant memory stored = _registry.grantOf(model.id);
        require(stored.subject == model.subject && stored.createdAt == model.createdAt, "subject, createdAt");
        require(stored.notBefore == model.notBefore && stored.notAfter == model.notAfter, "validity");
        require(stored.withdrawnFrom == model.withdrawnFrom && stored.accepted == model.accepted, "state");
        require(stored.mayGrant == model.mayGrant && stored.depth == model.depth, "mayGrant, depth");
        require(stored.createdBlock == model.createdBlock && stored.extensions == model.extensions, "block, extensions");
        require(stored.ownWithdrawals == model.ownWithdrawals, "withdrawals by the subject");
        require(stored.otherWithdrawals == model.otherWithdrawals, "withdrawals from above");
        require(model.ownWithdrawals <= 8 && model.otherWithdrawals <= 8 && model.extensions <= 128, "bounds");
        require(_registry.head(model.id) == _handler.headOf(model.id), "head");
        if (model.parent != 0) {
            TrustRegistryHandler.Model memory above = _handler.modelOf(model.parent - 1);
            require(stored.parent == above.id, "parent");
            require(above.notBefore <= model.notBefore && model.notAfter <= above.notAfter, "leaves the parent's");
        } else {
            require(stored.parent == 0, "root");
        }

        uint256 before = _withdrawnFrom[index];
        require(before == 0 || model.withdrawnFrom <= before, "a withdrawal moved later");
        _withdrawnFrom[index] = model.withdrawnFrom;

        bool holds = _registry.holds(model.id, time);
        require(holds == _handler.holds(index, time), "holds now");
        require(!(holds && _ended[index]), "revived");
        _ended[index] = _ended[index] || (_accepted[index] && !holds);
        _accepted[index] = model.accepted;
        for (uint256 back = 500; back < 5_000; back *= 3) {
            require(_registry.holds(model.id, time - back) == _handler.holds(index, time - back), "held before");
        }
    }

    /// @notice An issuer is accredited if and only if any of all its grants holds.
    function _checkSubject(address subject, uint256 time) private view {
        bool accredited = false;
        bytes32 typeId = _handler.typeId();
        uint256 number = 0;
        uint256 accepted = 0;
        for (uint256 i = 0; i < _handler.count(); ++i) {
            TrustRegistryHandler.Model memory model = _handler.modelOf(i);
            if (model.subject != subject) continue;
            accredited = accredited || _handler.holds(i, time);
            require(_registry.grantIds(typeId, subject, number, 1)[0] == model.id, "grantIds");
            ++number;
            if (model.accepted) ++accepted;
        }
        require(_registry.grantCount(typeId, subject) == number, "grantCount");
        bytes32[] memory all = _registry.acceptedGrants(typeId, subject, 0, type(uint256).max);
        require(all.length == accepted, "acceptedGrants");
        for (uint256 i = 0; i < all.length; ++i) require(_registry.grantOf(all[i]).accepted, "not accepted");
        require(_registry.isAccredited(typeId, subject) == accredited, "isAccredited");
    }
}
