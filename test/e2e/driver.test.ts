import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, type TestContext, test } from "node:test";
import { startNode } from "../../node/main.ts";
import { endsOf, REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { deployRegistry } from "../helpers/contracts.ts";
import { name32, publicKey } from "../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../helpers/network.ts";
import { configFor, ready, silent } from "../helpers/real-node.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";

const deployment = await deployRegistry();
const network = await describeNetwork(deployment);
const [alice, nobody] = [deployment.alice.address.toLowerCase(), deployment.carol.address.toLowerCase()];
await deployment.registry.setAttribute(alice, name32("did/pub/P256/veriKey"), publicKey("P256", 1), 86_400n);
const chain = await startRpcServer(inProcessRpc(deployment));
after(() => chain[Symbol.asyncDispose]());
const folder = await temporaryFolder({ after });
const descriptor = join(folder, "network.json");
await writeFile(descriptor, JSON.stringify(network));

/** Starts `mapae driver` as an operator does, with these variables as the only ones of Mapae. */
function start(t: TestContext, args: readonly string[], variables: Record<string, string>) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MAPAE_"));
  const child = spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), "driver", ...args], {
    env: { ...Object.fromEntries(kept), MAPAE_HTTP_PORT: "0", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => void child.kill("SIGKILL"));
  const driver = { log: [] as Record<string, unknown>[], stderr: "", url: "" };
  child.stderr.on("data", (chunk) => {
    driver.stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...driver }));
  const started = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      driver.log.push(entry);
      if (entry.msg === "started") resolve();
    });
  });
  return {
    /** Its URL; fails the test when the driver exits first. */
    async url(): Promise<string> {
      await Promise.race([started, ended.then(({ stderr }) => assert.fail(`the driver exited: ${stderr}`))]);
      return String(driver.log.find(({ msg }) => msg === "started")?.url);
    },
    ended,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

const ask = async (url: string, path: string) => {
  const response = await fetch(url + path, { headers: { accept: "application/did-resolution" } });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const mapae = (address: string) => `did:mapae:local:${address}`;
const ethr = (address: string) => `did:ethr:0x7a69:${address}`;

test("a driver of a chain answers for did:mapae and did:ethr until SIGTERM, on which it exits with 0", async (t) => {
  const { url: started, stop } = start(t, [], {
    MAPAE_NETWORK: descriptor,
    MAPAE_RPC_URLS: chain.url,
    MAPAE_TEST_IDENTIFIERS: `${mapae(alice)},${mapae(nobody)}`,
  });
  const url = await started();
  const found = await ask(url, `/1.0/identifiers/${mapae(alice)}`);
  assert.deepEqual([found.status, found.body.didDocument.id], [200, mapae(alice)]);
  const absent = await ask(url, `/1.0/identifiers/${mapae(nobody)}`);
  assert.deepEqual([absent.status, absent.body.didResolutionMetadata.error.type], [404, "NOT_FOUND"]);
  const theirs = await ask(url, `/1.0/identifiers/${ethr(alice)}`);
  assert.deepEqual([theirs.status, theirs.body.didDocument.id], [200, ethr(alice)]);

  assert.deepEqual((await ask(url, "/1.0/methods")).body, ["mapae", "ethr"]);
  assert.deepEqual((await ask(url, "/1.0/testIdentifiers")).body, { mapae: [mapae(alice)], ethr: [ethr(alice)] });
  assert.equal((await ask(url, "/1.0/properties")).body.network, "local");
  assert.equal((await fetch(`${url}/health`)).status, 200);

  const { code, signal, log, stderr } = await stop();
  assert.deepEqual([code, signal, stderr], [0, null, ""]);
  assert.equal(log.at(-1)?.msg, "stopped");
  assert.doesNotMatch(JSON.stringify(log), new RegExp(`${alice}|${nobody}`), "the log has no requested DID");
});

test("a driver of a node, named on the command line, gives the node's answers, and 503 when the node has stopped", async (t) => {
  const config = configFor({ network, dataDir: join(folder, "index"), secrets: { rpcUrls: [chain.url] } });
  const node = await startNode(config, { logger: silent });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  const { url: started, stop } = start(t, ["--network", descriptor, "--node", node.url], { MAPAE_ANSWERS: "standard" });
  const url = await started();
  const [ours, nodes] = await Promise.all([url, node.url].map((at) => ask(at, `/1.0/identifiers/${mapae(alice)}`)));
  assert.deepEqual(ours?.body.didDocument, nodes?.body.didDocument);
  assert.deepEqual((await ask(url, "/1.0/methods")).body, ["mapae"]);
  const absent = await ask(url, `/1.0/identifiers/${mapae(nobody)}`);
  assert.equal(absent.body.didResolutionMetadata.error.type, "https://www.w3.org/ns/did#NOT_FOUND");
  await node.stop();
  assert.equal((await ask(url, `/1.0/identifiers/${mapae(nobody)}`)).status, 503);
  assert.equal((await stop()).code, 0);
});

test("a driver with a wrong configuration exits with 2 and names the variable, its value and the expected form", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => void taken.close());
  const port = String((taken.address() as AddressInfo).port);
  const good = { MAPAE_NETWORK: descriptor, MAPAE_RPC_URLS: chain.url };
  const rows: [variables: Record<string, string>, stderr: RegExp][] = [
    [{ ...good, MAPAE_HTTP_PORT: "http" }, /MAPAE_HTTP_PORT: got "http", wanted a whole number from 0 to 65535/],
    [{ ...good, MAPAE_NETWORK: join(folder, "absent.json") }, /MAPAE_NETWORK: .*absent\.json/],
    [
      { ...good, MAPAE_HTTP_PORT: port },
      new RegExp(`127\\.0\\.0\\.1:${port} can't be used: another program .*Set MAPAE_HTTP_HOST or MAPAE_HTTP_PORT`),
    ],
  ];
  const ends = await Promise.all(rows.map(([variables]) => start(t, [], variables).ended));
  ends.forEach(({ code, log, stderr }, at) => {
    assert.deepEqual([code, log], [2, []], stderr);
    assert.match(stderr, rows[at]?.[1] ?? /never/);
  });
});
