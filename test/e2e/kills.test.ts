import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "../cli/harness.ts";
import { ChainSimulator, type SimulatedWrite } from "../helpers/chain-simulator.ts";
import { Random } from "../helpers/random.ts";
import { readerRpc } from "../helpers/reader-rpc.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { seedOf } from "../helpers/seeds.ts";
import { hashFromScratch } from "../helpers/simulated-node.ts";
import type { Answer, Command, Start } from "./kills-child.ts";

/** `CRASH_KILLS=1000` makes a large run; `CRASH_SEED` repeats the chains and choices of a run. */
const KILLS = Number(process.env.CRASH_KILLS ?? 50);
const SEED = seedOf("CRASH_SEED");
/** Number of kills on one data directory. */
const KILLS_A_ROUND = 25;

const PHASES = ["start", "backfill", "tail", "reorg", "compaction"] as const;
type Phase = (typeof PHASES)[number];

/** Maximum number of calls to the chain in a phase before the node is killed. */
const CALLS: Readonly<Record<Phase, number>> = { start: 1, backfill: 40, tail: 60, reorg: 60, compaction: 60 };
/** Milliseconds after which a phase ends, even with fewer calls. */
const LONGEST_MS = 2_000;
const DEPTH = 12;

test(`a node is killed ${KILLS} times at a random moment, and the next one has the content of a fold from scratch each time`, async (t) => {
  t.diagnostic(`CRASH_SEED=${SEED}`);
  const kills = new Map<Phase, number>(PHASES.map((phase) => [phase, 0]));
  for (let done = 0, round = 0; done < KILLS; round++) {
    const count = Math.min(KILLS_A_ROUND, KILLS - done);
    await killAndRevive(t, {
      count,
      first: done,
      seed: SEED + round,
      onKill: (phase) => kills.set(phase, (kills.get(phase) ?? 0) + 1),
    });
    done += count;
  }
  t.diagnostic([...kills].map(([phase, count]) => `${phase}: ${count}`).join(", "));
});

interface Round {
  readonly count: number;
  /** Number of kills in the previous rounds. */
  readonly first: number;
  readonly seed: number;
  readonly onKill: (phase: Phase) => void;
}

/**
 * Kills successive nodes on one data directory, each in the next phase, and compares the content after each kill and at the
 * end.
 */
async function killAndRevive(t: TestContext, { count, first, seed, onKill }: Round): Promise<void> {
  const random = new Random(seed);
  const chain = new ChainSimulator({ salt: seed });
  chain.mine(FIRST);
  for (let blocks = 0; blocks < 20; blocks++) chain.mine(someWrites(random));
  const network = chain.network({ kind: "depth", blocks: DEPTH });
  const directory = join(await temporaryFolder(t), "index");
  const server = await startRpcServer(readerRpc(chain));
  t.after(() => server[Symbol.asyncDispose]());
  const start: Start = { network, directory, rpcUrl: server.url };
  /** Number of calls that the node may still make before it is killed. */
  let callsLeft = Number.POSITIVE_INFINITY;
  let kill = () => {};
  server.alter = (_call, honest) => {
    if (--callsLeft === 0) kill();
    return honest;
  };

  let next = new Child();
  t.after(() => next.kill());
  for (let kills = 0; kills <= count; kills++) {
    const child = next;
    // The next process loads its modules while the previous one runs.
    if (kills < count) next = new Child();
    const killed = once(child.process, "exit");
    const phase = PHASES[(first + kills) % PHASES.length] as Phase;
    child.send(start);
    if (kills < count && phase === "start") {
      await delay(random.whole(0, 250));
    } else {
      await child.answer("started");
      child.send({ reportAt: chain.tip.hash });
      const { content, roots } = await child.answer("report");
      assert.equal(content, await hashFromScratch(chain, network), `seed ${seed}, kill ${kills}`);
      assert.deepEqual(roots, chain.roots);
      if (kills === count) {
        child.kill();
        await killed;
        return;
      }
      const ends = new AbortController();
      kill = () => void setTimeout(() => ends.abort(), random.whole(0, 4));
      callsLeft = random.whole(1, CALLS[phase]);
      if (phase === "compaction") child.send("compact");
      await happen(phase, { chain, random, signal: AbortSignal.any([ends.signal, AbortSignal.timeout(LONGEST_MS)]) });
    }
    child.kill();
    assert.deepEqual(await killed, [null, "SIGKILL"], child.failure);
    onKill(phase);
  }
}

interface Happening {
  readonly chain: ChainSimulator;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Changes the chain until the signal so that its follower is in a phase. */
async function happen(phase: Phase, { chain, random, signal }: Happening): Promise<void> {
  if (phase === "backfill") {
    for (let blocks = 0; blocks < 300; blocks++) chain.mine(blocks % 8 === 0 ? someWrites(random) : []);
  }
  while (!signal.aborted) {
    if (phase === "reorg") {
      const depth = random.whole(1, DEPTH);
      chain.dropBlocks(depth);
      for (let blocks = 0; blocks <= depth; blocks++) chain.mine(someWrites(random));
    } else if (phase !== "backfill") chain.mine(someWrites(random));
    await delay(phase === "reorg" ? 20 : 5);
  }
}

const FIRST: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 0, type: 0, parent: null },
  { do: "list", identity: 0, list: 0 },
];

function someWrites(random: Random): SimulatedWrite[] {
  return Array.from({ length: random.whole(0, 3) }, (): SimulatedWrite => {
    const identity = random.whole(0, 9);
    if (random.next() < 0.5) return { do: "attribute", identity, value: random.whole(0, 60), validTo: 4e9 };
    const word = random.whole(0, 511);
    return {
      do: "status",
      identity: 0,
      list: 0,
      word,
      bits: [random.whole(0, 255), random.whole(0, 127), random.whole(128, 255)],
    };
  });
}

/** A node in its own process, which can be killed at any time. */
class Child {
  readonly process: ChildProcess;
  failure = "the node exited by itself";
  readonly #answers: Answer[] = [];
  #waiting: (() => void) | undefined;

  constructor() {
    this.process = fork(new URL("kills-child.ts", import.meta.url));
    this.process.on("message", (answer: Answer) => {
      if (answer.kind === "failed") this.failure = answer.message;
      this.#answers.push(answer);
      this.#waiting?.();
    });
    this.process.once("exit", () => this.#waiting?.());
  }

  send(command: Command): void {
    this.process.send(command);
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }

  /** Waits for its next answer, which must be of this kind. */
  async answer<K extends Answer["kind"]>(kind: K): Promise<Answer & { kind: K }> {
    while (this.#answers.length === 0) {
      assert.equal(this.process.exitCode, null, "the node exited by itself");
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
    const answer = this.#answers.shift();
    assert.equal(answer?.kind, kind, JSON.stringify(answer));
    return answer as Answer & { kind: K };
  }
}
