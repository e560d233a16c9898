import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { newestStart } from "../../../node/proofs/list-checkpoint.ts";
import { foldSubject } from "../../../resolver/evidence/read-subject.ts";
import { readCheckpointChunks } from "../../../resolver/proofs/checkpoint-chunks.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import { hashChunks, listIdOf, type StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { decodeStatusLog } from "../../../resolver/status/decode-status-log.ts";
import { ACTOR, CHAIN_ID, ISSUER, logOf, SIZE, status, TIME, TYPE } from "../../resolver/registry-logs.ts";

const LIST = listIdOf(ISSUER, 3n);
const COUNT = SIZE / 256n;

function event(name: string, ...args: unknown[]): RegistryEvent {
  return { kind: "list", id: LIST, event: decodeStatusLog(logOf(status, name, [LIST, ACTOR, ...args]), TIME) };
}

/** A checkpoint of some chunks of a list after these events. */
function checkpoint(events: readonly RegistryEvent[], from: bigint, count: bigint): RegistryEvent {
  const { state, chunks } = foldSubject<"list">(events, CHAIN_ID);
  const hash = hashChunks(chunks, Number(from), Number(count));
  return event("Checkpoint", TYPE, SIZE, state?.closed, from, count, hash);
}

const change = (word: bigint, revoke: bigint, suspend: bigint) =>
  event("StatusChanged", id("reason"), [{ word, revoke, suspend, reinstate: 0n }]);

const BEGUN = [
  event("ListCreated", ISSUER, 3n, SIZE, TYPE, "https://issuer.example"),
  change(0n, 2n ** 255n + 2n, 1n),
  change(511n, 0n, 2n ** 9n),
];

test("a list's proof begins at its newest checkpoint of the whole list, with the head and the statuses before it", async () => {
  const first = [...BEGUN, checkpoint(BEGUN, 0n, COUNT)];
  const changed = [...first, change(1n, 4n, 0n)];
  const events = [...changed, checkpoint(changed, 0n, COUNT), change(2n, 8n, 0n)];
  for (const [given, before] of [
    [first, BEGUN],
    [changed, BEGUN],
    [events, changed],
  ] as const) {
    const { checkpoint, skipped } = newestStart(given, CHAIN_ID) ?? assert.fail();
    const { state, chunks } = foldSubject<"list">(before, CHAIN_ID);
    assert.equal(skipped, before.length);
    assert.deepEqual([checkpoint.issuer, checkpoint.number, checkpoint.prior], [ISSUER, "3", state?.head]);
    const read = await readCheckpointChunks(checkpoint, Number(SIZE));
    assert.deepEqual(read, new Map<number, StatusChunk>(chunks));
  }
});

test("a checkpoint of a part of a list, or after its closing, begins no proof", () => {
  const closed = [...BEGUN, event("ListClosed")];
  assert.equal(newestStart(BEGUN, CHAIN_ID), undefined);
  assert.equal(newestStart([...closed, checkpoint(closed, 0n, COUNT)], CHAIN_ID), undefined);
  for (const [from, count] of [
    [0n, COUNT - 1n],
    [1n, COUNT - 1n],
  ] as const) {
    assert.equal(newestStart([...BEGUN, checkpoint(BEGUN, from, count)], CHAIN_ID), undefined);
  }
  const open = [...BEGUN, checkpoint(BEGUN, 0n, COUNT), event("ListClosed")];
  assert.equal(newestStart([...open, checkpoint(open, 0n, COUNT)], CHAIN_ID)?.skipped, BEGUN.length);
});
