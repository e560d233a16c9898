import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Resolver } from "did-resolver";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { getResolver } from "../../resolver/get-resolver.ts";
import { inProcessRpc } from "../helpers/network.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { assertError, did, resolverStage } from "./resolver-stage.ts";

const KEY_ID = "#Nrqg3-M_Xwtx-1tbtc1J7Xul2DyeC0bUSy9u_5NSG6g";

const { deployment, server, descriptor, alice, bob, carol, time, resolver } = await resolverStage({
  after,
});

test("a DID resolves to its document, as of a block", async () => {
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver().resolve(did(alice));
  const { contentType, error, asOf, at } = didResolutionMetadata as Record<string, unknown>;
  assert.equal(error, undefined);
  assert.equal(contentType, "application/did+ld+json");
  const newest = await deployment.ethers.provider.getBlock("latest");
  const seconds = `${new Date(Number(time + 20n) * 1_000).toISOString().slice(0, 19)}Z`;
  assert.deepEqual(asOf, { block: newest?.number, hash: newest?.hash, time: seconds, finalized: true });
  assert.equal(at, seconds);
  assert.equal(didDocument?.id, did(alice));
  assert.equal(didDocument?.verificationMethod?.[1]?.id, `${did(alice)}${KEY_ID}`);
  assert.equal(didDocument?.verificationMethod?.[1]?.type, "JsonWebKey2020");
  assert.equal(didDocument?.verificationMethod?.length, 3);
  assert.equal(didDocumentMetadata.deactivated, undefined);
});

test("a key is gone in the second after its last, though nothing was written since", async () => {
  const keysAt = async (clock: bigint) =>
    (await resolver({ clock }).resolve(did(alice))).didDocument?.verificationMethod?.length;
  assert.equal(await keysAt(time + 110n), 3);
  assert.equal(await keysAt(time + 111n), 2);
});

test("each representation is returned when it is requested, and no other", async () => {
  const type = async (accept: string) => {
    const result = await resolver().resolve(did(alice), { accept });
    assert.equal(result.didResolutionMetadata.contentType, accept);
    assert(result.didDocument);
    return [result.didDocument.verificationMethod?.[1]?.type, "@context" in result.didDocument];
  };
  assert.deepEqual(await type("application/did"), ["JsonWebKey", true]);
  assert.deepEqual(await type("application/did+ld+json"), ["JsonWebKey2020", true]);
  assert.deepEqual(await type("application/did+json"), ["JsonWebKey2020", false]);
  const other = await resolver().resolve(did(alice), { accept: "application/did+cbor" });
  assertError(other, "representationNotSupported", /"application\/did\+cbor".*application\/did\+json/);
});

test("an older version is resolved by its block or a time", async () => {
  const first = await deployment.registry.changed(alice);
  const { didDocumentMetadata } = await resolver().resolve(did(alice));
  assert.equal(didDocumentMetadata.versionId, String(first));
  const before = await resolver().resolve(`${did(alice)}?versionId=${first - 1n}`);
  assert.equal(before.didDocumentMetadata.nextVersionId, String(first));
  assert.equal(before.didDocument?.verificationMethod?.length, 2);
  const at = new Date(Number(time) * 1_000).toISOString().replace(".000", "");
  const byTime = await resolver().resolve(`${did(alice)}?versionTime=${at}`);
  assert.deepEqual(byTime.didDocument, before.didDocument);
});

test("a deactivated DID has no document and says so, without an error", async () => {
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver().resolve(did(bob));
  assert.equal(didDocument, null);
  assert.equal(didDocumentMetadata.deactivated, true);
  assert.equal(didResolutionMetadata.error, undefined);
});

test("each faulty question has its error code", async () => {
  const refused: [query: string, error: string, message: RegExp][] = [
    [did(carol), "notFound", /was never written, as of block \d+$/],
    [did(deployment.alice.address), "invalidDid", new RegExp(`did you mean ${did(alice)}\\?`)],
    [`did:mapae:gov-0a1b2c3d:${alice}`, "featureNotSupported", /gov-0a1b2c3d is not known here, only: local/],
    [`${did(alice)}?versionId=latest`, "invalidOptions", /versionId is "latest"/],
    [`${did(alice)}?versionId=1&versionTime=2026-01-01T00:00:00Z`, "invalidOptions", /one of them/],
    [`${did(alice)}?versionTime=9999-01-01T00:00:00Z`, "invalidOptions", /yet to come/],
    [`${did(alice)}?versionId=1`, "notFound", /first written in block/],
    [`${did(alice)}/whois`, "notFound", /No path of a DID URL has a meaning here, got "\/whois"/],
    [`${did(alice)}?service=none`, "featureNotSupported", /Got service, which selects a part/],
    [`${did(alice)}?verificationRelationship=keyAgreement`, "featureNotSupported", /take the part from its document/],
    [`${did(alice)}?versionId=999999`, "unavailable", /ask again later/],
  ];
  for (const [query, error, message] of refused) assertError(await resolver().resolve(query), error, message);
});

test("a faulty question sends nothing to the chain", async () => {
  const before = server.calls.length;
  await resolver().resolve(did(deployment.alice.address));
  await resolver().resolve(`did:mapae:gov-0a1b2c3d:${alice}`);
  await resolver().resolve(`${did(alice)}?versionId=x`);
  await resolver().resolve(did(alice), { accept: "text/html" });
  assert.equal(server.calls.length, before);
});

test("each DID is read from the chain of its own network", async () => {
  const name = `gov-${descriptor.genesisHash.slice(2, 10)}`;
  const networks = [
    { descriptor, chain: "http://127.0.0.1:1" },
    { descriptor: { ...descriptor, name }, chain: rpcReader(inProcessRpc(deployment)) },
  ];
  const both = new Resolver(getResolver({ networks }));
  assert.equal((await both.resolve(`did:mapae:${name}:${alice}`)).didDocument?.id, `did:mapae:${name}:${alice}`);
  assert.equal((await both.resolve(did(alice))).didResolutionMetadata.error, "unavailable");
});

test("a resolver is not made with two networks of one name, of which it would ask one", () => {
  const networks = [
    { descriptor, chain: "http://127.0.0.1:1" },
    { descriptor, nodes: ["https://node.example"] },
  ];
  assert.throws(() => getResolver({ networks }), { code: "RESOLVER_OPTIONS", message: /two networks of one name/ });
});

test("a server that is down is unavailable", async () => {
  const stopped = await startRpcServer(inProcessRpc(deployment));
  await stopped[Symbol.asyncDispose]();
  const networks = [{ descriptor, chain: stopped.url }];
  for (const address of [alice, carol]) {
    const result = await new Resolver(getResolver({ networks })).resolve(did(address));
    assertError(result, "unavailable", /Could not ask the chain at http:\/\/127\.0\.0\.1:\d+\/?: .*ECONNREFUSED/);
  }
});

test("a resolver that could not ask asks again, and verifies the network until that has succeeded once", async () => {
  const again = resolver();
  const asked = () => server.calls.filter(([method]) => method === "eth_chainId").length;
  const before = asked();
  server.alter = () => ({ error: { code: -32_603, message: "starting" } });
  assertError(await again.resolve(did(alice)), "unavailable", /starting/);
  server.alter = (_, honest) => honest;
  assert((await again.resolve(did(alice))).didDocument);
  assert.equal(asked(), before + 2);
  assert((await again.resolve(did(alice))).didDocument);
  assert.equal(asked(), before + 2);
});

test("an unexpected error of a reader is thrown, not answered", async () => {
  const reader: ChainReader = {
    ...rpcReader(inProcessRpc(deployment)),
    history: () => Promise.reject(new TypeError("a fault of the reader")),
  };
  const faulty = new Resolver(getResolver({ networks: [{ descriptor, chain: reader }] }));
  await assert.rejects(faulty.resolve(did(carol)), { name: "TypeError", message: "a fault of the reader" });
});
