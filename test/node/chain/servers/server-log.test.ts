import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { LOOK_EVERY_MS } from "../../../../node/chain/servers/lag.ts";
import { serverLog } from "../../../../node/chain/servers/server-log.ts";
import { createChain } from "../../../../node/parts/chain.ts";
import { createContext } from "../../../../node/parts/context.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { configFor } from "../../../helpers/real-node.ts";
import { finality, hasUpTo } from "../following.ts";

interface Line {
  readonly level: number;
  readonly msg: string;
}

/** A logger of warnings and information, and its lines. */
function recorded() {
  const lines: Line[] = [];
  return { lines, logger: pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
}

test("a server that fails again and again is a warning once in ten minutes for each kind; the rest is for debugging", () => {
  const { lines, logger } = recorded();
  let now = 0;
  const log = serverLog(logger, () => now);
  const failure = { url: 0, kind: "absent", reason: "no block 5", pause: 500 } as const;
  for (; now < 600_000; now += 250) log.failure(failure);
  assert.equal(lines.length, 1);
  log.failure(failure);
  assert.equal(lines.length, 2);
  log.failure({ ...failure, kind: "data" });
  log.failure({ ...failure, url: 1 });
  log.failure({ ...failure, url: 2, pause: undefined });
  assert.equal(lines.length, 4);
  log.failure({ ...failure, kind: "lag", pause: undefined });
  assert.equal(lines.length, 5, "one that lags is left for another one without a pause");
});

test("that a server has caught up is logged once after each warning that it lags, and otherwise for debugging", () => {
  const { lines, logger } = recorded();
  let now = 0;
  const log = serverLog(logger, () => now);
  const lags = { url: 1, kind: "lag", reason: "its newest block is 5", pause: undefined } as const;
  log.caughtUp({ url: 1, block: 9 });
  log.failure(lags);
  log.caughtUp({ url: 0, block: 9 });
  log.caughtUp({ url: 1, block: 9 });
  log.failure(lags);
  log.caughtUp({ url: 1, block: 10 });
  now = 600_000;
  log.failure(lags);
  log.caughtUp({ url: 1, block: 11 });
  assert.deepEqual(
    lines.map(({ level, msg }) => `${level} ${msg}`),
    [1, 2].flatMap(() => [
      "40 a server of the chain lags, another one is asked",
      "30 a server of the chain has caught up, it is asked again",
    ]),
  );
});

test("a node logs that it leaves a server that lags, and that this server has caught up", async () => {
  const { lines, logger } = recorded();
  const chain = new ChainSimulator({ seconds: 1 });
  while (chain.tip.number < 100) chain.mine();
  const state = { head: 10, monotonic: 0 };
  const config = configFor({ network: chain.network(finality), dataDir: "unused" });
  const clock = { now: () => chain.tip.time, monotonic: () => state.monotonic, sleep: async () => {} };
  const readers = [hasUpTo(chain, () => state.head), hasUpTo(chain)];
  const reader = createChain(createContext(config, { readers, clock, logger }))();
  const poll = async () => {
    for (let looks = 0; looks < 4; looks++) {
      await reader.header("latest");
      for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await poll();
  state.head = 100;
  state.monotonic = LOOK_EVERY_MS;
  await poll();
  const [left, back, ...more] = lines as unknown as readonly Record<string, unknown>[];
  assert.deepEqual(
    [left?.level, left?.url, left?.kind, left?.msg],
    [40, 0, "lag", "a server of the chain lags, another one is asked"],
  );
  assert.deepEqual(
    [back?.level, back?.url, back?.block, back?.msg],
    [30, 0, 100, "a server of the chain has caught up, it is asked again"],
  );
  assert.deepEqual(more, []);
});
