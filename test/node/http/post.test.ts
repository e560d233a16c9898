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
  service,
  startTestNode,
} from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, RawConnection, requestText } from "./raw.ts";

const node = await startTestNode(
  { after },
  { limits: { requestTimeout: 300, headersTimeout: 300, checkInterval: 20 } },
);
node.writer.block(START - 200, key(ALICE, 1), service(ALICE, "https://hub.example/a"));
node.writer.block(START - 100, key(ALICE, 2), key(BOB, 1));
node.writer.block(START, deactivation(BOB));

async function post(path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
  const init = { method: "POST", headers, redirect: "manual" as const, ...(body !== undefined && { body }) };
  const response = await fetch(`${node.url}${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeOf = (answer: Awaited<ReturnType<typeof post>>) =>
  problemCode({ status: answer.status, contentType: answer.headers.get("content-type"), body: answer.text });

test("POST answers as GET does, with the options of the query in its body", async () => {
  const rows: [target: string, body: object, got: string, accept?: string][] = [
    [didOf(ALICE), {}, didOf(ALICE)],
    [didOf(ALICE), { versionId: "1" }, `${didOf(ALICE)}?versionId=1`],
    [didOf(ALICE), { versionId: 1, noCache: false }, `${didOf(ALICE)}?versionId=1`, "application/did"],
    [encodeURIComponent(didOf(ALICE)), { expandRelativeUrls: true }, didOf(ALICE), "application/did+json"],
    [didOf(ALICE), { service: "hub" }, `${didOf(ALICE)}?service=hub`],
    [`${didOf(ALICE)}?service=hub`, { versionId: 1 }, `${didOf(ALICE)}?service=hub&versionId=1`],
    [
      `${didOf(ALICE)}?service=hub`,
      { relativeRef: "/b" },
      `${didOf(ALICE)}?service=hub&relativeRef=/b`,
      "text/uri-list",
    ],
    [didOf(NOBODY), {}, didOf(NOBODY)],
    [didOf(BOB), {}, didOf(BOB)],
  ];
  for (const [target, body, got, accept = "*/*"] of rows) {
    const posted = await post(`${PATH}${target}`, JSON.stringify(body), { accept });
    const asked = await node.get(`${PATH}${got}`, { accept });
    assert.deepEqual([posted.status, posted.text], [asked.status, asked.text], got);
    for (const name of ["content-type", "location", "etag", "mapae-as-of"]) {
      assert.equal(posted.headers.get(name), asked.headers.get(name), `${name} of ${got}`);
    }
  }
});

test("a body is optional, and its media type does not matter", async () => {
  assert.equal((await post(pathOf(ALICE))).status, 200);
  for (const type of ["application/json", "text/plain", "application/did-resolution+json"]) {
    assert.equal((await post(pathOf(ALICE), '{"versionId":"1"}', { "content-type": type })).status, 200);
  }
});

test("a condition is one of GET only", async () => {
  const etag = (await node.get(pathOf(ALICE))).headers.get("etag") ?? "";
  assert.equal((await post(pathOf(ALICE), "{}", { "if-none-match": etag })).status, 200);
});

const NO_OPTIONS: Record<string, [body: string | Buffer, code: string]> = {
  "half an object": ['{"versionId":', "INVALID_OPTIONS"],
  "a list": ['["versionId"]', "INVALID_OPTIONS"],
  "a text": ['"versionId"', "INVALID_OPTIONS"],
  null: ["null", "INVALID_OPTIONS"],
  "a form": ["versionId=1", "INVALID_OPTIONS"],
  blanks: ["  ", "INVALID_OPTIONS"],
  "no UTF-8": [Buffer.from([0x7b, 0xff, 0x7d]), "INVALID_OPTIONS"],
  "an option that is null": ['{"versionId":null}', "INVALID_OPTIONS"],
  "an option that is a list": ['{"versionId":["1"]}', "INVALID_OPTIONS"],
  "an option that is an object": ['{"versionId":{"toString":"1"}}', "INVALID_OPTIONS"],
  "a huge number": ['{"versionId":1e400}', "INVALID_OPTIONS"],
  "a fraction": ['{"versionId":1.5}', "INVALID_OPTIONS"],
  "an option that is unknown": ['{"version":"1"}', "FEATURE_NOT_SUPPORTED"],
  "an option that is unknown, and a list": ['{"version":["1"]}', "FEATURE_NOT_SUPPORTED"],
  "a flag in the place of a text": ['{"verificationRelationship":false}', "INVALID_OPTIONS"],
  "a number in the place of a text": ['{"service":1}', "INVALID_OPTIONS"],
  "a number in the place of a flag": ['{"noCache":1}', "INVALID_OPTIONS"],
  "a flag in the place of a number": ['{"versionId":true}', "INVALID_OPTIONS"],
  "the name of what objects have": ['{"__proto__":{"versionId":"1"}}', "FEATURE_NOT_SUPPORTED"],
  "the constructor": ['{"constructor":"1"}', "FEATURE_NOT_SUPPORTED"],
  accept: ['{"accept":"application/did"}', "FEATURE_NOT_SUPPORTED"],
};
for (const [name, [body, code]] of Object.entries(NO_OPTIONS)) {
  test(`a body that is ${name} is ${code}`, async () => {
    assert.equal(codeOf(await post(pathOf(ALICE), body)), code);
    assert.equal(codeOf(await post(`${PATH}did:mapae:local:0x12`, body)), "INVALID_DID");
  });
}

test("an option in the DID URL and in the body is there twice", async () => {
  assert.equal(codeOf(await post(`${pathOf(ALICE)}?versionId=1`, '{"versionId":"1"}')), "INVALID_OPTIONS");
  assert.equal(codeOf(await post(`${pathOf(ALICE)}%3FversionId%3D1`, '{"versionId":"1"}')), "INVALID_OPTIONS");
});

test("a body of more than 8 192 bytes is 413, whether it says so or not, and ends the connection", async () => {
  const fits = JSON.stringify({ versionId: "1" }).padEnd(8_192);
  assert.equal((await post(pathOf(ALICE), fits)).status, 200);
  const head = requestText(pathOf(ALICE), { method: "POST", headers: { "content-length": "8193" } });
  const refused = await ask(node.port, `${head}${fits} `);
  assert.deepEqual([refused?.status, refused?.headers.get("connection")], [413, "close"]);
  const chunked = requestText(pathOf(ALICE), { method: "POST", headers: { "transfer-encoding": "chunked" } });
  const untold = await ask(node.port, `${chunked}2001\r\n${fits} \r\n0\r\n\r\n`);
  assert.deepEqual([untold?.status, untold?.headers.get("connection")], [413, "close"]);
});

test("a body that does not come is 408, and a client that goes away hurts nobody", async () => {
  const head = requestText(pathOf(ALICE), { method: "POST", headers: { "content-length": "10" } });
  const late = await ask(node.port, `${head}{`);
  assert.equal(late?.status, 408);
  const gone = await RawConnection.open(node.port);
  gone.send(`${head}{`);
  gone.close();
  assert.equal((await node.get("/health")).status, 200);
  assert.deepEqual(node.faults, []);
});
