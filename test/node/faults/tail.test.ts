import { test } from "node:test";
import { RealChain } from "./chain.ts";
import { faults } from "./faults.ts";
import { random, run } from "./run.ts";

const chain = await RealChain.start();
const other = await RealChain.start({ initialDate: new Date("2026-01-01") });
await other.write(random);

for (const fault of faults(other.rpc)) {
  test(`following, a server that ${fault.name}`, async (t) => {
    t.after(await chain.mark());
    await run({
      t,
      chain,
      fault,
      before: () => chain.write(random),
      during: async () => {
        for (let count = 0; count < 3; count++) await chain.write(random);
      },
    });
  });
}
