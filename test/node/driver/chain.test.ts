import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ZeroAddress } from "ethers";
import { MAX_UNDER_WAY } from "../../../node/driver/guard.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { name32, publicKey, textValue } from "../../helpers/keys.ts";
import { inProcessRpc } from "../../helpers/network.ts";
import { until } from "../../helpers/real-node.ts";
import { type Alteration, startRpcServer } from "../../helpers/rpc-server.ts";
import { gate } from "../http/harness.ts";
import { errorOf, startDrivenRegistry, startTestDriver } from "./harness.ts";

const YEAR = 365n * 86_400n;
const RESULT = { accept: "application/did-resolution" };

const { deployment, network, server, driver } = await startDrivenRegistry({ after });

const addressOf = (account: { address: string }) => account.address.toLowerCase() as Address;
const [alice, bob] = [addressOf(deployment.alice), addressOf(deployment.bob)];
/** An account whose DID is never written. */
const nobody = addressOf(deployment.carol);
const created = await deployment.registry.setAttribute(
  alice,
  name32("did/pub/P256/veriKey"),
  publicKey("P256", 1),
  YEAR,
);
await deployment.registry.setAttribute(alice, name32("did/svc/Hub/hub"), textValue("https://hub.example/a"), YEAR);
await deployment.registry.connect(deployment.bob).changeOwner(bob, ZeroAddress);

const mapae = (address: string) => `/1.0/identifiers/did:mapae:local:${address}`;
const ethr = (address: string) => `/1.0/identifiers/did:ethr:0x7a69:${address}`;

/** Asks while the chain's server alters its answers. */
async function whileAltered<T>(alter: Alteration, ask: () => Promise<T>): Promise<T> {
  server.alter = alter;
  try {
    return await ask();
  } finally {
    server.alter = (_, honest) => honest;
  }
}

test("a DID is read from the chain with each question: what was written a moment ago is in the answer", async () => {
  const { status, text, headers } = await driver.get(mapae(alice), RESULT);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/did-resolution; charset=utf-8");
  const { didDocument, didResolutionMetadata } = JSON.parse(text);
  assert.equal(didDocument.verificationMethod.length, 2);
  const newest = await deployment.ethers.provider.getBlock("latest");
  assert.deepEqual([didResolutionMetadata.asOf.block, didResolutionMetadata.asOf.hash], [newest?.number, newest?.hash]);
  await deployment.registry.setAttribute(alice, name32("did/pub/P256/veriKey"), publicKey("P256", 2), YEAR);
  const later = JSON.parse((await driver.get(mapae(alice), RESULT)).text);
  assert.equal(later.didDocument.verificationMethod.length, 3);
});

test("parts are dereferenced, old versions resolved, the deactivated is gone, as a node does it", async () => {
  const moved = await driver.get(`${mapae(alice)}?service=hub`, { accept: "text/uri-list" });
  assert.deepEqual([moved.status, moved.headers.get("location")], [303, "https://hub.example/a"]);
  const old = await driver.get(`${mapae(alice)}?versionId=${created.blockNumber}`, { accept: "application/did" });
  assert.equal(JSON.parse(old.text).service, undefined);
  const gone = await driver.get(mapae(bob), RESULT);
  assert.deepEqual([gone.status, JSON.parse(gone.text).didDocument.id], [410, `did:mapae:local:${bob}`]);
});

test("errors are typed by the bare word that the Universal Resolver compares, unless IRIs are wanted", async (t) => {
  const absent = await driver.get(mapae(nobody), RESULT);
  assert.deepEqual([absent.status, errorOf(absent).type], [404, "NOT_FOUND"]);
  const wrong = await driver.get(mapae("0x0"), RESULT);
  assert.deepEqual([wrong.status, errorOf(wrong).type], [400, "INVALID_DID"]);
  const iris = await startTestDriver(t, { network, rpcUrls: [server.url], answers: "standard" });
  assert.equal(errorOf(await iris.get(mapae(nobody), RESULT)).type, "https://www.w3.org/ns/did#NOT_FOUND");
  assert.equal(JSON.parse((await iris.get(mapae(bob), RESULT)).text).didDocument, null);
});

test("a log that the chain's server drops is 503, for what there is and for what there is not", async () => {
  const drop: Alteration = ([method], honest) =>
    method === "eth_getLogs" && "result" in honest ? { result: [] } : honest;
  const answer = await whileAltered(drop, () => driver.get(mapae(alice), RESULT));
  assert.deepEqual([answer.status, errorOf(answer).type], [503, "UNAVAILABLE"]);
  assert.equal((await driver.get(mapae(alice), RESULT)).status, 200);
});

test("a chain that is another one, or answers errors only, is 503 by both methods", async (t) => {
  const other = await startTestDriver(t, { network: { ...network, chainId: 5 }, rpcUrls: [server.url] });
  const failing: Alteration = () => ({ error: { code: -32_000, message: "header not found" } });
  const answers = [
    await other.get(mapae(alice), RESULT),
    await other.get(ethr(alice).replace("0x7a69", "0x5"), RESULT),
    ...(await whileAltered(failing, () =>
      Promise.all([mapae(alice), mapae(nobody), ethr(alice), ethr(nobody)].map((path) => driver.get(path, RESULT))),
    )),
  ];
  for (const answer of answers) assert.deepEqual([answer.status, errorOf(answer).code], [503, "UNAVAILABLE"]);
  assert(other.log.some(({ code }) => code === "NETWORK_MISMATCH"));
});

test("with the chain down both methods are 503, with a second server they are answered", async (t) => {
  const stopped = await startRpcServer(inProcessRpc(deployment));
  await stopped[Symbol.asyncDispose]();
  const paths = [mapae(alice), mapae(nobody), ethr(alice), ethr(nobody), `${mapae(nobody)}?versionId=1`];
  const down = await startTestDriver(t, { network, rpcUrls: [stopped.url] });
  for (const path of paths) {
    const answer = await down.get(path, RESULT);
    assert.deepEqual([answer.status, errorOf(answer).code], [503, "UNAVAILABLE"], path);
    assert.equal(answer.headers.get("retry-after"), "2");
    assert.doesNotMatch(answer.text, /127\.0\.0\.1|ECONN/);
  }
  assert.equal((await down.get("/health")).status, 200);
  const second = await startTestDriver(t, { network, rpcUrls: [stopped.url, server.url] });
  for (const [path, status] of [
    [mapae(alice), 200],
    [mapae(nobody), 404],
    [ethr(alice), 200],
  ] as const) {
    assert.equal((await second.get(path, RESULT)).status, status, path);
  }
});

test("a question that is wrong asks nothing of the chain", async () => {
  const before = server.calls.length;
  const paths = [
    mapae("0x0"),
    `${mapae(alice)}?versionId=x`,
    `${mapae(alice)}?other=1`,
    ethr("0x0"),
    ethr(alice.slice(2)),
  ];
  paths.push(mapae(alice).replace("local", "gov-55555555"), ethr(alice).replace("0x7a69", "0x1"));
  for (const path of paths) assert((await driver.get(path, RESULT)).status < 503, path);
  assert.equal(server.calls.length, before);
});

test("no more questions are asked at once than the bound: one more is 503 at once", async (t) => {
  let waiting = Promise.resolve();
  const slow = await startRpcServer(async (calls) => {
    await waiting;
    return inProcessRpc(deployment)(calls);
  });
  t.after(() => slow[Symbol.asyncDispose]());
  const busy = await startTestDriver(t, { network, rpcUrls: [slow.url] });
  assert.equal((await busy.get(mapae(alice), RESULT)).status, 200);
  const [held, before] = [gate(), slow.requests];
  waiting = held.opened;
  const asked = Array.from({ length: MAX_UNDER_WAY }, () => busy.get(mapae(alice), RESULT));
  await until(() => slow.requests - before >= MAX_UNDER_WAY);
  const refused = await busy.get(mapae(alice), RESULT);
  assert.equal(refused.status, 503);
  assert.match(refused.text, /64 requests are in progress/);
  held.open();
  for (const { status } of await Promise.all(asked)) assert.equal(status, 200);
  assert.equal((await busy.get(mapae(alice), RESULT)).status, 200);
});

test("methods, properties and examples are those of the network, and of nothing behind it", async (t) => {
  const did = { did: `did:mapae:local:${alice}`, network: "local", address: alice };
  const absent = { ...did, did: `did:mapae:local:${nobody}`, address: nobody };
  const { get } = await startTestDriver(t, { network, rpcUrls: [server.url], testIdentifiers: [did, absent] });
  const json = async (path: string) => JSON.parse((await get(path)).text);
  assert.deepEqual(await json("/1.0/methods"), ["mapae", "ethr"]);
  assert.deepEqual(await json("/1.0/testIdentifiers"), { mapae: [did.did], ethr: [`did:ethr:0x7a69:${alice}`] });
  assert.deepEqual(await json("/1.0/properties"), {
    network: "local",
    chainId: 31_337,
    genesisHash: network.genesisHash,
    descriptorVersion: 1,
    didRegistry: network.deployments[0]?.registries.did.address,
  });
  for (const path of ["/network", "/status", "/metrics", "/openapi.json", "/status-lists"]) {
    assert.equal((await get(path)).status, 404, path);
  }
});
