import assert from "node:assert/strict";
import { test } from "node:test";
import { ownDigest, ownHashes } from "../../../node/peers/own-digest.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { followChain } from "../../helpers/served-chain.ts";

/** A node with a DID in its index. */
async function withDid() {
  const chain = new ChainSimulator();
  chain.mine([{ do: "delegate", identity: 0, value: 1, validTo: 4e9 }]);
  for (let count = 0; count < 20; count++) chain.mine();
  const { node, network, index } = await followChain(chain);
  return { node, index, options: { network, index, store: node.store } };
}

test("a digest has the roots of the block that was served when it was asked for, also when the node stops serving meanwhile", async () => {
  const { node, index, options } = await withDid();
  const roots = index.roots();
  const asked = ownDigest(options, "finalized");
  await node.indexer.markUnverified();
  assert.deepEqual((await asked).roots, roots);
  await node.stop();
});

test("a node that serves nothing has no roots, in place of those before the first event", async () => {
  const { node, options } = await withDid();
  await node.indexer.markUnverified();
  await assert.rejects(ownHashes(options, 1), UnavailableError);
  await node.stop();
});
