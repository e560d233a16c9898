// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {StatusRegistry} from "../../StatusRegistry.sol";
import {IDidRegistry} from "../../interfaces/IDidRegistry.sol";
import {IStatusRegistry} from "../../interfaces/IStatusRegistry.sol";
import {ITrustRegistry} from "../../interfaces/ITrustRegistry.sol";
import {HeadFold} from "../HeadFold.sol";
import {VM} from "../Vm.sol";
import {AnyAnswer} from "./AnyAnswer.sol";
import {AnyState} from "./AnyState.sol";
import {SVM} from "./Svm.sol";

/// @title Each write to `StatusRegistry` moves its list's head and the root as `IHeads` says, and no other head
/// @notice Bounds: updates of one and two changes, a checkpoint of one and two words, base URIs of 1, 32 and 65 bytes.
/// @custom:halmos --default-array-lengths 1,2 --default-bytes-lengths 1,32,65
contract StatusHeadChecks is AnyState {
    StatusRegistry private _registry;
    address private _actor;
    bytes32 private _list;

    function setUp() public {
        _anyBlock();
        address others = address(new AnyAnswer());
        _registry = new StatusRegistry(FORWARDER, IDidRegistry(others), ITrustRegistry(others));
        SVM.enableSymbolicStorage(others);
        SVM.enableSymbolicStorage(address(_registry));
        _actor = SVM.createAddress("actor");
        _list = SVM.createBytes32("list");
    }

    function check_CreateList(
        bool relayed,
        address issuer,
        uint256 number,
        uint256 size,
        bytes32 typeId,
        string memory uri
    ) public {
        VM.assume(_list == keccak256(abi.encode(issuer, number)));
        bytes memory write = abi.encodeCall(IStatusRegistry.createList, (issuer, number, size, typeId, uri));
        bytes memory data = abi.encode(issuer, number, size, typeId, uri);
        _advances(relayed, write, IStatusRegistry.ListCreated.selector, data);
    }

    function check_Close(bool relayed) public {
        _advances(relayed, abi.encodeCall(IStatusRegistry.close, (_list)), IStatusRegistry.ListClosed.selector, "");
    }

    function check_Update(bool relayed, IStatusRegistry.Change[] memory changes, bytes32 reason) public {
        bytes memory write = abi.encodeCall(IStatusRegistry.update, (_list, changes, reason));
        _advances(relayed, write, IStatusRegistry.StatusChanged.selector, abi.encode(reason, changes));
    }

    function check_Checkpoint(bool relayed, uint256 from, bool two) public {
        uint256 count = two ? 2 : 1;
        (, bytes32 typeId, uint256 size, bool closed,,) = _registry.listOf(_list);
        IStatusRegistry.Word[] memory words = _registry.words(_list, from, count);
        bytes memory held = abi.encode(words[0].revoked, words[0].suspended);
        if (two) held = bytes.concat(held, abi.encode(words[1].revoked, words[1].suspended));
        bytes memory data = abi.encode(typeId, size, closed, from, count, keccak256(held));
        bytes memory write = abi.encodeCall(IStatusRegistry.checkpoint, (_list, from, count));
        _advances(relayed, write, IStatusRegistry.Checkpoint.selector, data);
    }

    function _advances(bool relayed, bytes memory write, bytes32 topic0, bytes memory data) private {
        bytes32 other = SVM.createBytes32("other");
        VM.assume(other != _list);
        (bytes32 head, bytes32 root, bytes32 others) = (_registry.head(_list), _registry.root(), _registry.head(other));
        VM.assume(_send(address(_registry), _actor, relayed, write));
        if (head == 0) head = HeadFold.seed(address(_registry), 2, _list);
        head = HeadFold.fold(head, topic0, _list, _actor, data);
        _claim(_registry.head(_list) == head);
        _claim(_registry.root() == HeadFold.foldRoot(root, head));
        _claim(_registry.head(other) == others);
    }
}
