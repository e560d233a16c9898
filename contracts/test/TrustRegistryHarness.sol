// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TrustRegistry} from "../TrustRegistry.sol";
import {IDidRegistry} from "../interfaces/IDidRegistry.sol";

/// @title A registry that shows what it takes for its sender and its message
contract TrustRegistryHarness is TrustRegistry {
    constructor(address forwarder) TrustRegistry(forwarder, IDidRegistry(address(1)), address(1), address(1)) {}

    /// @notice Who sent this call and what the call says, without what a forwarder appended.
    function context() external view returns (address sender, bytes memory data) {
        return (_msgSender(), _msgData());
    }
}
