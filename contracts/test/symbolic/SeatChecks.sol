// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CouncilSeat} from "../../CouncilSeat.sol";
import {ICouncilSeat} from "../../interfaces/ICouncilSeat.sol";
import {VM} from "../Vm.sol";
import {AnyState} from "./AnyState.sol";
import {ICalls, SeatTarget} from "./SeatTarget.sol";
import {SVM} from "./Svm.sol";

/// @title Only the two timelocks replace the holder of `CouncilSeat`, and only the holder acts through it
/// @notice From any storage of it, so that it holds after any number of calls, also after calls that a target makes. A
/// target is the seat itself, a contract that answers any word or reverts with it, or an account without code. Bounds: the
/// data of a call through the seat has 0, 4 or 68 bytes, or is a call of the seat; one such call within another.
/// @custom:halmos --default-bytes-lengths 0,4,68
contract SeatChecks is AnyState, ICalls {
    address private constant TIMELOCK = address(0x71);
    address private constant RECOVERY = address(0x72);

    error Refused(bytes32 word);

    CouncilSeat private _seat;
    address private _target;
    address private _actor;
    bytes32 private _word;
    bool private _refuses;

    uint256 private _calls;
    address private _caller;
    bytes32 private _data;

    function setUp() public {
        _anyBlock();
        _seat = new CouncilSeat(TIMELOCK, RECOVERY, address(0xC0));
        _target = address(new SeatTarget());
        SVM.enableSymbolicStorage(address(_seat));
        _actor = SVM.createAddress("actor");
        VM.assume(_actor != address(_seat));
        _word = SVM.createBytes32("word");
        _refuses = SVM.createUint(1, "refuses") == 1;
    }

    /// @notice The target calls it.
    function called(address caller, bytes calldata data) external returns (bytes32) {
        (_caller, _data) = (caller, keccak256(data));
        ++_calls;
        if (_refuses) revert Refused(_word);
        return _word;
    }

    function check_OnlyATimelockReplacesTheHolder(bool within) public {
        address holder = _seat.holder();
        VM.assume(_actor != TIMELOCK && _actor != RECOVERY);
        VM.assume(_send(_write(within)));
        _claim(_seat.holder() == holder);
    }

    /// @notice So that a council that is lost can be replaced at any time, and by nobody.
    function check_EachTimelockReplacesTheHolder(bool recovery, address newHolder) public {
        address holder = _seat.holder();
        _actor = recovery ? RECOVERY : TIMELOCK;
        bool ok = _send(abi.encodeCall(ICouncilSeat.replace, (newHolder)));
        _claim(ok == (newHolder != address(0)));
        _claim(_seat.holder() == (ok ? newHolder : holder));
    }

    function check_OnlyTheHolderActsThroughTheSeat(bool within) public {
        bool holds = _actor == _seat.holder();
        bool ok = _send(_write(within));
        if (!holds) _claim(_calls == 0);
        else if (ok && _calls > 0) _claim(_calls == 1 && _caller == address(_seat));
    }

    /// @notice With its own data, once; what the target says, it hears.
    function check_TheHolderActsAsTheSeat(bytes memory data) public {
        VM.assume(_actor == _seat.holder());
        VM.prank(_actor);
        (bool ok, bytes memory answer) = address(_seat).call(abi.encodeCall(ICouncilSeat.execute, (_target, data)));
        _claim(ok != _refuses);
        if (ok) {
            _claim(_calls == 1 && _caller == address(_seat) && _data == keccak256(data));
            _claim(keccak256(answer) == keccak256(abi.encode(abi.encode(_word))));
        } else {
            _claim(keccak256(answer) == keccak256(abi.encodeWithSelector(Refused.selector, _word)));
        }
    }

    /// @dev Any call of the seat that does not go on to this contract or to a cheatcode, maybe by way of the seat itself.
    function _write(bool within) private view returns (bytes memory write) {
        write = _anyWrite("CouncilSeat");
        if (bytes4(write) == ICouncilSeat.execute.selector) {
            address target = address(uint160(uint256(_argument(write, 0))));
            VM.assume(target == _target || target.code.length == 0);
        }
        if (within) write = abi.encodeCall(ICouncilSeat.execute, (address(_seat), write));
    }

    function _send(bytes memory write) private returns (bool ok) {
        VM.prank(_actor);
        (ok,) = address(_seat).call(write);
    }
}
