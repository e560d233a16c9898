import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { ALICE, key, NETWORK, PATH, pathOf, START, service, startTestNode } from "../http/harness.ts";
import { ask, RawConnection, requestText } from "../http/raw.ts";
import { startTestDriver } from "./harness.ts";

const node = await startTestNode({ after });
const driver = await startTestDriver({ after }, { network: NETWORK, nodeUrls: [node.url], now: START });
node.writer.block(START, key(ALICE, 1), service(ALICE, "https://hub.example/a"));

/** A driver's requests to a server in place of a node, for the targets of a test. */
async function askedOf(targets: readonly string[], answer: { status: number; headers?: Record<string, string> }) {
  const asked: string[] = [];
  const server = createServer((received, response) => {
    asked.push(`${received.method} ${received.url}`);
    response.writeHead(answer.status, answer.headers).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = await startTestDriver({ after }, { network: NETWORK, nodeUrls: [url], now: START });
  const statuses: (number | undefined)[] = [];
  for (const target of targets) statuses.push((await ask(one.port, requestText(target)))?.status);
  server.close();
  server.closeAllConnections();
  return { asked, statuses };
}

test("for any request, a driver asks its nodes only for one DID of the network", async () => {
  const targets = [
    pathOf(ALICE),
    `${pathOf(ALICE)}?service=hub&relativeRef=%2F%2Fevil.example`,
    `${pathOf(ALICE)}/../../../status`,
    `${pathOf(ALICE)}%2F..%2F..%2Fstatus`,
    `${PATH}..%2f..%2fstatus`,
    `${PATH}http://evil.example/`,
    `${PATH}did:mapae:local:0x${"A1".repeat(20)}`,
    `${pathOf(ALICE)}%0d%0aX-Evil:%201`,
    `${pathOf(ALICE)}?versionId=1%0d%0aX-Evil:%201`,
    `${pathOf(ALICE)}@evil.example`,
  ];
  const { asked } = await askedOf(targets, { status: 503 });
  assert(asked.length > 0);
  for (const one of asked) assert.match(one, new RegExp(`^GET ${PATH}did:mapae:local:${ALICE}$`));
});

test("a node that sends a driver elsewhere is not followed", async () => {
  let followed = 0;
  const trap = createServer((_, response) => {
    followed += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => trap.once("listening", resolve));
  after(() => void trap.close());
  const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
  for (const status of [301, 302, 303, 307, 308]) {
    const { statuses } = await askedOf([pathOf(ALICE)], { status, headers: { location } });
    assert.deepEqual(statuses, [503], String(status));
  }
  assert.equal(followed, 0);
});

test("a client is sent to https only, and never by what it asks for beside the service's endpoint", async () => {
  const headers = { accept: "text/uri-list" };
  const location = async (query: string) => {
    const answer = await ask(driver.port, requestText(`${pathOf(ALICE)}?${query}`, { headers }));
    return [answer?.status, answer?.headers.get("location")];
  };
  assert.deepEqual(await location("service=hub&relativeRef=a/b"), [303, "https://hub.example/a/b"]);
  for (const reference of [
    "b",
    "/",
    "//evil.example",
    "%2F%2Fevil.example",
    "https:evil",
    "javascript:alert(1)",
    "%5C%5Cevil",
  ]) {
    assert.deepEqual(await location(`service=hub&relativeRef=${reference}`), [400, undefined], reference);
  }
});

test("control characters of a question reach no header of the answer", async () => {
  for (const target of [
    `${pathOf(ALICE)}%0d%0aX-Evil:%201`,
    `${pathOf(ALICE)}?service=hub%0d%0aX-Evil:%201`,
    `${PATH}%00`,
  ]) {
    for (const accept of ["*/*", "text/uri-list", "application/did"]) {
      const answer = await ask(driver.port, requestText(target, { headers: { accept } }));
      assert.equal(answer?.status, 400, target);
      assert.equal(answer?.headers.has("x-evil"), false);
    }
  }
});

test("what is too large is refused by name: target, headers, body", async () => {
  const body = " ".repeat(9_000);
  const post = requestText(pathOf(ALICE), { method: "POST", headers: { "content-length": String(body.length) } });
  const large: [request: string, status: number, code: string][] = [
    [requestText(`${pathOf(ALICE)}?versionId=${"1".repeat(4_096)}`), 414, "TARGET_TOO_LONG"],
    [requestText(pathOf(ALICE), { headers: { x: "y".repeat(17_000) } }), 431, "HEADERS_TOO_LARGE"],
    [`${post}${body}`, 413, "BODY_TOO_LARGE"],
  ];
  for (const [sent, status, code] of large) {
    const answer = await ask(driver.port, sent);
    assert.deepEqual([answer?.status, JSON.parse(answer?.body ?? "{}").code], [status, code]);
  }
});

test("clients that send their headers slowly do not keep others from an answer", async () => {
  const slow = await Promise.all(Array.from({ length: 200 }, () => RawConnection.open(driver.port)));
  for (const one of slow) one.send("GET / HTTP/1.1\r\nx: ");
  assert.equal((await driver.get(pathOf(ALICE))).status, 200);
  for (const one of slow) one.close();
});

test("a client that goes away before its answer is no fault", async () => {
  const gone = request(`${driver.url}${pathOf(ALICE)}`);
  gone.on("error", () => undefined);
  gone.end();
  gone.destroy();
  assert.equal((await driver.get(pathOf(ALICE))).status, 200);
  assert(!driver.log.some(({ level }) => Number(level) >= 50));
});
