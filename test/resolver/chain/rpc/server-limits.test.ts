import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { httpRpc, type RpcCall, RpcError, RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import { bodyOf } from "../../../helpers/request-body.ts";

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

const calls = (count: number): RpcCall[] => Array.from({ length: count }, (_, at) => ["echo", [at]]);
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

/** A server that answers each call with its parameter, unless `refuse` answers; `sizes` are the batches it got, 0 a call alone. */
async function echoing(t: TestContext, refuse: (response: ServerResponse, requests: Request[]) => boolean) {
  const sizes: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const parsed: Request | Request[] = JSON.parse(body);
    sizes.push(Array.isArray(parsed) ? parsed.length : 0);
    if (refuse(response, [parsed].flat())) return;
    const answer = ({ id, params }: Request) => ({ jsonrpc: "2.0", id, result: params[0] });
    response.end(JSON.stringify(Array.isArray(parsed) ? parsed.map(answer) : answer(parsed)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sizes };
}

const error = (code: number, message: string) => ({ jsonrpc: "2.0", id: null, error: { code, message } });
const honest = ({ id, params: [result] }: Request) => ({ jsonrpc: "2.0", id, result });
type Answer = (response: ServerResponse, requests: Request[]) => void;
const body =
  (of: (requests: Request[]) => unknown): Answer =>
  (response, requests) =>
    void response.end(JSON.stringify(of(requests)));

const LIMITS: [server: string, answer: Answer][] = [
  ["HTTP 413", (response) => void response.writeHead(413).end("<h1>Request Entity Too Large</h1>")],
  ["HTTP 400", (response) => void response.writeHead(400).end()],
  ["one error without id, as Besu", body(() => error(-32_005, "Number of requests in batch exceeds max"))],
  [
    "one error with the first id in a list, as geth",
    body(([first]) => [{ ...error(-32_600, "batch too large"), id: first?.id }]),
  ],
  ["one error of an unknown code", body(() => ({ error: { code: -32_099, message: "no" } }))],
  [
    "errors for what is beyond",
    body((all) =>
      all.map((one, at) => (at < 1 ? honest(one) : { ...error(-32_003, "response too large"), id: one.id })),
    ),
  ],
  ["a list of one answer", body((all) => all.slice(0, 1).map(honest))],
  ["the answer to the first call alone", body(([first]) => first && honest(first))],
  ["what is no JSON", (response) => void response.end("batch requests are not supported")],
  ["a dropped connection", (response) => void response.destroy()],
];
for (const most of [10, 1]) {
  for (const [server, answer] of LIMITS) {
    test(`a batch of more than ${most} that is answered by ${server} is sent again in smaller ones, which are kept`, async (t) => {
      const refuse = (response: ServerResponse, requests: Request[]) => {
        if (requests.length <= most) return false;
        answer(response, requests);
        return true;
      };
      const { url, sizes } = await echoing(t, refuse);
      const refused: number[] = [];
      const rpc = httpRpc({ url, onBatchRefused: (count) => refused.push(count) });
      assert.deepEqual(await rpc(calls(40)), numbers(40));
      assert.deepEqual(refused.slice(0, 2), [40, 20]);
      sizes.length = 0;
      assert.deepEqual(await rpc(calls(40)), numbers(40));
      assert(
        sizes.every((size) => size <= most),
        String(sizes),
      );
    });
  }
}

test("a larger batch is tried again in time", async (t) => {
  let most = 10;
  const { url, sizes } = await echoing(t, (response, { length }) => length > most && !!response.writeHead(413).end());
  const rpc = httpRpc({ url });
  await rpc(calls(40));
  most = 1_000;
  for (let asked = 0; asked < 200; asked++) await rpc(calls(40));
  assert.equal(sizes.at(-1), 40);
});

test("an error of one call in a batch is that call's, and nothing is asked again", async (t) => {
  const answer = body((all) =>
    all.map((one) => (one.id === 3 ? { ...error(-32_000, "missing trie node"), id: 3 } : honest(one))),
  );
  const { url, sizes } = await echoing(t, (response, requests) => {
    answer(response, requests);
    return true;
  });
  await assert.rejects(
    httpRpc({ url })(calls(40)),
    (thrown) => thrown instanceof RpcError && thrown.rpcCode === -32_000,
  );
  assert.deepEqual(sizes, [40]);
});

test("a batch that gets no answer in time is not asked in halves at once, but the next one is", async (t) => {
  const { url, sizes } = await echoing(t, (_, requests) => requests.length > 20);
  const rpc = httpRpc({ url, timeout: 200 });
  await assert.rejects(rpc(calls(40)), { kind: "timeout" });
  assert.deepEqual(await rpc(calls(40)), numbers(40));
  assert.deepEqual(sizes, [40, 20, 20]);
});

test("a server that says when to ask again is asked then, by a caller that waits so long, and no earlier", async (t) => {
  const times: number[] = [];
  const { url } = await echoing(t, (response) => {
    times.push(performance.now());
    if (times.length > 1) return false;
    response.writeHead(429, { "retry-after": "1" }).end();
    return true;
  });
  const failure = { kind: "http", status: 429, retryAfter: 1_000 };
  await assert.rejects(httpRpc({ url })(calls(1)), failure);
  times.length = 0;
  await assert.rejects(httpRpc({ url, maxRetryWait: 999 })(calls(1)), failure);
  times.length = 0;
  assert.deepEqual(await httpRpc({ url, maxRetryWait: 1_000 })(calls(1)), [0]);
  const [first = 0, second = 0] = times;
  assert(second - first >= 990, `${second - first} ms`);
});

test("Retry-After is seconds or a date, bounded, of a 429 or a 503 alone", async (t) => {
  let status = 429;
  let header: string | undefined;
  const { url } = await echoing(t, (response) => {
    response.writeHead(status, header === undefined ? {} : { "retry-after": header }).end();
    return true;
  });
  const retryAfter = async () => {
    const thrown = await httpRpc({ url })(calls(1)).then(
      () => assert.fail(),
      (reason: unknown) => reason,
    );
    assert(thrown instanceof RpcFailure);
    return thrown.retryAfter;
  };
  assert.equal(await retryAfter(), 1_000);
  header = "7";
  assert.equal(await retryAfter(), 7_000);
  header = "999999";
  assert.equal(await retryAfter(), 300_000);
  header = new Date(Date.now() + 100_000).toUTCString();
  const wait = (await retryAfter()) ?? 0;
  assert(wait > 60_000 && wait <= 100_000, String(wait));
  header = "Thu, 01 Jan 1970 00:00:00 GMT";
  assert.equal(await retryAfter(), 0);
  status = 503;
  header = "soon";
  assert.equal(await retryAfter(), undefined);
  status = 502;
  header = "7";
  assert.equal(await retryAfter(), undefined);
});
