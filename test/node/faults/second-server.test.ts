import { test } from "node:test";
import { RealChain } from "./chain.ts";
import { type Fault, faults } from "./faults.ts";
import { random, run } from "./run.ts";

const chain = await RealChain.start();
const other = await RealChain.start({ initialDate: new Date("2026-01-01") });
await other.write(random);

for (const { times: _, ...forEver } of faults(other.rpc)) {
  // The second server's logs are right: nobody asks the first one for receipts.
  const fault: Fault = forEver.always ? { ...forEver, kinds: ["history"] } : forEver;
  test(`with a second server to ask, the first one for ever ${fault.name}`, async (t) => {
    t.after(await chain.mark());
    await run({
      t,
      chain,
      fault,
      second: true,
      before: () => chain.write(random),
      during: async () => {
        for (let count = 0; count < 3; count++) await chain.write(random);
      },
    });
  });
}
