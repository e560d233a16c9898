import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  ALICE,
  BOB,
  deactivation,
  didOf,
  key,
  NOBODY,
  PATH,
  pathOf,
  START,
  startTestNode,
  type TestAnswer,
} from "./harness.ts";
import { problemCode } from "./problems.ts";

const DOCUMENT = { accept: "application/did" };

const node = await startTestNode({ after });
node.writer.block(START - 400, key(ALICE, 1));
node.writer.block(START - 300, key(BOB, 1));
node.writer.block(START - 200, deactivation(BOB));
node.writer.block(START - 100);

const codeOf = ({ status, headers, text }: TestAnswer) =>
  problemCode({ status, contentType: headers.get("content-type"), body: text });

test("a DID that exists is 200, with document, metadata and the block that they hold as of", async () => {
  const { status, text } = await node.get(pathOf(ALICE));
  assert.equal(status, 200);
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = JSON.parse(text);
  assert.equal(didDocument.id, didOf(ALICE));
  assert.deepEqual(didDocumentMetadata, { created: "2025-06-15T15:00:00Z", versionId: "1" });
  assert.deepEqual(didResolutionMetadata, {
    contentType: "application/did",
    asOf: { block: 4, hash: node.index.asOf()?.hash, time: "2025-06-15T15:05:00Z", finalized: false },
    at: "2025-06-15T15:06:40Z",
  });
});

test("a deactivated DID is 410 without a document, whatever the media type", async () => {
  const whole = await node.get(pathOf(BOB));
  assert.equal(whole.status, 410);
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = JSON.parse(whole.text);
  assert.equal(didDocument, null);
  assert.equal(didDocumentMetadata.deactivated, true);
  assert.equal(didDocumentMetadata.versionId, "3");
  assert.equal("error" in didResolutionMetadata, false);

  const alone = await node.get(pathOf(BOB), DOCUMENT);
  assert.deepEqual([alone.status, alone.text], [410, "null"]);
});

test("an older version of a deactivated DID is 200 and names the next one", async () => {
  for (const option of ["versionId=2", "versionTime=2025-06-15T15:02:00Z"]) {
    const { status, text } = await node.get(`${pathOf(BOB)}?${option}`);
    assert.equal(status, 200, option);
    const { didDocument, didDocumentMetadata } = JSON.parse(text);
    assert.equal(didDocument.id, didOf(BOB));
    assert.equal(didDocumentMetadata.nextVersionId, "3");
    assert.equal("deactivated" in didDocumentMetadata, false);
  }
  const gone = await node.get(`${pathOf(BOB)}?versionId=3`);
  assert.equal(gone.status, 410);
});

test("If-None-Match is compared weakly with each of its tags, and * matches any", async () => {
  const etag = (await node.get(pathOf(ALICE))).headers.get("etag") ?? "";
  assert.match(etag, /^W\/"[A-Za-z0-9._+-]+"$/);
  const strong = etag.replace("W/", "");
  for (const tags of [etag, strong, `"a", ${etag}`, `${strong},W/"b"`, "*", ` ${etag} `]) {
    const { status, text, headers } = await node.get(pathOf(ALICE), { "if-none-match": tags });
    assert.deepEqual([status, text], [304, ""], tags);
    assert.equal(headers.get("etag"), etag);
    assert.equal(headers.get("vary"), "accept");
  }
  for (const tags of ['"a"', `W/"a", "b"`, '"a,*,b"', etag.slice(3, -1), etag.toLowerCase(), "", "W/*", ","]) {
    assert.equal((await node.get(pathOf(ALICE), { "if-none-match": tags })).status, 200, tags);
  }
});

test("an older version has a tag of its own, and is not sent twice either", async () => {
  const older = `${pathOf(BOB)}?versionId=2`;
  const etag = (await node.get(older)).headers.get("etag") ?? "";
  assert.equal((await node.get(older, { "if-none-match": etag })).status, 304);
});

test("each media type has another tag, so that a cache mixes none of them", async () => {
  const types = ["application/did-resolution", "application/did", "application/did+json", "application/did+ld+json"];
  for (const address of [ALICE, BOB]) {
    const answers = await Promise.all(types.map((accept) => node.get(pathOf(address), { accept })));
    assert.equal(new Set(answers.map(({ headers }) => headers.get("etag"))).size, types.length);
  }
});

test("a condition never hides that a DID is gone or does not exist", async () => {
  const etag = (await node.get(pathOf(BOB))).headers.get("etag") ?? "";
  for (const tags of [etag, "*"]) {
    assert.equal((await node.get(pathOf(BOB), { "if-none-match": tags })).status, 410);
    assert.equal((await node.get(pathOf(NOBODY), { "if-none-match": tags })).status, 404);
  }
});

test("a version that is not known yet is 503, one before the first is 404", async () => {
  const later = await node.get(`${pathOf(ALICE)}?versionId=5`);
  assert.deepEqual([later.status, codeOf(later)], [503, "UNAVAILABLE"]);
  assert.equal(later.headers.get("retry-after"), "2");
  const unknown = await node.get(`${pathOf(NOBODY)}?versionId=5`);
  assert.deepEqual([unknown.status, codeOf(unknown)], [503, "UNAVAILABLE"]);
  const before = await node.get(`${pathOf(BOB)}?versionId=1`);
  assert.deepEqual([before.status, codeOf(before)], [404, "NOT_FOUND"]);
});

test("what is no route, too long or no method of a route is told so", async () => {
  for (const path of ["/1.0", "/1.0/identifiers", "/1.0/identifier/x", "//health", "/1.0//identifiers/x", "/x"]) {
    const answer = await node.get(path);
    assert.deepEqual([answer.status, codeOf(answer)], [404, "NO_ROUTE"], path);
  }
  const long = await node.get(`${PATH}${"x".repeat(4_096 - PATH.length + 1)}`);
  assert.deepEqual([long.status, codeOf(long)], [414, "TARGET_TOO_LONG"]);
  const longest = await node.get(`${PATH}${"x".repeat(4_096 - PATH.length)}`);
  assert.deepEqual([longest.status, codeOf(longest)], [400, "INVALID_DID"]);
  for (const path of [pathOf(ALICE), "/health", "/ready", "/status", "/network"]) {
    const isIdentifier = path.startsWith(PATH);
    for (const method of ["PUT", "DELETE", "PATCH", ...(isIdentifier ? [] : ["POST"])]) {
      const answer = await node.get(path, {}, method);
      assert.deepEqual([answer.status, codeOf(answer)], [405, "METHOD_NOT_ALLOWED"]);
      assert.equal(answer.headers.get("allow"), isIdentifier ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS");
    }
  }
});

test("health and the network's descriptor are served", async () => {
  assert.equal((await node.get("/health")).text, '{"status":"ok"}');
  const network = JSON.parse((await node.get("/network")).text);
  assert.equal(network.genesisHash, `0x${"11".repeat(32)}`);
  assert.equal(network.deployments.length, 1);
});
