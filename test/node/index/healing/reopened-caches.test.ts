import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDid } from "../../../../resolver/did/did.ts";
import { ChainSimulator, simulatedIdentity } from "../../../helpers/chain-simulator.ts";
import { memoryDatabase } from "../../../helpers/simulated-node.ts";
import { DID, PATH, publish, signer, startServedNode } from "../../lists/served-node.ts";

const OTHER = `/1.0/identifiers/${formatDid("local", simulatedIdentity(5))}`;

test("what a reorganisation undid while the index was opened again is gone from all caches", async (t) => {
  const chain = new ChainSimulator();
  for (let count = 0; count < 3; count++) chain.mine();
  chain.mine([
    publish(signer),
    { do: "list", identity: 1, list: 0 },
    { do: "delegate", identity: 5, value: 1, validTo: 4e9 },
  ]);
  const { url, lists, node } = await startServedNode(t, { chain });
  const paths = [OTHER, `/1.0/identifiers/${DID}`, PATH];
  // Several times, because a document is cached when it is requested again.
  for (let round = 0; round < 3; round++)
    for (const path of paths) assert.equal((await fetch(`${url}${path}`)).status, 200, path);
  assert.equal((await lists.uris()).length, 1);

  chain.dropBlocks(1);
  for (let count = 0; count < 3; count++) chain.mine();
  await node.indexer.reopen(memoryDatabase);
  await node.settle();
  for (const path of paths) assert.equal((await fetch(`${url}${path}`)).status, 404, path);
  assert.deepEqual(await lists.uris(), []);
});
