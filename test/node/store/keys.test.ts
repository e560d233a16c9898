import assert from "node:assert/strict";
import { test } from "node:test";
import { hexlify } from "ethers";
import fc from "fast-check";
import { historyJson, type KeptLog } from "../../../node/store/keys.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
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

test("an event is kept as the JSON of its log and time, and of nothing else", () => {
  fc.assert(
    fc.property(log, fc.maxSafeNat(), (log, time) => {
      const kept: KeptLog = { log, time };
      const event = { event: { ...kept, log: { more: 1, ...log } } } as unknown as RegistryEvent;
      assert.equal(historyJson(event), JSON.stringify(kept));
    }),
    runs(500),
  );
});
