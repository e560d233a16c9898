import { test } from "node:test";
import { DEPTH, RealChain } from "./chain.ts";
import { faults } from "./faults.ts";
import { random, run } from "./run.ts";

const chain = await RealChain.start();
const other = await RealChain.start({ initialDate: new Date("2026-01-01") });
await other.write(random);

for (const fault of faults(other.rpc)) {
  test(`in a reorganisation, a server that ${fault.name}`, async (t) => {
    t.after(await chain.mark());
    const depth = random.whole(1, DEPTH - 1);
    const write = async (blocks: number) => {
      for (let count = 0; count < blocks; count++) {
        if (random.whole(0, 2) === 0) await chain.mineEmpty(1);
        else await chain.write(random);
      }
    };
    await chain.write(random);
    const goBack = await chain.mark();
    await run({
      t,
      chain,
      fault,
      before: () => write(depth),
      during: async () => {
        await goBack();
        // Another branch, whose first block has events, and which is higher.
        await chain.write(random);
        await write(depth);
      },
    });
  });
}
