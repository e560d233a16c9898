// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {HeadFold} from "./HeadFold.sol";
import {Vm, VM} from "./Vm.sol";

/// @title What the heads and the root of a registry must be, and the one way in which a handler writes to it
/// @notice A write succeeds with exactly the event that the model wants, or is refused with exactly the error.
abstract contract HeadModel {
    /// @notice What the registry's root must be.
    bytes32 public root;

    /// @notice Writes that succeeded, and writes that were refused.
    uint256 public writes;
    uint256 public refusals;

    /// @notice What each subject's head must be.
    mapping(bytes32 subject => bytes32) public headOf;

    address private immutable _registry;
    uint256 private _number = 1_000;
    uint256 private _time = 1_800_000_000;

    constructor(address registry_) {
        _registry = registry_;
        root = HeadFold.seed(registry_, 0, 0);
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

    /// @notice One of the few who take part, each an identity too.
    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xA1100 + (seed % 4)));
    }

    /// @dev `refusal` is the error that is wanted, or empty when the call must succeed.
    function _write(address sender, bytes memory call_, bytes memory refusal) internal returns (Vm.Log[] memory logs) {
        VM.recordLogs();
        VM.prank(sender);
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, bytes memory result) = _registry.call(call_);
        logs = VM.getRecordedLogs();
        require(ok == (refusal.length == 0), ok ? "allowed" : "refused");
        if (!ok) {
            require(keccak256(result) == keccak256(refusal), "refused with another error");
            require(logs.length == 0, "refused with an event");
            ++refusals;
        }
    }

    /// @dev Checks the one event of a write and folds it.
    function _expect(
        Vm.Log[] memory logs,
        uint256 kind,
        bytes32 subject,
        bytes32 topic0,
        address sender,
        bytes memory data
    ) internal {
        require(logs.length == 1 && logs[0].emitter == _registry, "one event a write");
        bytes32[] memory topics = logs[0].topics;
        require(topics.length == 3 && topics[0] == topic0 && topics[1] == subject, "topics");
        require(topics[2] == bytes32(uint256(uint160(sender))), "actor");
        require(keccak256(logs[0].data) == keccak256(data), "data");
        bytes32 head = headOf[subject];
        if (head == 0) head = HeadFold.seed(_registry, kind, subject);
        headOf[subject] = HeadFold.fold(head, topic0, subject, sender, data);
        root = HeadFold.foldRoot(root, headOf[subject]);
        ++writes;
    }

    function _enter() internal returns (uint256) {
        VM.roll(_number);
        VM.warp(_time);
        return _time;
    }
}
