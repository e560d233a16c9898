// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {VM} from "../Vm.sol";
import {AnyState} from "./AnyState.sol";
import {IExecutions, RelayTarget} from "./RelayTarget.sol";
import {SignedRequest} from "./SignedRequest.sol";
import {SVM} from "./Svm.sol";

/// @title The forwarder executes what was signed once, for its own chain and address, and until the deadline
/// @notice A request whose nonce is past is refused, and no nonce falls, each from any storage of the forwarder: so it is
/// never executed again, whatever is called in between. Bounds: data of 0, 4 and 68 bytes, a signature of 65 (others are
/// no signature), batches of one and two, a request without value, as Mapae's are. What is assumed of signatures is said
/// at {SignedRequest.signs}.
/// @custom:halmos --array-lengths request.data={0,4,68},request.signature=65
contract RelayChecks is AnyState, IExecutions {
    using SignedRequest for ERC2771Forwarder.ForwardRequestData;

    string private constant NAME = "Mapae forwarder";

    ERC2771Forwarder private _forwarder;
    address private _target;
    uint256 private _executions;
    bytes private _reentry;
    bool private _reentered;

    function setUp() public {
        _anyBlock();
        _forwarder = new ERC2771Forwarder(NAME);
        _target = address(new RelayTarget());
        SVM.enableSymbolicStorage(address(_forwarder));
        // A fork: the chain need not be the one that the forwarder was deployed on.
        VM.chainId(SVM.createUint(64, "forkId"));
    }

    /// @notice The target calls it; what a check wants to be called from inside the target is called here.
    function executed() external {
        ++_executions;
        if (_reentry.length == 0) return;
        bytes memory again = _reentry;
        // Once: an execution from inside would be one too many already.
        delete _reentry;
        (_reentered,) = address(_forwarder).call(again);
    }

    function check_OnlyWhatWasSignedForHereAndNowIsExecuted(
        ERC2771Forwarder.ForwardRequestData memory request,
        SignedRequest.Domain memory signed,
        address relayer
    ) public {
        _signedFor(request, signed);
        VM.prank(relayer);
        _forwarder.execute(request);
        _isFor(signed, request);
    }

    function check_OnlyWhatWasSignedForHereAndNowIsExecutedInABatch(
        ERC2771Forwarder.ForwardRequestData memory request,
        SignedRequest.Domain memory signed,
        address relayer,
        address payable refundReceiver
    ) public {
        _signedFor(request, signed);
        ERC2771Forwarder.ForwardRequestData[] memory batch = new ERC2771Forwarder.ForwardRequestData[](1);
        batch[0] = request;
        VM.prank(relayer);
        _forwarder.executeBatch(batch, refundReceiver);
        VM.assume(_executions > 0);
        _isFor(signed, request);
    }

    function check_ARequestIsNotExecutedTwice(ERC2771Forwarder.ForwardRequestData memory request, address relayer)
        public
    {
        _signedOnce(request);
        _forwarder.execute(request);
        VM.prank(relayer);
        (bool ok,) = address(_forwarder).call(abi.encodeCall(_forwarder.execute, (request)));
        _claim(!ok && _executions == 1);
    }

    function check_ARequestIsNotExecutedAgainFromItsTarget(ERC2771Forwarder.ForwardRequestData memory request) public {
        _signedOnce(request);
        _reentry = abi.encodeCall(_forwarder.execute, (request));
        _forwarder.execute(request);
        _claim(_executions == 1 && !_reentered);
    }

    function check_ARequestIsNotExecutedTwiceInABatch(
        ERC2771Forwarder.ForwardRequestData memory request,
        address payable refundReceiver
    ) public {
        _signedOnce(request);
        ERC2771Forwarder.ForwardRequestData[] memory batch = new ERC2771Forwarder.ForwardRequestData[](2);
        (batch[0], batch[1]) = (request, request);
        _forwarder.executeBatch(batch, refundReceiver);
        _claim(_executions < 2);
    }

    /// @custom:halmos --default-array-lengths 1,2 --default-bytes-lengths 65
    function check_NoNonceFalls(address signer, address sender) public {
        uint256 nonce = _forwarder.nonces(signer);
        // 2^256 requests are more than there will ever be.
        VM.assume(nonce < type(uint256).max - 2);
        bytes memory data = SVM.createCalldata("ERC2771Forwarder");
        VM.prank(sender);
        (bool ok,) = address(_forwarder).call(data);
        VM.assume(ok);
        _claim(_forwarder.nonces(signer) >= nonce);
    }

    /// @dev `from` signed the request for any chain, forwarder and nonce.
    function _signedFor(ERC2771Forwarder.ForwardRequestData memory request, SignedRequest.Domain memory signed)
        private
        view
    {
        (request.to, request.value) = (_target, 0);
        VM.assume(request.signs(NAME, signed));
        SignedRequest.Domain memory asked = _here(_forwarder.nonces(request.from));
        VM.assume(request.digest(NAME, asked) == request.digest(NAME, signed) || !request.signs(NAME, asked));
    }

    /// @dev `from` signed the request for the next nonce here, and none for the one after it.
    function _signedOnce(ERC2771Forwarder.ForwardRequestData memory request) private view {
        uint256 nonce = _forwarder.nonces(request.from);
        VM.assume(nonce < type(uint256).max);
        _signedFor(request, _here(nonce));
        VM.assume(!request.signs(NAME, _here(nonce + 1)));
    }

    function _isFor(SignedRequest.Domain memory signed, ERC2771Forwarder.ForwardRequestData memory request) private {
        _claim(_executions == 1);
        _claim(signed.chainId == block.chainid && signed.forwarder == address(_forwarder));
        _claim(_forwarder.nonces(request.from) == signed.nonce + 1);
        _claim(block.timestamp <= request.deadline);
    }

    function _here(uint256 nonce) private view returns (SignedRequest.Domain memory) {
        return SignedRequest.Domain(block.chainid, address(_forwarder), nonce);
    }
}
