import { type Address, hexOf } from "../../primitives/hex.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../primitives/rlp.ts";

/** The `extraData` of a QBFT block: RLP of [vanity, validators, vote, round, seals]. */
export interface QbftExtraData {
  readonly validators: readonly Address[];
  /** Signatures of the block by validators: r, s and v of 0 or 1. Each node has its own choice of them for one block. */
  readonly seals: readonly Uint8Array[];
  /** `extraData` as the block hash covers it: the seals left out, and the round 0. */
  readonly hashed: Uint8Array;
  /** `extraData` as each seal covers it: the seals left out. */
  readonly sealed: Uint8Array;
}

/** First byte of the RLP of a list, at least. */
const FIRST_OF_LIST = 0xc0;

/** @returns `undefined` for what is no QBFT `extraData`, as that of Clique and other engines. */
export function readQbftExtraData(extraData: Uint8Array): QbftExtraData | undefined {
  // That of most other engines is no list, and to throw an error takes longer than the hash of a header.
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
