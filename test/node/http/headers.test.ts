import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ALICE, BOB, deactivation, key, NOBODY, PATH, pathOf, START, startTestNode } from "./harness.ts";
import { ask, type RawAnswer, RawConnection, requestText } from "./raw.ts";

const node = await startTestNode({ after });
node.writer.block(START - 100, key(ALICE, 1));
node.writer.block(START, key(ALICE, 2), key(BOB, 1), deactivation(BOB));

const DATE_AND_CONNECTION = ["date", "connection", "keep-alive"];

async function answerTo(request: string): Promise<RawAnswer> {
  return (await ask(node.port, request)) ?? assert.fail(request.slice(0, 100));
}

/** Every kind of answer that the listener has. */
const REQUESTS: [status: number, request: string][] = [
  [200, requestText(pathOf(ALICE))],
  [200, requestText(pathOf(ALICE), { headers: { accept: "application/did" } })],
  [200, requestText(`${pathOf(ALICE)}?versionId=1`)],
  [200, requestText("/health")],
  [200, requestText("/health", { headers: { expect: "something" } })],
  [200, requestText("/health", { headers: { expect: "100-continue" } })],
  [200, requestText("/ready")],
  [200, requestText("/status")],
  [200, requestText("/network")],
  [304, requestText(pathOf(ALICE), { headers: { "if-none-match": "*" } })],
  [400, requestText(`${PATH}nonsense`)],
  [400, requestText(`${PATH}nonsense`, { headers: { accept: "application/did" } })],
  [404, requestText(pathOf(NOBODY))],
  [404, requestText("/none")],
  [405, requestText(pathOf(ALICE), { method: "PUT" })],
  [405, requestText("/health", { method: "DELETE" })],
  [406, requestText(pathOf(ALICE), { headers: { accept: "text/html" } })],
  [410, requestText(pathOf(BOB))],
  [414, requestText(`/${"x".repeat(5_000)}`)],
  [431, requestText("/", { headers: { x: "y".repeat(17_000) } })],
  [400, "nonsense\r\n\r\n"],
  [501, requestText(`${PATH}did:web:example.org`)],
  [503, requestText(`${pathOf(ALICE)}?versionId=99`)],
  [204, requestText(pathOf(ALICE), { method: "OPTIONS" })],
];

for (const [status, request] of REQUESTS) {
  const [first = ""] = request.split("\r\n");
  test(`${status}: any page may read the answer to ${first.slice(0, 80)}, and it names no software`, async () => {
    const answer = await answerTo(request);
    assert.equal(answer.status, status);
    const { headers } = answer;
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("access-control-expose-headers"), "*");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    for (const name of ["x-powered-by", "server", "set-cookie", "access-control-allow-credentials"]) {
      assert.equal(headers.has(name), false, name);
    }
    const isDocument = [200, 304, 410].includes(status) && request.includes(PATH);
    if (status !== 204) assert.equal(headers.get("cache-control"), isDocument ? "public, no-cache" : "no-store");
    const isBare = status === 204 || status === 304;
    assert.equal(headers.has("content-length"), !isBare);
    if (!isBare) assert.match(headers.get("content-type") ?? "", /^application\/[a-z+-]+; charset=utf-8$/);
    assert.equal(answer.body.length > 0, !isBare);
  });
}

for (const [status, request] of REQUESTS.filter(([, request]) => request.startsWith("GET "))) {
  const [first = ""] = request.split("\r\n");
  if (status === 431) continue; // node:http does not tell a method that it could not read
  test(`${status}: HEAD has the headers of GET and no body: ${first.slice(0, 80)}`, async () => {
    const get = await answerTo(request);
    const head = await answerTo(request.replace("GET ", "HEAD "));
    assert.equal(head.status, get.status);
    const compared = (headers: ReadonlyMap<string, string>) =>
      [...headers].filter(([name]) => !DATE_AND_CONNECTION.includes(name));
    assert.deepEqual(compared(head.headers), compared(get.headers));
    assert.equal(head.body, "");
  });
}

test("a preflight is answered on every path, so that a page may send If-None-Match", async () => {
  for (const path of [pathOf(ALICE), pathOf(NOBODY), "/status", "/none", "*"]) {
    const { status, headers, body } = await answerTo(
      requestText(path, {
        method: "OPTIONS",
        headers: {
          origin: "https://page.example",
          "access-control-request-method": "GET",
          "access-control-request-headers": "if-none-match",
        },
      }),
    );
    assert.deepEqual([status, body], [204, ""]);
    const methods = path.startsWith(PATH) ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
    assert.equal(headers.get("allow"), methods);
    assert.equal(headers.get("access-control-allow-methods"), methods);
    assert.equal(headers.get("access-control-allow-headers"), "*");
    assert.equal(headers.get("access-control-max-age"), "86400");
  }
});

test("requests sent at once are answered in their order, those to HEAD without a body", async () => {
  const connection = await RawConnection.open(node.port);
  const late = `${pathOf(ALICE)}?versionId=1`;
  const methods = ["HEAD", "GET", "HEAD", "GET"];
  connection.send(methods.map((method, i) => requestText(i < 2 ? late : "/health", { method })).join(""));
  const bodies = [];
  for (const method of methods) bodies.push((await connection.answer({ head: method === "HEAD" }))?.body.length);
  connection.close();
  const length = (await node.get(late)).text.length;
  assert.deepEqual(bodies, [0, length, 0, 15]);
});
