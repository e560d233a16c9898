import { UnavailableError } from "../../resolver/errors.ts";
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
  /** Of a list the indexes of the changed chunks; missing when any chunk may have changed, as after a reorg. */
  readonly chunks?: ReadonlySet<number>;
}

/**
 * The interface of the index for the rest of the node: it hides the keys of the store and the chain. The block advances with
 * the chain; calls without an `await` between them are answered as of the same block.
 */
export interface LiveIndex {
  /** The served block; `undefined` before there is one. */
  asOf(): AsOf | undefined;
  /** The newest state of a subject; `undefined` when it was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /**
   * All events of a subject, oldest first; none when it was never written. Folding them gives its state as of any block. The
   * block is fixed when the first event is requested, and events are read in pages.
   */
  events<K extends SubjectKind>(kind: K, id: Hex): AsyncGenerator<EventOf<K>, void, void>;
  /**
   * The newest block with an event of any registry, at or below a number. The index is equal as of both blocks, but every
   * node stores the hash of this one. `undefined` when there is no event up to then.
   */
  lastChange(upTo: number): Promise<EventBlock | undefined>;
  /** A chunk of a status list; `undefined` when it was never written. */
  chunk(list: Hash, index: number): StatusChunk | undefined;
  /** All chunks of a status list that were ever written, by index, as of the block that is served when this is called. */
  chunks(list: Hash): Promise<ReadonlyMap<number, StatusChunk>>;
  /**
   * A snapshot of the index as of the served block.
   * @returns `undefined` before the first block is known.
   */
  hold(): IndexSnapshot | undefined;
  /**
   * Calls back when a newer state is served with the subjects that changed, including those that a reorg undid.
   * `isReplaced` is set when another index is served than before, or that one was in doubt: then any subject may have changed
   * or be gone, named or not.
   */
  onChange(listener: (changed: readonly ChangedSubject[], isReplaced?: boolean) => void): void;
}

/** A block in which a registry emitted an event; `time` is in Unix seconds. */
export interface EventBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly time: number;
}

/** Position of an event in the chain's order. */
export interface Place {
  readonly block: number;
  readonly logIndex: number;
}

/** A part of the history, in the chain's order. */
export interface HistoryRange {
  /** Only events of this subject. */
  readonly subject?: Subject | undefined;
  /** Only events after this one. */
  readonly after?: Place | undefined;
  /** From this block on. */
  readonly from?: number | undefined;
  /** Up to this block, its own events included. */
  readonly to: number;
  /** Only events before this one. */
  readonly before?: Place | undefined;
  /** Whether the newest come first; by default the oldest do. */
  readonly newestFirst?: boolean;
}

/** The index as of one block, with its history, without later commits. It can be read until it is disposed of. */
export interface IndexSnapshot extends AsyncDisposable {
  readonly asOf: AsOf;
  /** The registries' roots as of that block. */
  readonly roots: Readonly<Record<RegistryName, Hash>>;
  /** The newest state of a subject; `undefined` when it was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /** All subjects of a kind that were ever written. */
  ids(kind: SubjectKind): Promise<Hex[]>;
  /** A part of the history, in pages. */
  history(range: HistoryRange): AsyncGenerator<RegistryEvent[], void, void>;
  /** The newest block with an event, at or below a number. */
  lastChange(upTo: number): Promise<EventBlock | undefined>;
  /** The event at a place. */
  eventAt(place: Place): RegistryEvent | undefined;
}

/**
 * A snapshot of the index as of the served block, from which an answer is read that needs more than one read. Dispose of it
 * when the answer is read.
 * @throws UnavailableError while no block is served.
 */
export function heldIndex(index: Pick<LiveIndex, "hold">): IndexSnapshot {
  return index.hold() ?? nothingKnown();
}

/**
 * The newest block that an index serves.
 * @throws UnavailableError when there is none, or when it is below the wanted one.
 */
export function newestOf(index: Pick<LiveIndex, "asOf">, asked?: number): AsOf {
  const newest = index.asOf() ?? nothingKnown();
  if (asked === undefined || asked <= newest.number) return newest;
  throw new UnavailableError(`asOf is ${asked}, but blocks are known up to ${newest.number} only: ask again later`);
}

function nothingKnown(): never {
  throw new UnavailableError("This node can't answer now: no block is known yet");
}
