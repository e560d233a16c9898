import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { Attestations } from "../../../node/attestations/attestations.ts";
import { PortInUseError } from "../../../node/http/server/listener.ts";
import { startHttp } from "../../../node/http/server/server.ts";
import { StatusLists } from "../../../node/lists/status-lists.ts";
import { MemoryIndex } from "../../helpers/memory-index.ts";
import { OLDER, startGated } from "./gated.ts";
import { NETWORK, START, startTestNode } from "./harness.ts";
import { RawConnection, requestText } from "./raw.ts";

/** Less than the 5 s for which node:http keeps an idle connection by itself. */
const TIMEOUT = { timeout: 4_000 };
/** So long that a close which needs it fails its test. */
const NEVER = { drainTimeout: 600_000 };

test("close() lets a request under way finish, takes no new connection, then closes", TIMEOUT, async (t) => {
  const { node, asked, open } = await startGated(t, { limits: NEVER });
  const connection = await RawConnection.open(node.port);
  // The second request waits for the answer to the first, and is under way with it.
  connection.send(OLDER + requestText("/ready"));
  await asked;

  let isClosed = false;
  const closed = node.close().then(() => {
    isClosed = true;
  });
  await assert.rejects(RawConnection.open(node.port), { code: "ECONNREFUSED" });
  assert(!isClosed, "closed with a request under way");
  open();
  const first = await connection.answer();
  assert.equal(first?.status, 200);
  assert.equal(JSON.parse(first.body).didDocumentMetadata.versionId, "1");
  const second = await connection.answer();
  assert.deepEqual([second?.status, second?.headers.get("connection")], [200, "close"]);
  await closed;
});

test("close() waits for no client that keeps its connection open", TIMEOUT, async (t) => {
  const { node, asked, open } = await startGated(t, { limits: NEVER });
  const idle = await RawConnection.open(node.port);
  idle.send(requestText("/health"));
  await idle.answer();
  const busy = await RawConnection.open(node.port);
  busy.send(OLDER);
  await asked;
  const closed = node.close();
  await idle.closed();
  open();
  assert.equal((await busy.answer())?.status, 200);
  await closed;
  assert.equal(await busy.closed(), "");
});

test(
  "close() cuts what does not finish: an answer that never comes, a request half sent, a silent client",
  TIMEOUT,
  async (t) => {
    const { node, asked } = await startGated(t, { limits: { drainTimeout: 50 } });
    const unanswered = await RawConnection.open(node.port);
    unanswered.send(OLDER);
    await asked;
    const half = await RawConnection.open(node.port);
    half.send("GET /health HTTP/1.1\r\nHost");
    const silent = await RawConnection.open(node.port);
    await node.close();
    for (const connection of [unanswered, half, silent]) assert.equal(await connection.closed(), "");
  },
);

test("close() may be called again", async (t) => {
  const node = await startTestNode(t);
  await Promise.all([node.close(), node.close()]);
  await node.close();
});

function startAt(host: string, port: number) {
  return startHttp({
    index: new MemoryIndex(NETWORK.chainId),
    network: NETWORK,
    attestations: new Attestations({
      network: NETWORK,
      onOutcome: () => undefined,
      onFault: (error) => assert.fail(String(error)),
    }),
    proofs: { prove: () => assert.fail("not asked") },
    examples: [],
    lists: new StatusLists({
      index: new MemoryIndex(NETWORK.chainId),
      network: NETWORK,
      signers: [],
      now: () => START,
      onAlarm: (error) => assert.fail(error),
    }),
    report: () => assert.fail("not asked"),
    state: () => assert.fail("not asked"),
    digest: () => assert.fail("not asked"),
    now: () => START,
    onFault: (error) => assert.fail(String(error)),
    onAnswer: () => undefined,
    host,
    port,
  });
}

test("a port that is taken is PORT_IN_USE, naming it and the variable that changes it", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  await assert.rejects(startAt("127.0.0.1", port), (error) => {
    assert.ok(error instanceof PortInUseError);
    assert.equal(error.code, "PORT_IN_USE");
    assert.match(
      error.message,
      new RegExp(`^127\\.0\\.0\\.1:${port} can't be used: another program listens there\\. .*MAPAE_HTTP_PORT`),
    );
    return true;
  });
});

test("an address of another machine is refused, naming the variable that sets it", async () => {
  // RFC 5737: no machine has it.
  await assert.rejects(startAt("203.0.113.1", 0), { code: "PORT_IN_USE", message: /203\.0\.113\.1.*MAPAE_HTTP_HOST/ });
});

test("the URL of an IPv6 address can be asked, where there is one", async (t) => {
  const hasIt = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  if (!hasIt) return assert.rejects(startAt("::1", 0), { code: "PORT_IN_USE" });
  const server = await startAt("::1", 0);
  t.after(() => server.close());
  assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
});
