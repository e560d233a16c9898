import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { StatusChange, StatusEvent } from "../../resolver/status/decode-status-log.ts";
import { statusAt } from "../../resolver/status/status-list.ts";
import { countsOf, ListPlayer, listHistory, type ProvenHistory } from "../../web/checks/lists/list-history.ts";
import { runs } from "../helpers/property.ts";

const SIZE = 131_072;
const LIST: Hash = `0x${"11".repeat(32)}`;

/** A few entries of two chunks, so that changes meet: the index of each. */
const entry = fc.integer({ min: 0, max: 5 }).map((at) => [0, 255, 256, 300, 511, 512][at] ?? 0);
/** What one event does to entries; as in the contract, an entry is not suspended and reinstated by one event. */
const anyStep = fc.dictionary(entry.map(String), fc.constantFrom("revoke", "suspend", "reinstate"), {
  minKeys: 1,
  maxKeys: 4,
}) as fc.Arbitrary<Record<string, "revoke" | "suspend" | "reinstate">>;

function changesOf(step: Readonly<Record<string, "revoke" | "suspend" | "reinstate">>): StatusChange[] {
  const words = new Map<number, { revoke: bigint; suspend: bigint; reinstate: bigint }>();
  for (const [index, what] of Object.entries(step)) {
    const word = Math.floor(Number(index) / 256);
    const change = words.get(word) ?? { revoke: 0n, suspend: 0n, reinstate: 0n };
    change[what] |= 1n << BigInt(Number(index) % 256);
    words.set(word, change);
  }
  return [...words].sort(([a], [b]) => a - b).map(([word, change]) => ({ word, ...change }));
}

/** What was proven of a list with these steps, one a block from block 1 on. */
function proven(
  steps: readonly Readonly<Record<string, "revoke" | "suspend" | "reinstate">>[],
  first?: ReadonlyMap<number, StatusChunk>,
): ProvenHistory {
  const begin = { type: first === undefined ? "created" : "checkpoint", block: 0, time: 1_000 };
  const events = steps.map((step, at) => ({
    type: "changed",
    block: at + 1,
    time: 1_001 + at,
    changes: changesOf(step),
  }));
  return {
    state: () => ({ size: SIZE }) as never,
    events: () => [begin, ...events] as unknown as StatusEvent[] as never,
    firstChunks: () => first ?? new Map(),
  };
}

test("a list that is moved to any moment holds what the changes up to then made of each entry", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { maxLength: 12 }),
      fc.array(fc.integer({ min: -1, max: 13 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (steps, moves, isCheckpoint) => {
        // In the list that begins with a checkpoint, entry 300 is suspended and 512 revoked already.
        const first = isCheckpoint
          ? new Map([
              [1, { revoked: 0n, suspended: 1n << 44n }],
              [2, { revoked: 1n, suspended: 0n }],
            ])
          : undefined;
        const history = (await listHistory(proven(steps, first), LIST)) ?? assert.fail();
        assert.equal(history.begins.at, isCheckpoint ? "checkpoint" : "created");
        const player = new ListPlayer(history);
        assert(player.isNewest);
        for (const move of moves) {
          player.moveTo(move);
          const taken = Math.min(steps.length, Math.max(0, move));
          const asOf = [`${taken}`, new Date((1_000 + taken) * 1_000).toISOString()].map((one) => player.stepAsOf(one));
          assert.deepEqual([player.step, player.moment.block, ...asOf], [taken, taken, taken, taken]);
          const [revoked, suspended] = [new Set<number>(), new Set<number>()];
          if (isCheckpoint) {
            suspended.add(300);
            revoked.add(512);
          }
          for (const [index, what] of steps.slice(0, taken).flatMap((step) => Object.entries(step))) {
            if (what === "revoke") revoked.add(Number(index));
            else if (what === "suspend") suspended.add(Number(index));
            else suspended.delete(Number(index));
          }
          for (const index of [0, 1, 255, 256, 300, 511, 512]) {
            assert.equal(
              statusAt(player.list, index),
              revoked.has(index) ? 1 : suspended.has(index) ? 2 : 0,
              `${index}`,
            );
          }
        }
      },
    ),
    runs(300),
  );
});

test("what is neither a block nor a moment leads nowhere", async () => {
  const player = new ListPlayer((await listHistory(proven([{ 1: "revoke" }]), LIST)) ?? assert.fail());
  for (const text of ["", "now", "-1", "1e3", "0x1", "9".repeat(16)])
    assert.equal(player.stepAsOf(text), undefined, text);
});

test("a step counts what became another status, and not what was so already", async () => {
  const steps = [
    { 1: "suspend", 2: "suspend", 3: "revoke" },
    { 1: "reinstate", 2: "revoke", 3: "suspend", 4: "reinstate" },
    { 2: "reinstate", 3: "revoke" },
  ] as const;
  const history = (await listHistory(proven(steps), LIST)) ?? assert.fail();
  assert.deepEqual(history.steps.map(countsOf), [
    { revoked: 1, suspended: 2, reinstated: 0 },
    { revoked: 1, suspended: 0, reinstated: 1 },
    { revoked: 0, suspended: 0, reinstated: 0 },
  ]);
});
