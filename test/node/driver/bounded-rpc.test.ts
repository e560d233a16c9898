import assert from "node:assert/strict";
import { test } from "node:test";
import { boundedRpc, MAX_CALLS, MAX_DURATION } from "../../../node/driver/bounded-rpc.ts";
import type { Rpc, RpcCall } from "../../../resolver/chain/rpc/rpc.ts";

const CALL: RpcCall = ["eth_blockNumber", []];

/** A chain that answers everything, and how many calls it got. */
function chain() {
  const asked = { calls: 0 };
  const rpc: Rpc = async (batch) => {
    asked.calls += batch.length;
    return batch.map(() => "0x1");
  };
  return { asked, rpc };
}

test("a resolution makes so many calls and no more, each of a batch counted", async () => {
  const { asked, rpc } = chain();
  const bounded = boundedRpc(rpc, () => 0);
  await bounded(new Array<RpcCall>(MAX_CALLS - 1).fill(CALL));
  await bounded([CALL]);
  await assert.rejects(bounded([CALL]), { code: "UNAVAILABLE", message: /more than 1000 calls/ });
  assert.equal(asked.calls, MAX_CALLS);
  await boundedRpc(rpc, () => 0)([CALL]);
});

test("a resolution makes no call once its time is over", async () => {
  const { asked, rpc } = chain();
  let now = 5;
  const bounded = boundedRpc(rpc, () => now);
  now += MAX_DURATION;
  await bounded([CALL]);
  now++;
  await assert.rejects(bounded([CALL]), { code: "UNAVAILABLE", message: /more than 20000 ms/ });
  assert.equal(asked.calls, 1);
});
