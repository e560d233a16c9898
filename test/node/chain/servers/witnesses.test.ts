import assert from "node:assert/strict";
import { test } from "node:test";
import { rootSlots } from "../../../../node/index/roots.ts";
import { UnavailableError } from "../../../../resolver/errors.ts";
import { word } from "../../../../resolver/primitives/hex.ts";
import { down, failingServers, up } from "./failing-servers.ts";

/** Servers, the first of which is asked, and the roots at the newest block, right or not. */
async function witnesses(count: number, agreement?: number) {
  const state = failingServers(count, agreement);
  const { chain, reader, asked, failures } = state;
  await reader.chainId();
  asked();
  const slots = rootSlots(chain.network());
  const values = await chain.storage(slots, chain.tip.hash);
  /** Whether roots are confirmed, who was asked, and which failures were reported. */
  const confirm = async (reported = values) => {
    const isConfirmed = await reader.isConfirmed({ slots, block: chain.tip.hash, values: reported });
    return [isConfirmed, asked(), failures.splice(0).map(({ url, kind, pause }) => `${url} ${kind} ${pause}`)];
  };
  return Object.assign(state, { confirm, wrong: values.with(-1, word(1)) });
}

test("roots are compared with those of another server, which is not left alone when it shows others", async () => {
  const { confirm, wrong } = await witnesses(3);
  assert.deepEqual(await confirm(), [true, ["verify 1", "ask 1"], []]);
  assert.deepEqual(await confirm(wrong), [false, ["ask 1"], ["1 roots undefined"]]);
  assert.deepEqual(await confirm(), [true, ["ask 1"], []]);
});

test("of several servers that are asked all have to agree", async () => {
  const { confirm, does, wrong } = await witnesses(4, 3);
  assert.deepEqual(await confirm(), [true, ["verify 1", "verify 2", "ask 1", "ask 2"], []]);
  assert.deepEqual(await confirm(wrong), [false, ["ask 1", "ask 2"], ["1 roots undefined", "2 roots undefined"]]);
  does[1] = down;
  assert.deepEqual(await confirm(wrong), [false, ["ask 1", "ask 2"], ["1 timeout 100", "2 roots undefined"]]);
});

test("a server that is left alone, or did not answer the last question yet, confirms nothing; the next one is asked", async () => {
  const { confirm, does } = await witnesses(3);
  does[1] = down;
  assert.deepEqual(await confirm(), [true, ["verify 1"], ["1 timeout 100"]]);
  assert.deepEqual(await confirm(), [true, ["verify 2", "ask 2"], []]);
  let answer = () => {};
  does[2] = () => new Promise((resolve) => (answer = resolve));
  const slow = confirm();
  assert.deepEqual(await confirm(), [true, ["ask 2"], []], "the slow one was asked, and is not asked again");
  answer();
  assert.deepEqual(await slow, [true, [], []]);
});

test("a server that does not have the block yet is not counted, and not left alone", async () => {
  const { confirm, does, wrong } = await witnesses(2);
  does[1] = async (method) => {
    if (method === "ask") throw new UnavailableError("unknown block");
  };
  assert.deepEqual(await confirm(wrong), [true, ["verify 1", "ask 1"], []]);
  does[1] = up;
  assert.deepEqual(await confirm(wrong), [false, ["ask 1"], ["1 roots undefined"]]);
});
