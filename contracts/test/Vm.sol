// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The cheatcodes of the Solidity test runner that our tests use
interface Vm {
    /// @notice One recorded event.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice Sets `block.timestamp`, in seconds of Unix time.
    function warp(uint256 time) external;

    /// @notice Sets `block.number`.
    function roll(uint256 number) external;

    /// @notice Sets `block.chainid`.
    function chainId(uint256 id) external;

    /// @notice Starts to record events.
    function recordLogs() external;

    /// @notice The events since {recordLogs} or since the last call of this.
    function getRecordedLogs() external returns (Log[] memory logs);

    /// @notice The next call must revert with exactly `data`.
    function expectRevert(bytes calldata data) external;

    /// @notice Leaves out this run of a fuzz test unless `condition` holds.
    function assume(bool condition) external pure;

    /// @notice An environment variable, or `otherwise` when it is not set.
    function envOr(string calldata name, bool otherwise) external view returns (bool);
}

/// @dev Where every runner of this kind of test keeps its cheatcodes.
Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
