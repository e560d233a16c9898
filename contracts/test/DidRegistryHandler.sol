// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {IDidRegistry} from "../interfaces/IDidRegistry.sol";
import {HeadFold} from "./HeadFold.sol";
import {Vm, VM} from "./Vm.sol";

/// @title Does random writes to a registry and keeps a model of what it must hold then
/// @notice Every write here either succeeds with exactly the event that the model wants, or is refused with exactly the
/// error that it wants. The invariants compare the registry's state with the model.
contract DidRegistryHandler {
    /// @notice What an identity's record must be.
    struct Model {
        address owner;
        uint256 changed;
        uint256 deactivatedAt;
        bytes32 head;
        bytes32 frozen;
    }

    /// @notice How many take part. Each is an identity, an owner and a delegate.
    uint256 public constant ACTORS = 4;

    /// @notice The registry under test.
    DidRegistry public immutable registry;

    /// @notice What the registry's root must be.
    bytes32 public root;

    /// @notice Writes that succeeded.
    uint256 public writes;

    /// @notice Writes that were refused because their sender was not the owner.
    uint256 public strangers;

    /// @notice Writes that were refused because the identity was deactivated.
    uint256 public tooLate;

    uint256 private _number = 1_000;
    uint256 private _time = 1_800_000_000;
    address private immutable _forwarder;
    mapping(address identity => Model) private _models;
    mapping(address identity => mapping(bytes32 delegateType => mapping(address delegate => uint256))) private _validTo;

    constructor(DidRegistry registry_, address forwarder) {
        registry = registry_;
        _forwarder = forwarder;
        root = HeadFold.seed(address(registry_), 0, 0);
        for (uint256 i = 0; i < ACTORS; ++i) {
            _models[actor(i)].owner = actor(i);
        }
    }

    /// @notice Hands over; one in 32 deactivates.
    function changeOwner(uint8 identitySeed, uint8 actorSeed, uint8 ownerSeed, uint8 route) external {
        address identity = actor(identitySeed);
        address newOwner = ownerSeed % 32 == 13 ? address(0) : actor(ownerSeed);
        bytes memory call_ = abi.encodeCall(IDidRegistry.changeOwner, (identity, newOwner));
        bytes memory data = abi.encode(newOwner, _models[identity].changed);
        if (!_write(identity, actorSeed, route, call_, IDidRegistry.DIDOwnerChanged.selector, data)) return;

        Model storage model = _models[identity];
        if (newOwner == address(0)) {
            model.deactivatedAt = block.timestamp;
            model.frozen = snapshot(identity);
        } else {
            model.owner = newOwner;
        }
    }

    /// @notice Adds a delegate, for up to about an hour.
    function addDelegate(uint8 identitySeed, uint8 actorSeed, uint8 delegateSeed, uint16 validity, uint8 route) external {
        (address identity, address delegate, bytes32 kind) = (actor(identitySeed), actor(delegateSeed), kindOf(route));
        uint256 validTo = _enter() + validity % 4_000;
        bytes memory call_ = abi.encodeCall(IDidRegistry.addDelegate, (identity, kind, delegate, validity % 4_000));
        bytes memory data = abi.encode(kind, delegate, validTo, _models[identity].changed);
        if (!_write(identity, actorSeed, route, call_, IDidRegistry.DIDDelegateChanged.selector, data)) return;
        _validTo[identity][kind][delegate] = validTo;
    }

    /// @notice Revokes a delegate, added or not.
    function revokeDelegate(uint8 identitySeed, uint8 actorSeed, uint8 delegateSeed, uint8 route) external {
        (address identity, address delegate, bytes32 kind) = (actor(identitySeed), actor(delegateSeed), kindOf(route));
        bytes memory call_ = abi.encodeCall(IDidRegistry.revokeDelegate, (identity, kind, delegate));
        bytes memory data = abi.encode(kind, delegate, 0, _models[identity].changed);
        if (!_write(identity, actorSeed, route, call_, IDidRegistry.DIDDelegateChanged.selector, data)) return;
        _validTo[identity][kind][delegate] = 0;
    }

    /// @notice Sets an attribute.
    function setAttribute(uint8 identitySeed, uint8 actorSeed, bytes32 name, bytes calldata value, uint8 route) external {
        address identity = actor(identitySeed);
        uint256 validTo = _enter() + uint8(name[0]);
        bytes memory call_ = abi.encodeCall(IDidRegistry.setAttribute, (identity, name, value, uint8(name[0])));
        bytes memory data = abi.encode(name, value, validTo, _models[identity].changed);
        _write(identity, actorSeed, route, call_, IDidRegistry.DIDAttributeChanged.selector, data);
    }

    /// @notice Revokes an attribute, set or not.
    function revokeAttribute(uint8 identitySeed, uint8 actorSeed, bytes32 name, bytes calldata value, uint8 route)
        external
    {
        address identity = actor(identitySeed);
        bytes memory call_ = abi.encodeCall(IDidRegistry.revokeAttribute, (identity, name, value));
        bytes memory data = abi.encode(name, value, 0, _models[identity].changed);
        _write(identity, actorSeed, route, call_, IDidRegistry.DIDAttributeChanged.selector, data);
    }

    /// @notice Lets blocks and seconds pass.
    function pass(uint8 blocks, uint16 time) external {
        _number += blocks % 4;
        _time += time % 2_000;
        _enter();
    }

    /// @notice Puts a caller into the model's block and second: a runner may forget them between two calls.
    /// @return time The model's Unix time.
    function enter() external returns (uint256 time) {
        return _enter();
    }

    /// @notice The model of an identity.
    function modelOf(address identity) external view returns (Model memory) {
        return _models[identity];
    }

    /// @notice Until when the model has a delegate.
    function validToOf(address identity, bytes32 kind, address delegate) external view returns (uint256) {
        return _validTo[identity][kind][delegate];
    }

    /// @notice One digest over all that the registry says of an identity.
    function snapshot(address identity) public view returns (bytes32) {
        return keccak256(
            abi.encode(
                registry.identityOwner(identity),
                registry.lastOwner(identity),
                registry.deactivatedAt(identity),
                registry.changed(identity),
                registry.head(bytes32(uint256(uint160(identity))))
            )
        );
    }

    /// @notice One of the few who take part, each an identity too.
    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xA1100 + (seed % ACTORS)));
    }

    /// @notice One of the few delegate types.
    function kindOf(uint256 seed) public pure returns (bytes32) {
        return seed % 3 == 0 ? bytes32("sigAuth") : bytes32("veriKey");
    }

    /// @dev Sends one write, three of four times as the owner, and checks its outcome against the model.
    function _write(
        address identity,
        uint256 actorSeed,
        uint256 route,
        bytes memory call_,
        bytes32 topic0,
        bytes memory data
    ) private returns (bool allowed) {
        _enter();
        Model storage model = _models[identity];
        address sender = actorSeed % 4 == 0 ? actor(actorSeed / 4) : model.owner;
        allowed = model.deactivatedAt == 0 && sender == model.owner;
        VM.recordLogs();
        (bool ok, bytes memory result) = _send(sender, model.owner, route, call_);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        require(ok == allowed, "owner and only owner writes");

        if (!allowed) {
            bytes memory wanted = model.deactivatedAt != 0
                ? abi.encodeWithSelector(IDidRegistry.DidRegistryDeactivated.selector, identity)
                : abi.encodeWithSelector(IDidRegistry.DidRegistryUnauthorized.selector, identity, sender);
            require(keccak256(result) == keccak256(wanted), "refused with another error");
            require(logs.length == 0, "refused with an event");
            if (model.deactivatedAt != 0) ++tooLate;
            else ++strangers;
            return false;
        }

        require(logs.length == 1 && logs[0].emitter == address(registry), "one event a write");
        require(
            logs[0].topics.length == 2 && logs[0].topics[0] == topic0
                && logs[0].topics[1] == bytes32(uint256(uint160(identity))),
            "topics"
        );
        require(keccak256(logs[0].data) == keccak256(data), "data");
        bytes32 head = model.head == 0 ? HeadFold.didSeed(address(registry), identity) : model.head;
        model.head = HeadFold.fold(head, topic0, identity, data);
        root = HeadFold.foldRoot(root, model.head);
        require(registry.changed(identity) >= model.changed, "changed went back");
        model.changed = block.number;
        ++writes;
    }

    /// @dev By each way into the registry `sender` must be who writes.
    function _send(address sender, address owner, uint256 route, bytes memory call_)
        private
        returns (bool, bytes memory)
    {
        bytes[] memory calls = new bytes[](1);
        calls[0] = call_;
        bytes memory multicall = abi.encodeCall(registry.multicall, (calls));
        route = (route / 3) % 5;
        if (route == 1 || route == 2) {
            VM.prank(_forwarder);
            return address(registry).call(bytes.concat(route == 1 ? call_ : multicall, bytes20(sender)));
        }
        VM.prank(sender);
        // Appending the owner's address must not help anyone but the forwarder.
        if (route == 3) return address(registry).call(bytes.concat(call_, bytes20(owner)));
        return address(registry).call(route == 4 ? multicall : call_);
    }

    function _enter() private returns (uint256) {
        VM.roll(_number);
        VM.warp(_time);
        return _time;
    }
}
