import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { ProvenState } from "../../../resolver/proofs/proven-state.ts";
import { changedChunk, type StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { listBytes, writeChunk } from "../../../resolver/status/list-bytes.ts";
import type { StatusList } from "../../../resolver/status/status-list.ts";
import { Turn } from "../../../resolver/turn.ts";

/** Statuses that one event changed, whole chunks as they were before and are behind it. */
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

/** Every change of a list's statuses, oldest first, as the seals of a block prove it. */
export interface ListHistory {
  readonly size: number;
  /** Where it begins: at the list's creation, or at the checkpoint that the proof begins with. */
  readonly begins: { readonly at: "created" | "checkpoint"; readonly block: number; readonly time: number };
  /** What its chunks hold at its end. */
  readonly last: ReadonlyMap<number, StatusChunk>;
  readonly steps: readonly ListStep[];
}

/** What a history is read from. */
export type ProvenHistory = Pick<ProvenState, "state" | "events" | "firstChunks">;

/** Reads a list's history out of what was proven of it; `undefined` for a list that was never created. */
export async function listHistory(proven: ProvenHistory, list: Hash): Promise<ListHistory | undefined> {
  const state = proven.state("list", list);
  const [begin, ...events] = proven.events("list", list);
  if (state === undefined || begin === undefined) return undefined;
  const chunks = new Map(proven.firstChunks(list));
  const steps: ListStep[] = [];
  const turn = new Turn();
  for (const event of events) {
    if (event.type !== "changed") continue;
    if (turn.isOver) await turn.next();
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

/** A list at one point of its history, which can be moved to any other: only the chunks that differ are written. */
export class ListPlayer {
  readonly history: ListHistory;
  readonly #bytes: Uint8Array;
  /** How many steps were taken. */
  #step: number;

  /** Begins with all steps taken. */
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

  /** Where and when the last step that was taken happened, or the history begins. */
  get moment(): { readonly block: number; readonly time: number } {
    return this.history.steps[this.#step - 1] ?? this.history.begins;
  }

  /** The list here. Its bytes are those of the player: another move changes them. */
  get list(): StatusList {
    return { bits: 2, first: "least", size: this.history.size, bytes: this.#bytes };
  }

  /** Goes to where so many steps are taken; one outside of the history goes to its end on that side. */
  moveTo(step: number): void {
    const { steps } = this.history;
    const to = Math.min(steps.length, Math.max(0, step));
    // A chunk that changed often is written once.
    const chunks = new Map<number, StatusChunk | undefined>();
    for (const { chunks: changed } of steps.slice(this.#step, to))
      for (const { index, after } of changed) chunks.set(index, after);
    for (const { chunks: changed } of steps.slice(to, this.#step).reverse())
      for (const { index, before } of changed) chunks.set(index, before);
    for (const [index, chunk = NOTHING] of chunks) writeChunk("token", this.#bytes, index, chunk);
    this.#step = to;
  }

  /**
   * How many steps were taken as of a block or a moment: a block's number, or a date and time. Blocks may share a second.
   * `undefined` for what is neither.
   */
  stepAsOf(asOf: string): number | undefined {
    const block = /^\d{1,15}$/.test(asOf) ? Number(asOf) : Number.NaN;
    const time = /^\d{4}-\d\d-\d\dT/.test(asOf) ? Date.parse(asOf) / 1_000 : Number.NaN;
    if (Number.isNaN(block) && Number.isNaN(time)) return undefined;
    return this.history.steps.filter((step) => step.block <= block || step.time <= time).length;
  }
}

/** How many statuses a step made what they are behind it. */
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
