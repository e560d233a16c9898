import type { Hex } from "../../../resolver/primitives/hex.ts";
import type { StateOf, SubjectKind, SubjectState } from "../../../resolver/registry-event.ts";
import type { StatusListState } from "../../../resolver/status/apply-status-event.ts";
import type { Folded } from "../../index/fold.ts";
import { chunkKey, entriesKey, stateKey, stateSubject } from "../keys.ts";
import { type DidRecords, didRecords, entriesRecord, readDidFacts, readDidState } from "../records/did-record.ts";
import { chunkRecord, jsonRecord, readJson } from "../records/records.ts";

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
    const was = before && ({ ...after, state: before } as SubjectState);
    if (after.kind === "did") yield* didChanges(after, was?.kind === "did" ? was.state : undefined);
    else yield { key: stateKey(after), before: was === undefined ? null : otherRecord(was), after: otherRecord(after) };
  }
  for (const { list, index, chunk, before } of chunks) {
    yield { key: chunkKey(list, index), before: before ? chunkRecord(before) : null, after: chunkRecord(chunk) };
  }
}

function* didChanges(
  { id, state }: SubjectState & { kind: "did" },
  before: StateOf<"did"> | undefined,
): Generator<Change> {
  const now = didRecords(state);
  const was: DidRecords | undefined = before && didRecords(before);
  yield { key: stateKey({ kind: "did", id }), before: was?.state ?? null, after: now.state };
  if (now.buckets.size === 0 && (was === undefined || was.buckets.size === 0)) return;
  for (const bucket of new Set([...(was?.buckets.keys() ?? []), ...now.buckets.keys()])) {
    const [older, newer] = [was?.buckets.get(bucket), now.buckets.get(bucket)];
    // The fold keeps the object of an entry that no event changed.
    if (older?.length === newer?.length && older?.every((entry, at) => entry === newer?.[at])) continue;
    const record = (entries: typeof older) => (entries === undefined ? null : entriesRecord(entries));
    yield { key: entriesKey(id, bucket), before: record(older), after: record(newer) };
  }
}

/** The record of a state that is not a DID's. JSON has no 256-bit integers, so the origin's number is stored as text. */
function otherRecord({ kind, state }: SubjectState): string {
  if (kind !== "list" || state.origin === null) return jsonRecord(state);
  return jsonRecord({ ...state, origin: { ...state.origin, number: state.origin.number.toString() } });
}

/**
 * A subject's state, read from its records; `undefined` when there are none.
 * @param get returns the record at a key.
 * @throws StoreError STORE_CORRUPT
 */
export function readStateOf<K extends SubjectKind>(
  kind: K,
  id: Hex,
  get: (key: string) => string | undefined,
): StateOf<K> | undefined {
  const digits = get(stateKey({ kind, id }));
  if (digits === undefined) return undefined;
  if (kind === "did") return readDidState(id, digits, get) as StateOf<K>;
  const state = readJson<StateOf<K>>(digits);
  if (kind !== "list") return state;
  const { origin } = state as StatusListState;
  return { ...state, origin: origin && { ...origin, number: BigInt(origin.number) } };
}

/** Describes a record of the content to people. */
export function describeRecord(key: string, digits: string): string {
  const subject = stateSubject(key);
  if (subject === undefined) return `0x${digits}`;
  const facts = subject.kind === "did" ? readDidFacts(subject.id, digits) : readJson(digits);
  return `${JSON.stringify(facts)} (0x${digits})`;
}
