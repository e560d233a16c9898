import assert from "node:assert/strict";
import { test } from "node:test";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { registryAddresses } from "../../node/index/roots.ts";
import { grow } from "./helpers/branch.ts";
import { numberOf, sealTogether } from "./helpers/seal.ts";
import { stage } from "./helpers/stage.ts";
import { signFor } from "./helpers/transactions.ts";

const [ALICE, BOB, CAROL] = [2, 3, 4] as const;

test("the receipts of each block, verified against its header, contain the logs that geth returns without proof", async (t) => {
  const { pair, calls, options } = await stage(t, ARTIFACTS);
  const { a } = pair;
  const sign = signFor(a);
  await grow(a, { calls, sign, blocks: 3, from: 0 });
  await sealTogether(
    a,
    await sign(ALICE, calls.setService(ALICE, "https://one.example")),
    await sign(ALICE, calls.setService(ALICE, "https://two.example")),
    await sign(BOB, calls.setService(BOB, "https://three.example")),
    await sign(CAROL, calls.setService(CAROL, "https://four.example")),
  );

  const numbers = Array.from({ length: (await numberOf(a)) + 1 }, (_, number) => number);
  const addresses = registryAddresses(options.network);
  const counts = new Set<number>();
  for (const header of await a.reader.checkedHeaders(numbers)) {
    const proven = (await a.reader.receiptLogs(header)).filter(({ address }) => addresses.includes(address));
    assert.deepEqual(proven, await a.reader.logs({ addresses, blockHash: header.hash }));
    counts.add(proven.length);
  }
  assert(counts.has(0) && counts.has(1) && counts.has(4), `blocks with ${[...counts]} logs`);
});
