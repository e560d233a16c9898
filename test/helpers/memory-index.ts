import type {
  ChangedSubject,
  EventBlock,
  HistoryRange,
  IndexSnapshot,
  LiveIndex,
} from "../../node/index/live-index.ts";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import type { DidEvent } from "../../resolver/did/decode-log.ts";
import type { Address, Hex } from "../../resolver/primitives/hex.ts";
import type { EventOf, StateOf, SubjectKind } from "../../resolver/registry-event.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";

/** An index of DIDs without disk and chain: events are folded in memory as they are written. */
export class MemoryIndex implements LiveIndex {
  readonly #chainId: number;
  readonly #states = new Map<Address, DidState>();
  readonly #listeners: ((changed: readonly ChangedSubject[]) => void)[] = [];
  #events: DidEvent[] = [];
  #tip: AsOf | undefined;

  constructor(chainId: number) {
    this.#chainId = chainId;
  }

  asOf(): AsOf | undefined {
    return this.#tip;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return (kind === "did" ? this.#states.get(id) : undefined) as StateOf<K> | undefined;
  }

  async *events<K extends SubjectKind>(_kind: K, id: Hex): AsyncGenerator<EventOf<K>, void, void> {
    yield* this.#events.filter(({ identity }) => identity === id) as EventOf<K>[];
  }

  ids(kind: SubjectKind): Promise<Hex[]> {
    return Promise.resolve(kind === "did" ? [...this.#states.keys()] : []);
  }

  async lastChange(upTo: number): Promise<EventBlock | undefined> {
    const last = this.#events.findLast(({ block }) => block <= upTo);
    return last && { number: last.block, hash: last.log.blockHash, time: last.time };
  }

  chunk(): undefined {
    return undefined;
  }

  chunks(): Promise<ReadonlyMap<number, StatusChunk>> {
    return Promise.resolve(new Map());
  }

  onChange(listener: (changed: readonly ChangedSubject[]) => void): void {
    this.#listeners.push(listener);
  }

  hold(): IndexSnapshot | undefined {
    const asOf = this.#tip;
    const all = this.#events.map((event) => ({ kind: "did" as const, id: event.identity, event }));
    const placeOf = ({ event }: (typeof all)[number]) => event.block * 1e6 + event.log.logIndex;
    const zero: Hex = `0x${"0".repeat(64)}`;
    return (
      asOf && {
        asOf,
        roots: { did: zero, trust: zero, status: zero },
        state: (kind, id) => this.state(kind, id),
        ids: (kind) => this.ids(kind),
        async *history({ subject, after, from = 0, to, before, newestFirst }) {
          const place = ({ block, logIndex }: { block: number; logIndex: number }) => block * 1e6 + logIndex;
          const found = all.filter((one) => {
            const isIn = one.event.block >= from && one.event.block <= to;
            const isBehind = after === undefined || placeOf(one) > place(after);
            const isBefore = before === undefined || placeOf(one) < place(before);
            return isIn && isBehind && isBefore && (subject === undefined || one.id === subject.id);
          });
          if (found.length > 0) yield newestFirst === true ? found.toReversed() : found;
        },
        lastChange: (upTo) => this.lastChange(upTo),
        eventAt: ({ block, logIndex }) =>
          all.find(({ event }) => event.block === block && event.log.logIndex === logIndex),
        [Symbol.asyncDispose]: async () => undefined,
      }
    );
  }

  /** Folds an event of a known block or of the next one, and notifies the listeners. */
  write(event: DidEvent): void {
    this.#fold(event);
    const { block: number, time, log } = event;
    if (number > (this.#tip?.number ?? -1)) {
      this.advance({ number, hash: log.blockHash, time, finalizedBlock: this.#tip?.finalizedBlock ?? -1 });
    }
    this.#notify([event.identity]);
  }

  /** Advances to a newer block without events. */
  advance(tip: AsOf): void {
    this.#tip = tip;
  }

  /** Undoes everything after a block, as in a reorganisation, and notifies the listeners. */
  rewind(tip: AsOf): void {
    const undone = this.#events.filter(({ block }) => block > tip.number).map(({ identity }) => identity);
    const kept = this.#events.filter(({ block }) => block <= tip.number);
    this.#states.clear();
    this.#events = [];
    for (const event of kept) this.#fold(event);
    this.#tip = tip;
    this.#notify([...new Set(undone)]);
  }

  #fold(event: DidEvent): void {
    this.#states.set(event.identity, applyDidEvent(this.#states.get(event.identity), event, this.#chainId));
    this.#events.push(event);
  }

  #notify(changed: readonly Address[]): void {
    for (const listener of this.#listeners) listener(changed.map((id) => ({ kind: "did", id })));
  }
}

/** An index with some methods replaced. */
export function changed(index: LiveIndex, others: Partial<LiveIndex>): LiveIndex {
  return {
    asOf: () => index.asOf(),
    state: (kind, id) => index.state(kind, id),
    events: (kind, id) => index.events(kind, id),
    onChange: (listener) => index.onChange(listener),
    lastChange: (upTo) => index.lastChange(upTo),
    chunk: (list, at) => index.chunk(list, at),
    chunks: (list) => index.chunks(list),
    hold: () => index.hold(),
    ...others,
  };
}

/** An index of which `before` is called, and awaited, before a snapshot's history is read. */
export function beforeHistory(index: LiveIndex, before: (range: HistoryRange) => Promise<void>): LiveIndex {
  return changed(index, {
    hold() {
      const held = index.hold();
      return (
        held && {
          ...held,
          async *history(range) {
            await before(range);
            yield* held.history(range);
          },
        }
      );
    },
  });
}
