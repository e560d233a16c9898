import { UnavailableError } from "../../../resolver/errors.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import {
  applyRegistryEvent,
  type RegistryEvent,
  type StateOf,
  type StateReader,
  type SubjectKind,
} from "../../../resolver/registry-event.ts";
import { type AsOf, dateTime, latestMoment } from "../../../resolver/resolution/resolve.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import type { EventBlock, IndexSnapshot } from "../../index/live-index.ts";
import { AuditError } from "../audit-error.ts";

/** The wanted block: by its number, by a moment in Unix seconds, or the newest. */
export type WantedAsOf = { readonly block: number } | { readonly time: number } | "newest";

/** The block whose knowledge is used, and the moment that is judged, in Unix seconds. */
export interface AsOfMoment {
  /**
   * For the past, the newest block with an event at or below the wanted one: nothing was written between them. For a moment
   * between the newest block and now, the newest block: `asOf.time` is before `at` then, and a later block may still change
   * the answer.
   */
  readonly asOf: AsOf;
  /** The wanted moment if one is given, otherwise the time of the block; for the newest block the current time. */
  readonly at: number;
}

/**
 * @param now the current time, in Unix seconds.
 * @throws UnavailableError for a block that is not known yet; AuditError `AUDIT_PARAMETER` for a moment in the future,
 * `AUDIT_NOT_FOUND` when nothing was written up to then.
 */
export async function asOfMoment(index: IndexSnapshot, wanted: WantedAsOf, now: number): Promise<AsOfMoment> {
  const { asOf } = index;
  if (wanted === "newest") return { asOf, at: latestMoment({ asOf, now }) };
  if ("block" in wanted) return pastMoment(asOf, await upToBlock(index, wanted.block));
  const { time } = wanted;
  if (time > latestMoment({ asOf, now })) {
    throw new AuditError("AUDIT_PARAMETER", `asOf is ${dateTime(time)}, which is yet to come`);
  }
  return time > asOf.time ? { asOf, at: time } : pastMoment(asOf, await lastChangeAt(index, time), time);
}

function pastMoment(newest: AsOf, last: EventBlock | undefined, at = last?.time): AsOfMoment {
  if (last === undefined || at === undefined) {
    throw new AuditError("AUDIT_NOT_FOUND", "Nothing was written to the registries up to then");
  }
  return { asOf: { ...newest, ...last }, at };
}

async function upToBlock(index: IndexSnapshot, block: number): Promise<EventBlock | undefined> {
  const { number } = index.asOf;
  if (block <= number) return index.lastChange(block);
  throw new UnavailableError(`asOf is ${block}, but blocks are known up to ${number} only: ask again later`);
}

/** The newest block with an event, at or before a moment. Times of blocks never decrease, so this is a binary search. */
export async function lastChangeAt(index: IndexSnapshot, time: number): Promise<EventBlock | undefined> {
  let [low, high] = [-1, index.asOf.number];
  let found: EventBlock | undefined;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    const last = await index.lastChange(middle);
    if (last !== undefined && last.time > time) {
      high = last.number - 1;
    } else {
      found = last;
      low = middle;
    }
  }
  return found;
}

/** A subject as of a block, with its newest event up to it. For a list also all its chunks. */
export interface Folded<K extends SubjectKind> {
  readonly state: StateOf<K>;
  readonly last: RegistryEvent;
  readonly chunks: ReadonlyMap<number, StatusChunk>;
}

/**
 * Folds a subject's events up to a block with the function that the store uses, so that the result is what the store had as
 * of it.
 *
 * @param onEvent called with each event, and the chunks after it.
 * @returns `undefined` when it had no event up to then.
 */
export async function foldAt<K extends SubjectKind>(
  index: IndexSnapshot,
  subject: { readonly kind: K; readonly id: Hex },
  { to, chainId }: { readonly to: number; readonly chainId: number },
  onEvent: (event: RegistryEvent, chunks: ReadonlyMap<number, StatusChunk>) => void = () => undefined,
): Promise<Folded<K> | undefined> {
  const chunks = new Map<number, StatusChunk>();
  let folded: Folded<K> | undefined;
  const known = { state: () => folded?.state, chunk: (_list: Hex, chunk: number) => chunks.get(chunk) } as StateReader;
  for await (const events of index.history({ subject, to })) {
    for (const event of events) {
      const step = applyRegistryEvent(known, event, chainId);
      for (const [at, chunk] of step.chunks) chunks.set(at, chunk);
      folded = { state: step.after.state as StateOf<K>, last: event, chunks };
      onEvent(event, chunks);
    }
  }
  return folded;
}
