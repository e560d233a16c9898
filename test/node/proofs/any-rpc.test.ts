import assert from "node:assert/strict";
import { test } from "node:test";
import { anyRpc } from "../../../node/proofs/any-rpc.ts";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import { DEMOTION_SECONDS } from "../../../resolver/http/preference.ts";

/** Two servers, of which the first fails with an error; `asked` has the order in which they were asked. */
function withFailing(error: Error) {
  const state = { now: 1_000, asked: [] as string[] };
  const first: Rpc = async () => {
    state.asked.push("first");
    throw error;
  };
  const second: Rpc = async () => {
    state.asked.push("second");
    return ["0x1"];
  };
  return { state, rpc: anyRpc([first, second], () => state.now) };
}

test("a server that failed is asked after the others for a while, so that each proof does not wait for it", async () => {
  for (const error of [new UnavailableError("it does not answer"), new ChainDataError("it answers nonsense")]) {
    const { state, rpc } = withFailing(error);
    for (let calls = 0; calls < 2; calls++) assert.deepEqual(await rpc([["eth_chainId", []]]), ["0x1"]);
    assert.deepEqual(state.asked, ["first", "second", "second"]);
    state.now += DEMOTION_SECONDS;
    await rpc([["eth_chainId", []]]);
    assert.deepEqual(state.asked.slice(3), ["first", "second"]);
  }
});

test("an error of the program is thrown, and no other server is asked", async () => {
  const { state, rpc } = withFailing(new TypeError("a mistake"));
  await assert.rejects(rpc([["eth_chainId", []]]), TypeError);
  assert.deepEqual(state.asked, ["first"]);
});

test("without a server there is nothing to ask", async () => {
  await assert.rejects(anyRpc([], () => 0)([["eth_chainId", []]]), UnavailableError);
});
