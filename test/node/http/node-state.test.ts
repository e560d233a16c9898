import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeState } from "../../../node/runtime/status.ts";
import { ALICE, FOLLOWING, key, NOBODY, pathOf, START, startTestNode, type TestAnswer } from "./harness.ts";
import { problemCode } from "./problems.ts";

const codeOf = ({ status, headers, text }: TestAnswer) =>
  problemCode({ status, contentType: headers.get("content-type"), body: text });

const UNFIT: NodeState[] = [
  { kind: "connecting", reason: "the chain was not reached yet" },
  { kind: "backfilling", block: 5, head: 900, reason: "it reads block 5 of 900" },
  { kind: "stale", block: 5, reason: "no block for 10 minutes", refuse: true },
  { kind: "halted", code: "REORG_TOO_DEEP", reason: "a finalized block was replaced" },
];

for (const state of UNFIT) {
  test(`a node that is ${state.kind}${"refuse" in state ? " and refuses" : ""} gives 503 and never 404`, async (t) => {
    const node = await startTestNode(t);
    node.writer.block(START, key(ALICE, 1));
    assert.equal((await node.get(pathOf(ALICE))).status, 200);
    node.state = state;
    // What was cached while the node was fit is not given either.
    for (const path of [
      pathOf(ALICE),
      pathOf(NOBODY),
      `${pathOf(ALICE)}?versionId=1`,
      `${pathOf(ALICE)}?service=hub`,
      `${pathOf(NOBODY)}%23key`,
      `${pathOf(NOBODY)}?versionId=9`,
    ]) {
      for (const accept of ["application/did-resolution", "application/did", "text/html"]) {
        const answer = await node.get(path, { accept, "if-none-match": "*" });
        assert.deepEqual([answer.status, codeOf(answer)], [503, "UNAVAILABLE"]);
        assert.equal(answer.headers.get("retry-after"), "2");
        assert.equal(answer.headers.get("cache-control"), "no-store");
      }
    }
    assert.match((await node.get(pathOf(ALICE))).text, new RegExp(state.reason));

    const ready = await node.get("/ready");
    assert.equal(ready.status, 503);
    assert.deepEqual(JSON.parse(ready.text), state);
    const status = await node.get("/status");
    assert.equal(status.status, 200);
    assert.deepEqual(JSON.parse(status.text).state, state);
    assert.equal((await node.get("/health")).status, 200);

    node.state = FOLLOWING;
    assert.equal((await node.get(pathOf(ALICE))).status, 200);
    assert.equal((await node.get("/ready")).status, 200);
  });
}

test("a node that knows no block yet gives 503", async (t) => {
  const node = await startTestNode(t);
  for (const path of [pathOf(NOBODY), `${pathOf(NOBODY)}?versionId=1`]) {
    assert.equal(codeOf(await node.get(path)), "UNAVAILABLE");
  }
});

test("a stale node that does not refuse marks every answer, and does not know what is absent", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START - 10, key(ALICE, 1));
  node.writer.block(START, key(ALICE, 2));
  const fresh = await node.get(pathOf(ALICE));
  assert.equal(fresh.headers.has("mapae-stale"), false);
  assert.equal("stale" in JSON.parse(fresh.text).didResolutionMetadata, false);

  node.state = { kind: "stale", block: 2, reason: "no block for a minute", refuse: false };
  for (const path of [pathOf(ALICE), `${pathOf(ALICE)}?versionId=1`]) {
    const whole = await node.get(path);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get("mapae-stale"), "true");
    assert.equal(JSON.parse(whole.text).didResolutionMetadata.stale, true);
    assert.equal((await node.get(path, { accept: "application/did" })).headers.get("mapae-stale"), "true");
    const unchanged = await node.get(path, { "if-none-match": whole.headers.get("etag") ?? "" });
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.headers.get("mapae-stale"), "true");
  }
  for (const path of [pathOf(NOBODY), `${pathOf(NOBODY)}?versionId=1`]) {
    for (const accept of ["*/*", "text/html"]) {
      const answer = await node.get(path, { accept });
      assert.deepEqual([answer.status, codeOf(answer)], [503, "UNAVAILABLE"]);
    }
  }
  for (const part of ["%23new-key", "?service=hub", "?serviceType=Hub"]) {
    const answer = await node.get(`${pathOf(ALICE)}${part}`);
    assert.deepEqual([answer.status, codeOf(answer)], [503, "UNAVAILABLE"], part);
  }
  const part = await node.get(`${pathOf(ALICE)}%23controller`);
  assert.deepEqual([part.status, JSON.parse(part.text).dereferencingMetadata.stale], [200, true]);
  // What an older version lacked then it lacks forever.
  assert.equal((await node.get(`${pathOf(ALICE)}%3FversionId%3D1%23new-key`)).status, 404);
  assert.equal((await node.get("/ready")).status, 200);
});
