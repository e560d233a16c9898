import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Resolver } from "did-resolver";
import { BrowserProvider, getAddress, SigningKey, ZeroAddress } from "ethers";
import { getResolver } from "ethr-did-resolver";
import { MAX_CALLS } from "../../../node/driver/bounded-rpc.ts";
import { type Address, toBytes } from "../../../resolver/primitives/hex.ts";
import { name32, publicKey, textValue } from "../../helpers/keys.ts";
import { inProcessRpc } from "../../helpers/network.ts";
import { type Alteration, startRpcServer } from "../../helpers/rpc-server.ts";
import { problemCode } from "../http/problems.ts";
import { errorOf, startDrivenRegistry, startTestDriver } from "./harness.ts";

const YEAR = 365n * 86_400n;
const RESULT = { accept: "application/did-resolution" };

const { deployment, network, server, driver } = await startDrivenRegistry({ after });

const { registry } = deployment;
const addressOf = (account: { address: string }) => account.address.toLowerCase() as Address;
const [alice, bob, nobody] = [deployment.alice, deployment.bob, deployment.carol].map(addressOf) as [
  Address,
  Address,
  Address,
];
const first = await registry.setAttribute(
  alice,
  name32("did/pub/Secp256k1/veriKey/hex"),
  publicKey("Secp256k1", 1),
  YEAR,
);
await registry.setAttribute(alice, name32("did/svc/Hub"), textValue("https://hub.example/a"), YEAR);
await registry.connect(deployment.bob).changeOwner(bob, ZeroAddress);

const did = (identifier: string) => `did:ethr:0x7a69:${identifier}`;
const path = (identifier: string) => `/1.0/identifiers/${did(identifier)}`;

/** The library by itself, with a provider of ethers' own. */
const eip1193 = {
  request: ({ method, params = [] }: { method: string; params?: unknown[] | object }) =>
    deployment.ethers.provider.send(method, params as unknown[]),
};
type StockProvider = NonNullable<Parameters<typeof getResolver>[0] extends { provider?: infer T } ? T : never>;
const provider = new BrowserProvider(eip1193, network.chainId, { cacheTimeout: -1 });
after(() => provider.destroy());
const stock = new Resolver(
  getResolver({
    chainId: network.chainId,
    registry: deployment.address,
    provider: provider as object as StockProvider,
  }),
);

test("a did:ethr is what the library says of it, by address, checksummed address and public key", async () => {
  const own = SigningKey.computePublicKey(toBytes(publicKey("Secp256k1", 1)), true);
  for (const identifier of [alice, getAddress(alice), bob, nobody, own]) {
    const { didDocument, didDocumentMetadata } = await stock.resolve(did(identifier), {
      accept: "application/did+ld+json",
    });
    const { status, text, headers } = await driver.get(path(identifier), RESULT);
    assert.equal(status, identifier === bob ? 410 : 200);
    assert.equal(headers.get("content-type"), "application/did-resolution; charset=utf-8");
    const result = JSON.parse(text);
    assert.deepEqual([result.didDocument, result.didDocumentMetadata], [didDocument, didDocumentMetadata]);
    assert.equal(result.didResolutionMetadata.contentType, "application/did+ld+json");
  }
});

test("an answer says as of which block it holds, though the library does not", async () => {
  const { text, headers } = await driver.get(path(alice), RESULT);
  const newest = await deployment.ethers.provider.getBlock("latest");
  const { asOf } = JSON.parse(text).didResolutionMetadata;
  assert.deepEqual([asOf.block, asOf.hash, asOf.finalized], [newest?.number, newest?.hash, true]);
  assert.equal(headers.get("mapae-as-of"), `${asOf.block} ${asOf.hash} ${asOf.time}`);
});

test("each representation of DID Core 1.0 is given, an answer that did not change is 304", async () => {
  for (const accept of ["application/did+ld+json", "application/did+json"]) {
    const { didDocument } = await stock.resolve(did(alice), { accept });
    const answer = await driver.get(path(alice), { accept });
    assert.deepEqual(JSON.parse(answer.text), didDocument);
    assert.equal(answer.headers.get("content-type"), `${accept}; charset=utf-8`);
    const again = await driver.get(path(alice), { accept, "if-none-match": answer.headers.get("etag") ?? "" });
    assert.deepEqual([again.status, again.text], [304, ""]);
  }
});

test("an older version is the library's, judged at its own block", async () => {
  const { blockNumber } = first;
  const { didDocument, didDocumentMetadata } = await stock.resolve(`${did(alice)}?versionId=${blockNumber}`, {
    accept: "application/did+ld+json",
  });
  const result = JSON.parse((await driver.get(`${path(alice)}?versionId=${blockNumber}`, RESULT)).text);
  assert.deepEqual([result.didDocument, result.didDocumentMetadata], [didDocument, didDocumentMetadata]);
  assert.equal(result.didDocumentMetadata.versionId, String(blockNumber));
  const block = await deployment.ethers.provider.getBlock(blockNumber ?? 0);
  assert.equal(Date.parse(result.didResolutionMetadata.at) / 1_000, block?.timestamp);
  const future = await driver.get(`${path(alice)}?versionId=999999`, RESULT);
  assert.deepEqual([future.status, errorOf(future).code], [503, "UNAVAILABLE"]);
});

test("each fault of a question has its code, raw and percent-encoded", async () => {
  const broken = `0x05${"f".repeat(64)}`;
  const offCurve = `0x02${"f".repeat(64)}`;
  const badChecksum = getAddress(alice).replace(/[a-f]/, (letter) => letter.toUpperCase());
  const faults: [target: string, accept: string, status: number, code: string][] = [
    ...["0x1", alice.slice(2), broken, offCurve, badChecksum, `${alice}0`, "", `x:${alice}y`].map(
      (identifier): [string, string, number, string] => [did(identifier), RESULT.accept, 400, "INVALID_DID"],
    ),
    [`did:ethr:${alice}`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [did(alice).replace("0x7a69", "0x1"), RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [did(alice).replace("0x7a69", "sepolia"), RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}?versionTime=2026-01-01T00:00:00Z`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}?blockTag=1`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}?service=Hub`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}/path`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}%23controller`, RESULT.accept, 501, "FEATURE_NOT_SUPPORTED"],
    [`${did(alice)}?versionId=1x`, RESULT.accept, 400, "INVALID_OPTIONS"],
    [did(alice), "application/did", 406, "REPRESENTATION_NOT_SUPPORTED"],
    [did(alice), "text/html", 406, "REPRESENTATION_NOT_SUPPORTED"],
  ];
  const iris = await startTestDriver({ after }, { network, rpcUrls: [server.url], answers: "standard" });
  const before = server.calls.length;
  for (const [target, accept, status, code] of faults) {
    const [beforeQuery = "", query] = target.split("?");
    const encoded = `${encodeURIComponent(decodeURIComponent(beforeQuery))}${query === undefined ? "" : `?${query}`}`;
    for (const one of [target, encoded]) {
      const answer = await iris.get(`/1.0/identifiers/${one}`, { accept });
      const body = { status: answer.status, contentType: answer.headers.get("content-type"), body: answer.text };
      assert.deepEqual([answer.status, problemCode(body)], [status, code], one);
    }
  }
  assert.equal(server.calls.length, before, "nothing is asked of the chain");
});

test("an RPC that fails anywhere on the way is 503 and never notFound", async () => {
  const failing =
    (which: string): Alteration =>
    ([method], honest) =>
      method === which ? { error: { code: -32_000, message: "missing trie node" } } : honest;
  for (const method of ["eth_getBlockByNumber", "eth_call", "eth_getLogs"]) {
    server.alter = failing(method);
    for (const identifier of [alice, nobody]) {
      if (method === "eth_getLogs" && identifier === nobody) continue; // it has no log to ask for
      const answer = await driver.get(path(identifier), RESULT);
      assert.deepEqual([answer.status, errorOf(answer).type], [503, "UNAVAILABLE"], method);
    }
  }
  server.alter = ([method], honest) => (method === "eth_getLogs" ? { result: [] } : honest);
  assert.equal((await driver.get(path(alice), RESULT)).status, 503);
  server.alter = ([method], honest) => (method === "eth_call" ? { result: "0x" } : honest);
  assert.equal((await driver.get(path(nobody), RESULT)).status, 503);
  server.alter = (_, honest) => honest;
  assert.equal((await driver.get(path(alice), RESULT)).status, 200);
});

test("an identity that changes while it is read is read again, so that the block it holds as of is the right one", async () => {
  let writes = 0;
  const answers = deployment.ethers.provider;
  const changing = await startRpcServer(async (calls) => {
    const results = await inProcessRpc(deployment)(calls);
    const isNewest = calls[0]?.[0] === "eth_getBlockByNumber" && calls[0][1][0] === "latest";
    if (isNewest && writes++ < 1) {
      await registry.setAttribute(alice, name32("did/svc/Late"), textValue("https://late.example"), YEAR);
    }
    return results;
  });
  after(() => changing[Symbol.asyncDispose]());
  const { get } = await startTestDriver({ after }, { network, rpcUrls: [changing.url] });
  const { didDocumentMetadata, didResolutionMetadata } = JSON.parse((await get(path(alice), RESULT)).text);
  assert.equal(Number(didDocumentMetadata.versionId), await answers.getBlockNumber());
  assert.equal(didResolutionMetadata.asOf.block, Number(didDocumentMetadata.versionId));
});

test("a history without an end is 503: nobody makes a driver ask forever", async () => {
  // Each log points to one a block before it: a chain that never ends, as far as the library sees.
  const block = (await deployment.ethers.provider.getBlockNumber()) + 5_000;
  const endless: Alteration = ([method, params], honest) => {
    if (method === "eth_call") return { result: `0x${block.toString(16).padStart(64, "0")}` };
    if (method !== "eth_getLogs" || !("result" in honest)) return honest;
    const [{ fromBlock }] = params as [{ fromBlock: string }];
    const previous = (Number(fromBlock) - 1).toString(16).padStart(64, "0");
    return {
      result: [{ ...ownerChanged, blockNumber: fromBlock, data: `0x${alice.slice(2).padStart(64, "0")}${previous}` }],
    };
  };
  const [ownerChanged] = (await deployment.ethers.provider.send("eth_getLogs", [
    {
      address: deployment.address,
      fromBlock: "0x0",
      toBlock: "latest",
      topics: [registry.interface.getEvent("DIDOwnerChanged")?.topicHash ?? ""],
    },
  ])) as [object];
  const before = server.calls.length;
  server.alter = endless;
  const answer = await driver.get(path(bob), RESULT);
  server.alter = (_, honest) => honest;
  assert.deepEqual([answer.status, errorOf(answer).code], [503, "UNAVAILABLE"]);
  const calls = server.calls.length - before;
  // On a slow machine the time limit is reached first.
  assert(calls > 10 && calls < MAX_CALLS + 50, `${calls} calls`);
});
