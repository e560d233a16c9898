import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Registry } from "@prometheus-io/client";
import type { Refusal } from "../../../node/http/clients/refusals.ts";
import { CLIENT_LIMITS } from "../../../node/http/server/bounds.ts";
import { startMetrics } from "../../../node/metrics/server.ts";
import { until } from "../../helpers/real-node.ts";
import { AUDIENCE, AUDITOR, startAuditedNode } from "../audit/audited-node.ts";
import { startTestDriver } from "../driver/harness.ts";
import { OLDER, startGated } from "./gated.ts";
import { NETWORK, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, type RawAnswer, RawConnection, requestText } from "./raw.ts";

const TIMEOUT = { timeout: 60_000 };
const NEVER = { idleTimeout: 600_000, sendTimeout: 600_000, checkInterval: 20 };
const HEALTH = requestText("/health");

const seen = (answer: RawAnswer | undefined) => [
  answer?.status,
  problemCode({
    status: answer?.status ?? 0,
    contentType: answer?.headers.get("content-type") ?? null,
    body: answer?.body ?? "",
  }),
  answer?.headers.get("retry-after"),
];

async function connections(port: number, count: number, from?: string): Promise<RawConnection[]> {
  return Promise.all(Array.from({ length: count }, () => RawConnection.open(port, from)));
}

test("requests of one connection are answered one at a time, and in order", TIMEOUT, async (t) => {
  const { node, asked, open, asks } = await startGated(t);
  const connection = await RawConnection.open(node.port);
  connection.send(OLDER.repeat(CLIENT_LIMITS.pipelined - 1) + HEALTH);
  await asked;
  assert.equal((await node.get("/health")).status, 200);
  assert.equal(asks(), 1);
  open();
  for (let answer = 1; answer < CLIENT_LIMITS.pipelined; answer++) {
    assert.equal(JSON.parse((await connection.answer())?.body ?? "").didDocumentMetadata.versionId, "1");
  }
  assert.deepEqual(JSON.parse((await connection.answer())?.body ?? ""), { status: "ok" });
  assert.equal(asks(), CLIENT_LIMITS.pipelined - 1);
  connection.close();
});

test("a connection that has more requests wait for a late answer is closed, and another is not", TIMEOUT, async (t) => {
  const { node, asked, open } = await startGated(t);
  const other = await RawConnection.open(node.port);
  other.send(OLDER);
  await asked;
  const pipeliner = await RawConnection.open(node.port);
  pipeliner.send(OLDER.repeat(CLIENT_LIMITS.pipelined + 1));
  assert.equal(await pipeliner.closed(), "");
  assert.deepEqual(node.refusals, ["pipeline"]);
  open();
  assert.equal((await other.answer())?.status, 200);
  other.close();
});

/** Each listener, and a request that it answers to anybody. */
const LISTENERS: Readonly<Record<string, (t: TestContext) => Promise<{ port: number; request: string }>>> = {
  public: async (t) => ({ port: (await startTestNode(t)).port, request: requestText("/docs") }),
  async audit(t) {
    const auditors = { dids: [AUDITOR], audience: AUDIENCE };
    const { url } = await startAuditedNode(t, { auditors });
    return { port: Number(new URL(url).port), request: requestText("/audit/openapi.json") };
  },
  async metrics(t) {
    const onFault = (error: unknown) => assert.fail(String(error));
    const { url, close } = await startMetrics({ registry: new Registry(), onFault, host: "127.0.0.1", port: 0 });
    t.after(close);
    return { port: Number(new URL(url).port), request: requestText("/metrics") };
  },
  driver: async (t) => ({ port: (await startTestDriver(t, { network: NETWORK })).port, request: HEALTH }),
};

for (const [name, start] of Object.entries(LISTENERS)) {
  test(`the ${name} listener parses few of a thousand requests that come at once, and closes`, TIMEOUT, async (t) => {
    const { port, request } = await start(t);
    let parsed = 0;
    const count = () => {
      parsed += 1;
    };
    subscribe("http.server.request.start", count);
    t.after(() => unsubscribe("http.server.request.start", count));
    const pipeliner = await RawConnection.open(port);
    pipeliner.send(request.repeat(1_000));
    let answers = 0;
    while ((await pipeliner.answer()) !== undefined) answers += 1;
    assert(answers <= CLIENT_LIMITS.pipelined, `${answers} answers`);
    // Those that may wait, and the one that is too many.
    assert.equal(parsed, CLIENT_LIMITS.pipelined + 1);
    assert.notEqual(await ask(port, request), undefined);
  });
}

/** A client that asks for much and reads nothing. */
async function slowReader(t: TestContext, port: number): Promise<{ socket: Socket; closed: () => boolean }> {
  const socket = connect({ port, host: "127.0.0.1" });
  let isClosed = false;
  socket
    .on("error", () => undefined)
    .on("close", () => {
      isClosed = true;
    });
  t.after(() => socket.destroy());
  await once(socket, "connect");
  socket.pause();
  // More than the operating system holds for it.
  socket.write(requestText("/docs").repeat(1_000));
  return { socket, closed: () => isClosed };
}

test("the slowest of the readers is closed when their answers have too many bytes in all", TIMEOUT, async (t) => {
  const limits = { ...NEVER, pipelined: 10_000, unsentBytes: 150_000 };
  const { port, refusals, get } = await startTestNode(t, { limits });
  const readers = [await slowReader(t, port)];
  while (refusals.length === 0 && readers.length < 50) {
    readers.push(await slowReader(t, port));
    assert.equal((await get("/health")).status, 200);
  }
  await until(() => refusals.length > 0);
  assert.deepEqual([...new Set(refusals)], ["unsent"]);
  // A socket that reads nothing notices nothing, until it reads.
  for (const { socket } of readers) socket.resume();
  await until(() => readers.some(({ closed }) => closed()));
  assert.equal((await get("/docs")).status, 200);
});

test("a reader that takes nothing of its answer is closed, though it goes on asking", TIMEOUT, async (t) => {
  const limits = { ...NEVER, pipelined: 1_000_000, sendTimeout: 200 };
  const { port, refusals, get } = await startTestNode(t, { limits });
  const { socket, closed } = await slowReader(t, port);
  const asking = setInterval(() => socket.write(HEALTH), 20);
  t.after(() => clearInterval(asking));
  await until(closed);
  assert.deepEqual(refusals, ["reader"]);
  assert.equal((await get("/docs")).status, 200);
});

test(
  "above the cap the connection that is idle for longest is closed, and the new one is answered",
  TIMEOUT,
  async (t) => {
    const { port, refusals } = await startTestNode(t, { limits: { connections: 3 } });
    const [first, second, third] = await connections(port, 3);
    // Asking makes the first one the newest.
    for (const one of [second, third, first]) {
      one?.send(HEALTH);
      assert.equal((await one?.answer())?.status, 200);
    }
    assert.equal((await ask(port, HEALTH))?.status, 200);
    await second?.closed();
    assert.deepEqual([first?.ended, third?.ended, refusals], [false, false, ["idle"]]);
    first?.close();
    third?.close();
  },
);

test("as many idle connections as the audit listener takes, and two more, lock nobody out", TIMEOUT, async (t) => {
  const { url } = await startAuditedNode(t);
  const port = Number(new URL(url).port);
  const idle = await connections(port, 130);
  const request = requestText("/audit/openapi.json", { headers: { host: "localhost" } });
  assert.equal((await ask(port, request))?.status, 200);
  for (const one of idle) one.close();
});

test("a client has a share of the connections, and its own idle ones go first", TIMEOUT, async (t) => {
  const limits = { connections: 5, clientConnections: 2 };
  const { node, open, asks } = await startGated(t, { limits });
  const [stranger, busy] = ["127.0.0.2", "127.0.0.3"];
  const [other] = await connections(node.port, 1, stranger);
  const taken = await connections(node.port, 2, busy);
  taken[0]?.send(OLDER);
  await until(() => asks() === 1);
  const third = await RawConnection.open(node.port, busy);
  third.send(OLDER);
  await taken[1]?.closed();
  await until(() => asks() === 2);
  const fourth = await RawConnection.open(node.port, busy);
  assert.equal(await fourth.closed(), "");
  assert.deepEqual(node.refusals, ["idle", "connections"]);
  other?.send(HEALTH);
  assert.equal((await other?.answer())?.status, 200);
  open();
  for (const one of [taken[0], third]) assert.equal((await one?.answer())?.status, 200);
  for (const one of [other, taken[0], third]) one?.close();
});

/** Requests that wait for their answer, each on a connection of its own, each of the client that a proxy names. */
async function waiting(port: number, clients: readonly string[]): Promise<RawConnection[]> {
  const all = await connections(port, clients.length);
  for (const [at, one] of all.entries()) {
    one.send(OLDER.replace("\r\n\r\n", `\r\nx-forwarded-for: ${clients[at]}\r\n\r\n`));
  }
  return all;
}
const healthOf = (client: string) => requestText("/health", { headers: { "x-forwarded-for": client } });

test("behind a trusted proxy each client has a share of the requests, above it 429", TIMEOUT, async (t) => {
  const limits = { clientRequests: 2 };
  const { node, open, asks } = await startGated(t, { limits, trustedProxies: ["127.0.0.1"] });
  const taken = await waiting(node.port, ["2001:db8::1", "203.0.113.1, 2001:db8::9999"]);
  await until(() => asks() === 2);
  assert.deepEqual(seen(await ask(node.port, healthOf("2001:db8::2:1"))), [429, "TOO_MANY_REQUESTS", "2"]);
  assert.equal((await ask(node.port, healthOf("2001:db8:0:1::1")))?.status, 200);
  assert.equal((await ask(node.port, HEALTH))?.status, 200);
  open();
  for (const one of taken) assert.equal((await one.answer())?.status, 200);
  assert.equal((await ask(node.port, healthOf("2001:db8::2:1")))?.status, 200);
  assert.deepEqual(node.refusals, ["share"]);
  for (const one of taken) one.close();
});

test("nobody is believed about a client but a trusted proxy", TIMEOUT, async (t) => {
  const limits = { clientRequests: 1 };
  const { node, open, asks } = await startGated(t, { limits, trustedProxies: ["10.0.0.0/8"] });
  const taken = await waiting(node.port, ["203.0.113.1", "203.0.113.1"]);
  await until(() => asks() === 2);
  const stranger = await RawConnection.open(node.port, "127.0.0.2");
  stranger.send(OLDER);
  await until(() => asks() === 3);
  const again = await RawConnection.open(node.port, "127.0.0.2");
  again.send(healthOf("203.0.113.7"));
  assert.equal((await again.answer())?.status, 429);
  open();
  for (const one of [...taken, stranger, again]) one.close();
});

test("above the cap of requests in all one gets 503 with Retry-After", TIMEOUT, async (t) => {
  const { node, open, asks } = await startGated(t, { limits: { requests: 2 } });
  const taken = await waiting(node.port, ["", ""]);
  await until(() => asks() === 2);
  assert.deepEqual(seen(await ask(node.port, HEALTH)), [503, "UNAVAILABLE", "2"]);
  const wanted: Refusal[] = ["requests"];
  assert.deepEqual(node.refusals, wanted);
  open();
  for (const one of taken) assert.equal((await one.answer())?.status, 200);
  assert.equal((await ask(node.port, HEALTH))?.status, 200);
  for (const one of taken) one.close();
});

test("few histories are read at once, the others wait, and what costs little does not", TIMEOUT, async (t) => {
  const { node, asked, open, asks } = await startGated(t);
  const all = await waiting(
    node.port,
    Array.from({ length: 50 }, () => ""),
  );
  await asked;
  for (let time = 0; time < 5; time++) assert.equal((await node.get("/health")).status, 200);
  assert.equal(asks(), 4);
  open();
  for (const one of all) {
    assert.equal((await one.answer())?.status, 200);
    one.close();
  }
});

test("a client that says that it sends nothing more gets its answers", TIMEOUT, async (t) => {
  const { node, asked, open } = await startGated(t);
  const connection = await RawConnection.open(node.port);
  connection.send(OLDER + HEALTH);
  connection.end();
  await asked;
  assert.equal((await node.get("/health")).status, 200);
  open();
  assert.equal((await connection.answer())?.status, 200);
  assert.equal((await connection.answer())?.status, 200);
  assert.equal(await connection.closed(), "");
});

test("two Host headers are refused, equal ones too", async (t) => {
  const { port } = await startTestNode(t);
  for (const other of ["host: other.example", "HOST: node.example", "Host:"]) {
    const answer = await ask(port, HEALTH.replace("\r\n\r\n", `\r\n${other}\r\n\r\n`));
    assert.deepEqual(seen(answer), [400, "MALFORMED_REQUEST", undefined], other);
    assert.equal(answer?.headers.get("connection"), "close");
  }
});
