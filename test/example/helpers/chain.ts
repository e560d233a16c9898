import assert from "node:assert/strict";

/** What a chain answers to a call. */
export async function callChain(chain: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(chain, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = (await answer.json()) as { result?: unknown; error?: unknown };
  assert.equal(error, undefined, JSON.stringify(error));
  return result;
}

/** The time of a chain's newest block, in seconds. */
export async function timeOf(chain: string): Promise<number> {
  const block = (await callChain(chain, "eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
  return Number(block.timestamp);
}
