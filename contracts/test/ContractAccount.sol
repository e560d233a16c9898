// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The smallest account that is a contract: its controller makes it call anything
/// @notice Stands where a Safe or another m-of-n account would in tests of identities that a contract owns.
contract ContractAccount {
    address private immutable _controller;

    /// @notice The sender is not the controller.
    error ContractAccountNotController(address sender);

    constructor(address controller) {
        _controller = controller;
    }

    /// @notice Calls `target` with `data` as this account, and fails with that call's own error.
    function execute(address target, bytes calldata data) external {
        if (msg.sender != _controller) revert ContractAccountNotController(msg.sender);
        (bool ok, bytes memory result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }
}
