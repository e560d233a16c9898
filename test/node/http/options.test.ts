import assert from "node:assert/strict";
import { after, test } from "node:test";
import { askerOf } from "./asker.ts";
import { ALICE, didOf, key, PATH, START, startTestNode } from "./harness.ts";

const node = await startTestNode({ after });
node.writer.block(START, key(ALICE, 1));

const DID = didOf(ALICE);
const { askFor, codeFor } = askerOf(node);

test("an option that comes twice is refused, wherever it stands", async () => {
  for (const options of [
    "?versionId=1&versionId=1",
    "?versionId=1&versionId=2",
    "%3FversionId%3D1?versionId=1",
    "%3FversionId%3D1%26versionId%3D1",
    "?versionId=1&versionTime=2025-06-15T15:06:40Z",
    "%3FversionId%3D1?versionTime=2025-06-15T15:06:40Z",
  ]) {
    assert.equal(await codeFor(`${DID}${options}`), "INVALID_OPTIONS", options);
  }
});

test("an option with a value that it can't have is refused", async () => {
  const ids = [
    "",
    "01",
    "-1",
    "+1",
    "1.0",
    "1e0",
    "0x1",
    "%31%00",
    " 1",
    "１",
    "9".repeat(17),
    "9007199254740993",
    "NaN",
  ];
  for (const id of ids)
    assert.equal(await codeFor(`${DID}?versionId=${encodeURIComponent(id)}`), "INVALID_OPTIONS", id);
  for (const time of [
    "",
    "2025-06-15",
    "2025-06-15T15:05:00",
    "2025-06-15T15:05:00.0Z",
    "2025-06-15T15:05:00+00:00",
    "2025-02-30T00:00:00Z",
    "2025-06-15T24:00:01Z",
    "2025-06-15t15:05:00z",
    "+275760-09-13T00:00:01Z",
    "9999-12-31T23:59:59Z",
    "1750000000",
  ]) {
    assert.equal(await codeFor(`${DID}?versionTime=${encodeURIComponent(time)}`), "INVALID_OPTIONS", time);
  }
});

test("a huge query is an answer or a clear error, never a fault", async () => {
  const room = 4_096 - PATH.length - DID.length;
  assert.equal(await codeFor(`${DID}?${"a".repeat(room - 1)}`), "FEATURE_NOT_SUPPORTED");
  assert.equal(await codeFor(`${DID}?${"a".repeat(room)}`), "TARGET_TOO_LONG");
  assert.equal(await codeFor(`${DID}?${"versionId=1&".repeat(300)}`), "INVALID_OPTIONS");
  assert.equal((await askFor(`${DID}?${"&".repeat(3_000)}`)).status, 200);
  assert.equal(await codeFor(`${DID}%3F${"&".repeat(2_048 - DID.length)}`), "INVALID_DID_URL");
  assert.equal((await askFor(`${DID}%3F${"&".repeat(2_047 - DID.length)}`)).status, 200);
});

test("an option that nobody knows is refused by its name, in the DID URL, behind it and in a body", async () => {
  for (const options of ["?nocache=true", "?versionID=1", "%3Faccept%3Dapplication/did", "?=1", "?versionId%20=1"]) {
    const answer = await askFor(`${DID}${options}`);
    assert.equal(answer.status, 501, options);
    const name = decodeURIComponent(decodeURIComponent(options)).slice(1).split("=")[0];
    assert.ok(JSON.parse(answer.body).didResolutionMetadata.error.detail.startsWith(`Got ${JSON.stringify(name)}, `));
  }
});

test("noCache is answered by a fresh document that nobody may keep, expandRelativeUrls by the document", async () => {
  const plain = await askFor(DID);
  const fresh = await askFor(`${DID}?noCache=true`);
  assert.deepEqual([fresh.status, fresh.body, fresh.headers.get("cache-control")], [200, plain.body, "no-store"]);
  for (const options of ["?noCache=false", "?expandRelativeUrls=true", "?expandRelativeUrls=false"]) {
    const { status, body, headers } = await askFor(`${DID}${options}`);
    assert.deepEqual([status, body, headers.get("cache-control")], [200, plain.body, "public, no-cache"], options);
  }
  for (const value of ["", "1", "True", "yes", "false%20"]) {
    assert.equal(await codeFor(`${DID}?noCache=${value}`), "INVALID_OPTIONS", value);
    assert.equal(await codeFor(`${DID}?expandRelativeUrls=${value}`), "INVALID_OPTIONS", value);
  }
});
