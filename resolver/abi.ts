// Generated from contracts/ by `npm run compile`; don't edit it here.

/** ABI of `DidRegistry`. */
export const didRegistryAbi = [
  {
    type: "constructor",
    inputs: [{ internalType: "address", name: "forwarder", type: "address" }],
    stateMutability: "nonpayable",
  },
  { type: "error", inputs: [{ internalType: "address", name: "target", type: "address" }], name: "AddressEmptyCode" },
  {
    type: "error",
    inputs: [{ internalType: "address", name: "identity", type: "address" }],
    name: "DidRegistryDeactivated",
  },
  {
    type: "error",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "address", name: "actor", type: "address" },
    ],
    name: "DidRegistryUnauthorized",
  },
  {
    type: "error",
    inputs: [
      { internalType: "uint256", name: "validity", type: "uint256" },
      { internalType: "uint256", name: "maximum", type: "uint256" },
    ],
    name: "DidRegistryValidityTooLong",
  },
  {
    type: "error",
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "maximum", type: "uint256" },
    ],
    name: "DidRegistryValueTooLong",
  },
  { type: "error", inputs: [], name: "FailedCall" },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "identity", type: "address" },
      { indexed: false, internalType: "bytes32", name: "name", type: "bytes32" },
      { indexed: false, internalType: "bytes", name: "value", type: "bytes" },
      { indexed: false, internalType: "uint256", name: "validTo", type: "uint256" },
      { indexed: false, internalType: "uint256", name: "previousChange", type: "uint256" },
    ],
    name: "DIDAttributeChanged",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "identity", type: "address" },
      { indexed: false, internalType: "bytes32", name: "delegateType", type: "bytes32" },
      { indexed: false, internalType: "address", name: "delegate", type: "address" },
      { indexed: false, internalType: "uint256", name: "validTo", type: "uint256" },
      { indexed: false, internalType: "uint256", name: "previousChange", type: "uint256" },
    ],
    name: "DIDDelegateChanged",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "identity", type: "address" },
      { indexed: false, internalType: "address", name: "owner", type: "address" },
      { indexed: false, internalType: "uint256", name: "previousChange", type: "uint256" },
    ],
    name: "DIDOwnerChanged",
  },
  {
    type: "function",
    inputs: [],
    name: "MAX_VALIDITY",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [],
    name: "MAX_VALUE_BYTES",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "bytes32", name: "delegateType", type: "bytes32" },
      { internalType: "address", name: "delegate", type: "address" },
      { internalType: "uint256", name: "validity", type: "uint256" },
    ],
    name: "addDelegate",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "address", name: "newOwner", type: "address" },
    ],
    name: "changeOwner",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "identity", type: "address" }],
    name: "changed",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "identity", type: "address" }],
    name: "deactivatedAt",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "bytes32", name: "subject", type: "bytes32" }],
    name: "head",
    outputs: [{ internalType: "bytes32", name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "identity", type: "address" }],
    name: "identityOwner",
    outputs: [{ internalType: "address", name: "", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "forwarder", type: "address" }],
    name: "isTrustedForwarder",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "identity", type: "address" }],
    name: "lastOwner",
    outputs: [{ internalType: "address", name: "", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ internalType: "bytes[]", name: "data", type: "bytes[]" }],
    name: "multicall",
    outputs: [{ internalType: "bytes[]", name: "results", type: "bytes[]" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "bytes32", name: "name", type: "bytes32" },
      { internalType: "bytes", name: "value", type: "bytes" },
    ],
    name: "revokeAttribute",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "bytes32", name: "delegateType", type: "bytes32" },
      { internalType: "address", name: "delegate", type: "address" },
    ],
    name: "revokeDelegate",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [],
    name: "root",
    outputs: [{ internalType: "bytes32", name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "bytes32", name: "name", type: "bytes32" },
      { internalType: "bytes", name: "value", type: "bytes" },
      { internalType: "uint256", name: "validity", type: "uint256" },
    ],
    name: "setAttribute",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [],
    name: "trustedForwarder",
    outputs: [{ internalType: "address", name: "", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { internalType: "address", name: "identity", type: "address" },
      { internalType: "bytes32", name: "delegateType", type: "bytes32" },
      { internalType: "address", name: "delegate", type: "address" },
    ],
    name: "validDelegate",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
  },
] as const;

/** ABI of OpenZeppelin's `ERC2771Forwarder`, which relays signed writes. */
export const forwarderAbi = [
  {
    type: "constructor",
    inputs: [{ internalType: "string", name: "name", type: "string" }],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    inputs: [{ internalType: "uint48", name: "deadline", type: "uint48" }],
    name: "ERC2771ForwarderExpiredRequest",
  },
  {
    type: "error",
    inputs: [
      { internalType: "address", name: "signer", type: "address" },
      { internalType: "address", name: "from", type: "address" },
    ],
    name: "ERC2771ForwarderInvalidSigner",
  },
  {
    type: "error",
    inputs: [
      { internalType: "uint256", name: "requestedValue", type: "uint256" },
      { internalType: "uint256", name: "msgValue", type: "uint256" },
    ],
    name: "ERC2771ForwarderMismatchedValue",
  },
  {
    type: "error",
    inputs: [
      { internalType: "address", name: "target", type: "address" },
      { internalType: "address", name: "forwarder", type: "address" },
    ],
    name: "ERC2771UntrustfulTarget",
  },
  { type: "error", inputs: [], name: "FailedCall" },
  {
    type: "error",
    inputs: [
      { internalType: "uint256", name: "balance", type: "uint256" },
      { internalType: "uint256", name: "needed", type: "uint256" },
    ],
    name: "InsufficientBalance",
  },
  {
    type: "error",
    inputs: [
      { internalType: "address", name: "account", type: "address" },
      { internalType: "uint256", name: "currentNonce", type: "uint256" },
    ],
    name: "InvalidAccountNonce",
  },
  { type: "error", inputs: [], name: "InvalidShortString" },
  { type: "error", inputs: [{ internalType: "string", name: "str", type: "string" }], name: "StringTooLong" },
  { type: "event", anonymous: false, inputs: [], name: "EIP712DomainChanged" },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "signer", type: "address" },
      { indexed: false, internalType: "uint256", name: "nonce", type: "uint256" },
      { indexed: false, internalType: "bool", name: "success", type: "bool" },
    ],
    name: "ExecutedForwardRequest",
  },
  {
    type: "function",
    inputs: [],
    name: "eip712Domain",
    outputs: [
      { internalType: "bytes1", name: "fields", type: "bytes1" },
      { internalType: "string", name: "name", type: "string" },
      { internalType: "string", name: "version", type: "string" },
      { internalType: "uint256", name: "chainId", type: "uint256" },
      { internalType: "address", name: "verifyingContract", type: "address" },
      { internalType: "bytes32", name: "salt", type: "bytes32" },
      { internalType: "uint256[]", name: "extensions", type: "uint256[]" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      {
        components: [
          { internalType: "address", name: "from", type: "address" },
          { internalType: "address", name: "to", type: "address" },
          { internalType: "uint256", name: "value", type: "uint256" },
          { internalType: "uint256", name: "gas", type: "uint256" },
          { internalType: "uint48", name: "deadline", type: "uint48" },
          { internalType: "bytes", name: "data", type: "bytes" },
          { internalType: "bytes", name: "signature", type: "bytes" },
        ],
        internalType: "struct ERC2771Forwarder.ForwardRequestData",
        name: "request",
        type: "tuple",
      },
    ],
    name: "execute",
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    inputs: [
      {
        components: [
          { internalType: "address", name: "from", type: "address" },
          { internalType: "address", name: "to", type: "address" },
          { internalType: "uint256", name: "value", type: "uint256" },
          { internalType: "uint256", name: "gas", type: "uint256" },
          { internalType: "uint48", name: "deadline", type: "uint48" },
          { internalType: "bytes", name: "data", type: "bytes" },
          { internalType: "bytes", name: "signature", type: "bytes" },
        ],
        internalType: "struct ERC2771Forwarder.ForwardRequestData[]",
        name: "requests",
        type: "tuple[]",
      },
      { internalType: "address payable", name: "refundReceiver", type: "address" },
    ],
    name: "executeBatch",
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    inputs: [{ internalType: "address", name: "owner", type: "address" }],
    name: "nonces",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      {
        components: [
          { internalType: "address", name: "from", type: "address" },
          { internalType: "address", name: "to", type: "address" },
          { internalType: "uint256", name: "value", type: "uint256" },
          { internalType: "uint256", name: "gas", type: "uint256" },
          { internalType: "uint48", name: "deadline", type: "uint48" },
          { internalType: "bytes", name: "data", type: "bytes" },
          { internalType: "bytes", name: "signature", type: "bytes" },
        ],
        internalType: "struct ERC2771Forwarder.ForwardRequestData",
        name: "request",
        type: "tuple",
      },
    ],
    name: "verify",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
  },
] as const;
