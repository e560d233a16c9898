// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {IDidRegistry} from "../interfaces/IDidRegistry.sol";
import {HeadFold} from "./HeadFold.sol";
import {VM} from "./Vm.sol";

/// @title What a fork that changes the chain's id makes of heads
contract HeadsTest {
    function testFuzz_AForkOfTheChainIdChangesNoSeed(uint64 before, uint64 later, address identity) public {
        VM.assume(before != 0 && later != 0 && identity != address(0xF0));
        VM.chainId(before);
        DidRegistry registry = new DidRegistry(address(0xF0));
        bytes32 subject = bytes32(uint256(uint160(identity)));
        bytes32 root = registry.root();
        require(root == _seed(before, registry, 0, 0), "root");

        VM.chainId(later);
        require(registry.root() == root, "root after the fork");
        VM.prank(identity);
        registry.revokeAttribute(identity, "name", "");
        bytes memory data = abi.encode(bytes32("name"), "", 0, 0);
        bytes32 head = HeadFold.fold(
            _seed(before, registry, 1, subject), IDidRegistry.DIDAttributeChanged.selector, identity, data
        );
        require(registry.head(subject) == head, "head after the fork");
    }

    function _seed(uint256 chainId, DidRegistry registry, uint256 kind, bytes32 subject) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("mapae.head.v1"), chainId, registry, kind, subject));
    }
}
