import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { FailureKind } from "../../../node/chain/servers/failure.ts";
import { type RunningNode, startNode } from "../../../node/main.ts";
import { systemClock } from "../../../node/runtime/clock.ts";
import { httpRpc } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { Random } from "../../helpers/random.ts";
import { configOf } from "../../helpers/real-node.ts";
import { seedOf } from "../../helpers/seeds.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import type { RealChain } from "./chain.ts";
import type { Fault } from "./faults.ts";
import { FaultyProxy } from "./proxy.ts";
import { Watcher } from "./watcher.ts";

/** `FAULTS_SEED` chooses other writes, and another moment at which a fault begins. */
const SEED = seedOf("FAULTS_SEED");
export const random = new Random(SEED);

/** So long a node may take to come to the right state, in milliseconds: generous, to say that it never does. */
const PATIENCE_MS = 60_000;

export interface Run {
  readonly t: TestContext;
  readonly chain: RealChain;
  readonly fault: Fault;
  /** What happens on the chain before the fault begins, with the node following; if not, the node starts with the fault. */
  readonly before?: () => Promise<void>;
  /** What happens on the chain when the fault has begun. */
  readonly during?: () => Promise<void>;
  /** Whether there is a second server, an honest one. */
  readonly second?: boolean;
}

/**
 * Runs a node against a server with a fault, and looks at all that it says meanwhile, until it follows at the chain's
 * newest block: then its content must be that of a node that reads the chain itself. Where the only server is of another chain
 * forever, the node must halt.
 */
export async function run({ t, chain, fault, before, during, second = false }: Run): Promise<void> {
  t.diagnostic(`FAULTS_SEED=${SEED}`);
  const proxy = await FaultyProxy.start(chain.rpc);
  const honest = await FaultyProxy.start(chain.rpc);
  const failures = new Set<FailureKind>();
  const urls = second ? [proxy.url, honest.url] : [proxy.url];
  const start = async (): Promise<RunningNode> => {
    const config = await configOf(t, { network: () => chain.network }, { pollMs: 5 });
    return startNode(config, {
      readers: urls.map((url) => rpcReader(httpRpc({ url, timeout: fault.timeout ?? 10_000 }))),
      clock: { ...systemClock, now: () => chain.tip.time },
      logger: pino({ level: "debug" }, { write: (line: string) => recordFailure(JSON.parse(line).kind) }),
      pauses: { first: 4, longest: 32 },
    });
  };
  const recordFailure = (kind: FailureKind | undefined) => {
    if (kind === undefined) return;
    failures.add(kind);
    if (kind === "refused" && fault.spoil.what === "connection") proxy.count();
  };
  const { spoil, always, times = Number.POSITIVE_INFINITY } = fault;
  // A fault that ends begins anywhere: in the comparison of the chain, in logs, in headers, in slots.
  const after = times === Number.POSITIVE_INFINITY ? 0 : random.whole(0, before === undefined ? 8 : 3);
  const begin = () => proxy.begin({ spoil, always, times, after });

  let node: RunningNode | undefined;
  try {
    if (before === undefined) await begin();
    node = await start();
    const watcher = new Watcher(node, chain);
    if (before !== undefined) {
      await untilAtTip(watcher, () => true);
      await before();
      await untilAtTip(watcher, () => true);
      await begin();
    }
    await during?.();
    let isOver = times === Number.POSITIVE_INFINITY;
    const isKnowable = second || !fault.poisons;
    const isWhole = async () => node?.contentHash()?.hash === (await freshHash(chain));
    const isForOperator = spoil.what === "chain" && !second;
    const isSeen = async () => {
      if (proxy.isSpent && !isOver) {
        isOver = true;
        if (spoil.what === "connection") await proxy.end();
      }
      // The second server may have answered all of it: about the next block the first one is asked again.
      if (second && during !== undefined && proxy.spoilt === 0 && (await watcher.isAtTip())) await chain.write(random);
      // What the only server poisoned is found by the roots of a later block.
      if (isOver && !isKnowable && (await watcher.isAtTip()) && !(await isWhole())) await chain.write(random);
      return isOver && proxy.spoilt > 0;
    };
    if (isForOperator) {
      await untilHalted(node, watcher);
      return;
    }
    await untilAtTip(watcher, async () => (await isSeen()) && (isKnowable || (await isWhole())), isKnowable);
    assert.equal(node.contentHash()?.hash, await freshHash(chain));
    await watcher.look();
    assert(watcher.answers > 0);
    const isRecorded = fault.kinds?.some((kind) => failures.has(kind)) ?? true;
    assert(isRecorded, `it told of ${[...failures]}`);
  } finally {
    await proxy.end();
    await node?.stop();
    await Promise.all([proxy.close(), honest.close()]);
  }
}

const fresh = new Map<Hash, Promise<string | undefined>>();

/** The content hash of a node that reads the chain itself, up to the block of now. */
function freshHash({ reader, network, tip: { hash } }: RealChain): Promise<string | undefined> {
  const known = fresh.get(hash) ?? hashFromScratch(reader, network);
  fresh.set(hash, known);
  return known;
}

async function untilAtTip(watcher: Watcher, isOver: () => boolean | Promise<boolean>, looks = true): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    if (looks) await watcher.look();
    if ((await isOver()) && (await watcher.isAtTip())) return;
    assert(performance.now() < end, `it never came to the right state, but ${watcher.says}`);
    await delay(10);
  }
}

/** Waits until a node halts, for being of another network than its only server; whatever it answers meanwhile must be true. */
async function untilHalted(node: RunningNode, watcher: Watcher): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    await watcher.look();
    const { state } = node.report();
    if (state.kind === "halted") {
      assert.equal(state.code, "NETWORK_MISMATCH");
      return;
    }
    assert(performance.now() < end, "it never halted");
    await delay(10);
  }
}
