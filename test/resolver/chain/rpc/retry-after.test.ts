import assert from "node:assert/strict";
import { test } from "node:test";
import { failover } from "../../../../node/chain/servers/failover.ts";
import { RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { historyFrom } from "../../../helpers/history-from.ts";

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
