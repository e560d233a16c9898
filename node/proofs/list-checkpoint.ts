import { deflateSync } from "node:zlib";
import { type Hash, toBytes, word as wordOf } from "../../resolver/primitives/hex.ts";
import type { EnvelopeSubject } from "../../resolver/proofs/envelope.ts";
import { applyRegistryEvent, type Knowledge, type RegistryEvent, type StateOf } from "../../resolver/registry-event.ts";
import type { StatusListState, StatusWord } from "../../resolver/status/apply-status-event.ts";
import { WORD_BITS } from "../../resolver/status/decode-status-log.ts";

/** Where a list's proof may begin: what it held before an event, and how many events were before it. */
export interface ListStart {
  readonly checkpoint: NonNullable<EnvelopeSubject["checkpoint"]>;
  readonly skipped: number;
}

/**
 * The newest checkpoint of a whole list from which on its proof can begin, with the bitmaps at that block. One that was made after
 * the list was closed is none: when that was decides about credentials, and is in the event before.
 *
 * @param events all events of the list, oldest first.
 * @returns `undefined` when there is no such checkpoint.
 */
export function newestStart(events: readonly RegistryEvent[], chainId: number): ListStart | undefined {
  const at = events.findLastIndex(({ event }) => event.type === "checkpoint" && isWhole(event) && !event.closed);
  if (at < 1) return undefined;
  const { state, words } = foldList(events.slice(0, at), chainId);
  const { origin, size, head } = state;
  if (origin === null) return undefined;
  const bitmap = (of: keyof StatusWord) => deflateSync(bitmapOf(words, of, size), { level: 9 }).toString("base64url");
  return {
    checkpoint: {
      issuer: origin.issuer,
      number: String(origin.number),
      prior: head,
      revoked: bitmap("revoked"),
      suspended: bitmap("suspended"),
    },
    skipped: at,
  };
}

function isWhole({ from, count, size }: { readonly from: number; readonly count: number; readonly size: number }) {
  return from === 0 && count === size / WORD_BITS;
}

function foldList(events: readonly RegistryEvent[], chainId: number) {
  const words = new Map<number, StatusWord>();
  let state: StateOf<"list"> | undefined;
  const known = { state: () => state, word: (_: Hash, index: number) => words.get(index) } as Knowledge;
  for (const event of events) {
    const step = applyRegistryEvent(known, event, chainId);
    for (const [index, word] of step.words) words.set(index, word);
    state = step.after.state as StatusListState;
  }
  return { state: state as StatusListState, words };
}

/** A bit for each credential, the first in the least significant bit of a byte. */
function bitmapOf(words: ReadonlyMap<number, StatusWord>, of: keyof StatusWord, size: number): Uint8Array {
  const bytes = new Uint8Array(size / 8);
  for (const [index, word] of words) bytes.set(toBytes(wordOf(word[of])).reverse(), (index * WORD_BITS) / 8);
  return bytes;
}
