import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type {
  EventOf,
  RegistryEvent,
  RegistryName,
  StateOf,
  Subject,
  SubjectKind,
} from "../../resolver/registry-event.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";

/** A subject whose state changed. */
export interface ChangedSubject extends Subject {
  /** Of a list the chunks that changed; not given when any may have, as after a reorg. */
  readonly chunks?: ReadonlySet<number>;
}

/**
 * All that a node's surfaces see of the index: no key of the store, no chain. It goes on with the chain;
 * answers of one synchronous stretch of code hold as of the same block.
 */
export interface LiveIndex {
  /** The newest block whose knowledge is here; `undefined` before the first is. */
  asOf(): AsOf | undefined;
  /** The newest state of a subject; `undefined` when it was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /**
   * All events of a subject, oldest first; none when it was never written. Folded, they are its state as of any block. They are
   * those as of the block at which the first is asked for, and read some at a time.
   */
  events<K extends SubjectKind>(kind: K, id: Hex): AsyncGenerator<EventOf<K>, void, void>;
  /**
   * The newest block with an event of any registry, up to a number: what was known as of the one is what was known as of the
   * other, and every node knows this one's hash. `undefined` when nothing was written until then.
   */
  lastChange(upTo: number): Promise<EventBlock | undefined>;
  /** All subjects of a kind that were ever written. */
  ids(kind: SubjectKind): Promise<Hex[]>;
  /** A chunk of a status list; `undefined` when it was never written. */
  chunk(list: Hash, index: number): StatusChunk | undefined;
  /** All chunks of a status list that were ever written, by index: as of the block at which this was called. */
  chunks(list: Hash): Promise<ReadonlyMap<number, StatusChunk>>;
  /** The index as of the newest block. @returns `undefined` before the first block is known. */
  hold(): IndexSnapshot | undefined;
  /** Calls back after each commit with the subjects whose state it changed, a reorg's undone ones included. */
  onChange(listener: (changed: readonly ChangedSubject[]) => void): void;
}

/** A block in which a registry wrote an event; `time` is in Unix seconds. */
export interface EventBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly time: number;
}

/** Where an event stands in the chain's order. */
export interface Place {
  readonly block: number;
  readonly logIndex: number;
}

/** Which part of the history, in the chain's order. */
export interface HistoryRange {
  /** Of this subject alone. */
  readonly subject?: Subject | undefined;
  /** What is behind this event. */
  readonly after?: Place | undefined;
  /** From this block on. */
  readonly from?: number | undefined;
  /** Up to this block, its own events included. */
  readonly to: number;
  /** What is before this event. */
  readonly before?: Place | undefined;
  /** Whether the newest come first; the oldest unless given. */
  readonly newestFirst?: boolean;
}

/** The index as of one block, with its history, until it is disposed of: what is committed meanwhile is not in it. */
export interface IndexSnapshot extends AsyncDisposable {
  readonly asOf: AsOf;
  /** The registries' roots as of that block. */
  readonly roots: Readonly<Record<RegistryName, Hash>>;
  /** The newest state of a subject; `undefined` when it was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /** A part of the history, some events at a time. */
  history(range: HistoryRange): AsyncGenerator<RegistryEvent[], void, void>;
  /** The newest block with an event, up to a number. */
  lastChange(upTo: number): Promise<EventBlock | undefined>;
  /** The event at a place. */
  eventAt(place: Place): RegistryEvent | undefined;
}
