// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../../DidRegistry.sol";
import {IDidRegistry} from "../../interfaces/IDidRegistry.sol";
import {HeadFold} from "../HeadFold.sol";
import {VM} from "../Vm.sol";
import {AnyState} from "./AnyState.sol";
import {SVM} from "./Svm.sol";

/// @title Each write to `DidRegistry` moves its subject's head and the root as `IHeads` says, and no other head
/// @notice Bounds: attribute values of 0, 1, 32 and 65 bytes; a multicall of two writes.
/// Storage is any, also such as no history leads to: a delegate that is set while the count of delegates is 0, whose revocation
/// reverts for underflow. Every claim is about a call that succeeds, which `VM.assume(_send(...))` says, and the count is in no
/// head: so nothing has to be assumed of it.
/// @custom:halmos --default-bytes-lengths 0,1,32,65
contract DidHeadChecks is AnyState {
    DidRegistry private _registry;
    address private _actor;
    address private _identity;

    function setUp() public {
        _anyBlock();
        // What an identity keeps of a block's number has 40 bits: a block a second fills them in 34 000 years.
        VM.roll(SVM.createUint(40, "number"));
        _registry = new DidRegistry(FORWARDER);
        SVM.enableSymbolicStorage(address(_registry));
        _actor = SVM.createAddress("actor");
        _identity = SVM.createAddress("identity");
    }

    function check_ChangeOwner(bool relayed, address newOwner) public {
        bytes memory data = abi.encode(newOwner, _registry.changed(_identity));
        bytes memory write = abi.encodeCall(IDidRegistry.changeOwner, (_identity, newOwner));
        _advances(relayed, write, IDidRegistry.DIDOwnerChanged.selector, data);
    }

    function check_AddDelegate(bool relayed, bytes32 delegateType, address delegate, uint256 validity) public {
        VM.assume(validity <= _registry.MAX_VALIDITY());
        uint256 validTo = block.timestamp + validity;
        bytes memory data = abi.encode(delegateType, delegate, validTo, _registry.changed(_identity));
        bytes memory write = abi.encodeCall(IDidRegistry.addDelegate, (_identity, delegateType, delegate, validity));
        _advances(relayed, write, IDidRegistry.DIDDelegateChanged.selector, data);
    }

    function check_RevokeDelegate(bool relayed, bytes32 delegateType, address delegate) public {
        bytes memory data = abi.encode(delegateType, delegate, 0, _registry.changed(_identity));
        bytes memory write = abi.encodeCall(IDidRegistry.revokeDelegate, (_identity, delegateType, delegate));
        _advances(relayed, write, IDidRegistry.DIDDelegateChanged.selector, data);
    }

    function check_SetAttribute(bool relayed, bytes32 name, bytes memory value, uint256 validity) public {
        VM.assume(validity <= _registry.MAX_VALIDITY());
        bytes memory data = abi.encode(name, value, block.timestamp + validity, _registry.changed(_identity));
        bytes memory write = abi.encodeCall(IDidRegistry.setAttribute, (_identity, name, value, validity));
        _advances(relayed, write, IDidRegistry.DIDAttributeChanged.selector, data);
    }

    function check_RevokeAttribute(bool relayed, bytes32 name, bytes memory value) public {
        bytes memory data = abi.encode(name, value, 0, _registry.changed(_identity));
        bytes memory write = abi.encodeCall(IDidRegistry.revokeAttribute, (_identity, name, value));
        _advances(relayed, write, IDidRegistry.DIDAttributeChanged.selector, data);
    }

    function check_AMulticallAdvancesInOrder(bool relayed, bytes32 name, bytes32 value, address newOwner) public {
        bytes[] memory writes = new bytes[](2);
        writes[0] = abi.encodeCall(IDidRegistry.revokeAttribute, (_identity, name, bytes.concat(value)));
        writes[1] = abi.encodeCall(IDidRegistry.changeOwner, (_identity, newOwner));
        bytes memory first = abi.encode(name, bytes.concat(value), 0, _registry.changed(_identity));
        bytes memory second = abi.encode(newOwner, block.number);
        bytes32 head = _fold(_start(), IDidRegistry.DIDAttributeChanged.selector, first);
        bytes32 root = HeadFold.foldRoot(_registry.root(), head);
        head = _fold(head, IDidRegistry.DIDOwnerChanged.selector, second);
        root = HeadFold.foldRoot(root, head);
        _leadsTo(relayed, abi.encodeCall(_registry.multicall, (writes)), head, root);
    }

    /// @notice The subject of every write is its first argument.
    function check_NoCallMovesMore(bool relayed) public {
        bytes memory write = _anyWrite("DidRegistry");
        bytes32 subject;
        assembly ("memory-safe") {
            subject := mload(add(write, 36))
        }
        bytes32 other = SVM.createBytes32("other");
        VM.assume(other != subject);
        (bytes32 root, bytes32 head) = (_registry.root(), _registry.head(other));
        VM.assume(_send(address(_registry), _actor, relayed, write));
        _claim(_registry.head(other) == head);
        _claim(_registry.root() == HeadFold.foldRoot(root, _registry.head(subject)));
    }

    function _advances(bool relayed, bytes memory write, bytes32 topic0, bytes memory data) private {
        bytes32 head = _fold(_start(), topic0, data);
        _leadsTo(relayed, write, head, HeadFold.foldRoot(_registry.root(), head));
    }

    function _leadsTo(bool relayed, bytes memory write, bytes32 head, bytes32 root) private {
        bytes32 other = SVM.createBytes32("other");
        VM.assume(other != _subject());
        bytes32 others = _registry.head(other);
        VM.assume(_send(address(_registry), _actor, relayed, write));
        _claim(_registry.head(_subject()) == head);
        _claim(_registry.root() == root);
        _claim(_registry.head(other) == others);
    }

    function _start() private view returns (bytes32 head) {
        head = _registry.head(_subject());
        if (head == 0) head = HeadFold.didSeed(address(_registry), _identity);
    }

    function _fold(bytes32 head, bytes32 topic0, bytes memory data) private view returns (bytes32) {
        return HeadFold.fold(head, topic0, _identity, data);
    }

    function _subject() private view returns (bytes32) {
        return bytes32(uint256(uint160(_identity)));
    }
}
