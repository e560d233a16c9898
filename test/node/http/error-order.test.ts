import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ALICE, BOB, didOf, key, NOBODY, PATH, START, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";

const node = await startTestNode({ after });
node.writer.block(START, key(ALICE, 1));

const OTHER_NETWORK = `did:mapae:gov-12345678:${ALICE}`;
const NOT_SERVED = { accept: "text/html" };

/** Each row has the fault that its code names, and from the next row on as many later ones as fit into one request. */
const ROWS: [code: string, status: number, target: string, headers?: Record<string, string>][] = [
  ["INVALID_DID", 400, "did:mapae:local:0x12?versionId=x", NOT_SERVED],
  ["INVALID_DID", 400, "did:mapae:local:0x12%23key", NOT_SERVED],
  ["INVALID_DID", 400, `did:mapae:local:0x12${"0".repeat(2_100)}`],
  ["INVALID_DID_URL", 400, `did:mapae:local:0x12%3Fa=${"0".repeat(2_100)}`],
  ["METHOD_NOT_SUPPORTED", 501, "did:web:example.org%2Fpath%3FversionId=x?versionId=y", NOT_SERVED],
  ["INVALID_DID_URL", 400, `did:web:example.org%3Fa=${"0".repeat(2_100)}`],
  ["FEATURE_NOT_SUPPORTED", 501, `${OTHER_NETWORK}?versionId=x`, NOT_SERVED],
  ["INVALID_DID_URL", 400, `${didOf(NOBODY)}%23%3C?unknown=1&versionId=x`, NOT_SERVED],
  ["INVALID_DID_URL", 400, `${OTHER_NETWORK}%3Fa=${"0".repeat(2_100)}`, NOT_SERVED],
  ["FEATURE_NOT_SUPPORTED", 501, `${didOf(NOBODY)}/path?unknown=1&versionId=x`, NOT_SERVED],
  ["FEATURE_NOT_SUPPORTED", 501, `${didOf(NOBODY)}%3Funknown%3D1?versionId=x`, NOT_SERVED],
  ["INVALID_OPTIONS", 400, `${didOf(NOBODY)}/path?versionId=x`, NOT_SERVED],
  ["INVALID_OPTIONS", 400, `${didOf(NOBODY)}%23controller?versionId=x`, NOT_SERVED],
  ["INVALID_OPTIONS", 400, `${didOf(NOBODY)}%3FrelativeRef%3Da`, NOT_SERVED],
  ["INVALID_OPTIONS", 400, `${didOf(NOBODY)}?versionId=x`, NOT_SERVED],
  ["INVALID_OPTIONS", 400, `${didOf(NOBODY)}?versionId=1&versionTime=2025-06-15T15:06:40Z`, NOT_SERVED],
  ["NOT_FOUND", 404, didOf(NOBODY), NOT_SERVED],
  ["NOT_FOUND", 404, `${didOf(BOB)}?versionId=1`, NOT_SERVED],
  ["NOT_FOUND", 404, `${didOf(NOBODY)}?service=hub`, NOT_SERVED],
  ["NOT_FOUND", 404, `${didOf(NOBODY)}%23controller`, NOT_SERVED],
  ["INVALID_DID_URL", 400, `${didOf(ALICE)}%3Fa=${"0".repeat(2_100)}`, NOT_SERVED],
  ["REPRESENTATION_NOT_SUPPORTED", 406, didOf(ALICE), NOT_SERVED],
  ["REPRESENTATION_NOT_SUPPORTED", 406, `${didOf(ALICE)}?versionId=1`, NOT_SERVED],
];

for (const [code, status, target, headers] of ROWS) {
  test(`${code} comes before later faults: ${target.slice(0, 90)}`, async () => {
    const answer = await node.get(`${PATH}${target}`, headers);
    const contentType = answer.headers.get("content-type");
    assert.equal(problemCode({ status: answer.status, contentType, body: answer.text }), code);
    assert.equal(answer.status, status);
  });
}

test("the faults of a question are told before the node says that it can't answer", async (t) => {
  const unfit = await startTestNode(t);
  unfit.state = { kind: "connecting", reason: "the chain was not reached yet" };
  const beforeChain = ROWS.filter(([code]) => !["NOT_FOUND", "REPRESENTATION_NOT_SUPPORTED"].includes(code));
  for (const [, status, target, headers] of beforeChain) {
    assert.equal((await unfit.get(`${PATH}${target}`, headers)).status, status, target.slice(0, 90));
  }
});

test("a near miss is told the right spelling", async () => {
  const { text } = await node.get(`${PATH}did:mapae:local:${ALICE.toUpperCase().replace("0X", "0x")}`);
  assert.match(JSON.parse(text).didResolutionMetadata.error.detail, new RegExp(`did you mean ${didOf(ALICE)}\\?$`));
});
