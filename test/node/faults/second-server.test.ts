import { test } from "node:test";
import { DEPTH, RealChain } from "./chain.ts";
import { type Fault, faults } from "./faults.ts";
import { LAG, standing } from "./lagging.ts";
import { random, run } from "./run.ts";

/** Blocks to read by ranges, with a write in every thirtieth. */
const BLOCKS = 330;

const chain = await RealChain.start();
for (let mined = 0; mined < BLOCKS; mined += 30) {
  await chain.write(random);
  await chain.mineEmpty(29);
}
const other = await RealChain.start({ initialDate: new Date("2026-01-01") });
await other.write(random);

test("with a second server to ask, the first one stands at a block, and answers well", async (t) => {
  t.after(await chain.mark());
  const stands: Fault = { name: "stands", kinds: ["lag"], spoil: { what: "call", alter: standing() } };
  await run({
    ...{ t, chain, fault: stands, second: true },
    before: () => chain.write(random),
    during: async () => {
      for (let count = 0; count < 5; count++) {
        await chain.pass(12);
        await chain.write(random);
      }
    },
  });
});

for (const { times, ...forEver } of faults(other.rpc)) {
  // The second server's logs are right: nobody asks the first one for receipts.
  const fault: Fault = forEver.always ? { ...forEver, kinds: ["history"] } : forEver;
  const write = async (blocks: number) => {
    for (let count = 0; count < blocks; count++) await chain.write(random);
  };

  test(`with a second server to ask, the first one always ${fault.name}`, async (t) => {
    t.after(await chain.mark());
    await run({ t, chain, fault, second: true, before: () => write(1), during: () => write(3) });
  });

  const isForAWhile = fault.hidden && times !== undefined;
  const when = isForAWhile ? "for a while" : "always";
  test(`reading many blocks with a second server to ask, the first one ${when} ${fault.name}`, async (t) => {
    await run({ t, chain, fault: isForAWhile ? { ...fault, times } : fault, second: true });
  });

  test(`in a reorganisation with a second server to ask, the first one always ${fault.name}`, async (t) => {
    t.after(await chain.mark());
    // A longer branch has blocks that a lagging server shows: a node that goes back to that one there can't know of later ones.
    const depth = random.whole(1, fault.hidden ? LAG - 2 : DEPTH - 1);
    const goBack = await chain.mark();
    await run({
      t,
      chain,
      fault,
      second: true,
      before: () => write(depth),
      during: async () => {
        await goBack();
        await write(depth + 1);
      },
    });
  });
}
