import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, BOB, deactivation, didOf, key, START, startTestNode } from "../harness.ts";
import { problemCode } from "../problems.ts";

const PATH = "/1.0/testIdentifiers";

test("of the DIDs that the operator names those that have a document are shown as examples, by method", async (t) => {
  const node = await startTestNode(t);
  const shown = async () => JSON.parse((await node.get(PATH)).text);
  node.writer.block(START, key(ALICE, 1));
  assert.deepEqual(await shown(), { mapae: [didOf(ALICE)] });
  node.writer.block(START, key(BOB, 1));
  assert.deepEqual(await shown(), { mapae: [didOf(ALICE), didOf(BOB)] });
  node.writer.block(START, deactivation(ALICE));
  assert.deepEqual(await shown(), { mapae: [didOf(BOB)] });
});

test("a node that can't tell whether an example exists shows none: it answers 503, which is no fault of its", async (t) => {
  const node = await startTestNode(t);
  const refused = async () => {
    const { status, headers, text } = await node.get(PATH);
    assert.equal(status, 503);
    assert.equal(headers.get("retry-after"), "2");
    assert.equal(problemCode({ status, contentType: headers.get("content-type"), body: text }), "UNAVAILABLE");
  };
  await refused();
  node.writer.block(START, key(ALICE, 1));
  node.state = { kind: "backfilling", block: 5, head: 900, reason: "it reads block 5 of 900" };
  await refused();
  node.state = { kind: "stale", block: 1, reason: "no block for a minute", refuse: false };
  await refused(); // what is not here may have been written since
  assert.deepEqual(node.faults, []);
});
