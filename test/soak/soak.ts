import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { firstMessage, startChild } from "../../cli/local/child.ts";
import { httpRpc, rpcReader } from "../../resolver/index.ts";
import { Random } from "../helpers/random.ts";
import { faults } from "../node/faults/faults.ts";
import { FaultyProxy } from "../node/faults/proxy.ts";
import { SoakChain } from "./chain.ts";
import { Load } from "./load.ts";
import { holdingOf, readHolding, type SoakNode, startSoakNode } from "./node.ts";
import { Probe } from "./probe.ts";
import { type Comparison, compareQuarters, type Sample } from "./verdict.ts";

/**
 * Milliseconds between two blocks. Including the blocks of reorganisations there is less than one block per second, so that
 * block times, which are whole seconds, do not run ahead of the clock.
 */
const BLOCK_MS = 1_500;
const BLOCKS_A_REORG = 4;
/** Milliseconds between two faults of the chain's server, and duration of a fault. */
const FAULT_EVERY_MS = 20_000;
const FAULT_MS = 3_000;
/** Maximum milliseconds without the node following the chain, whatever its server does. */
const LONGEST_STALE_MS = 60_000;
/** Number of samples of a run, but at most two per second. */
const SAMPLES = 240;
const SOONEST_SAMPLE_MS = 500;

export interface SoakOptions {
  readonly seconds: number;
  /** The same seed gives the same writes, reorganisations, faults and requests. */
  readonly seed: number;
  /** Aborts the run: it ends properly, with the measurements so far. */
  readonly signal: AbortSignal;
  /** Value of `NODE_OPTIONS` for the node's process. */
  readonly nodeOptions?: string;
  readonly onSample?: (sample: Sample, so: Progress) => void;
}

/** Counts so far. */
export interface Progress {
  readonly blocks: number;
  readonly reorgs: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<number, number>;
  readonly aborted: number;
  readonly wrong: number;
  /** Descriptions of the first wrong answers. */
  readonly examples: readonly string[];
}

export interface SoakResult {
  readonly progress: Progress;
  readonly comparisons: readonly Comparison[];
  /** Whether the node's digest and content at the end equal those of a newly built index. */
  readonly equalsFresh: boolean;
  readonly content: string | undefined;
}

/** Runs a node under load, on a chain that is reorganised all the time and whose server has a fault now and then. */
export async function soak({ seconds, seed, signal, nodeOptions, onSample }: SoakOptions): Promise<SoakResult> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), "mapae-soak-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const process = startChild({
      args: [join(REPOSITORY, "scripts", "chain.ts")],
      env: { ...globalThis.process.env, MAPAE_CHAIN_PORT: "0" },
      log: join(folder, "chain.log"),
    });
    ends.push(process.stop);
    const { port } = (await firstMessage(process)) as { port: number };
    const chain = await SoakChain.begin({ url: `http://127.0.0.1:${port}`, folder, random: new Random(seed) });
    const proxy = await FaultyProxy.start(httpRpc({ url: chain.url }));
    ends.push(() => proxy.close());
    const node = await startSoakNode({ folder, network: chain.network, rpcUrl: proxy.url, nodeOptions });
    ends.push(node.child.stop);
    const probe = await Probe.open({ ...node, dataDir: node.env.MAPAE_DATA_DIR ?? "" });
    const load = new Load({ url: node.url, chain, seed: seed + 1 });
    const faultCounts = new Map<string, number>();
    const progress = (): Progress => {
      const { answers, aborted, wrong, examples } = load;
      return { blocks: chain.blocks, reorgs: chain.reorgs, faults: faultCounts, answers, aborted, wrong, examples };
    };

    const over = new AbortController();
    const samples: Sample[] = [];
    const both = AbortSignal.any([over.signal, signal]);
    const work = [grow(chain, both), spoil(proxy, new Random(seed + 2), faultCounts, both)];
    try {
      await Promise.race([
        Promise.all(work), // rejects when one of them fails
        measure({ node, probe, load, seconds, signal, onSample: (sample) => onSample?.(sample, progress()) }, samples),
      ]);
    } finally {
      over.abort();
      await load.stop();
      probe.close();
      await Promise.all(work);
    }

    const tip = await rpcReader(httpRpc({ url: chain.url })).header("latest");
    const left = await holdingOf(node, tip?.hash ?? "");
    const fresh = { ...node.env, MAPAE_RPC_URLS: chain.url, MAPAE_DATA_DIR: join(folder, "fresh") };
    const equalsFresh = isDeepStrictEqual(left, await readHolding(fresh, tip?.hash ?? ""));
    return { progress: progress(), comparisons: compareQuarters(samples), equalsFresh, content: left.content };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface Measuring {
  readonly node: SoakNode;
  readonly probe: Probe;
  readonly load: Load;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onSample: (sample: Sample) => void;
}

/**
 * Alternates between load by clients and a sample of the idle node.
 * @throws Error when the node halts, or does not follow the chain for too long.
 */
async function measure({ node, probe, load, seconds, signal, onSample }: Measuring, samples: Sample[]): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  const every = Math.max(SOONEST_SAMPLE_MS, (seconds * 1_000) / SAMPLES);
  let followed = performance.now();
  while (performance.now() < end && !signal.aborted) {
    load.start();
    await pause(every, signal);
    await load.stop();
    const sample = await probe.sample();
    samples.push(sample);
    onSample(sample);
    const { state } = await node.report();
    if (state.kind === "following") followed = performance.now();
    // A stale node answers correctly as of an old block, but that does not test a node that follows the chain.
    if (performance.now() - followed > LONGEST_STALE_MS + every)
      throw new Error(`The node does not follow: ${state.reason}`);
    // A halted node answers 503, which does not count as wrong, and does not grow any more, so the run would falsely pass.
    if (state.kind === "halted") throw new Error(`The node halted: ${state.reason}\n${await node.child.tail()}`);
  }
}

/** Mines and reorganises the chain until the signal. */
async function grow(chain: SoakChain, signal: AbortSignal): Promise<void> {
  for (let turn = 1; !signal.aborted; turn++) {
    await (turn % (BLOCKS_A_REORG + 1) === 0 ? chain.reorganise() : chain.mine());
    await pause(BLOCK_MS, signal);
  }
}

/** Lets the chain's server have a random fault now and then until the signal, and counts the falsified answers. */
async function spoil(proxy: FaultyProxy, random: Random, faultCounts: Map<string, number>, signal: AbortSignal) {
  // Excludes faults after which a node halts, as it should, or which poison its index or its cache.
  const known = faults(httpRpc({ url: proxy.url })).filter(({ halts, poisons, fills }) => !halts && !poisons && !fills);
  while (!signal.aborted) {
    await pause(FAULT_EVERY_MS / 4 + random.next() * FAULT_EVERY_MS, signal);
    if (signal.aborted) return;
    const { name, spoil, times = Number.POSITIVE_INFINITY, always } = random.pick(known);
    await proxy.begin({ spoil, times, after: 0, always });
    await pause(FAULT_MS, signal);
    const spoilt = proxy.spoilt + (spoil.what === "connection" ? 1 : 0);
    faultCounts.set(name, (faultCounts.get(name) ?? 0) + spoilt);
    await proxy.end();
  }
}

/** Waits for some milliseconds, or until the signal. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {}); // the signal ended the delay
}
