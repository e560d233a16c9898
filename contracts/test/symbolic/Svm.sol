// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The cheatcodes that only halmos has
interface Svm {
    /// @notice Any number of so many bits.
    function createUint(uint256 bits, string calldata name) external pure returns (uint256);

    /// @notice Any 32 bytes.
    function createBytes32(string calldata name) external pure returns (bytes32);

    /// @notice Any account, or none.
    function createAddress(string calldata name) external pure returns (address);

    /// @notice A call of any function of a contract that is neither view nor pure, with any arguments; or any other data.
    function createCalldata(string calldata contractName) external pure returns (bytes memory data);

    /// @notice From now on a contract's storage may hold anything.
    function enableSymbolicStorage(address account) external;
}

/// @dev Where halmos keeps them.
Svm constant SVM = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
