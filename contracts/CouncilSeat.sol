// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ICouncilSeat} from "./interfaces/ICouncilSeat.sol";

/// @title Seat of the council
/// @notice Holds every role of the council and acts as its present holder says.
contract CouncilSeat is ICouncilSeat {
    using Address for address;

    /// @inheritdoc ICouncilSeat
    address public immutable timelock;

    /// @inheritdoc ICouncilSeat
    address public immutable recovery;

    /// @inheritdoc ICouncilSeat
    address public holder;

    /// @notice The seat is taken from its construction on.
    /// @param timelock_ Replaces the holder after the delay of all of governance.
    /// @param recovery_ Replaces it without the council, after a longer delay.
    /// @param holder_ The first holder: an account of m of n keys.
    constructor(address timelock_, address recovery_, address holder_) {
        timelock = timelock_;
        recovery = recovery_;
        _replace(holder_);
    }

    /// @inheritdoc ICouncilSeat
    function execute(address target, bytes calldata data) external returns (bytes memory) {
        if (msg.sender != holder) revert CouncilSeatUnauthorized(msg.sender);
        return target.functionCall(data);
    }

    /// @inheritdoc ICouncilSeat
    function replace(address newHolder) external {
        if (msg.sender != timelock && msg.sender != recovery) revert CouncilSeatUnauthorized(msg.sender);
        _replace(newHolder);
    }

    function _replace(address newHolder) private {
        if (newHolder == address(0)) revert CouncilSeatNoHolder();
        emit HolderReplaced(holder, newHolder);
        holder = newHolder;
    }
}
