import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { ChainDataError, HistoryIncompleteError } from "../../../resolver/errors.ts";
import {
  applyStatusEvent,
  hashChunks,
  listIdOf,
  startAtCheckpoint,
} from "../../../resolver/status/apply-status-event.ts";
import { decodeStatusLog } from "../../../resolver/status/decode-status-log.ts";
import { ACTOR, CHAIN_ID, ISSUER, logOf, SIZE, status, TIME, TYPE } from "../registry-logs.ts";

/** A list in which credential 1 was revoked. */
function revokedList() {
  const list = listIdOf(ISSUER, 0n);
  const step = (state: Parameters<typeof applyStatusEvent>[0], name: string, args: unknown[], chunks = new Map()) =>
    applyStatusEvent(state, decodeStatusLog(logOf(status, name, [list, ACTOR, ...args]), TIME), CHAIN_ID, chunks);
  const created = step(undefined, "ListCreated", [ISSUER, 0n, SIZE, TYPE, "https://issuer.example"]).state;
  const change = [id("reason"), [{ word: 0n, revoke: 2n, suspend: 1n, reinstate: 0n }]];
  const { state, chunks } = step(created, "StatusChanged", change);
  return { list, step, created, state, chunks: new Map(chunks), change };
}

test("a list's fold refuses what can't follow, and a checkpoint of other chunks", () => {
  const { list, step, created, state, chunks, change } = revokedList();
  assert.deepEqual(chunks, new Map([[0, { revoked: 2n, suspended: 1n }]]));
  const checkpoint = (given: object) => {
    const {
      typeId,
      size,
      closed,
      from,
      count,
      hash: found,
    } = {
      ...{ typeId: TYPE, size: SIZE, closed: false, from: 0n, count: 512n, hash: hashChunks(chunks, 0, 512) },
      ...given,
    };
    return [typeId, size, closed, from, count, found];
  };
  assert.equal(step(state, "Checkpoint", checkpoint({}), chunks).state.events, 3);
  for (const wrong of [
    { typeId: id("x") },
    { size: SIZE + 256n },
    { closed: true },
    { hash: id("x") },
    { count: 511n },
  ]) {
    assert.throws(() => step(state, "Checkpoint", checkpoint(wrong), chunks), HistoryIncompleteError);
  }
  assert.throws(() => step(undefined, "StatusChanged", change), HistoryIncompleteError);
  assert.throws(() => step(created, "ListCreated", [ISSUER, 0n, SIZE, TYPE, "x"]), HistoryIncompleteError);
  assert.throws(() => step(undefined, "ListCreated", [ISSUER, 1n, SIZE, TYPE, "x"]), ChainDataError);
  const beyond = [id("reason"), [{ word: 512n, revoke: 2n, suspend: 1n, reinstate: 0n }]];
  assert.throws(() => step(state, "StatusChanged", beyond, chunks), ChainDataError);
  const closed = step(state, "ListClosed", []).state;
  assert.throws(() => step(closed, "ListClosed", []), HistoryIncompleteError);
  assert.equal(closed.list, list);
});

test("a fold that begins at a checkpoint of the whole list ends at the same head as one from its creation", () => {
  const { list, step, state, chunks } = revokedList();
  const args = [TYPE, SIZE, false, 0n, 512n, hashChunks(chunks, 0, 512)];
  const whole = step(state, "Checkpoint", args, chunks).state;
  const event = decodeStatusLog(logOf(status, "Checkpoint", [list, ACTOR, ...args]), TIME);
  assert(event.type === "checkpoint");
  const started = startAtCheckpoint(state.head, event, chunks);
  assert.equal(started.head, whole.head);
  assert.equal(started.origin, null);
  assert.throws(() => startAtCheckpoint(state.head, event, new Map()), HistoryIncompleteError);
  const part = { ...event, count: 511, wordsHash: hashChunks(chunks, 0, 511) };
  assert.throws(() => startAtCheckpoint(state.head, part, chunks), HistoryIncompleteError);
  const closed = step(whole, "ListClosed", []).state;
  assert.equal(step(started, "ListClosed", []).state.head, closed.head);
});
