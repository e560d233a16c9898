import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { nextRoot } from "../../resolver/primitives/head.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import {
  applyRegistryEvent,
  decodeRegistryLog,
  REGISTRY_OF,
  type RegistryEvent,
  type StateOf,
  type StateReader,
  type SubjectKind,
  type SubjectState,
} from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import { type Roots, registriesOf } from "./roots.ts";

export interface FoldInput {
  readonly logs: readonly TimedLog[];
  readonly network: NetworkDescriptor;
  /** The states and chunks before these logs. */
  readonly known: StateReader;
  /** The registries' roots before them. */
  readonly roots: Roots;
}

/** A subject after some events, and its state before them; `undefined` when it had none. */
export type StateChange = SubjectState & { readonly before: StateOf<SubjectKind> | undefined };

/** A list's chunk after some events, and before them; `undefined` when it was never written. */
export interface ChunkChange {
  readonly list: Hash;
  readonly index: number;
  readonly chunk: StatusChunk;
  readonly before: StatusChunk | undefined;
}

/** The subjects and chunks that some events change, with their values after the last event. */
export interface Folded {
  readonly events: readonly RegistryEvent[];
  readonly states: readonly StateChange[];
  readonly chunks: readonly ChunkChange[];
  readonly roots: Roots;
  /** The roots after each block that has an event. */
  readonly rootsByBlock: ReadonlyMap<number, Roots>;
}

/**
 * Folds logs of the registries, in log order, to states, chunks and roots. Pure.
 * @throws ChainDataError, HistoryIncompleteError when logs are missing, or when the contracts can't have emitted them.
 */
export function foldLogs({ logs, network, known, roots: before }: FoldInput): Folded {
  const { chainId } = network;
  const registries = registriesOf(network);
  const events: RegistryEvent[] = [];
  const overlay = new Overlay(known);
  const rootsByBlock = new Map<number, Roots>();
  const roots = { ...before };
  let last: Pick<Log, "blockNumber" | "logIndex"> = { blockNumber: -1, logIndex: -1 };
  const fold = ({ log, time }: TimedLog) => {
    expectAfter(last, log);
    last = log;
    const event = decodeRegistryLog(log, time, registries);
    if (event === undefined) return;
    events.push(event);
    const { after, chunks } = applyRegistryEvent(overlay, event, chainId);
    overlay.set(after);
    for (const [index, chunk] of chunks) overlay.setChunk(event.id, index, chunk);
    const registry = REGISTRY_OF[event.kind];
    roots[registry] = nextRoot(roots[registry], after.state.head);
    rootsByBlock.set(log.blockNumber, { ...roots });
  };
  // V8 optimises a function that is called for each log, but not the body of a loop that runs once per range.
  logs.forEach(fold);
  return { events, ...overlay.changes(), roots, rootsByBlock };
}

/**
 * Checks the order of the logs. Roots are compared only at the last block of a range and may be right there although logs
 * came in another order, but the history has to be in the chain's order.
 */
function expectAfter(last: Pick<Log, "blockNumber" | "logIndex">, { blockNumber, logIndex }: Log): void {
  const isAfter = blockNumber > last.blockNumber || (blockNumber === last.blockNumber && logIndex > last.logIndex);
  if (!isAfter)
    throw new ChainDataError(`The chain gave log ${logIndex} of block ${blockNumber} twice or out of order`);
}

/** A value before some events, and after them; `after` is `undefined` while they have not changed it. */
interface Cell<T> {
  readonly before: T | undefined;
  after: T | undefined;
}

/** The known states and chunks, overlaid with the changes of some events. Each value below is read at most once. */
class Overlay implements StateReader {
  readonly #below: StateReader;
  readonly #states = new Map<SubjectKind, Map<Hex, Cell<StateOf<SubjectKind>>>>();
  readonly #chunks = new Map<Hash, Map<number, Cell<StatusChunk>>>();

  constructor(below: StateReader) {
    this.#below = below;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    const { before, after } = this.#stateCell(kind, id);
    return (after ?? before) as StateOf<K> | undefined;
  }

  chunk(list: Hash, index: number): StatusChunk | undefined {
    const { before, after } = this.#chunkCell(list, index);
    return after ?? before;
  }

  set({ kind, id, state }: SubjectState): void {
    this.#stateCell(kind, id).after = state;
  }

  setChunk(list: Hash, index: number, chunk: StatusChunk): void {
    this.#chunkCell(list, index).after = chunk;
  }

  changes(): Pick<Folded, "states" | "chunks"> {
    const states: StateChange[] = [];
    const chunks: ChunkChange[] = [];
    for (const [kind, cells] of this.#states) {
      for (const [id, { before, after: state }] of cells) {
        if (state !== undefined) states.push({ kind, id, state, before } as StateChange);
      }
    }
    for (const [list, cells] of this.#chunks) {
      for (const [index, { before, after: chunk }] of cells) {
        if (chunk !== undefined) chunks.push({ list, index, chunk, before });
      }
    }
    return { states, chunks };
  }

  #stateCell(kind: SubjectKind, id: Hex): Cell<StateOf<SubjectKind>> {
    return cellAt(mapAt(this.#states, kind), id, () => this.#below.state(kind, id));
  }

  #chunkCell(list: Hash, index: number): Cell<StatusChunk> {
    return cellAt(mapAt(this.#chunks, list), index, () => this.#below.chunk(list, index));
  }
}

function mapAt<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const found = maps.get(key) ?? new Map<L, V>();
  maps.set(key, found);
  return found;
}

function cellAt<K, T>(cells: Map<K, Cell<T>>, key: K, read: () => T | undefined): Cell<T> {
  const found = cells.get(key) ?? { before: read(), after: undefined };
  cells.set(key, found);
  return found;
}
