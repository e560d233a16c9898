import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { ProvenState } from "../../../resolver/proofs/proven-state.ts";
import { changedChunk, type StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { chunkBytes, listBytes, writeChunk } from "../../../resolver/status/list-bytes.ts";
import type { StatusList } from "../../../resolver/status/status-list.ts";
import { TimeSlice } from "../../../resolver/time-slice.ts";

/** The statuses that one event changed: whole chunks before and after it. */
export interface ListStep {
  readonly block: number;
  /** Unix time of the block. */
  readonly time: number;
  readonly chunks: readonly {
    readonly index: number;
    readonly before: StatusChunk | undefined;
    readonly after: StatusChunk;
  }[];
}

const NOTHING: StatusChunk = { revoked: 0n, suspended: 0n };

/** Every change of a list's statuses, oldest first, proven by the seals of a block. */
export interface ListHistory {
  readonly size: number;
  /** Its beginning: the list's creation, or the checkpoint at which the proof begins. */
  readonly begins: { readonly at: "created" | "checkpoint"; readonly block: number; readonly time: number };
  /** The list's chunks at its end. */
  readonly last: ReadonlyMap<number, StatusChunk>;
  readonly steps: readonly ListStep[];
}

/** The proven state from which a history is read. */
export type ProvenHistory = Pick<ProvenState, "state" | "events" | "firstChunks">;

/** Reads a list's history from its proven events; `undefined` for a list that was never created. */
export async function listHistory(proven: ProvenHistory, list: Hash): Promise<ListHistory | undefined> {
  const state = proven.state("list", list);
  const [begin, ...events] = proven.events("list", list);
  if (state === undefined || begin === undefined) return undefined;
  const chunks = new Map(proven.firstChunks(list));
  const steps: ListStep[] = [];
  const slice = new TimeSlice();
  for (const event of events) {
    if (event.type !== "changed") continue;
    if (slice.isOver) await slice.next();
    const changed = event.changes.map((change) => {
      const before = chunks.get(change.word);
      const after = changedChunk(before, change);
      chunks.set(change.word, after);
      return { index: change.word, before, after };
    });
    steps.push({ block: event.block, time: event.time, chunks: changed });
  }
  const at = begin.type === "created" ? "created" : "checkpoint";
  return { size: state.size, begins: { at, block: begin.block, time: begin.time }, last: chunks, steps };
}

/** A list at one step of its history, which can be moved to any other step: only the chunks that differ are written. */
export class ListPlayer {
  readonly history: ListHistory;
  readonly #bytes: Uint8Array;
  /** The number of changes that are applied. */
  #step: number;

  /** Starts with all changes applied. */
  constructor(history: ListHistory) {
    this.history = history;
    this.#step = history.steps.length;
    this.#bytes = listBytes("token", history.last, history.size);
  }

  get step(): number {
    return this.#step;
  }

  get isNewest(): boolean {
    return this.#step === this.history.steps.length;
  }

  /** Block and time of the last applied change, or of the beginning of the history. */
  get moment(): { readonly block: number; readonly time: number } {
    return this.history.steps[this.#step - 1] ?? this.history.begins;
  }

  /** The list at this step. It shares its bytes with the player, so the next move changes them. */
  get list(): StatusList {
    return { bits: 2, first: "least", size: this.history.size, bytes: this.#bytes };
  }

  /** Moves to a number of applied changes, limited to the length of the history. */
  moveTo(step: number): void {
    const { steps } = this.history;
    const to = Math.min(steps.length, Math.max(0, step));
    // A chunk that changed several times is written once.
    const chunks = new Map<number, StatusChunk | undefined>();
    for (const { chunks: changed } of steps.slice(this.#step, to))
      for (const { index, after } of changed) chunks.set(index, after);
    for (const { chunks: changed } of steps.slice(to, this.#step).reverse())
      for (const { index, before } of changed) chunks.set(index, before);
    for (const [index, chunk = NOTHING] of chunks) writeChunk("token", this.#bytes, index, chunkBytes(chunk));
    this.#step = to;
  }

  /**
   * The number of changes up to a block or a moment: a block's number, or a date and time. Blocks may share a second.
   * `undefined` for other text.
   */
  stepAsOf(asOf: string): number | undefined {
    const block = /^\d{1,15}$/.test(asOf) ? Number(asOf) : Number.NaN;
    const time = /^\d{4}-\d\d-\d\dT/.test(asOf) ? Date.parse(asOf) / 1_000 : Number.NaN;
    if (Number.isNaN(block) && Number.isNaN(time)) return undefined;
    return this.history.steps.filter((step) => step.block <= block || step.time <= time).length;
  }
}

/** The number of statuses that a step changed, by their new value. */
export function countsOf({ chunks }: ListStep): Readonly<Record<"revoked" | "suspended" | "reinstated", number>> {
  let [revoked, suspended, reinstated] = [0, 0, 0];
  for (const { before = NOTHING, after } of chunks) {
    revoked += bitsIn(after.revoked & ~before.revoked);
    suspended += bitsIn(after.suspended & ~before.suspended & ~after.revoked);
    reinstated += bitsIn(before.suspended & ~after.suspended & ~after.revoked);
  }
  return { revoked, suspended, reinstated };
}

function bitsIn(mask: bigint): number {
  return mask.toString(2).replaceAll("0", "").length;
}
