import assert from "node:assert/strict";
import { MemoryLevel } from "memory-level";
import { pino } from "pino";
import { failover } from "../../node/chain/servers/failover.ts";
import type { Failure } from "../../node/chain/servers/failure.ts";
import { Indexer } from "../../node/index/indexer.ts";
import { Progress, type StalenessPolicy } from "../../node/index/progress.ts";
import type { ServedIndex } from "../../node/index/served-index.ts";
import { sync } from "../../node/index/sync.ts";
import type { Hints } from "../../node/peers/hints.ts";
import { Backoff } from "../../node/runtime/backoff.ts";
import type { Clock } from "../../node/runtime/clock.ts";
import type { Healing } from "../../node/runtime/observer.ts";
import type { NodeState } from "../../node/runtime/status.ts";
import { type Database, ENCODINGS } from "../../node/store/database.ts";
import { IndexStore } from "../../node/store/store.ts";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";

/** A clock that a test drives: time passes, and the sleeping node wakes, only by its calls. */
export class ManualClock implements Clock {
  seconds = 1_800_000_000;
  /** Milliseconds that have passed so far. */
  #passed = 0;
  #wake: (() => void) | undefined;
  #asleep: (() => void) | undefined;

  now(): number {
    return this.seconds;
  }

  monotonic(): number {
    return this.#passed;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#passed += milliseconds;
    return new Promise((resolve) => {
      this.#wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
      this.#asleep?.();
    });
  }

  /** Lets time pass without waking the sleeping node. */
  pass(seconds: number): void {
    this.seconds += seconds;
    this.#passed += seconds * 1_000;
  }

  /** Wakes the sleeping node, and waits until it sleeps again. */
  tick(): Promise<void> {
    return new Promise((resolve) => {
      this.#asleep = resolve;
      this.#wake?.();
    });
  }

  /** Waits until the node sleeps. */
  asleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#asleep = resolve;
    });
  }
}

export interface SimulatedNodeOptions {
  readonly network: NetworkDescriptor;
  readonly readers: readonly ChainReader[];
  readonly database?: Database;
  readonly policy?: StalenessPolicy;
  /** Number of readers whose roots are compared. */
  readonly agreement?: number;
  readonly hints?: Hints;
  readonly onFailure?: (failure: Failure) => void;
}

/** A node without HTTP on a database in memory: the real store, indexer and follower, driven step by step. */
export class SimulatedNode {
  readonly store: IndexStore;
  readonly indexer: Indexer;
  /** The part of its index that is served. */
  readonly index: ServedIndex;
  readonly progress: Progress;
  readonly clock: ManualClock;
  /** Each change of state so far. */
  readonly changes: { from: NodeState; to: NodeState }[] = [];
  /** The depth of each reorganisation so far. */
  readonly reorgs: number[] = [];
  /** How its index healed so far. */
  readonly healings: Healing[] = [];
  readonly #stopping: AbortController;
  readonly #synced: Promise<void>;
  #ended = false;

  static async start(options: SimulatedNodeOptions): Promise<SimulatedNode> {
    const { network, database = await memoryDatabase() } = options;
    const store = await IndexStore.open(database, network);
    await store.verify();
    const node = new SimulatedNode(options, store);
    await node.#pause(node.clock.asleep());
    return node;
  }

  private constructor(options: SimulatedNodeOptions, store: IndexStore) {
    const { network, readers, policy, agreement, hints, onFailure } = options;
    this.store = store;
    this.clock = new ManualClock();
    this.indexer = new Indexer({ store, network });
    this.index = this.indexer.served;
    const { indexer, clock, changes, reorgs, healings } = this;
    const never = { staleAfter: null, refuseAfter: null };
    this.progress = new Progress({
      indexer,
      policy: policy ?? never,
      now: () => clock.now(),
      onChange: (from, to) => void changes.push({ from, to }),
    });
    this.#stopping = new AbortController();
    this.#synced = sync({
      indexer,
      network,
      clock,
      reader: failover({
        readers,
        agreement,
        verify: (reader) => verifyNetwork(reader, network),
        now: () => clock.monotonic(),
        time: () => clock.now(),
        random: () => 0,
        onFailure,
      }),
      progress: this.progress,
      observer: { reorganised: (depth) => void reorgs.push(depth), healed: (how) => void healings.push(how) },
      backoff: new Backoff(() => 0),
      pollMs: 1,
      logger: pino({ level: "silent" }),
      hints,
      signal: this.#stopping.signal,
    }).then(() => {
      this.#ended = true;
    });
  }

  /** Lets the node run until it waits again, for the next block or after a failure, or until it is halted. */
  async tick(): Promise<void> {
    if (!this.#ended) await this.#pause(this.clock.tick());
  }

  /** Ticks until the node follows the chain's tip; fails when it does not get there. */
  async settle(): Promise<void> {
    for (let ticks = 0; ticks < 40; ticks++) {
      await this.tick();
      if (this.progress.state().kind === "following") return;
    }
    assert.fail(`did not follow: ${JSON.stringify(this.progress.state())}`);
  }

  /** Stops following and, unless it is a crash, writes the index. The database stays open. */
  async stop({ crash = false } = {}): Promise<void> {
    this.#stopping.abort();
    await this.#synced;
    if (!crash) await this.store.close();
  }

  #pause(asleep: Promise<void>): Promise<void> {
    return Promise.race([asleep, this.#synced]);
  }
}

/** A database in memory that stays open after its store is closed. */
export async function memoryDatabase(): Promise<Database> {
  const level = new MemoryLevel<string, string>(ENCODINGS);
  await level.open();
  return {
    getSync: (key, options) => level.getSync(key, options as object),
    getMany: (keys, options) => level.getMany(keys, options as object),
    iterator: (options) => level.iterator(options as object) as ReturnType<Database["iterator"]>,
    batch: () => level.batch(),
    clear: (range) => level.clear(range),
    snapshot: () => level.snapshot(),
    memory: () => 0, // it counts none
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The content hash of a node that reads a chain from its first block, by ranges. */
export async function hashFromScratch(reader: ChainReader, network: NetworkDescriptor): Promise<string | undefined> {
  const node = await SimulatedNode.start({ network, readers: [reader] });
  if (node.progress.state().kind !== "following") await node.settle();
  const content = node.store.contentHash();
  await node.stop();
  return content?.hash;
}
