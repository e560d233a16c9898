import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { startNode } from "../../../node/main.ts";
import type { NodeReport } from "../../../node/runtime/status.ts";
import type { ChainReader, Log } from "../../../resolver/chain/chain-reader.ts";
import { ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { endsOf } from "../../cli/harness.ts";
import { type Block, ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { configOf, ready, silent, until } from "../../helpers/real-node.ts";

const write = (value: number): SimulatedWrite => ({ do: "delegate", identity: 0, value, validTo: 4e9 });

/** A chain of 30 blocks, which holds other events from a block on than one without that. */
function chain(partsAt = Number.POSITIVE_INFINITY): ChainSimulator {
  const made = new ChainSimulator();
  for (let block = 2; block <= 30; block++) made.mine(block % 2 === 0 ? [write(block >= partsAt ? 1 : 2)] : []);
  return made;
}

async function start(t: TestContext, simulated: ChainSimulator, given: Parameters<typeof configOf>[2] = {}) {
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line) => lines.push(line) });
  const config = await configOf(t, simulated, { network: simulated.network({ kind: "depth", blocks: 3 }), ...given });
  const node = await startNode(config, { readers: [simulated], logger });
  endsOf(t)(() => node.stop());
  return { node, lines, config };
}

/** Another node's public listener by a foreign hand: it tells the roots of whatever chain it is given. */
async function startPeer(t: TestContext) {
  const peer = { url: "", chain: chain() };
  const server = createServer((request, response) => {
    const asked = request.url?.split("/").at(-1);
    const block = asked === "finalized" ? peer.chain.tip.number - 3 : Number(asked);
    const { did, trust, status } = (peer.chain.branch[block] as Block).storage.registries;
    const roots = { did: did.root, trust: trust.root, status: status.root };
    const { name: network, genesisHash } = peer.chain.network();
    response.end(JSON.stringify({ network, genesisHash, block, roots, content: null }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  peer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return peer;
}

const peersOf = (url: string) => ({ peers: { urls: [url], checkSeconds: 1 } });
const difference = ({ peers }: NodeReport) => peers[0]?.difference;

test("nodes that hold the same are ready, and say as of which block they agree", async (t) => {
  const one = await start(t, chain());
  await until(() => one.node.report().state.kind === "following");
  const two = await start(t, chain(), peersOf(one.node.url));
  await until(() => two.node.report().peers[0]?.upTo === 27);
  assert.equal(difference(two.node.report()), null);
  await ready(two.node.url);
});

test("one node that holds something else is an alert with the first block that differs: this one stays ready", async (t) => {
  const one = await start(t, chain(12));
  await until(() => one.node.report().state.kind === "following");
  const two = await start(t, chain(), { ...peersOf(one.node.url), metrics: { host: "127.0.0.1", port: 0 } });
  await until(() => difference(two.node.report()) != null);
  assert.deepEqual(difference(two.node.report()), { what: "roots", block: 12 });
  const answer = await fetch(`${two.node.url}/ready`);
  const { divergence } = (await answer.json()) as { divergence: { peer: string; difference: unknown } };
  assert.deepEqual([answer.status, divergence.peer], [200, one.node.url]);
  assert.match(await (await fetch(`${two.node.url}/status`)).text(), /"difference":{"what":"roots","block":12}/);
  const metrics = await (await fetch(`${two.node.metricsUrl}/metrics`)).text();
  assert.match(metrics, /^mapae_peers_diverged 1$/m);
  assert.match(metrics, /^mapae_divergence_block 12$/m);
  assert.match(metrics, /^mapae_ready 1$/m);
  assert(two.lines.some((line) => /"code":"DIVERGED".*"block":12/.test(line)));
});

test("a node is not ready while most nodes hold something else, and is again when they are no longer most", async (t) => {
  const urls: string[] = [];
  const peers = [await startPeer(t), await startPeer(t), await startPeer(t)];
  for (const peer of peers) urls.push(peer.url);
  const honest = chain();
  const { node } = await start(t, honest, {
    peers: { urls, checkSeconds: 1 },
    metrics: { host: "127.0.0.1", port: 0 },
  });
  const isReady = async () => (await fetch(`${node.url}/ready`)).status === 200;
  const metric = async () => /^mapae_ready (\d)$/m.exec(await (await fetch(`${node.metricsUrl}/metrics`)).text())?.[1];
  await ready(node.url);
  for (const [liars, isExpected] of [
    [0, true],
    [2, true],
    [3, false],
    [1, true],
  ] as const) {
    for (const [at, peer] of peers.entries()) peer.chain = at < liars ? chain(12) : honest;
    const seen = () => node.report().peers.filter((one) => one.difference !== null).length;
    await until(() => node.report().peers.every(({ comparedAt }) => comparedAt !== null) && seen() === liars);
    assert.deepEqual([await isReady(), await metric()], [isExpected, isExpected ? "1" : "0"], `${liars} of 3 differ`);
  }
});

test("a node whose only server stands says that the chain goes on, when most others have later blocks, and not for one of them", async (t) => {
  const peers = [await startPeer(t), await startPeer(t), await startPeer(t)];
  const simulated = chain();
  const urls = peers.map(({ url }) => url);
  const { node } = await start(t, simulated, { peers: { urls, checkSeconds: 1 } });
  const later = chain();
  for (let count = 0; count < 120; count++) later.mine();
  (peers[0] as { chain: ChainSimulator }).chain = later;
  await until(() => node.report().peers[0]?.reached === 147);
  // Longer than a head has to stand.
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  assert.equal(node.report().state.kind, "following");
  (peers[1] as { chain: ChainSimulator }).chain = later;
  await until(() => node.report().state.kind === "stale");
  assert.match(
    node.report().state.reason,
    /stands at block 30, but the chain goes on: most other nodes have block 147/,
  );
  await ready(node.url);
});

test("a node that can't be asked is no difference: this one stays ready, and says so", async (t) => {
  const { node } = await start(t, chain(), peersOf("http://127.0.0.1:1"));
  await until(() => typeof node.report().peers[0]?.trouble === "string");
  assert.equal(difference(node.report()), null);
  await ready(node.url);
});

test("a node of another network is no difference, but trouble", async (t) => {
  const other = new ChainSimulator({ salt: 2 });
  for (let count = 0; count < 10; count++) other.mine();
  const one = await start(t, other);
  await until(() => one.node.report().state.kind === "following");
  const { node } = await start(t, chain(), peersOf(one.node.url));
  await until(() => /another|serves network/.test(node.report().peers[0]?.trouble ?? ""));
  assert.equal(difference(node.report()), null);
});

/** A chain's server that tells another transaction of each log: no head, root or bloom knows of it. */
function tellingOtherTransactions(reader: ChainReader): ChainReader {
  const other = (logs: readonly Log[]) => logs.map((log) => ({ ...log, transactionHash: ZERO_HASH }));
  return {
    ...faulty(reader, () => undefined),
    logs: async (filter) => other(await reader.logs(filter)),
    async logsAndStorage(...asked) {
      const { logs, values } = await reader.logsAndStorage(...asked);
      return { logs: other(logs), values };
    },
  };
}

test("an index whose events fold to the same roots but are not the same is told by its content hash", async (t) => {
  const simulated = chain();
  const network = simulated.network({ kind: "depth", blocks: 3 });
  const config = await configOf(t, simulated, { network });
  const altered = await startNode(config, { readers: [tellingOtherTransactions(simulated)], logger: silent });
  endsOf(t)(() => altered.stop());
  await until(() => altered.report().state.kind === "following");
  const honest = await start(t, simulated, peersOf(altered.url));
  await until(() => honest.node.report().state.kind === "following");
  await until(() => difference(honest.node.report()) != null);
  assert.equal(difference(honest.node.report())?.what, "content");
});

test("a digest is given as of blocks that stay, and of no other", async (t) => {
  const { node } = await start(t, chain());
  await until(() => node.report().state.kind === "following");
  const ask = async (block: string) => {
    const answer = await fetch(`${node.url}/digests/${block}`);
    return { status: answer.status, body: (await answer.json()) as { block?: number; code?: string } };
  };
  assert.equal((await ask("finalized")).body.block, 27);
  assert.equal((await ask("12")).body.block, 12);
  assert.deepEqual(await ask("28").then(({ status, body }) => [status, body.code]), [503, "UNAVAILABLE"]);
  for (const block of ["-1", "latest", "1e3", "9".repeat(16)]) assert.equal((await ask(block)).status, 404, block);
});
