// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Seat of the council
/// @notice The account that has every role of the council: it withdraws grants, proposes to the timelock, and cancels what
/// is proposed there and to the recovery timelock. Who holds the seat acts through it; so a lost council is replaced in one
/// place, and no role has to move.
interface ICouncilSeat {
    /// @notice The council is `holder` from now on; `previous` is 0 at the seat's construction.
    event HolderReplaced(address indexed previous, address indexed holder);

    /// @notice `actor` may not do this.
    error CouncilSeatUnauthorized(address actor);

    /// @notice The zero address can't hold the seat.
    error CouncilSeatNoHolder();

    /// @notice The timelock of governance, which can replace the holder.
    function timelock() external view returns (address);

    /// @notice The recovery timelock, which can replace the holder.
    function recovery() external view returns (address);

    /// @notice Who acts through the seat now.
    function holder() external view returns (address);

    /// @notice Calls a contract as the council; by the holder.
    /// @return What the contract answered; what it reverts with goes on to the caller.
    function execute(address target, bytes calldata data) external returns (bytes memory);

    /// @notice Seats another holder; by {timelock} or {recovery}.
    function replace(address newHolder) external;
}
