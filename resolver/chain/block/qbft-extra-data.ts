import { type Address, hexOf } from "../../primitives/hex.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../primitives/rlp.ts";

/** The `extraData` of a QBFT block: RLP of [vanity, validators, vote, round, seals]. */
export interface QbftExtraData {
  readonly validators: readonly Address[];
  /** Signatures of the block by validators: r, s and v of 0 or 1. Each node has its own choice of them for one block. */
  readonly seals: readonly Uint8Array[];
  /** `extraData` as the block hash covers it: without seals, and with round 0. */
  readonly hashed: Uint8Array;
  /** `extraData` as each seal covers it: without seals. */
  readonly sealed: Uint8Array;
}

/** Lowest first byte of the RLP of a list. */
const FIRST_OF_LIST = 0xc0;

/** @returns `undefined` for the `extraData` of Clique and other engines. */
export function readQbftExtraData(extraData: Uint8Array): QbftExtraData | undefined {
  // The `extraData` of most other engines is no RLP list, and throwing an error takes longer than hashing a header.
  if ((extraData[0] ?? 0) < FIRST_OF_LIST) return undefined;
  let parts: RlpItem;
  try {
    parts = decodeRlp(extraData);
  } catch {
    return undefined;
  }
  if (parts instanceof Uint8Array || parts.length !== 5) return undefined;
  const [vanity, validators, vote, round, seals] = parts as [RlpItem, RlpItem, RlpItem, RlpItem, RlpItem];
  if (!(vanity instanceof Uint8Array) || !(round instanceof Uint8Array)) return undefined;
  if (!isListOfBytes(validators, 20) || !isListOfBytes(seals)) return undefined;
  return {
    validators: validators.map(hexOf),
    seals,
    hashed: encodeRlp([vanity, validators, vote, new Uint8Array(), []]),
    sealed: encodeRlp([vanity, validators, vote, round, []]),
  };
}

function isListOfBytes(item: RlpItem, length?: number): item is readonly Uint8Array[] {
  if (item instanceof Uint8Array) return false;
  return item.every((member) => member instanceof Uint8Array && (length === undefined || member.length === length));
}
