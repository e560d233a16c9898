import assert from "node:assert/strict";
import { test } from "node:test";
import { failover } from "../../../../node/chain/servers/failover.ts";
import { RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { historyFrom } from "../../../helpers/history-from.ts";
import { failingServers } from "./failing-servers.ts";

/** Servers of one chain, of which the first is too busy for some time; `asked` counts the questions to each. */
function servers(count: number, retryAfter: number) {
  const chain = new ChainSimulator();
  const asked = Array<number>(count).fill(0);
  const state = { now: 0, busy: true };
  const readers = asked.map((_, at) => ({
    ...chain,
    history: (query: Parameters<typeof historyFrom>[1]) => historyFrom(chain, query),
    async chainId() {
      asked[at] = (asked[at] ?? 0) + 1;
      if (at === 0 && state.busy) throw new RpcFailure("http", "HTTP 429", { status: 429, retryAfter });
      return chain.chainId();
    },
  }));
  const reader = failover({
    readers: readers as never,
    verify: async () => {},
    now: () => state.now,
    time: () => 0,
    random: () => 0.5,
  });
  return { reader, asked, state };
}

test("the only server, which says when to ask again, is not asked before, and is asked then", async () => {
  const { reader, asked, state } = servers(1, 60_000);
  for (; state.now < 60_000; state.now += 5_000) {
    await assert.rejects(reader.chainId(), { code: "UNAVAILABLE", status: 429 });
  }
  assert.deepEqual(asked, [1]);
  state.busy = false;
  await reader.chainId();
  assert.deepEqual(asked, [2]);
});

test("while one server is to be left alone another one is asked at once", async () => {
  const { reader, asked, state } = servers(2, 60_000);
  for (; state.now < 60_000; state.now += 5_000) await reader.chainId();
  assert.deepEqual(asked, [1, 12]);
});

test("a server that fails while it is left alone is not left alone for longer, unless it asks for that", async () => {
  const state = failingServers(1);
  const { reader, does, failures, asked } = state;
  const refuse = async (retryAfter?: number) => {
    does[0] = async (method) => {
      if (method === "ask") throw new RpcFailure("http", "HTTP 429", { status: 429, retryAfter });
    };
    await assert.rejects(reader.chainId(), { status: 429 });
    return failures.splice(0).map(({ pause }) => pause);
  };
  assert.deepEqual(await refuse(), [100]);
  state.now = 40;
  assert.deepEqual(await refuse(), [undefined]);
  assert.deepEqual(await refuse(60), [undefined], "as long as it is left alone");
  assert.deepEqual(await refuse(5_000), [5_000]);
  asked();
  state.now = 5_039;
  assert.deepEqual(await refuse(), []);
  assert.deepEqual(asked(), []);
  state.now = 5_040;
  assert.deepEqual(await refuse(), [400], "its third failure");
});
