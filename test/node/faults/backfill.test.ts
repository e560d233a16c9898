import { test } from "node:test";
import { RealChain } from "./chain.ts";
import { faults } from "./faults.ts";
import { random, run } from "./run.ts";

/** Blocks to read, of which one in {@link EVERY} has writes: more than are read at once. */
const BLOCKS = 1_100;
const EVERY = 30;

const chain = await RealChain.start();
for (let mined = 0; mined < BLOCKS; mined += EVERY) {
  await chain.write(random);
  await chain.mineEmpty(EVERY - 1);
}
await chain.write(random);
const other = await RealChain.start({ initialDate: new Date("2026-01-01") });
await other.write(random);

for (const fault of faults(other.rpc)) {
  test(`reading many blocks, a server that ${fault.name}`, async (t) => {
    await run({ t, chain, fault });
  });
}
