import assert from "node:assert/strict";
import { test } from "node:test";
import { aroundWrites } from "../../helpers/around-writes.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

test("a content hash is the block's while an undo down to it is on disk and not finished", async () => {
  const chain = new ChainSimulator();
  const network = chain.network({ kind: "depth", blocks: 12 });
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  for (let value = 0; value < 5; value++) {
    chain.mine([{ do: "attribute", identity: 1, value, validTo: 4e9 }]);
    await node.tick();
  }
  const { store } = node;
  const ancestor = [...store.recent].at(-3) ?? assert.fail();
  const wanted = store.contentHash(ancestor.number);

  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const written = new Promise<void>((resolve) => {
    aroundWrites(database, async (write) => {
      await write();
      resolve();
      await finished;
    });
  });
  const undone = store.undo(ancestor, () => {});
  await written;
  assert.deepEqual(store.contentHash(ancestor.number), wanted);
  finish();
  await undone;
  assert.deepEqual(store.contentHash(ancestor.number), wanted);
  await node.stop();
});
