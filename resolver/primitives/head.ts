import type { Log } from "../chain/chain-reader.ts";
import { type Address, type Hash, word, ZERO_HASH } from "./hex.ts";
import { keccak256, keccak256Text } from "./keccak.ts";

/**
 * The kind of what a head covers, which keeps the seeds of different subjects apart. The format is specified in `IHeads.sol`.
 */
export const HEAD_KIND = { root: 0, did: 1, statusList: 2, grant: 3, credentialType: 4 } as const;
/** One of {@link HEAD_KIND}. */
export type HeadKind = (typeof HEAD_KIND)[keyof typeof HEAD_KIND];

/**
 * The registry that a head belongs to. It is part of the seed, so that no history of another chain or contract folds to the
 * same head.
 */
export interface HeadOrigin {
  readonly chainId: number;
  readonly registry: Address;
}

const DOMAIN = keccak256Text("mapae.head.v1");

/** Value of a subject's head before its first event, and of a registry's root before its first head. */
export function headSeed({ chainId, registry }: HeadOrigin, kind: HeadKind, subject: Hash = ZERO_HASH): Hash {
  return keccak256(DOMAIN, chainId, word(registry), kind, subject);
}

/** A subject's head after one more event; `head` is the seed for the first. `time` is the block's, in Unix seconds. */
export function nextHead(head: Hash, log: Log, time: number): Hash {
  return keccak256(head, log.blockNumber, time, keccak256(...log.topics), keccak256(log.data));
}

/** A registry's root after one more head, in log order. */
export function nextRoot(root: Hash, head: Hash): Hash {
  return keccak256(root, head);
}

/** The storage slot of a subject's head in the mapping at `slot` (Solidity's layout of a mapping). */
export function headSlot(subject: Hash, slot: number): Hash {
  return keccak256(subject, slot);
}
