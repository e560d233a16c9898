import assert from "node:assert/strict";
import { test } from "node:test";
import { mendingReader } from "../../../node/chain/mending-reader.ts";
import type { FailoverReader } from "../../../node/chain/servers/failover.ts";
import { ChainDataError } from "../../../resolver/errors.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { REGISTRIES } from "../../helpers/simulated-events.ts";

/** A chain of 21 blocks; chains with different salts have other blocks. */
function chainOf(salt: number): ChainSimulator {
  const chain = new ChainSimulator({ salt });
  while (chain.tip.number < 20) chain.mine();
  return chain;
}

test("blocks that a server invented while receipts were read do not exclude the other servers for good", async () => {
  const [invented, honest] = [chainOf(1), chainOf(2)];
  let server = invented;
  const addresses = Object.values(REGISTRIES);
  const reader = mendingReader({
    // Only the requests of this test.
    reader: {
      header: (block: number) => server.header(block),
      checkedHeaders: (blocks: readonly number[]) => server.checkedHeaders(blocks),
    } as unknown as FailoverReader,
    addresses,
    distrusted: () => ({ reading: { kind: "receipts" }, blocks: new Map() }),
    held: () => undefined,
  });
  await reader.logs({ addresses, fromBlock: 1, toBlock: 10 });
  server = honest;
  await assert.rejects(reader.header(10), ChainDataError);
  assert.equal((await reader.header(10))?.hash, honest.branch[10]?.hash, "asked again, it is read");

  server = invented;
  await reader.logs({ addresses, fromBlock: 1, toBlock: 10 });
  server = honest;
  await assert.rejects(reader.logs({ addresses, fromBlock: 11, toBlock: 20 }), ChainDataError);
  assert.deepEqual(await reader.logs({ addresses, fromBlock: 11, toBlock: 20 }), []);
});
