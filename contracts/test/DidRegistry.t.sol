// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {IDidRegistry} from "../interfaces/IDidRegistry.sol";
import {HeadFold} from "./HeadFold.sol";
import {Vm, VM} from "./Vm.sol";

/// @title Properties of single writes to `DidRegistry`, for any identity, sender and argument
contract DidRegistryTest {
    address private constant FORWARDER = address(0xF0);
    uint256 private constant NOW = 1_800_000_000;

    DidRegistry private _registry;

    function setUp() public {
        VM.warp(NOW);
        VM.roll(1_000);
        _registry = new DidRegistry(FORWARDER);
    }

    function testFuzz_OnlyTheOwnerWrites(address identity, address actor, address other, bytes calldata value) public {
        VM.assume(actor != identity && actor != FORWARDER && value.length <= 4_096);
        bytes[5] memory writes = [
            abi.encodeCall(IDidRegistry.changeOwner, (identity, other)),
            abi.encodeCall(IDidRegistry.addDelegate, (identity, "veriKey", other, 1)),
            abi.encodeCall(IDidRegistry.revokeDelegate, (identity, "veriKey", other)),
            abi.encodeCall(IDidRegistry.setAttribute, (identity, "name", value, 1)),
            abi.encodeCall(IDidRegistry.revokeAttribute, (identity, "name", value))
        ];
        bytes32 root = _registry.root();
        for (uint256 i = 0; i < writes.length; ++i) {
            VM.prank(actor);
            (bool ok, bytes memory reason) = address(_registry).call(writes[i]);
            require(!ok, "a stranger wrote");
            bytes memory wanted =
                abi.encodeWithSelector(IDidRegistry.DidRegistryUnauthorized.selector, identity, actor);
            require(keccak256(reason) == keccak256(wanted), "another error than Unauthorized");
        }
        require(_registry.root() == root && _registry.changed(identity) == 0, "a refused write left a trace");
    }

    function testFuzz_OnlyTheZeroAddressDeactivates(address identity, address newOwner) public {
        VM.assume(identity != FORWARDER);
        VM.prank(identity);
        _registry.changeOwner(identity, newOwner);
        bool deactivated = newOwner == address(0);
        require(_registry.identityOwner(identity) == newOwner, "identityOwner");
        require(_registry.lastOwner(identity) == (deactivated ? identity : newOwner), "lastOwner");
        require(_registry.deactivatedAt(identity) == (deactivated ? NOW : 0), "deactivatedAt");
        require(_registry.changed(identity) == 1_000, "changed");
    }

    function testFuzz_ADelegateIsValidUpToItsLastSecond(
        address identity,
        bytes32 delegateType,
        address delegate,
        uint256 validity,
        uint256 elapsed
    ) public {
        VM.assume(identity != FORWARDER);
        validity %= _registry.MAX_VALIDITY() + 1;
        elapsed %= 2 * validity + 2;
        VM.prank(identity);
        _registry.addDelegate(identity, delegateType, delegate, validity);
        VM.warp(NOW + elapsed);
        bool valid = _registry.validDelegate(identity, delegateType, delegate);
        require(valid == (elapsed <= validity), "validity");
    }

    function testFuzz_AValidityIsTakenUpToTheMaximumAndNeverOverflows(address identity, uint256 validity) public {
        VM.assume(identity != FORWARDER);
        uint256 maximum = _registry.MAX_VALIDITY();
        if (validity > maximum) {
            VM.expectRevert(
                abi.encodeWithSelector(IDidRegistry.DidRegistryValidityTooLong.selector, validity, maximum)
            );
        }
        VM.prank(identity);
        _registry.setAttribute(identity, "name", "", validity);
    }

    function testFuzz_HeadAndRootAreTheFoldOfTheLog(
        address identity,
        bytes32 name,
        bytes calldata value,
        uint32 blocks,
        uint32 elapsed
    ) public {
        VM.assume(identity != FORWARDER && value.length <= 4_096);
        bytes32 head = HeadFold.didSeed(address(_registry), identity);
        bytes32 root = HeadFold.seed(address(_registry), 0, 0);
        require(_registry.root() == root, "first root");
        for (uint256 i = 1; i < 3; ++i) {
            VM.roll(1_000 + i * blocks);
            VM.warp(NOW + i * elapsed);
            VM.recordLogs();
            VM.prank(identity);
            _registry.setAttribute(identity, name, value, i);
            Vm.Log[] memory logs = VM.getRecordedLogs();
            require(logs.length == 1 && logs[0].emitter == address(_registry), "one event");
            require(logs[0].topics.length == 2, "two topics");
            require(logs[0].topics[1] == bytes32(uint256(uint160(identity))), "topic 1");

            head = HeadFold.fold(head, logs[0].topics[0], identity, logs[0].data);
            root = HeadFold.foldRoot(root, head);
            require(_registry.head(bytes32(uint256(uint160(identity)))) == head, "head");
            require(_registry.root() == root, "root");
        }
    }

    function testFuzz_WhatAForwarderAppendsIsTheSender(address identity, address sender, address newOwner) public {
        VM.assume(newOwner != address(0));
        bytes memory data = abi.encodeCall(IDidRegistry.changeOwner, (identity, newOwner));
        VM.prank(FORWARDER);
        (bool ok,) = address(_registry).call(bytes.concat(data, bytes20(sender)));
        require(ok == (sender == identity), "the sender is who signed");
    }

    function testFuzz_WhatAnyoneElseAppendsIsNot(address identity, address actor, address newOwner) public {
        VM.assume(actor != identity && actor != FORWARDER);
        bytes memory data = abi.encodeCall(IDidRegistry.changeOwner, (identity, newOwner));
        VM.prank(actor);
        (bool ok,) = address(_registry).call(bytes.concat(data, bytes20(identity)));
        require(!ok, "an appended address was believed");
    }
}
