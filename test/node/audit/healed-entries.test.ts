import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_ENTRY_BYTES } from "../../../resolver/did/entries.ts";
import type { SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { startAuditedNode } from "./audited-node.ts";
import { exportedLines, paged } from "./reading-changes.ts";

test("setting a revoked entry again is shown as healing it, wherever a page begins and whatever is asked for", async (t) => {
  const write = (value: number, validTo: number): SimulatedWrite => ({ do: "attribute", identity: 1, value, validTo });
  const delegate = (validTo: number): SimulatedWrite => ({ do: "delegate", identity: 1, value: 3, validTo });
  const node = await startAuditedNode(t, { first: [write(1, 4e9), write(2, 4e9), delegate(4e9)] });
  await node.mine(write(1, 0), write(1, 4e9), write(1, 5e9));
  await node.mine(delegate(0), write(2, 0));
  await node.mine(delegate(4e9), write(1, 4e9));
  await node.mine(write(2, 4e9), delegate(5e9));
  const heals = async (query: string, limit: number) =>
    (await paged(node, query, limit)).map(({ details }) => details.heals === true);
  const [no, yes] = [false, true];
  for (const limit of [1, 2, 100]) {
    assert.deepEqual(await heals("", limit), [no, no, no, no, yes, no, no, no, yes, no, yes, no], `${limit}`);
    assert.deepEqual(await heals("type=attribute", limit), [no, no, no, yes, no, no, no, yes], `${limit}`);
    assert.deepEqual(await heals("type=delegate", limit), [no, no, yes, no], `${limit}`);
  }
  const healed = (await exportedLines(node, "")).filter(({ details }) => "heals" in details);
  assert.equal(healed.length, 3);
});

test("a key that there is no room for heals nothing when it is set again, and does once there is", async (t) => {
  const key = (byte: number, bytes: number, validTo: number): SimulatedWrite => {
    return {
      do: "key",
      identity: 1,
      algorithm: "P256",
      key: `0x${byte.toString(16).padStart(2, "0").repeat(bytes)}`,
      validTo,
    };
  };
  const full = Array.from({ length: 15 }, (_, at) => key(0x10 + at, 4_096, 4e9));
  const rest = MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32;
  const stolen = (validTo: number) => key(0xaa, 65, validTo);
  const node = await startAuditedNode(t, { first: [stolen(4e9)] });
  await node.mine(stolen(0), ...full, key(0xee, rest, 4e9));
  await node.mine(stolen(4e9));
  await node.mine(key(0xee, rest, 0), stolen(4e9));
  for (const limit of [1, 100]) {
    const heals = (await paged(node, "", limit)).map(({ details }) => details.heals === true);
    assert.deepEqual(heals.slice(-3), [false, false, true], `${limit}`);
    assert.equal(heals.slice(0, -3).includes(true), false);
  }
});
