// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Who wants to know of every call that a seat makes, and says what it is answered with
interface ICalls {
    /// @notice `caller` called the target with `data`.
    /// @return What the target answers; it reverts with what this reverts with.
    function called(address caller, bytes calldata data) external returns (bytes32);
}

/// @title A target that takes any call of a seat
contract SeatTarget {
    ICalls private immutable _watcher = ICalls(msg.sender);

    fallback(bytes calldata data) external returns (bytes memory) {
        return abi.encode(_watcher.called(msg.sender, data));
    }
}
