import assert from "node:assert/strict";
import { after, test } from "node:test";
import { writeStage } from "../../helpers/resolution-stage.ts";
import { askRow, expectRow, nameOf, ROWS } from "../http/conformance-rows.ts";
import { ALICE, key, NETWORK, NOBODY, pathOf, START, startTestNode } from "../http/harness.ts";
import { errorOf, startTestDriver } from "./harness.ts";

const node = await startTestNode({ after });
writeStage(node.writer);
const driver = await startTestDriver(
  { after },
  { network: NETWORK, nodeUrls: [node.url], answers: "standard", now: START },
);

for (const row of ROWS) {
  test(`through a driver: ${nameOf(row)}`, async () => expectRow(row, await askRow(driver.port, row)));
}

test("a document through a driver is the node's, byte by byte, and so is what it holds as of", async () => {
  for (const accept of ["application/did", "application/did+ld+json", "application/did+json"]) {
    const [ours, theirs] = [await driver.get(pathOf(ALICE), { accept }), await node.get(pathOf(ALICE), { accept })];
    assert.equal(ours.text, theirs.text);
    for (const name of ["etag", "mapae-as-of", "mapae-at", "mapae-finalized", "cache-control", "vary"]) {
      assert.equal(ours.headers.get(name), theirs.headers.get(name), name);
    }
    const again = await driver.get(pathOf(ALICE), { accept, "if-none-match": ours.headers.get("etag") ?? "" });
    assert.deepEqual([again.status, again.text], [304, ""]);
  }
});

test("what runs out or changes is gone from the next answer: a driver keeps nothing", async (t) => {
  const behind = await startTestNode(t);
  behind.writer.block(START, key(ALICE, 1), key(ALICE, 2, START + 60));
  const { get } = await startTestDriver(t, { network: NETWORK, nodeUrls: [behind.url], now: START });
  const keys = async () => JSON.parse((await get(pathOf(ALICE))).text).didDocument.verificationMethod.length - 1;
  assert.equal(await keys(), 2);
  behind.now = START + 61;
  assert.equal(await keys(), 1);
  behind.writer.block(START + 61, key(ALICE, 3));
  assert.equal(await keys(), 2);
});

test("the next node is asked when one is down; with none left it is 503 and never 404, and the answer names no node", async (t) => {
  const first = await startTestNode(t);
  first.writer.block(START, key(ALICE, 1));
  const second = await startTestNode(t);
  second.writer.block(START, key(ALICE, 1));
  const nodeUrls = [first.url, second.url];
  const both = await startTestDriver(t, { network: NETWORK, nodeUrls, now: START });
  const result = JSON.parse((await both.get(pathOf(ALICE))).text);
  assert.equal(result.didDocument.id, `did:mapae:local:${ALICE}`);
  assert.doesNotMatch(JSON.stringify(result), /127\.0\.0\.1/);
  await first.close();
  assert.equal((await both.get(pathOf(ALICE))).status, 200);
  assert.equal(errorOf(await both.get(pathOf(NOBODY))).code, "NOT_FOUND");
  await second.close();
  for (const path of [pathOf(ALICE), pathOf(NOBODY), `${pathOf(NOBODY)}?versionId=1`]) {
    const answer = await both.get(path);
    assert.deepEqual([answer.status, errorOf(answer).code], [503, "UNAVAILABLE"]);
    assert.equal(answer.headers.get("retry-after"), "2");
    assert.doesNotMatch(answer.text, /127\.0\.0\.1|ECONN|http:/);
  }
  const failures = both.log.filter(({ msg }) => msg === "can't ask");
  assert.deepEqual(
    failures.map(({ of, code }) => [of, code]),
    [["nodes", "UNAVAILABLE"]],
  );
});

test("nodes that have to agree and do not are 503: neither is believed, and the log says so without the DID", async (t) => {
  const honest = await startTestNode(t);
  honest.writer.block(START, key(ALICE, 1));
  const other = await startTestNode(t);
  other.writer.block(START, key(ALICE, 2));
  const nodeUrls = [honest.url, other.url];
  const { get, log } = await startTestDriver(t, { network: NETWORK, nodeUrls, agreement: 2, now: START });
  const answer = await get(pathOf(ALICE));
  assert.deepEqual([answer.status, errorOf(answer).code], [503, "UNAVAILABLE"]);
  assert(log.some(({ code }) => code === "NODES_DISAGREE"));
  assert.doesNotMatch(JSON.stringify(log), new RegExp(ALICE));
});

test("without a chain did:ethr is a method that is not served", async () => {
  assert.deepEqual(JSON.parse((await driver.get("/1.0/methods")).text), ["mapae"]);
  const answer = await driver.get(`/1.0/identifiers/did:ethr:0x7a69:${ALICE}`);
  assert.deepEqual([answer.status, errorOf(answer).code], [501, "METHOD_NOT_SUPPORTED"]);
});
