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
    codeHash: "0x5d16bab380cadf7e2872057baeaa379ad595b53f5ce480563f00f5511a53116a",
    immutables: [
      { start: 383, length: 32 },
      { start: 539, length: 32 },
      { start: 2637, length: 32 },
      { start: 2902, length: 32 },
    ],
  },
  TrustRegistry: {
    codeHash: "0xced2a1880b0b88b19db59ce35770ff38883c3dc095729bc51eacfeb384aec356",
    immutables: [
      { start: 1036, length: 32 },
      { start: 1385, length: 32 },
      { start: 10309, length: 32 },
      { start: 10482, length: 32 },
      { start: 1089, length: 32 },
      { start: 7370, length: 32 },
      { start: 9374, length: 32 },
    ],
  },
  StatusRegistry: {
    codeHash: "0x1ba94c5dba6e931b4478e9b18c459cc2110564a9f9b3b1f50fdb23e70070ce4f",
    immutables: [
      { start: 471, length: 32 },
      { start: 638, length: 32 },
      { start: 5580, length: 32 },
      { start: 5817, length: 32 },
      { start: 540, length: 32 },
      { start: 2087, length: 32 },
      { start: 3657, length: 32 },
      { start: 4267, length: 32 },
      { start: 4456, length: 32 },
      { start: 875, length: 32 },
      { start: 4060, length: 32 },
    ],
  },
  CouncilSeat: {
    codeHash: "0xed4a1fc29bfdcc833f85ecbfdd633366d67f1c0bcd991ae7026da3d1618559be",
    immutables: [
      { start: 159, length: 32 },
      { start: 422, length: 32 },
      { start: 222, length: 32 },
      { start: 474, length: 32 },
    ],
  },
} as const;
