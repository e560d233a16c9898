import assert from "node:assert/strict";
import fc from "fast-check";
import { ChainSimulator, type SimulatedWrite } from "../helpers/chain-simulator.ts";
import { assertContent, ContentFromScratch } from "../helpers/content.ts";
import { FAULTS, type Fault, faulty } from "../helpers/faulty-reader.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../helpers/simulated-node.ts";
import { anyBlock } from "../helpers/simulated-writes.ts";

const DEPTH = 12;
const STEPS = 200;
const blocks = fc.array(anyBlock, { minLength: 1, maxLength: 4 });

type Step =
  | { readonly do: "mine"; readonly blocks: SimulatedWrite[][] }
  | { readonly do: "fork"; readonly depth: number; readonly blocks: SimulatedWrite[][] }
  | { readonly do: "restart"; readonly crash: boolean }
  | { readonly do: "fault"; readonly fault: Fault; readonly ticks: number; readonly blocks: SimulatedWrite[][] }
  | { readonly do: "outage"; readonly empty: number; readonly blocks: SimulatedWrite[][] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant("mine" as const), blocks }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("fork" as const), depth: fc.integer({ min: 1, max: DEPTH }), blocks }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("restart" as const), crash: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      fault: fc.constantFrom(...FAULTS),
      ticks: fc.integer({ min: 1, max: 3 }),
      blocks,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("outage" as const), empty: fc.integer({ min: 250, max: 300 }), blocks }),
  },
);

/**
 * Runs one history of 200 steps that are derived from a seed, and compares the content with a fold from scratch after each
 * block, fork, fault, restart and outage.
 * @throws Error with the steps, when the content differs.
 */
export async function history(seed: number): Promise<void> {
  const steps = fc.array(step, { minLength: STEPS, maxLength: STEPS });
  // A failure is not shrunk, because that takes longer than reading 200 steps.
  await fc.assert(fc.asyncProperty(steps, run), { seed, numRuns: 1, endOnFailure: true });
}

/** Runs steps on one chain and one database, and compares the content with a fold from scratch after each. */
async function run(steps: readonly Step[]): Promise<void> {
  const chain = new ChainSimulator();
  const network = chain.network({ kind: "depth", blocks: DEPTH });
  const database = await memoryDatabase();
  let fault: Fault | undefined;
  const readers = [faulty(chain, () => fault)];
  const start = () => SimulatedNode.start({ network, readers, database });
  let node = await start();
  /** Number of the highest block that the node has followed. A block `DEPTH` or more below it is never undone. */
  let highest = 1;
  const scratch = new ContentFromScratch(network);
  const mine = (blocks: readonly SimulatedWrite[][]) => blocks.map((writes) => chain.mine(writes));

  for (const step of steps) {
    switch (step.do) {
      case "mine":
        mine(step.blocks);
        break;
      case "fork": {
        const depth = Math.min(step.depth, chain.tip.number - (highest - DEPTH), chain.tip.number - 1);
        if (depth > 0) chain.dropBlocks(depth);
        mine(step.blocks);
        break;
      }
      case "restart":
        await node.stop({ crash: step.crash });
        node = await start();
        break;
      case "fault": {
        fault = step.fault;
        mine(step.blocks);
        for (let ticks = 0; ticks < step.ticks; ticks++) {
          await node.tick();
          expectHonest(node, chain);
        }
        fault = undefined;
        break;
      }
      case "outage":
        await node.stop({ crash: true });
        mine(step.blocks);
        for (let count = 0; count < step.empty; count++) chain.mine();
        node = await start();
        break;
    }
    await node.settle();
    highest = Math.max(highest, chain.tip.number);
    expectHonest(node, chain);
    assert.equal(node.index.asOf()?.hash, chain.tip.hash);
    assert.deepEqual(node.index.roots(), chain.roots);
    // The contents are compared, not their hashes, so that a failure shows the difference.
    await assertContent(database, scratch.after(chain.branch));
  }
  await node.store.verify();
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  await node.stop();
}

/** Asserts that each served state has the head that the registry has at the served block. */
function expectHonest(node: SimulatedNode, chain: ChainSimulator): void {
  const asOf = node.index.asOf();
  if (asOf === undefined) return;
  const block = chain.block(asOf.hash);
  for (const { kind, id } of chain.subjects) {
    assert.equal(node.index.state(kind, id)?.head, chain.headOf({ kind, id }, block), `${kind} ${id}`);
  }
}
