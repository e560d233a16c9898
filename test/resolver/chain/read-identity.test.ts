import assert from "node:assert/strict";
import { test } from "node:test";
import { Resolver } from "did-resolver";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { readIdentity } from "../../../resolver/chain/read-identity.ts";
import { httpRpc } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { getResolver } from "../../../resolver/get-resolver.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { deployRegistry } from "../../helpers/contracts.ts";
import { name32, textValue } from "../../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../../helpers/network.ts";
import { readerRpc } from "../../helpers/reader-rpc.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";

const set = (value: number) => ({ do: "attribute", identity: 0, value, validTo: 4e9 }) as const;

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
    history(query) {
      asked.push(query.fromBlock);
      return reader.history(query);
    },
  };
  const from = (fromBlock: number): NetworkDescriptor => ({
    ...network,
    deployments: network.deployments.map((one) => ({ ...one, fromBlock })),
  });
  await readIdentity(watching, from(2), alice);
  assert.deepEqual(asked, [2]);
  assert.equal((await readIdentity(reader, from(newest + 1), carol)).state, undefined);
  // A descriptor that begins too late hides events, which the head shows.
  await assert.rejects(readIdentity(reader, from(newest), alice), { code: "HISTORY_INCOMPLETE" });
  await assert.rejects(readIdentity(reader, from(newest + 1), alice), { code: "HISTORY_INCOMPLETE" });
});

test("an identity takes two requests of a chain, whatever was written and whichever version is wanted", async (t) => {
  const { network, deployment, newest, alice, carol } = await setUp();
  const bob = deployment.bob.address.toLowerCase();
  const registry = deployment.registry.connect(deployment.bob);
  for (let at = 0; at < 20; at++) await registry.setAttribute(bob, name32("did/aka"), textValue(`urn:x:${at}`), 60n);
  const server = await startRpcServer(inProcessRpc(deployment));
  t.after(() => server[Symbol.asyncDispose]());
  const resolver = new Resolver(getResolver({ networks: [{ descriptor: network, chain: server.url }] }));
  await resolver.resolve(`did:mapae:local:${alice}`); // looks at the network, once

  const questions = [alice, bob, carol, `${alice}?versionId=${newest}`, `${bob}?versionTime=2020-01-01T00:00:00Z`];
  const errors: unknown[] = [];
  for (const question of questions) {
    const [requests, calls] = [server.requests, server.calls.length];
    errors.push((await resolver.resolve(`did:mapae:local:${question}`)).didResolutionMetadata.error);
    assert.equal(server.requests - requests, 2, question);
    const asked = server.calls.slice(calls);
    const blocks = question.startsWith(bob) ? 20 : question.startsWith(alice) ? 2 : 0;
    assert.deepEqual(
      asked.map(([method]) => method),
      ["eth_getBlockByNumber", "eth_getLogs", "eth_getStorageAt", ...Array(blocks).fill("eth_getBlockByNumber")],
    );
    // The head is that of the block which the answer holds as of, whatever is mined meanwhile.
    const { hash } = (await deployment.ethers.provider.getBlock("latest")) ?? {};
    assert.deepEqual(asked[2]?.[1].at(-1), { blockHash: hash });
  }
  assert.deepEqual(errors, [undefined, undefined, "notFound", undefined, "notFound"]);
});

test("a history of more blocks than a server takes in one batch takes a request for each 500 more", async (t) => {
  const chain = new ChainSimulator();
  for (let at = 0; at < 1_000; at++) chain.mine([set(at)]);
  const server = await startRpcServer(readerRpc(chain, 10_000));
  t.after(() => server[Symbol.asyncDispose]());
  const reader = rpcReader(httpRpc({ url: server.url }));
  const { events } = await readIdentity(reader, chain.network(), simulatedIdentity(0));
  assert.equal(events.length, 1_000);
  assert.equal(server.requests, 4);
});

test("a block that is mined while the chain is read is left out: its logs are none of the block that is answered for", async () => {
  const chain = new ChainSimulator();
  chain.mine([set(1)]);
  const reader = rpcReader(async (calls) => {
    const [first, ...others] = calls;
    const answers = await readerRpc(chain)(first ? [first] : []);
    chain.mine([set(2)]);
    return [...answers, ...(await readerRpc(chain)(others))];
  });
  const { asOf, events } = await readIdentity(reader, chain.network(), simulatedIdentity(0));
  assert.deepEqual([asOf.number, events.length], [2, 1]);
});

test("logs that were looked for before the newest block are read again once; a server that goes on so has lost one", async () => {
  const chain = new ChainSimulator();
  chain.mine([set(1)]);
  let late = 1;
  const reader = rpcReader(async (calls) => {
    if (calls.length < 2 || calls[1]?.[0] !== "eth_getLogs" || late-- <= 0) return readerRpc(chain)(calls);
    const [newest, logs] = calls;
    const found = await readerRpc(chain)(logs ? [logs] : []);
    chain.mine([set(10 + late)]);
    return [...(await readerRpc(chain)(newest ? [newest] : [])), ...found];
  });
  const read = () => readIdentity(reader, chain.network(), simulatedIdentity(0));
  assert.equal((await read()).events.length, 2);
  late = 2;
  await assert.rejects(read(), { code: "HISTORY_INCOMPLETE" });
});
