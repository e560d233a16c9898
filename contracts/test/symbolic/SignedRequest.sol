// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

/// @title What a signer of a relayed request signs, by the words of EIP-712 and apart from the forwarder's code
library SignedRequest {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant REQUEST_TYPE = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );

    /// @notice Where a request is to be executed, and after how many of its signer's others.
    struct Domain {
        uint256 chainId;
        address forwarder;
        uint256 nonce;
    }

    function digest(ERC2771Forwarder.ForwardRequestData memory request, string memory name, Domain memory domain)
        internal
        pure
        returns (bytes32)
    {
        bytes32 separator = keccak256(
            abi.encode(DOMAIN_TYPE, keccak256(bytes(name)), keccak256("1"), domain.chainId, domain.forwarder)
        );
        bytes32 message = keccak256(
            abi.encode(
                REQUEST_TYPE,
                request.from,
                request.to,
                request.value,
                request.gas,
                domain.nonce,
                request.deadline,
                keccak256(request.data)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", separator, message));
    }

    /// @notice Whether the request's signature is its `from`'s for this domain.
    /// @dev halmos knows of `ecrecover` only that it answers alike when asked alike. Checks therefore assume what makes it
    /// a signature: who signed one digest is not recovered, with the same signature, from another digest too.
    function signs(ERC2771Forwarder.ForwardRequestData memory request, string memory name, Domain memory domain)
        internal
        pure
        returns (bool)
    {
        bytes memory signature = request.signature;
        bytes32 r;
        bytes32 s;
        uint8 v;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
        address signer = ecrecover(digest(request, name, domain), v, r, s);
        return signer != address(0) && signer == request.from;
    }
}
