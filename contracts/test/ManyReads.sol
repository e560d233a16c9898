// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Many questions to contracts in one call
/// @notice Tests that compare whole states ask thousands; each `eth_call` of its own costs more than its answer.
contract ManyReads {
    struct Read {
        address to;
        bytes data;
    }

    /// @notice Asks each, in order, as of now.
    /// @return answers What each returned, as its ABI encodes it. Reverts with the first error.
    function ask(Read[] calldata reads) external view returns (bytes[] memory answers) {
        answers = new bytes[](reads.length);
        for (uint256 at = 0; at < reads.length; ++at) {
            (bool isFine, bytes memory answer) = reads[at].to.staticcall(reads[at].data);
            if (!isFine) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
            answers[at] = answer;
        }
    }
}
