import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { allLogs, MAX_RANGE } from "../../../resolver/chain/all-logs.ts";
import type { ChainReader, LogFilter } from "../../../resolver/chain/chain-reader.ts";
import { httpRpc, RpcError, RpcFailure } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import { ChainSimulator, REGISTRY } from "../../helpers/chain-simulator.ts";
import { readerRpc } from "../../helpers/reader-rpc.ts";
import { bodyOf } from "../../helpers/request-body.ts";

const HEAD = 12_000;
const set = (value: number) => ({ do: "attribute", identity: 0, value, validTo: 4e9 }) as const;

/** A chain of many blocks, with an event in the first, the last and some in between. */
function longChain(): ChainSimulator {
  const chain = new ChainSimulator();
  while (chain.tip.number < HEAD) chain.mine(chain.tip.number % 2_999 === 1 ? [set(chain.tip.number)] : []);
  chain.mine([set(0)]);
  return chain;
}
const chain = longChain();
const events = chain.tip.number;
const everything = { addresses: [REGISTRY], fromBlock: 0, toBlock: events };

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly [{ readonly fromBlock?: string; readonly toBlock?: string }];
}

function blocksOf({ method, params: [filter] }: Call): number {
  if (method !== "eth_getLogs") return 0;
  const to = filter.toBlock === "latest" ? events : Number(filter.toBlock);
  return to - Number(filter.fromBlock) + 1;
}

/** A server of the chain that answers a request with a range of more blocks than it takes in its own way. */
async function limited(t: TestContext, most: number, refuse: (response: ServerResponse, calls: Call[]) => void) {
  const rpc = readerRpc(chain, Number.POSITIVE_INFINITY);
  const ranges: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const parsed: Call | Call[] = JSON.parse(body);
    const calls = [parsed].flat();
    ranges.push(...calls.map(blocksOf).filter((blocks) => blocks > 0));
    if (calls.some((call) => blocksOf(call) > most)) return refuse(response, calls);
    const results = await rpc(calls.map(({ method, params }) => [method, params]));
    const answers = calls.map(({ id }, at) => ({ jsonrpc: "2.0", id, result: results[at] }));
    response.end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { reader: rpcReader(httpRpc({ url, timeout: 5_000 })), ranges };
}

/** An error for each call that asks for a range, as the server itself says it. */
const error = (code: number, message: string) => (response: ServerResponse, calls: Call[]) => {
  const answers = calls.map((call) => {
    const honest = call.method === "eth_getLogs" ? { error: { code, message } } : { result: null };
    return { jsonrpc: "2.0", id: call.id, ...honest };
  });
  response.end(JSON.stringify(answers.length === 1 ? answers[0] : answers));
};
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end("<h1>No</h1>");

const DIALECTS: [server: string, most: number, refuse: (response: ServerResponse, calls: Call[]) => void][] = [
  ["Besu", 5_000, error(-32_005, "Requested range exceeds maximum RPC range limit")],
  ["geth with a range limit", 1_000, error(-32_000, "exceed maximum block range: 1000")],
  ["geth, by time", 700, error(-32_000, "query timeout exceeded")],
  ["Erigon", 1_000, error(-32_602, "block range exceeds the maximum of 1000 blocks")],
  ["GoQuorum, by its own answer", 3_000, error(-32_003, "response too large")],
  ["Nethermind", 1_000, error(-32_005, "Too many logs requested. Max logs per response is 20000.")],
  [
    "a provider of ten blocks",
    10,
    error(-32_600, "Under the Free tier plan, you can make requests with up to a 10 block range"),
  ],
  ["a gateway that bounds", 2_000, status(413)],
  ["a gateway that gives up", 5_000, status(504)],
  ["a server that drops the connection", 5_000, (response) => void response.destroy()],
];
for (const [server, most, refuse] of DIALECTS) {
  test(`all logs are read by ranges from a server that refuses more than ${most} blocks as ${server} does`, async (t) => {
    const { reader, ranges } = await limited(t, most, refuse);
    assert.deepEqual(await allLogs(reader, everything), await chain.logs(everything));
    const sizes = ranges.filter((blocks) => blocks <= MAX_RANGE);
    assert.deepEqual([ranges[0], sizes[0]], [everything.toBlock + 1, MAX_RANGE]);
  });
}

test("the logs of ranges are those of the whole, in order and once, however few blocks a server gives at once", async () => {
  const whole = await chain.logs(everything);
  assert.equal(whole.length, 6);
  const options = fc.record({
    most: fc.integer({ min: 1, max: 2 * MAX_RANGE }),
    fromBlock: fc.integer({ min: 0, max: 500 }),
    length: fc.integer({ min: 0, max: 900 }),
    scale: fc.constantFrom(1, 13),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ most, fromBlock, length, scale }) => {
      const toBlock = Math.min(events, fromBlock + length * scale);
      const logs = async (filter: LogFilter) => {
        assert("fromBlock" in filter);
        if (filter.toBlock - filter.fromBlock >= most)
          throw new RpcError("eth_getLogs", { code: -32_005, message: "no" });
        return chain.logs(filter);
      };
      const reader = { header: (block: Parameters<ChainReader["header"]>[0]) => chain.header(block), logs };
      const read = await allLogs(reader, { addresses: [REGISTRY], fromBlock, toBlock });
      const wanted = whole.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock);
      assert.deepEqual(read, wanted);
    }),
    { numRuns: 60 },
  );
});

/** Reads everything where every range of more than some blocks fails; tells the sizes asked for. */
async function failing(fails: (blocks: number) => Error | undefined, toBlock = events) {
  const asked: number[] = [];
  const logs = async (filter: LogFilter) => {
    assert("fromBlock" in filter);
    const blocks = filter.toBlock - filter.fromBlock + 1;
    asked.push(blocks);
    const error = fails(blocks);
    if (error !== undefined) throw error;
    return chain.logs(filter);
  };
  const reader = { header: (block: Parameters<ChainReader["header"]>[0]) => chain.header(block), logs };
  const read = allLogs(reader, { ...everything, toBlock });
  const thrown = await read.then(
    () => undefined,
    (error: Error) => error,
  );
  return { thrown, asked };
}

test("a refusal of one block is the server's last word", async () => {
  const refusal = new RpcError("eth_getLogs", { code: -32_000, message: "pruned history unavailable" });
  const { thrown, asked } = await failing(() => refusal);
  assert.equal(thrown, refusal);
  assert.deepEqual(asked, [12_002, 5_000, 2_500, 1_250, 625, 312, 156, 78, 39, 19, 9, 4, 2, 1]);
});

test("a time-out of the whole makes ranges of it; a time-out of a range is one", async () => {
  const timeout = new RpcFailure("timeout", "no answer in time");
  assert.equal((await failing((blocks) => (blocks > MAX_RANGE ? timeout : undefined))).thrown, undefined);
  const { thrown, asked } = await failing(() => timeout);
  assert.equal(thrown, timeout);
  assert.deepEqual(asked, [12_002, MAX_RANGE]);
});

test("a server that does not answer at all is asked once", async () => {
  const refused = new RpcFailure("refused", "ECONNREFUSED");
  const { thrown, asked } = await failing(() => refused);
  assert.deepEqual([thrown, asked], [refused, [12_002]]);
});

test("a server that lags, and refuses a range beyond its head as Besu does, is not asked for smaller ones", async () => {
  const params = new RpcError("eth_getLogs", { code: -32_602, message: "Invalid block range params" });
  const { thrown, asked } = await failing(() => params, events + 1);
  assert(thrown instanceof UnavailableError && !(thrown instanceof RpcError));
  assert.deepEqual(asked, [events + 2]);
});

test("logs can be asked by event and subject, and a log that is neither is refused", async () => {
  const [first] = await chain.logs(everything);
  const event = first?.topics[0] ?? "0x";
  const subject = first?.topics[1] ?? "0x";
  const other = `0x${"12".repeat(32)}` as const;
  const honest = rpcReader(readerRpc(chain, Number.POSITIVE_INFINITY));
  assert.equal((await allLogs(honest, { ...everything, subject, events: [other, event] })).length, 6);
  assert.deepEqual(await allLogs(honest, { ...everything, events: [other] }), []);
  assert.deepEqual(await allLogs(honest, { ...everything, subject: other }), []);

  const deaf = rpcReader((calls) =>
    readerRpc(
      chain,
      Number.POSITIVE_INFINITY,
    )(calls.map(([method, [filter]]) => [method, [{ ...(filter as object), topics: [] }]])),
  );
  for (const wanted of [{ events: [other] }, { subject: other }]) {
    await assert.rejects(allLogs(deaf, { ...everything, ...wanted }), ChainDataError);
  }
});
