import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, key, pathOf, START, service, startTestNode } from "../harness.ts";

test("an answer that is given again says when the node's knowledge is stale, and is none while nothing can be answered", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const following = node.state;
  const ask = () => node.get(pathOf(ALICE));
  const [first, again] = [await ask(), await ask()];
  assert.equal(again.text, first.text);
  node.state = { kind: "stale", block: 1, refuse: false, reason: "the chain does not answer" };
  const stale = await ask();
  assert.equal(stale.headers.get("mapae-stale"), "true");
  assert.equal(JSON.parse(stale.text).didResolutionMetadata.stale, true);
  assert.equal((await ask()).text, stale.text);
  node.state = { kind: "stale", block: 1, refuse: true, reason: "the chain does not answer" };
  assert.equal((await ask()).status, 503);
  node.state = following;
  const fresh = await ask();
  assert.equal(fresh.headers.get("mapae-stale"), null);
  assert.equal(fresh.text, first.text);
});

test("HEAD, another Accept, a condition and a body each have their own answer, whatever was asked for before", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  for (let round = 0; round < 2; round++) {
    const whole = await node.get(pathOf(ALICE));
    const head = await node.get(pathOf(ALICE), {}, "HEAD");
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.equal(head.headers.get("content-length"), String(Buffer.byteLength(whole.text)));
    const alone = await node.get(pathOf(ALICE), { accept: "application/did" });
    assert.deepEqual(JSON.parse(alone.text), JSON.parse(whole.text).didDocument);
    const tag = whole.headers.get("etag") ?? "";
    const same = await node.get(pathOf(ALICE), { "if-none-match": tag });
    assert.deepEqual([same.status, same.headers.get("etag")], [304, tag]);
    const uncached = await node.get(`${pathOf(ALICE)}?noCache=true`);
    assert.equal(uncached.headers.get("cache-control"), "no-store");
    const posted = await node.get(pathOf(ALICE), {}, "POST");
    assert.equal(posted.text, whole.text);
  }
});

test("letters of any script are the same bytes however often a document is asked for, and as many as its head says", async (t) => {
  const node = await startTestNode(t);
  const endpoint = { name: "행정안전부 Ÿ 😀" };
  node.writer.block(START, service(ALICE, JSON.stringify(endpoint)));
  const answers: string[] = [];
  for (let asked = 0; asked < 4; asked++) {
    const { text, headers } = await node.get(pathOf(ALICE));
    assert.equal(headers.get("content-length"), String(Buffer.byteLength(text)));
    answers.push(text);
  }
  const [first = ""] = answers;
  assert.deepEqual(JSON.parse(first).didDocument.service[0].serviceEndpoint, endpoint);
  assert.deepEqual(new Set(answers), new Set([first]));
});
