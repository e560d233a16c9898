// Generated from contracts/ by `npm run compile`; don't edit it here.

/** Of each contract keccak256 of its deployed code with zeros for the constructor's values, and where those stand. */
export const PINNED_CODE = {
  ERC2771Forwarder: {
    codeHash: "0x5202467401d5ca890eae6b87cbe8201ad6f917bbd5484cf0dc649dd4d34e935f",
    immutables: [
      { start: 2609, length: 32 },
      { start: 2567, length: 32 },
      { start: 2525, length: 32 },
      { start: 2690, length: 32 },
      { start: 2730, length: 32 },
      { start: 894, length: 32 },
      { start: 944, length: 32 },
    ],
  },
  TimelockController: {
    codeHash: "0xe44dee22a07cf3efab1ddbc2512c8b8f189380af4010fe1b9e934bac55f9a243",
    immutables: [],
  },
  DidRegistry: {
    codeHash: "0x76c8ef28183aa8d88140944bd5512f762107ce3135a39c6da6cdd887c3ea740a",
    immutables: [
      { start: 383, length: 32 },
      { start: 539, length: 32 },
      { start: 2637, length: 32 },
    ],
  },
  TrustRegistry: {
    codeHash: "0xc0fa79fdc75fd69fc73430d2c7ade18c8962ab3cd6ff4c280e1485c169dbfa43",
    immutables: [
      { start: 868, length: 32 },
      { start: 1147, length: 32 },
      { start: 8813, length: 32 },
      { start: 921, length: 32 },
      { start: 5572, length: 32 },
      { start: 7357, length: 32 },
    ],
  },
  StatusRegistry: {
    codeHash: "0x129e52cd8dd9b03364272a1d826ab6f59f38cb13ff7bbf8e465c925984763f65",
    immutables: [
      { start: 449, length: 32 },
      { start: 616, length: 32 },
      { start: 5100, length: 32 },
      { start: 518, length: 32 },
      { start: 3166, length: 32 },
      { start: 3771, length: 32 },
      { start: 3963, length: 32 },
      { start: 807, length: 32 },
      { start: 3569, length: 32 },
    ],
  },
} as const;
