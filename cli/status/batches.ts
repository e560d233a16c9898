import type { StatusWord } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { statusIn, WORD_BITS } from "./list.ts";

/** `StatusRegistry.MAX_CHANGES`: words of one transaction. */
const WORDS_A_TRANSACTION = 512;

/** What can be done to a status. */
export type StatusAction = "revoke" | "suspend" | "reinstate";

/** A change of one word, as the registry takes it. */
export interface WordChange {
  readonly word: number;
  readonly revoke: bigint;
  readonly suspend: bigint;
  readonly reinstate: bigint;
}

/**
 * What has to be sent so that an action holds for credentials: whole words, in ascending order, at most 512 a transaction. What
 * holds already is left out, so that an interrupted call can simply be repeated.
 *
 * @throws CliError `REFUSED` when something is to be reinstated that is revoked.
 */
export function batchesOf(
  action: StatusAction,
  indexes: readonly number[],
  words: readonly StatusWord[],
): WordChange[][] {
  const masks = new Map<number, bigint>();
  for (const index of indexes) {
    if (action === "reinstate" && statusIn(words, index) === "revoked") {
      throw new CliError("REFUSED", `Credential ${index} is revoked, which is forever: it can't be reinstated`);
    }
    if (isDone(action, index, words)) continue;
    const word = Math.floor(index / WORD_BITS);
    masks.set(word, (masks.get(word) ?? 0n) | (1n << BigInt(index % WORD_BITS)));
  }
  const nothing = { revoke: 0n, suspend: 0n, reinstate: 0n };
  const changes = [...masks]
    .sort(([a], [b]) => a - b)
    .map(([word, mask]): WordChange => ({ word, ...nothing, [action]: mask }));
  const batches: WordChange[][] = [];
  while (changes.length > 0) batches.push(changes.splice(0, WORDS_A_TRANSACTION));
  return batches;
}

function isDone(action: StatusAction, index: number, words: readonly StatusWord[]): boolean {
  const { revoked, suspended } = words[Math.floor(index / WORD_BITS)] ?? { revoked: 0n, suspended: 0n };
  const bit = 1n << BigInt(index % WORD_BITS);
  if (action === "revoke") return (revoked & bit) !== 0n;
  return ((suspended & bit) !== 0n) === (action === "suspend");
}
