import assert from "node:assert/strict";
import { test } from "node:test";
import { httpPeer, MAX_DIGEST_BYTES } from "../../../node/peers/peer.ts";
import { word } from "../../../resolver/primitives/hex.ts";

const DIGEST = {
  network: "local",
  genesisHash: word(1),
  block: 7,
  roots: { did: word(2), trust: word(3), status: word(4) },
  content: { schemaVersion: 5, hash: word(6) },
};

const answering = (body: unknown, init?: ResponseInit) =>
  httpPeer("http://node.example/mapae", async (url, { redirect, signal }) => {
    assert.equal(url, "http://node.example/mapae/digests/finalized");
    assert.equal(redirect, "error");
    assert(signal instanceof AbortSignal);
    return new Response(typeof body === "string" ? body : JSON.stringify(body), init);
  });

test("another node is asked below the path of its URL, and named by its URL", async () => {
  const peer = answering(DIGEST);
  assert.equal(peer.name, "http://node.example/mapae");
  assert.deepEqual(await peer.digest("finalized"), DIGEST);
});

const BAD: [string, unknown, ResponseInit?][] = [
  ["an error status", DIGEST, { status: 503 }],
  ["something else than JSON", "<html>"],
  ["a root that is none", { ...DIGEST, roots: { ...DIGEST.roots, did: "0x1" } }],
  ["a block below zero", { ...DIGEST, block: -1 }],
  ["a root too few", { ...DIGEST, roots: { did: word(1) } }],
  ["a content hash that is none", { ...DIGEST, content: { schemaVersion: 5, hash: "0x6" } }],
  ["a content hash of no schema", { ...DIGEST, content: { hash: word(6) } }],
  ["a body without end", `${JSON.stringify(DIGEST)}${" ".repeat(MAX_DIGEST_BYTES)}`],
];
for (const [what, body, init] of BAD) {
  test(`a node that answers ${what} could not be asked`, async () => {
    await assert.rejects(answering(body, init).digest("finalized"), { code: "UNAVAILABLE" });
  });
}

test("a node that can't be reached could not be asked", async () => {
  const peer = httpPeer("http://node.example", () => Promise.reject(new TypeError("fetch failed")));
  await assert.rejects(peer.digest(3), { code: "UNAVAILABLE", message: /node\.example.*fetch failed/ });
});

test("a node that answers about another block than the one that was asked for could not be asked", async () => {
  const peer = httpPeer("http://node.example", async () => new Response(JSON.stringify(DIGEST)));
  assert.equal((await peer.digest(7)).block, 7);
  await assert.rejects(peer.digest(6), { code: "UNAVAILABLE", message: /block 7/ });
});
