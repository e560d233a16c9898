// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {DidRegistryHandler} from "./DidRegistryHandler.sol";

/// @title What holds after any sequence of writes to `DidRegistry`
contract DidRegistryInvariants {
    address private constant FORWARDER = address(0xF0);

    DidRegistry private _registry;
    DidRegistryHandler private _handler;

    function setUp() public {
        _registry = new DidRegistry(FORWARDER);
        _handler = new DidRegistryHandler(_registry, FORWARDER);
    }

    /// @notice The runner calls the handler and nothing else.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// hardhat-config: invariant.failOnRevert = true
    function invariant_StateIsTheModels() public {
        uint256 time = _handler.enter();
        require(_registry.root() == _handler.root(), "root");
        uint256 actors = _handler.ACTORS();
        for (uint256 i = 0; i < actors; ++i) {
            address identity = _handler.actor(i);
            DidRegistryHandler.Model memory model = _handler.modelOf(identity);
            bool active = model.deactivatedAt == 0;
            require(_registry.identityOwner(identity) == (active ? model.owner : address(0)), "identityOwner");
            require(_registry.lastOwner(identity) == model.owner, "lastOwner");
            require(_registry.changed(identity) == model.changed, "changed");
            require(_registry.deactivatedAt(identity) == model.deactivatedAt, "deactivatedAt");
            require(_registry.head(bytes32(uint256(uint160(identity)))) == model.head, "head");
            require(active || model.frozen == _handler.snapshot(identity), "changed after deactivation");
            // One delegate of each identity a state; the next state asks for another, and the last for all.
            _checkDelegate(identity, (_handler.writes() + _handler.strangers()) % (2 * actors), time);
        }
    }

    /// @notice The last state of a run in full. A run that did nothing, or was never refused, would prove nothing.
    function afterInvariant() public {
        uint256 time = _handler.enter();
        uint256 actors = _handler.ACTORS();
        for (uint256 i = 0; i < 2 * actors * actors; ++i) {
            _checkDelegate(_handler.actor(i / (2 * actors)), i % (2 * actors), time);
        }
        require(_handler.writes() >= 10, "too few writes");
        require(_handler.strangers() >= 1, "nobody was refused");
    }

    /// @notice Each of the handler's calls does what the runner counts on.
    function test_TheHandlerWritesIsRefusedAndDeactivates() public {
        for (uint8 route = 0; route < 15; ++route) {
            _handler.addDelegate(1, 1, 2, 100, route);
            _handler.revokeDelegate(1, 1, 2, route);
            _handler.setAttribute(1, 1, "name", "value", route);
            _handler.revokeAttribute(1, 1, "name", "value", route);
            _handler.changeOwner(1, 1, 2, route);
        }
        require(_handler.writes() == 75 && _handler.strangers() == 0, "the owner writes by every route");
        for (uint8 route = 0; route < 15; ++route) _handler.setAttribute(1, 0, "name", "value", route);
        require(_handler.writes() == 75 && _handler.strangers() == 15, "a stranger by none");

        _handler.changeOwner(1, 1, 13, 0);
        require(_registry.identityOwner(_handler.actor(1)) == address(0), "deactivated");
        for (uint8 route = 0; route < 15; ++route) _handler.setAttribute(1, 1, "name", "value", route);
        require(_handler.writes() == 76 && _handler.tooLate() == 15, "nobody writes any more");
        invariant_StateIsTheModels();
    }

    /// @dev `which` names one of the pairs of a delegate type and a delegate.
    function _checkDelegate(address identity, uint256 which, uint256 time) private view {
        (bytes32 kind, address delegate) = (_handler.kindOf(which % 2), _handler.actor(which / 2));
        bool active = _handler.modelOf(identity).deactivatedAt == 0;
        bool valid = active && time <= _handler.validToOf(identity, kind, delegate);
        require(_registry.validDelegate(identity, kind, delegate) == valid, "validDelegate");
    }
}
