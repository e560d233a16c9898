import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { failover } from "../../../../node/chain/servers/failover.ts";
import type { Failure } from "../../../../node/chain/servers/failure.ts";
import { type CaughtUp, LAGS_AFTER, LOOK_EVERY_MS } from "../../../../node/chain/servers/lag.ts";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import { RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { hasUpTo, recording } from "../following.ts";

/** Blocks of the chain, one each second. */
const BLOCKS = 100;

/** For so long a server that failed is left alone at most. */
const LONGEST_PAUSE_MS = 30_000;

/** Servers that have the blocks of one chain up to those that a test sets; `undefined` is one that does not answer. */
function servers(heads: readonly (number | undefined)[], instead: Partial<ChainReader> = {}) {
  const chain = new ChainSimulator({ seconds: 1 });
  while (chain.tip.number < BLOCKS) chain.mine();
  const failures: Failure[] = [];
  const caughtUp: CaughtUp[] = [];
  const asked: string[][] = heads.map(() => []);
  const state = { heads: [...heads], now: 0, failures, caughtUp, chain, asked };
  const readers = heads.map((_, at) => {
    const head = () => {
      const number = state.heads[at];
      if (number === undefined) throw new RpcFailure("timeout", "no answer in time");
      return number;
    };
    const last = at === heads.length - 1 ? instead : {};
    return recording(hasUpTo(chain, head), asked[at] as string[], last);
  });
  const reader = failover({
    readers,
    verify: async () => {},
    now: () => state.now,
    time: () => chain.tip.time + state.now / 1_000,
    random: () => 0,
    onFailure: (failure) => failures.push(failure),
    onCaughtUp: (server) => caughtUp.push(server),
    agreement: 2,
  });
  return Object.assign(state, {
    reader,
    /** Asks for the newest block until all looks at servers are over. @returns its number. */
    async poll() {
      for (let looks = 0; looks < 4; looks++) {
        await reader.header("latest");
        for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
      }
      return (await reader.header("latest"))?.number;
    },
  });
}

test("a server lags when most of the others that answer had the next block 30 s ago, and never for one block's age", async () => {
  const old = BLOCKS - LAGS_AFTER - 2;
  for (const [heads, wanted] of [
    [[old, BLOCKS], BLOCKS],
    [[old + 1, BLOCKS], old + 1],
    [[old, old + 1], old + 1],
    [[old, old], old],
    [[old, BLOCKS, old], old],
    [[old, BLOCKS, BLOCKS], BLOCKS],
    [[old, BLOCKS, undefined], BLOCKS],
    [[old, undefined, BLOCKS], BLOCKS],
    [[old, old, BLOCKS, BLOCKS], BLOCKS],
    [[old, undefined], old],
    [[old], old],
  ] as const) {
    assert.equal(await servers(heads).poll(), wanted, JSON.stringify(heads));
  }
});

test("a server that lags is asked all the same when the others fail, and left again when they answer", async () => {
  const state = servers([10, BLOCKS]);
  assert.equal(await state.poll(), BLOCKS);
  state.heads[1] = undefined;
  assert.equal(await state.poll(), 10);
  state.heads[1] = BLOCKS;
  state.now += LOOK_EVERY_MS;
  assert.equal(await state.poll(), BLOCKS);
  assert.deepEqual([...new Set(state.failures.map(({ url, kind }) => `${url} ${kind}`))], ["0 lag", "1 timeout"]);
});

test("a server that lags is looked at every five seconds, and gone back to within those that it has caught up", async () => {
  const state = servers([10, BLOCKS]);
  await state.poll();
  state.asked[0]?.splice(0);
  state.heads[0] = BLOCKS - 1;
  state.now += LOOK_EVERY_MS - 1;
  assert.equal(await state.poll(), BLOCKS);
  assert.deepEqual(state.asked[0], [], "it is too early");
  state.now += 1;
  assert.equal(await state.poll(), BLOCKS - 1);
});

test("a server that lagged is reported once when it has caught up, not when the others fail or answer too few", async () => {
  const state = servers([10, BLOCKS, BLOCKS, 10]);
  const after = async (heads: typeof state.heads) => {
    state.heads = heads;
    state.now += LONGEST_PAUSE_MS;
    await state.poll();
    return state.caughtUp.splice(0);
  };
  await state.poll();
  assert.deepEqual(await after([11, undefined, BLOCKS, 10]), [], "one of two that answer has the next block");
  assert.deepEqual(await after([11, BLOCKS, BLOCKS, 10]), []);
  assert.deepEqual(await after([11, undefined, undefined, undefined]), []);
  assert.deepEqual(await after([11, BLOCKS, BLOCKS, 10]), []);
  assert.deepEqual(await after([BLOCKS, BLOCKS, BLOCKS, 10]), [{ url: 0, block: BLOCKS }]);
  assert.deepEqual(await after([BLOCKS, BLOCKS, BLOCKS, 10]), []);
});

test("a server that was asked whether it has a later block, and did not answer yet, is a witness all the same", async () => {
  const asked: string[] = [];
  const never = new Promise<never>(() => {});
  const state = servers([10, BLOCKS], {
    header: (block) => {
      asked.push(`header ${block}`);
      return never;
    },
    async storage(slots) {
      asked.push("storage");
      return slots.map(() => `0x${"11".repeat(32)}` as const);
    },
  });
  assert.equal(await state.poll(), 10);
  assert.deepEqual(asked, ["header 11"]);
  const { reader, chain } = state;
  const slots = [{ address: `0x${"22".repeat(20)}`, slot: `0x${"00".repeat(32)}` }] as const;
  const reported = { slots, block: chain.tip.hash, values: [`0x${"33".repeat(32)}`] } as const;
  assert.equal(await reader.isConfirmed(reported), false);
  assert.deepEqual(asked, ["header 11", "storage"]);
});

test("whatever servers show and however they fail, the first one is asked again soon after all have the newest block", async () => {
  const head = fc.option(fc.integer({ min: 2, max: BLOCKS }), { nil: undefined });
  const steps = fc.array(fc.record({ heads: fc.tuple(head, head, head), pause: fc.nat(12_000) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const state = servers([BLOCKS, BLOCKS, BLOCKS]);
      for (const { heads, pause } of steps) {
        state.heads = heads;
        state.now += pause;
        const shown = await state.poll().catch(() => undefined);
        assert(shown === undefined || heads.includes(shown));
      }
      state.heads = [BLOCKS, BLOCKS, BLOCKS];
      for (let looks = 0; looks < 4; looks++) {
        state.now += LONGEST_PAUSE_MS;
        await state.poll();
      }
      for (const methods of state.asked) methods.splice(0);
      await state.reader.chainId();
      assert.deepEqual(state.asked, [["chainId"], [], []]);
    }),
  );
});
