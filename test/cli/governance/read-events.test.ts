import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../../../cli/governance/read-events.ts";
import { RpcError } from "../../../resolver/chain/rpc/rpc-failure.ts";
import type { ChainReader, Header, Log } from "../../../resolver/index.ts";

const NEWEST = 20_000;
const LIMIT = 5_000;

test("the events of a long chain come in ranges that the server gives, and what is read is counted up to the newest block", async () => {
  const asked: number[] = [];
  const reader: Pick<ChainReader, "header" | "logs"> = {
    header: async () => ({}) as Header,
    logs: async (filter) => {
      assert("toBlock" in filter);
      const blocks = filter.toBlock - filter.fromBlock + 1;
      if (blocks > LIMIT) throw new RpcError("eth_getLogs", { code: -32_005, message: "range exceeds the limit" });
      asked.push(blocks);
      return [{ blockNumber: filter.fromBlock } as Log];
    },
  };
  const heard: [done: number, total: number][] = [];
  const onProgress = (done: number, total: number) => void heard.push([done, total]);
  const logs = await readEvents({ reader, addresses: [], topics: [], toBlock: NEWEST, onProgress });
  assert.deepEqual(
    logs.map(({ blockNumber }) => blockNumber),
    [0, 5_000, 10_000, 15_000, 20_000],
  );
  assert.deepEqual(asked, [5_000, 5_000, 5_000, 5_000, 1]);
  assert.deepEqual(
    heard.map(([done]) => done),
    [5_000, 10_000, 15_000, 20_000, NEWEST + 1],
  );
  assert(heard.every(([, total]) => total === NEWEST + 1));
});
