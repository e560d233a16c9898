import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import type { ClientLimits } from "../../../node/http/server/bounds.ts";
import { until } from "../../helpers/real-node.ts";
import { OLDER, startGated } from "./gated.ts";
import { ALICE, key, pathOf, START, service, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, type RawAnswer, RawConnection, requestText } from "./raw.ts";

/**
 * One limit short enough to wait for, the others so long that they can't be what cuts a client. Where a client has to be
 * answered first, the limit is a second, which a busy machine keeps to.
 */
function only(limit: Partial<ClientLimits>): Partial<ClientLimits> {
  const never = 600_000;
  return { headersTimeout: never, requestTimeout: never, idleTimeout: never, checkInterval: 20, ...limit };
}
/** After which a client that nobody cuts fails its test. */
const TIMEOUT = { timeout: 10_000 };

const codeOf = ({ status, headers, body }: RawAnswer) =>
  problemCode({ status, contentType: headers.get("content-type"), body });

/** What a client gets that sends this, then every so often a part more, and never finishes. */
async function unfinished(port: number, request: string, more = ""): Promise<RawAnswer | undefined> {
  const connection = await RawConnection.open(port);
  connection.send(request);
  const drip = setInterval(() => more !== "" && !connection.ended && connection.send(more), 10);
  const answer = await connection.answer();
  assert.equal(await connection.closed(), "");
  clearInterval(drip);
  connection.close();
  return answer;
}

test("a client that is slow with its headers is told so and cut, silent or dripping", TIMEOUT, async (t) => {
  const { port } = await startTestNode(t, { limits: only({ headersTimeout: 100 }) });
  const start = "GET /health HTTP/1.1\r\nHost: a\r\n";
  for (const [request, more] of [
    [start, ""],
    [start, "x: y\r\n"],
    [`${start}x: `, "y"],
    ["GET /", "x"],
  ] as const) {
    const answer = (await unfinished(port, request, more)) ?? assert.fail();
    assert.deepEqual([answer.status, codeOf(answer)], [408, "REQUEST_TIMEOUT"]);
    assert.equal(answer.headers.get("connection"), "close");
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  }
});

test("a client that says nothing is cut", TIMEOUT, async (t) => {
  for (const limit of [{ headersTimeout: 100 }, { idleTimeout: 100 }]) {
    const { port } = await startTestNode(t, { limits: only(limit) });
    await unfinished(port, "");
  }
});

test("a client that never finishes a body is answered, then cut", TIMEOUT, async (t) => {
  const { port } = await startTestNode(t, { limits: only({ headersTimeout: 1_000, requestTimeout: 1_000 }) });
  for (const [method, status] of [
    ["POST", 405],
    ["GET", 200],
  ] as const) {
    const connection = await RawConnection.open(port);
    connection.send(`${requestText("/health", { method, headers: { "content-length": "1000" } })}half`);
    assert.equal((await connection.answer())?.status, status);
    await connection.closed();
    connection.close();
  }
});

test("a client that never reads its answers is cut", TIMEOUT, async (t) => {
  const node = await startTestNode(t, { limits: only({ idleTimeout: 1_000 }) });
  node.writer.block(START, key(ALICE, 1), service(ALICE, `https://hub.example/${"x".repeat(4_000)}`));
  const socket = connect({ port: node.port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.pause();
  socket.on("error", () => undefined); // a reset is how the node cuts it
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const request = requestText(pathOf(ALICE));
  // Until neither side takes more, and what is left waits for the cut.
  for (let sent = 0; sent < 40; sent++) socket.write(request.repeat(2_000));
  await closed;
  assert.equal((await node.get("/health")).status, 200);
});

test(
  "connections above the cap are closed while none is idle, and there is room again after one ends",
  TIMEOUT,
  async (t) => {
    const { node, open, asks } = await startGated(t, { limits: { connections: 2 } });
    const { port } = node;
    const busy = [await RawConnection.open(port), await RawConnection.open(port)] as const;
    for (const one of busy) one.send(OLDER);
    await until(() => asks() === 2);
    const third = await RawConnection.open(port);
    assert.equal(await third.closed(), "");
    open();
    for (const one of busy) assert.equal((await one.answer())?.status, 200);
    assert.equal((await ask(port, requestText("/health")))?.status, 200);
  },
);

/** As many as an attacker with one machine and no effort has. */
const SLOW_CLIENTS = 1_000;
/** Fewer than wait for a listener to accept them (511): what is above, the kernel lets try again after seconds. */
const AT_ONCE = 200;
/** After which they fail their test: a busy machine takes a minute for what takes seconds otherwise. */
const TIMEOUT_FOR_MANY = { timeout: 300_000 };

/** Clients that never finish a request: dripping headers, silent after half of them, dripping a body. */
async function slowClients(t: TestContext, port: number): Promise<RawConnection[]> {
  const post = requestText(pathOf(ALICE), { method: "POST", headers: { "content-length": "8000" } });
  const starts = ["GET / HTTP/1.1\r\nx: ", "GET /health HTTP/1.1\r\nHost: a\r\n", `${post}{`];
  const clients: RawConnection[] = [];
  const open = async (at: number) => {
    const client = await RawConnection.open(port);
    client.send(starts[at % 3] ?? "");
    clients[at] = client;
  };
  for (let from = 0; from < SLOW_CLIENTS; from += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => open(from + more)));
  }
  let turn = 0;
  const drip = setInterval(() => {
    turn = (turn + 1) % 20;
    for (const [at, client] of clients.entries()) {
      if (at % 20 === turn && at % 3 !== 1 && !client.ended) client.send(" ");
    }
  }, 50);
  t.after(() => {
    clearInterval(drip);
    for (const client of clients) client.close();
  });
  return clients;
}

test("a thousand clients that never finish a request take no answer from the others", TIMEOUT_FOR_MANY, async (t) => {
  const node = await startTestNode(t, { limits: only({}) });
  node.writer.block(START, key(ALICE, 1));
  const slow = await slowClients(t, node.port);
  const kept = await RawConnection.open(node.port);
  for (let asked = 0; asked < 100; asked++) {
    kept.send(requestText(pathOf(ALICE)));
    assert.equal((await kept.answer())?.status, 200);
  }
  for (let asked = 0; asked < 20; asked++) assert.equal((await ask(node.port, requestText("/ready")))?.status, 200);
  assert.equal(slow.filter(({ ended }) => ended).length, 0);
  kept.close();
});

test(
  "slow clients that fill all places are told so and cut, and then there is room for others",
  TIMEOUT_FOR_MANY,
  async (t) => {
    const limits = only({ connections: SLOW_CLIENTS, headersTimeout: 1_000, requestTimeout: 1_000 });
    const { port, get } = await startTestNode(t, { limits });
    const slow = await slowClients(t, port);
    const answers = await Promise.all(slow.map((client) => client.answer()));
    await Promise.all(slow.map((client) => client.closed()));
    for (const answer of answers)
      assert.deepEqual([answer?.status, answer && codeOf(answer)], [408, "REQUEST_TIMEOUT"]);
    assert.equal((await get("/health")).status, 200);
  },
);

test("headers or a first line above the cap are 431, just below it they are read", async (t) => {
  const { port } = await startTestNode(t);
  for (const request of [
    requestText("/health", { headers: { x: "y".repeat(17_000) } }),
    requestText("/health").replace("\r\n\r\n", `\r\n${"x: y\r\n".repeat(4_000)}\r\n`),
    requestText(`/${"x".repeat(17_000)}`),
  ]) {
    const answer = (await ask(port, request)) ?? assert.fail();
    assert.deepEqual([answer.status, codeOf(answer)], [431, "HEADERS_TOO_LARGE"]);
  }
  const large = requestText("/health", { headers: { x: "y".repeat(15_000) } });
  assert.equal((await ask(port, large))?.status, 200);
});

test("what is no HTTP is told so and cut", async (t) => {
  const { port } = await startTestNode(t);
  for (const request of [
    "nonsense\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET /health HTTP/3.0\r\n\r\n",
    "GET /he alth HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
  ]) {
    const answer = (await ask(port, request)) ?? assert.fail(request);
    assert.deepEqual([answer.status, codeOf(answer)], [400, "MALFORMED_REQUEST"], request);
    assert.equal(answer.headers.get("connection"), "close");
  }
});
