import assert from "node:assert/strict";
import { test } from "node:test";
import { hexlify } from "ethers";
import fc from "fast-check";
import type { TimedLog } from "../../../node/chain/follow-event.ts";
import { historyKey } from "../../../node/store/keys.ts";
import { eventRecord, readEvent } from "../../../node/store/records/records.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { runs } from "../../helpers/property.ts";

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((one) => hexlify(one) as Hex);

const log = fc.record(
  {
    address: bytes(20),
    topics: fc.array(bytes(32), { minLength: 1, maxLength: 4 }),
    data: bytes(0, 300),
    blockNumber: fc.maxSafeNat(),
    blockHash: bytes(32),
    transactionHash: bytes(32),
    logIndex: fc.maxSafeNat(),
  },
  { noNullPrototype: true },
);

test("an event is kept as its log and time, and as nothing else", () => {
  fc.assert(
    fc.property(log, fc.maxSafeNat(), (log, time) => {
      const kept: TimedLog = { log, time };
      const digits = eventRecord({ ...kept, log: { more: 1, ...log } } as TimedLog);
      assert.match(digits, /^(?:[0-9a-f]{2})*$/);
      assert.deepEqual(readEvent(historyKey(log), digits), kept);
    }),
    runs(500),
  );
});
