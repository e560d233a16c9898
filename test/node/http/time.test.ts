import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, BOB, key, pathOf, START, service, startTestNode, type TestAnswer, type TestNode } from "./harness.ts";

const DOCUMENTS = ["application/did-resolution", "application/did", "application/did+json", "application/did+ld+json"];

/** Methods in a document besides its controller. */
function keysIn({ text }: TestAnswer): number {
  const parsed = JSON.parse(text);
  return (parsed.didDocument ?? parsed).verificationMethod.length - 1;
}

const tagOf = ({ headers }: TestAnswer) => headers.get("etag");

async function keysAt(node: TestNode, now: number): Promise<number> {
  node.now = now;
  return keysIn(await node.get(pathOf(ALICE)));
}

test("a key that runs out with no event is gone from the next answer, under another tag", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), key(ALICE, 2, START + 60));
  for (const accept of DOCUMENTS) {
    node.now = START + 60;
    const last = await node.get(pathOf(ALICE), { accept });
    assert.equal(keysIn(last), 2, "its last second is a valid one");
    assert.equal((await node.get(pathOf(ALICE), { accept, "if-none-match": tagOf(last) ?? "" })).status, 304);

    node.now = START + 61;
    const next = await node.get(pathOf(ALICE), { accept, "if-none-match": tagOf(last) ?? "" });
    assert.equal(next.status, 200);
    assert.equal(keysIn(next), 1);
    assert.notEqual(tagOf(next), tagOf(last));
  }
});

test("a cached answer outlives no step of the clock, forwards or backwards", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1, START + 10), key(ALICE, 2, START + 20), key(ALICE, 3, START + 30));
  const steps = [0, 10, 11, 5, 20, 21, 20, 31, 0, 30, 31, 11, 10, 1_000_000, 15];
  for (const step of steps) {
    const expected = [10, 20, 30].filter((end) => step <= end).length;
    assert.equal(await keysAt(node, START + step), expected, `after ${step} s`);
  }
});

test("a clock behind the chain is not believed", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1, START + 10));
  assert.equal(await keysAt(node, START - 1_000), 1);
  node.writer.block(START + 11);
  assert.equal(await keysAt(node, START - 1_000), 0);
});

test("an event drops the cached answer at once, and no other DID's", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), key(BOB, 1));
  const before = await Promise.all([node.get(pathOf(ALICE)), node.get(pathOf(BOB))]);
  node.writer.block(START, key(ALICE, 2));
  const after = await Promise.all([node.get(pathOf(ALICE)), node.get(pathOf(BOB))]);
  assert.deepEqual(before.map(keysIn), [1, 1]);
  assert.deepEqual(after.map(keysIn), [2, 1]);
  assert.notEqual(tagOf(before[0]), tagOf(after[0]));
  assert.equal(tagOf(before[1]), tagOf(after[1]));

  node.writer.block(START, key(ALICE, 2, 0));
  assert.equal(keysIn(await node.get(pathOf(ALICE))), 1);
});

test("a reorg undoes what was answered, down to a DID that does not exist again", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START);
  node.writer.block(START, key(ALICE, 1));
  const first = await node.get(pathOf(ALICE));
  node.writer.block(START, key(ALICE, 2));
  assert.equal(keysIn(await node.get(pathOf(ALICE))), 2);
  node.writer.reorg(1);
  assert.equal(tagOf(await node.get(pathOf(ALICE))), tagOf(first));
  node.writer.reorg(1);
  assert.equal((await node.get(pathOf(ALICE))).status, 404);
});

test("metadata follow the newest block while the tag stays; a 304 says the new block too", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), service(ALICE, "https://hub.example/"));
  const first = await node.get(pathOf(ALICE));
  const etag = tagOf(first) ?? "";
  const asOf = new Set([first.headers.get("mapae-as-of")]);
  for (const block of [2, 3, 4]) {
    node.writer.block(START + block);
    node.now = START + block;
    const time = `2025-06-15T15:06:4${block}Z`;
    const next = await node.get(pathOf(ALICE));
    const unchanged = await node.get(pathOf(ALICE), { "if-none-match": etag });
    assert.equal(unchanged.status, 304);
    for (const { headers } of [next, unchanged]) {
      assert.equal(headers.get("etag"), etag);
      assert.equal(headers.get("mapae-as-of"), `${block} ${node.index.asOf()?.hash} ${time}`);
      assert.equal(headers.get("mapae-at"), time);
      assert.equal(headers.get("mapae-finalized"), "false");
    }
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = JSON.parse(next.text);
    assert.deepEqual({ didDocument, didDocumentMetadata }, documentOf(first));
    assert.deepEqual([didResolutionMetadata.asOf.block, didResolutionMetadata.at], [block, time]);
    asOf.add(next.headers.get("mapae-as-of"));
  }
  assert.equal(asOf.size, 4);
});

function documentOf({ text }: TestAnswer) {
  const { didDocument, didDocumentMetadata } = JSON.parse(text);
  return { didDocument, didDocumentMetadata };
}

test("finality shows as soon as the chain has it", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const tip = node.index.asOf() ?? assert.fail();
  assert.equal((await node.get(pathOf(ALICE))).headers.get("mapae-finalized"), "false");
  node.index.advance({ ...tip, finalizedBlock: tip.number });
  const { headers, text } = await node.get(pathOf(ALICE));
  assert.equal(headers.get("mapae-finalized"), "true");
  assert.equal(JSON.parse(text).didResolutionMetadata.asOf.finalized, true);
});

test("an older version says what has run out since, as the clock moves", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START - 100, key(ALICE, 1, START + 10));
  node.writer.block(START, key(ALICE, 2));
  const older = `${pathOf(ALICE)}?versionId=1`;
  const before = JSON.parse((await node.get(older)).text);
  assert.equal("validityEnded" in before.didResolutionMetadata, false);
  node.now = START + 11;
  const after = JSON.parse((await node.get(older)).text);
  assert.deepEqual(after.didDocument, before.didDocument);
  assert.equal(after.didResolutionMetadata.validityEnded[0].validTo, "2025-06-15T15:06:50Z");
});
