import assert from "node:assert/strict";
import { test } from "node:test";
import { backfill } from "../../../node/chain/backfill.ts";
import { ENOUGH_LOGS, RANGES_AFTER_REFUSAL, RangeSize } from "../../../node/chain/range-size.ts";
import { MAX_RANGE } from "../../../resolver/chain/all-logs.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { RpcError, RpcFailure } from "../../../resolver/chain/rpc/rpc.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";

function sizes(ranges: RangeSize, steps: readonly (() => void)[]): number[] {
  return steps.map((step) => {
    step();
    return ranges.blocks;
  });
}

test("a range grows to what Besu answers, and is halved by any failure, down to one block", () => {
  const ranges = new RangeSize();
  const more = () => ranges.succeeded(0);
  assert.deepEqual(sizes(ranges, Array(7).fill(more)), [256, 512, 1_024, 2_048, 4_096, MAX_RANGE, MAX_RANGE]);
  const less = () => ranges.failed();
  assert.deepEqual(sizes(ranges, [less, more]), [2_500, MAX_RANGE]);
  for (let failures = 0; failures < 20; failures++) ranges.failed();
  assert.equal(ranges.blocks, 1);
});

test("a range that was refused is not tried again at once", () => {
  const ranges = new RangeSize();
  ranges.refused();
  for (let successes = 0; successes < RANGES_AFTER_REFUSAL; successes++) {
    ranges.succeeded(0);
    assert.equal(ranges.blocks, 64);
  }
  ranges.succeeded(0);
  assert.equal(ranges.blocks, 128);
});

test("a range settles where it holds enough logs and not too many, however many are in a block", () => {
  for (const aBlock of [0.001, 1, 7, 96, 3_999]) {
    const ranges = new RangeSize();
    for (let reads = 0; reads < 30; reads++) ranges.succeeded(Math.floor(aBlock * ranges.blocks));
    const logs = Math.floor(aBlock * ranges.blocks);
    assert(logs <= ENOUGH_LOGS, `${logs} logs`);
    assert(logs > ENOUGH_LOGS / 2 || ranges.blocks === MAX_RANGE, `${logs} logs`);
  }
  const ranges = new RangeSize();
  for (let reads = 0; reads < 30; reads++) ranges.succeeded(50_000 * ranges.blocks);
  assert.equal(ranges.blocks, 1);
});

/** A backfill of 2 000 blocks from a server whose answers about logs a test alters, and the sizes that it was asked for. */
function filling(answer: (size: number, toBlock: number) => void, head = 2_000, { signal } = new AbortController()) {
  const chain = new ChainSimulator();
  for (let count = 0; count < 2_010; count++) chain.mine();
  chain.lag = chain.tip.number - head;
  const asked: number[] = [];
  const reader: ChainReader = {
    ...faulty(chain, () => undefined),
    logs: async (filter) => {
      assert("fromBlock" in filter);
      const size = filter.toBlock - filter.fromBlock + 1;
      asked.push(size);
      answer(size, filter.toBlock);
      return chain.logs(filter);
    },
  };
  const ranges = new RangeSize();
  return { asked, ranges, events: backfill({ reader, network: chain.network(), ranges, from: 1, to: 2_000, signal }) };
}

/** Reads it to its end, or to an error. */
async function read(...given: Parameters<typeof filling>) {
  const { asked, ranges, events } = filling(...given);
  let last: number | undefined;
  const done = (async () => {
    for await (const event of events) {
      assert(event.kind === "range");
      assert.equal(event.roots !== null, event.block.number === 2_000);
      last = event.block.number;
    }
  })();
  const error = await done.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { asked, ranges, last, error };
}

const dialects: [name: string, refusal: Error][] = [
  ["geth", new RpcError("eth_getLogs", { code: -32_000, message: "exceed maximum block range: 300" })],
  ["Besu", new RpcError("eth_getLogs", { code: -32_005, message: "Requested range exceeds maximum RPC range limit" })],
  ["Alchemy", new RpcError("eth_getLogs", { code: -32_602, message: "Log response size exceeded" })],
  ["a gateway's HTTP 413", new RpcFailure("http", "HTTP 413", { status: 413 })],
  ["an endless answer", new RpcFailure("size", "longer than 256 MB")],
];
for (const [name, refusal] of dialects) {
  test(`a range that is refused in the words of ${name} is halved at once until it is answered`, async () => {
    const { asked, error } = await read((size) => {
      if (size > 100) throw refusal;
    });
    assert.equal(error, undefined);
    assert.deepEqual(asked.slice(0, RANGES_AFTER_REFUSAL + 4), [
      128,
      ...Array(RANGES_AFTER_REFUSAL + 1).fill(64),
      128,
      64,
    ]);
  });
}

test("a range that is refused even for one block is an error", async () => {
  const refusal = new RpcError("eth_getLogs", { code: -32_005, message: "no" });
  const { error, asked } = await read(() => {
    throw refusal;
  });
  assert.equal(error, refusal);
  assert.deepEqual(asked, [128, 64, 32, 16, 8, 4, 2, 1]);
});

test("a failure that may have to do with the size halves the next range, and is not retried here", async () => {
  const timeout = new RpcFailure("timeout", "no answer in time");
  const { error, asked, ranges } = await read(() => {
    throw timeout;
  });
  assert.equal(error, timeout);
  assert.deepEqual([asked, ranges.blocks], [[128], 64]);
});

test("a server that lags behind the range, and refuses it as Besu does, is not asked for smaller ones", async () => {
  const head = 1_500;
  const { error, asked, last } = await read((_, toBlock) => {
    if (toBlock > head) throw new RpcError("eth_getLogs", { code: -32_602, message: "Invalid block range params" });
  }, head);
  assert.match(String(error), /has no block 1920 now/);
  assert.deepEqual([asked, last], [[128, 256, 512, 1_024], 896]);
});

test("a server that lags behind the range, and answers with the logs that it has, is not believed", async () => {
  const { error, last } = await read(() => {}, 1_500);
  assert.match(String(error), /has no block 1920 now/);
  assert.equal(last, 896);
});

test("while a range is folded the next one is requested, and none after it", async () => {
  const { asked, events } = filling(() => {});
  for (const wanted of [
    [128, 256],
    [128, 256, 512],
  ]) {
    await events.next();
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    assert.deepEqual(asked, wanted);
  }
  await events.return();
});

test("a backfill that is ended requests nothing more, and gives no range", async () => {
  const stop = new AbortController();
  const { asked, events } = filling(() => stop.abort(), undefined, stop);
  assert.equal((await events.next()).done, true);
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  assert.deepEqual(asked, [128]);
});
