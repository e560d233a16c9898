// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {StatusRegistry} from "../../StatusRegistry.sol";
import {IDidRegistry} from "../../interfaces/IDidRegistry.sol";
import {IStatusRegistry} from "../../interfaces/IStatusRegistry.sol";
import {ITrustRegistry} from "../../interfaces/ITrustRegistry.sol";
import {VM} from "../Vm.sol";
import {AnyAnswer} from "./AnyAnswer.sol";
import {AnyState} from "./AnyState.sol";
import {SVM} from "./Svm.sol";

/// @title No call of `StatusRegistry` by anybody clears a revoked bit, whatever the other registries answer
/// @notice From any storage, so that it holds after any number of calls. Bounds: updates of one and two changes, a
/// checkpoint of one and two words, a base URI of 1 and 32 bytes, a multicall of one write.
/// @custom:halmos --default-array-lengths 1,2 --default-bytes-lengths 1,32
contract RevocationChecks is AnyState {
    StatusRegistry private _registry;
    address private _actor;
    bytes32 private _list;
    uint256 private _index;

    function setUp() public {
        _anyBlock();
        address others = address(new AnyAnswer());
        _registry = new StatusRegistry(FORWARDER, IDidRegistry(others), ITrustRegistry(others));
        SVM.enableSymbolicStorage(others);
        SVM.enableSymbolicStorage(address(_registry));
        _actor = SVM.createAddress("actor");
        _list = SVM.createBytes32("list");
        _index = SVM.createUint(256, "index");
    }

    function check_NoCallClearsARevocation(bool relayed) public {
        bytes memory write = _anyWrite("StatusRegistry");
        // The size of a checkpoint has to be concrete: see below.
        VM.assume(bytes4(write) != IStatusRegistry.checkpoint.selector);
        _keeps(relayed, write);
    }

    function check_NoCheckpointClearsARevocation(bool relayed, bytes32 list, uint256 from, bool two) public {
        _keeps(relayed, abi.encodeCall(IStatusRegistry.checkpoint, (list, from, two ? 2 : 1)));
    }

    function check_NoMulticallClearsARevocation(bool relayed) public {
        bytes[] memory writes = new bytes[](1);
        writes[0] = _anyWrite("StatusRegistry");
        VM.assume(bytes4(writes[0]) != IStatusRegistry.checkpoint.selector);
        _keeps(relayed, abi.encodeCall(_registry.multicall, (writes)));
    }

    function _keeps(bool relayed, bytes memory write) private {
        VM.assume(_isRevoked());
        VM.assume(_send(address(_registry), _actor, relayed, write));
        _claim(_isRevoked());
    }

    /// @dev A list that is gone is not revoked either, so a refusal is an answer.
    function _isRevoked() private view returns (bool) {
        try _registry.statusOf(_list, _index) returns (bool revoked, bool) {
            return revoked;
        } catch {
            return false;
        }
    }
}
