import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { readIdentity } from "../../../resolver/chain/read-identity.ts";
import { rpcReader } from "../../../resolver/chain/rpc-reader.ts";
import type { Address } from "../../../resolver/hex.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { deployRegistry } from "../../helpers/contracts.ts";
import { name32 } from "../../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../../helpers/network.ts";

async function setUp() {
  const deployment = await deployRegistry();
  const { registry, alice, carol } = deployment;
  const network = await describeNetwork(deployment);
  await registry.setAttribute(alice.address, name32("did/pub/P256/veriKey"), "0x01", 60n);
  await registry.changeOwner(alice.address, carol.address);
  const newest = await deployment.ethers.provider.getBlockNumber();
  return {
    deployment,
    newest,
    reader: rpcReader(inProcessRpc(deployment)),
    network,
    alice: alice.address.toLowerCase() as Address,
    carol: carol.address.toLowerCase() as Address,
  };
}

test("an identity is read with all of its events, as of the newest block", async () => {
  const { reader, network, newest, alice, carol, deployment } = await setUp();
  const { asOf, events, state } = await readIdentity(reader, network, alice);
  assert.equal(asOf.number, newest);
  assert.deepEqual(
    events.map(({ type, identity }) => [type, identity]),
    [
      ["attribute", alice],
      ["owner", alice],
    ],
  );
  assert.equal(state?.owner, carol);
  assert.equal(state?.head, await deployment.registry.head(`0x${alice.slice(2).padStart(64, "0")}`));
  assert.deepEqual(await readIdentity(reader, network, carol), { asOf, events: [], state: undefined });
});

test("the newest block that stays is as deep as the descriptor says, and there may be none", async () => {
  const { reader, network, newest, alice } = await setUp();
  const finalized = async (finality: NetworkDescriptor["finality"]) =>
    (await readIdentity(reader, { ...network, finality }, alice)).asOf.finalizedBlock;
  assert.equal(await finalized({ kind: "instant" }), newest);
  assert.equal(await finalized({ kind: "depth", blocks: 1 }), newest - 1);
  assert.equal(await finalized({ kind: "depth", blocks: newest }), 0);
  assert.equal(await finalized({ kind: "depth", blocks: newest + 1 }), -1);
  assert.equal(await finalized({ kind: "depth", blocks: 100_000 }), -1);
});

test("blocks before the deployment are not asked for, and a chain that is not there yet has no identities", async () => {
  const { reader, network, newest, alice, carol } = await setUp();
  const asked: number[] = [];
  const watching: ChainReader = {
    ...reader,
    logs(filter) {
      if ("fromBlock" in filter) asked.push(filter.fromBlock);
      return reader.logs(filter);
    },
  };
  const from = (fromBlock: number): NetworkDescriptor => ({
    ...network,
    deployments: network.deployments.map((one) => ({ ...one, fromBlock })),
  });
  await readIdentity(watching, from(2), alice);
  assert.deepEqual(asked, [2]);
  assert.equal((await readIdentity(watching, from(newest + 1), carol)).state, undefined);
  assert.deepEqual(asked, [2]);
  // A descriptor that begins too late hides events, which the head shows.
  await assert.rejects(readIdentity(reader, from(newest), alice), { code: "HISTORY_INCOMPLETE" });
  await assert.rejects(readIdentity(reader, from(newest + 1), alice), { code: "HISTORY_INCOMPLETE" });
});
