import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveIndex } from "../../../node/index/live-index.ts";
import { StoreError } from "../../../node/store/store-error.ts";
import { HistoryIncompleteError, UnavailableError } from "../../../resolver/errors.ts";
import { changed, type MemoryIndex } from "../../helpers/memory-index.ts";
import { ALICE, gate, key, pathOf, START, startTestNode, type TestAnswer } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { RawConnection, requestText } from "./raw.ts";

const SECRET = "secret: /var/lib/mapae/000005.ldb";
const OLDER = `${pathOf(ALICE)}?versionId=1`;

/** An index that is real but for what is given. */
const withFault = (fault: Partial<LiveIndex>) => (index: MemoryIndex) => changed(index, fault);

const codeOf = ({ status, headers, text }: TestAnswer) =>
  problemCode({ status, contentType: headers.get("content-type"), body: text });

const fails = (error: unknown) => () => {
  throw error;
};

for (const error of [new Error(SECRET), new TypeError(SECRET), SECRET, undefined]) {
  test(`an unexpected ${String(error)} is 500 for the client, told to the operator, and survived`, async (t) => {
    const wrap = withFault({ state: fails(error), events: fails(error) });
    const node = await startTestNode(t, { wrap });
    node.writer.block(START, key(ALICE, 1));
    for (const path of [pathOf(ALICE), OLDER]) {
      for (const accept of ["application/did-resolution", "application/did"]) {
        const answer = await node.get(path, { accept });
        assert.deepEqual([answer.status, codeOf(answer)], [500, "INTERNAL_ERROR"]);
        assert.doesNotMatch(answer.text, /secret|var|Error:|\.ts/);
        assert.equal(node.faults.pop(), error);
      }
    }
    assert.equal((await node.get("/health")).status, 200);
  });
}

test("what could not be asked is 503 with its reason, and no fault of the node", async (t) => {
  const error = new UnavailableError("the history is being read");
  const node = await startTestNode(t, { wrap: withFault({ events: fails(error) }) });
  node.writer.block(START, key(ALICE, 1));
  const answer = await node.get(OLDER);
  assert.deepEqual([answer.status, codeOf(answer)], [503, "UNAVAILABLE"]);
  assert.match(answer.text, /the history is being read/);
  assert.equal(answer.headers.get("retry-after"), "2");
  assert.equal((await node.get(pathOf(ALICE))).status, 200);
  assert.deepEqual(node.faults, []);
});

test("an index that can't be read or trusted is 503; the reason is for the operator alone", async (t) => {
  for (const error of [new StoreError("STORE_IO", SECRET), new HistoryIncompleteError(SECRET)]) {
    const wrap = withFault({ asOf: fails(error), events: fails(error) });
    const node = await startTestNode(t, { wrap });
    for (const path of [pathOf(ALICE), OLDER]) {
      const answer = await node.get(path);
      assert.deepEqual([answer.status, codeOf(answer)], [503, "UNAVAILABLE"]);
      assert.doesNotMatch(answer.text, /secret/);
      assert.equal(node.faults.pop(), error);
    }
  }
});

test("a report that fails is 500 on every route that needs it, and no other", async (t) => {
  const error = new Error(SECRET);
  const node = await startTestNode(t, { report: fails(error) });
  node.writer.block(START, key(ALICE, 1));
  for (const path of ["/ready", "/status"]) {
    const answer = await node.get(path);
    assert.deepEqual([answer.status, codeOf(answer)], [500, "INTERNAL_ERROR"], path);
    assert.doesNotMatch(answer.text, /secret/);
    assert.equal(node.faults.pop(), error);
  }
  for (const path of ["/health", pathOf(ALICE)]) assert.equal((await node.get(path)).status, 200);
});

test("a document is 500 when the node's state can't be read", async (t) => {
  const error = new Error(SECRET);
  const node = await startTestNode(t, { state: fails(error) });
  node.writer.block(START, key(ALICE, 1));
  const answer = await node.get(pathOf(ALICE));
  assert.deepEqual([answer.status, codeOf(answer)], [500, "INTERNAL_ERROR"]);
  assert.doesNotMatch(answer.text, /secret/);
  assert.equal(node.faults.pop(), error);
});

test("a client that hangs up before a late answer harms nobody", async (t) => {
  const asked = gate();
  const late = gate();
  const events = async function* () {
    asked.open();
    await late.opened;
    yield* [];
  };
  const node = await startTestNode(t, { wrap: withFault({ events }) });
  node.writer.block(START, key(ALICE, 1));
  const connection = await RawConnection.open(node.port);
  connection.send(requestText(OLDER));
  await asked.opened;
  connection.close();
  // Answered only after the node has heard of it.
  assert.equal((await node.get("/health")).status, 200);
  late.open();
  assert.equal((await node.get(pathOf(ALICE))).status, 200);
  assert.deepEqual(node.faults, []);
});
