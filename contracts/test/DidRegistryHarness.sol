// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";

/// @title A registry that shows what it takes for its sender and its message
contract DidRegistryHarness is DidRegistry {
    constructor(address forwarder) DidRegistry(forwarder) {}

    /// @notice Who sent this call and what the call says, without what a forwarder appended.
    function context() external view returns (address sender, bytes memory data) {
        return (_msgSender(), _msgData());
    }
}
