import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import {
  httpRpc,
  MAX_RPC_ANSWER_BYTES,
  mayBeTooMuch,
  type RpcCall,
  RpcError,
  RpcFailure,
} from "../../../../resolver/chain/rpc/rpc.ts";
import { UnavailableError } from "../../../../resolver/errors.ts";
import { freePorts } from "../../../cli/harness.ts";

type Handler = (response: ServerResponse, body: string, request: IncomingMessage) => void;

const ONE: RpcCall[] = [["eth_chainId", []]];
const TWO: RpcCall[] = [
  ["eth_chainId", []],
  ["eth_blockNumber", []],
];

/** A server that gives whatever a test wants, on 127.0.0.1. */
async function serverOf(t: TestContext, handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    handler(response, body, request);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** An answer with a body, whatever was asked. */
const answering =
  (body: unknown, status = 200): Handler =>
  (response) =>
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));

test("a single call goes alone, several as one batch; results come in the order of the calls", async (t) => {
  const asked: unknown[] = [];
  const url = await serverOf(t, (response, body) => {
    const calls = JSON.parse(body);
    asked.push(calls);
    const answer = ({ id, method }: { id: number; method: string }) => ({ jsonrpc: "2.0", id, result: `${method}!` });
    response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer).reverse() : answer(calls)));
  });
  const rpc = httpRpc({ url });
  assert.deepEqual(await rpc([]), []);
  assert.deepEqual(await rpc(ONE), ["eth_chainId!"]);
  assert.deepEqual(await rpc([["eth_getCode", ["0x", "latest"]], ...ONE]), ["eth_getCode!", "eth_chainId!"]);
  assert.deepEqual(asked, [
    { jsonrpc: "2.0", id: 0, method: "eth_chainId", params: [] },
    [
      { jsonrpc: "2.0", id: 0, method: "eth_getCode", params: ["0x", "latest"] },
      { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] },
    ],
  ]);
});

test("null is a result, not an error", async (t) => {
  const url = await serverOf(t, answering({ jsonrpc: "2.0", id: 0, result: null, error: null }));
  assert.deepEqual(await httpRpc({ url })(ONE), [null]);
});

test("user and password of a URL are sent as basic authentication, and never shown", async (t) => {
  let authorization: string | undefined;
  const url = await serverOf(t, (response, _body, request) => {
    ({ authorization } = request.headers);
    response.writeHead(503).end();
  });
  const secret = url.replace("127.0.0.1", "us%40er:p%C3%A4ss@127.0.0.1").concat("k3y?token=t0ken");
  await assert.rejects(httpRpc({ url: secret })(ONE), (error: Error) => {
    assert.match(error.message, /^The chain at http:\/\/127\.0\.0\.1:[0-9]+ answered HTTP 503$/);
    return true;
  });
  assert.equal(authorization, `Basic ${Buffer.from("us@er:päss").toString("base64")}`);
});

const unusable: [name: string, Handler, kind: string, RegExp][] = [
  ["a refusal by status", answering("<html>Bad Gateway</html>", 502), "http", /HTTP 502/],
  ["a server without JSON-RPC", answering({ error: "no" }, 405), "http", /HTTP 405, wanted JSON-RPC: is this the URL/],
  ["too many requests", answering({ error: "slow down" }, 429), "http", /HTTP 429/],
  ["HTML with status 200", answering("<html>please log in</html>"), "json", /something else than JSON/],
  ["nothing", answering(""), "json", /something else than JSON/],
  ["half of an answer", answering('{"jsonrpc":"2.0","id":0,"res'), "json", /something else than JSON/],
  ["a string", answering('"0x1"'), "json", /left eth_chainId unanswered/],
  ["null", answering("null"), "json", /left eth_chainId unanswered/],
  ["another id", answering({ id: 7, result: "0x1" }), "json", /left eth_chainId unanswered/],
  ["no result", answering({ id: 0 }), "json", /answered eth_chainId without a result/],
  ["a redirect", (response) => response.writeHead(307, { location: "/elsewhere" }).end(), "http", /HTTP 307/],
  ["a connection that breaks", (response) => response.destroy(), "reset", /Could not ask/],
  ["what is no HTTP", (response) => response.socket?.end("+OK POP3 ready\r\n"), "reset", /Could not ask/],
  [
    "a body that breaks",
    (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"id":0,');
      setImmediate(() => response.destroy());
    },
    "reset",
    /Could not ask/,
  ],
];
for (const [name, handler, kind, message] of unusable) {
  test(`${name} is no answer, and a failure of the kind "${kind}"`, async (t) => {
    const url = await serverOf(t, handler);
    await assert.rejects(httpRpc({ url })(ONE), (error) => {
      assert(error instanceof RpcFailure && error instanceof UnavailableError, String(error));
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("an answer that does not come, or does not end, in time is no answer", async (t) => {
  const silent = await serverOf(t, () => {});
  const endless = await serverOf(t, (response) => {
    const timer = setInterval(() => response.write(" "), 5);
    response.once("close", () => clearInterval(timer));
  });
  for (const url of [silent, endless]) {
    await assert.rejects(httpRpc({ url, timeout: 100 })(ONE), { code: "UNAVAILABLE", kind: "timeout" });
  }
});

test("a port on which nobody listens is no answer", async () => {
  const [port] = await freePorts(1);
  await assert.rejects(httpRpc({ url: `http://127.0.0.1:${port}` })(ONE), {
    code: "UNAVAILABLE",
    kind: "refused",
    message: /ECONNREFUSED/,
  });
});

test("an error of the chain's own is an RpcError with its code and data", async (t) => {
  const error = { code: -32_005, message: "query returned more than 10000 results", data: { from: "0x1" } };
  const url = await serverOf(t, answering({ id: 0, error }));
  await assert.rejects(httpRpc({ url })(ONE), (thrown) => {
    assert(thrown instanceof RpcError);
    assert.deepEqual([thrown.code, thrown.kind, thrown.rpcCode], ["UNAVAILABLE", "rpc", -32_005]);
    assert.deepEqual(thrown.data, { from: "0x1" });
    assert.match(thrown.message, /eth_chainId with error -32005: query returned more than 10000 results/);
    return true;
  });
});

test("a batch that is refused as a whole, or answered in part, has no result", async (t) => {
  const refused = await serverOf(t, answering({ id: null, error: { code: -32_600, message: "batch too large" } }));
  await assert.rejects(
    httpRpc({ url: refused })(TWO),
    (error) => error instanceof RpcError && error.rpcCode === -32_600,
  );
  const half = await serverOf(t, answering([{ id: 1, result: "0x1" }]));
  await assert.rejects(httpRpc({ url: half })(TWO), { message: "The chain left eth_chainId unanswered" });
  const oneFails = await serverOf(
    t,
    answering([
      { id: 0, result: "0x1" },
      { id: 1, error: { code: -32_000, message: "unknown block" } },
    ]),
  );
  await assert.rejects(httpRpc({ url: oneFails })(TWO), RpcError);
});

test("an answer that is too long is not read to its end", async () => {
  const chunk = new Uint8Array(1_048_576).fill(0x20);
  let read = 0;
  const fetch = async () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          read += chunk.length;
          controller.enqueue(chunk);
        },
      }),
    );
  await assert.rejects(httpRpc({ url: "http://chain.example", fetch })(ONE), { kind: "size" });
  assert(read <= MAX_RPC_ANSWER_BYTES + 4 * chunk.length, `read ${read} bytes`);
});

test("every dialect of too much, and nothing else, may be too much", () => {
  const said = (code: number, message: string) => new RpcError("eth_getLogs", { code, message });
  const status = (status: number) => new RpcFailure("http", `HTTP ${status}`, { status });
  const tooMuch = [
    said(-32_000, "exceed maximum block range: 5000"),
    said(-32_005, "Requested range exceeds maximum RPC range limit"),
    said(-32_005, "query returned more than 10000 results"),
    said(-32_602, "Log response size exceeded"),
    said(-32_614, "eth_getLogs is limited to a 10,000 range"),
    status(400),
    status(413),
    new RpcFailure("size", "too long"),
  ];
  const other = [
    ...[401, 429, 500, 502, 503, 504].map(status),
    ...(["refused", "timeout", "reset", "json"] as const).map((kind) => new RpcFailure(kind, kind)),
    new UnavailableError("no block"),
    new Error("query returned more than 10000 results"),
  ];
  assert.deepEqual(
    tooMuch.map(mayBeTooMuch),
    tooMuch.map(() => true),
  );
  assert.deepEqual(
    other.map(mayBeTooMuch),
    other.map(() => false),
  );
});
