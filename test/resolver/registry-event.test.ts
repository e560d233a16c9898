import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, HistoryIncompleteError } from "../../resolver/errors.ts";
import { applyRegistryEvent, decodeRegistryLog, type StateReader } from "../../resolver/registry-event.ts";
import { CHAIN_ID, REGISTRIES, type SimulatedWrite } from "../helpers/simulated-events.ts";
import { SimulatedRegistries } from "../helpers/simulated-registries.ts";

const BLOCK = { number: 5, time: 1_700_000_000 };

function logOf(write: SimulatedWrite): Log {
  const { registry, topics, data } = new SimulatedRegistries().write(write, BLOCK) ?? assert.fail();
  const hash = `0x${"11".repeat(32)}` as const;
  const where = { blockNumber: BLOCK.number, blockHash: hash, transactionHash: hash, logIndex: 0 };
  return { address: REGISTRIES[registry], topics, data, ...where };
}

test("a log belongs to the subject of the registry that wrote it", () => {
  const kinds = (
    [
      { do: "owner", identity: 0, value: 1 },
      { do: "type", type: 0 },
      { do: "list", identity: 0, list: 0 },
    ] as const
  ).map((write) => decodeRegistryLog(logOf(write), BLOCK.time, REGISTRIES)?.kind);
  assert.deepEqual(kinds, ["did", "type", "list"]);
});

test("an event about roles is no event of a subject", () => {
  assert.equal(decodeRegistryLog(logOf({ do: "role" }), BLOCK.time, REGISTRIES), undefined);
});

test("a log of a contract that is no registry is refused", () => {
  const log: Log = { ...logOf({ do: "type", type: 0 }), address: `0x${"99".repeat(20)}` };
  assert.throws(() => decodeRegistryLog(log, BLOCK.time, REGISTRIES), ChainDataError);
});

test("an event of one registry in another's log is refused", () => {
  const log: Log = { ...logOf({ do: "type", type: 0 }), address: REGISTRIES.status };
  assert.throws(() => decodeRegistryLog(log, BLOCK.time, REGISTRIES), ChainDataError);
});

test("a credential type is added once", () => {
  const event = decodeRegistryLog(logOf({ do: "type", type: 0 }), BLOCK.time, REGISTRIES) ?? assert.fail();
  const nothing: StateReader = { state: () => undefined, chunk: () => undefined };
  const { after } = applyRegistryEvent(nothing, event, CHAIN_ID);
  const added = { ...nothing, state: () => after.state } as unknown as StateReader;
  assert.throws(() => applyRegistryEvent(added, event, CHAIN_ID), HistoryIncompleteError);
});
