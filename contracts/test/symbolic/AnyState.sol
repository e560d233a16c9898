// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {VM} from "../Vm.sol";
import {SVM} from "./Svm.sol";

/// @title What every symbolic check starts from: any block, any storage, any caller
/// @notice halmos runs the functions named `check_`, with every value of their arguments at once. What holds of one call
/// from any storage holds of any number of calls.
abstract contract AnyState {
    address internal constant FORWARDER = address(0xF0);

    /// @dev Any chain, time and block number of so many bits as no clock and no chain will ever need.
    function _anyBlock() internal {
        VM.chainId(SVM.createUint(64, "chainId"));
        VM.warp(SVM.createUint(48, "time"));
        VM.roll(SVM.createUint(48, "number"));
    }

    /// @dev A call of any function but `multicall`, which does nothing but calls of the others one after the other.
    function _anyWrite(string memory contractName) internal pure returns (bytes memory write) {
        write = SVM.createCalldata(contractName);
        VM.assume(write.length >= 4 && bytes4(write) != Multicall.multicall.selector);
    }

    /// @dev The registry takes `actor` for the sender: the forwarder relays for it, or it calls itself. Then the address
    /// at the end of the data must mean nothing.
    function _send(address registry, address actor, bool relayed, bytes memory data) internal returns (bool ok) {
        if (relayed) {
            VM.prank(FORWARDER);
            data = bytes.concat(data, bytes20(actor));
        } else {
            VM.assume(actor != FORWARDER);
            VM.prank(actor);
            data = bytes.concat(data, bytes20(SVM.createAddress("appended")));
        }
        (ok,) = registry.call(data);
    }

    /// @dev A word of what a call is given.
    function _argument(bytes memory write, uint256 place) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(add(write, 36), mul(place, 32)))
        }
    }

    /// @dev What a check proves. With `WITNESS` set it claims what is never true, so that halmos must find a way to here:
    /// a check that nothing reaches would pass too.
    function _claim(bool holds) internal view {
        if (VM.envOr("WITNESS", false)) assert(false);
        assert(holds);
    }
}
