import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { failureLog } from "../../../../node/chain/servers/failure-log.ts";

test("a server that fails again and again is a warning once in ten minutes for each kind; the rest is for debugging", () => {
  const warned: unknown[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void warned.push(JSON.parse(line)) });
  let now = 0;
  const log = failureLog(logger, () => now);
  const failure = { url: 0, kind: "absent", reason: "no block 5", pause: 500 } as const;
  for (; now < 600_000; now += 250) log(failure);
  assert.equal(warned.length, 1);
  log(failure);
  assert.equal(warned.length, 2);
  log({ ...failure, kind: "data" });
  log({ ...failure, url: 1 });
  log({ ...failure, url: 2, pause: undefined });
  assert.equal(warned.length, 4);
  log({ ...failure, kind: "lag", pause: undefined });
  assert.equal(warned.length, 5, "one that lags is left for another one without a pause");
});
