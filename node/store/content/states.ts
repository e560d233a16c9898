import type { Hash, Hex } from "../../../resolver/primitives/hex.ts";
import type { StateOf, SubjectKind } from "../../../resolver/registry-event.ts";
import type { StatusChunk, StatusListState } from "../../../resolver/status/apply-status-event.ts";
import type { Folded } from "../../index/fold.ts";
import { chunkKey, entriesKey, stateKey } from "../keys.ts";
import { decode, json } from "../records/codec.ts";
import { DID_ENTRIES, didRecords, type Records, readDidState } from "../records/did-record.ts";
import { CHUNK } from "../records/records.ts";

/** The record at a key before and after some events; `null` where there is none. */
export interface Change {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The records of states and chunks that some events change. Nothing is read from the store: the fold already read the former
 * states.
 */
export function* changesOf({ states, chunks }: Pick<Folded, "states" | "chunks">): Generator<Change> {
  for (const { before, ...after } of states) {
    if (after.kind === "did") yield* didChanges(after.id, after.state, before as StateOf<"did"> | undefined);
    else {
      yield { key: stateKey(after), before: before ? STATE.write(before) : null, after: STATE.write(after.state) };
    }
  }
  for (const { list, index, chunk, before } of chunks) {
    yield { key: chunkKey(list, index), before: before ? CHUNK.write(before) : null, after: CHUNK.write(chunk) };
  }
}

/** The record of a state that is not a DID's. */
const STATE = json<unknown>();

function* didChanges(id: Hex, state: StateOf<"did">, before: StateOf<"did"> | undefined): Generator<Change> {
  const now = didRecords(state);
  const was = before && didRecords(before);
  yield { key: stateKey({ kind: "did", id }), before: was?.state ?? null, after: now.state };
  for (const bucket of new Set([...(was?.buckets.keys() ?? []), ...now.buckets.keys()])) {
    const [older, newer] = [was?.buckets.get(bucket), now.buckets.get(bucket)];
    // The fold keeps the object of an entry that no event changed.
    if (older?.length === newer?.length && older?.every((entry, at) => entry === newer?.[at])) continue;
    const written = (entries: typeof older) => (entries === undefined ? null : DID_ENTRIES.write(entries));
    yield { key: entriesKey(id, bucket), before: written(older), after: written(newer) };
  }
}

/**
 * A subject's state, read from its records; `undefined` when there are none.
 * @throws StoreError STORE_CORRUPT
 */
export function readState<K extends SubjectKind>(records: Records, kind: K, id: Hex): StateOf<K> | undefined {
  const digits = records.get(stateKey({ kind, id }));
  if (digits === undefined) return undefined;
  if (kind === "did") return readDidState(records, id, digits) as StateOf<K>;
  const state = decode(json<StateOf<K>>(), digits);
  if (kind !== "list") return state;
  const { origin } = state as StatusListState;
  return { ...state, origin: origin && { ...origin, number: BigInt(origin.number) } };
}

/** A chunk of a status list; `undefined` when it was never written. */
export function readChunk(records: Records, list: Hash, index: number): StatusChunk | undefined {
  const digits = records.get(chunkKey(list, index));
  return digits === undefined ? undefined : decode(CHUNK, digits);
}
