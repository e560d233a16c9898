// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {StatusRegistry} from "../StatusRegistry.sol";
import {IDidRegistry} from "../interfaces/IDidRegistry.sol";
import {ITrustRegistry} from "../interfaces/ITrustRegistry.sol";

/// @title A registry that shows what it takes for its sender and its message
contract StatusRegistryHarness is StatusRegistry {
    constructor(address forwarder) StatusRegistry(forwarder, IDidRegistry(address(1)), ITrustRegistry(address(1))) {}

    /// @notice Who sent this call and what the call says, without what a forwarder appended.
    function context() external view returns (address sender, bytes memory data) {
        return (_msgSender(), _msgData());
    }
}
