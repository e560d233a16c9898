import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { pino } from "pino";
import { startNode } from "../../node/main.ts";
import type { NodeReport } from "../../node/runtime/status.ts";
import { openLevel } from "../../node/store/database.ts";
import { endsOf, freePorts } from "../cli/harness.ts";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../helpers/faulty-reader.ts";
import { chainOf, configOf, ready, silent } from "../helpers/real-node.ts";
import { hashFromScratch } from "../helpers/simulated-node.ts";

const DID = `did:mapae:local:${simulatedIdentity(0)}`;
test("a node answers over HTTP what its chain holds, goes on after a restart, and reports its digest", async (t) => {
  const chain = chainOf(20);
  const config = await configOf(t, chain);
  const first = await startNode(config, { readers: [chain], logger: silent });
  await ready(first.url);
  assert.equal((await fetch(`${first.url}/1.0/identifiers/${DID}`)).status, 200);
  const report = (await (await fetch(`${first.url}/status`)).json()) as NodeReport;
  const { number: block, hash, time } = chain.tip;
  assert.deepEqual(report.digest, { block, hash, time, roots: chain.roots });
  assert.deepEqual({ ...report.state, reason: "" }, { kind: "following", block, reason: "" });
  assert.deepEqual([report.head, report.lag], [block, 0]);
  await first.stop();

  chain.mine([{ do: "deactivate", identity: 0 }]);
  const second = await startNode(config, { readers: [chain], logger: silent });
  endsOf(t)(() => second.stop());
  await ready(second.url);
  while (second.report().digest?.hash !== chain.tip.hash) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await fetch(`${second.url}/1.0/identifiers/${DID}`)).status, 410);
  assert.equal(second.contentHash()?.hash, await hashFromScratch(chain, config.network));
});

test("a node whose chain can't be asked starts, is not ready, and never says that a DID does not exist", async (t) => {
  const chain = chainOf(5);
  let fault: Fault | undefined = "down";
  const node = await startNode(await configOf(t, chain), { readers: [faulty(chain, () => fault)], logger: silent });
  endsOf(t)(() => node.stop());
  assert.equal((await fetch(`${node.url}/health`)).status, 200);
  assert.equal((await fetch(`${node.url}/ready`)).status, 503);
  assert.equal((await fetch(`${node.url}/1.0/identifiers/${DID}`)).status, 503);
  fault = undefined;
  await ready(node.url);
  assert.equal((await fetch(`${node.url}/1.0/identifiers/${DID}`)).status, 200);
});

test("a client that reaches a node finds one that has started, and so can be stopped", async (t) => {
  const chain = chainOf(5);
  const [httpPort = 0] = (await freePorts(1)).map(Number);
  const config = await configOf(t, chain, { httpPort, metrics: { host: "127.0.0.1", port: 0 } });
  let started = false;
  const starting = startNode(config, { readers: [chain], logger: silent }).then((node) => {
    endsOf(t)(() => node.stop());
    started = true;
  });
  while (!(await reaches(httpPort)));
  assert.ok(started);
  await starting;
});

/** Whether somebody listens on a port. */
function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

test("stopping closes listener and store, and can be asked for twice", async (t) => {
  const chain = chainOf(5);
  const config = await configOf(t, chain);
  const node = await startNode(config, { readers: [chain], logger: silent });
  await ready(node.url);
  await Promise.all([node.stop(), node.stop()]);
  await node.stop();
  await assert.rejects(fetch(`${node.url}/health`));
  // The lock is free.
  await (await openLevel(config.dataDir)).close();
});

test("a node that waits after a failure stops at once", async (t) => {
  const chain = chainOf(5);
  const node = await startNode(await configOf(t, chain), { readers: [faulty(chain, () => "down")], logger: silent });
  while (node.report().state.kind !== "connecting") await new Promise((resolve) => setTimeout(resolve, 5));
  await node.stop();
});

test("a port that is taken is PORT_IN_USE with what to do, and leaves the store free", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const chain = chainOf(1);
  const config = await configOf(t, chain, { httpPort: port });
  await assert.rejects(startNode(config, { readers: [chain], logger: silent }), (error: Error & { code?: string }) => {
    assert.equal(error.code, "PORT_IN_USE");
    assert.match(error.message, new RegExp(`127.0.0.1:${port}.*MAPAE_HTTP_PORT`));
    return true;
  });
  await (await openLevel(config.dataDir)).close();
});

test("a data directory of another network is refused, and stays free", async (t) => {
  const config = await configOf(t, chainOf(3));
  await (await startNode(config, { readers: [chainOf(3)], logger: silent })).stop();
  const network = new ChainSimulator({ salt: 2 }).network();
  await assert.rejects(startNode({ ...config, network }, { logger: silent }), { code: "NETWORK_MISMATCH" });
  await (await openLevel(config.dataDir)).close();
});

test("the log has neither what was asked, nor who asked, nor the secrets of an RPC URL", async (t) => {
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => lines.push(line) });
  const chain = chainOf(5);
  const rpcUrls = ["http://operator:hunter2@127.0.0.1:9/path-k3y?token=t0ken"];
  const unreachable = await startNode(await configOf(t, chain, { secrets: { rpcUrls } }), { logger });
  while (!lines.some((line) => line.includes("can't follow"))) await new Promise((resolve) => setTimeout(resolve, 5));
  await unreachable.stop();
  const node = await startNode(await configOf(t, chain), { readers: [chain], logger });
  await ready(node.url);
  await fetch(`${node.url}/1.0/identifiers/${DID}`, { headers: { "user-agent": "gate-7" } });
  await node.stop();
  const log = lines.join("");
  assert.match(log, /started.*\n.*followed a block/s);
  assert.doesNotMatch(log, /hunter2|operator|k3y|t0ken|gate-7|did:mapae|0x0{38}/);
});
