import assert from "node:assert/strict";
import { test } from "node:test";
import type { DidChange } from "../../../cli/did/change.ts";
import { expectRoom } from "../../../cli/did/room.ts";
import { setService } from "../../../cli/did/service-input.ts";
import { type Entry, MAX_ENTRY_BYTES } from "../../../resolver/did/entries.ts";
import type { DidState, Hex } from "../../../resolver/index.ts";

const DID = `did:mapae:local:0x${"5a".repeat(20)}`;
const NAME: Hex = `0x${"6e".repeat(32)}`;
const DELEGATE: Hex = `0x${"de".repeat(20)}`;
const bytesOf = (bytes: number): Hex => `0x${"00".repeat(bytes)}`;

const set = (bytes: number): DidChange => ({ kind: "setAttribute", name: NAME, value: bytesOf(bytes), validity: 100 });

/** A DID with entries that leave a number of bytes free. */
function stateWith(free: number): DidState {
  const entry: Entry = {
    kind: "attribute",
    name: NAME,
    value: bytesOf(MAX_ENTRY_BYTES - 32 - free),
    validTo: 500,
  };
  const moment = { block: 1, time: 100 };
  return {
    address: `0x${"5a".repeat(20)}`,
    owner: `0x${"5a".repeat(20)}`,
    deactivated: null,
    created: moment,
    updated: moment,
    events: 1,
    head: `0x${"00".repeat(32)}`,
    entries: [entry],
  };
}

/** The newest block's time: the entry of {@link stateWith} is in force until 500. */
const TIME = 400;
const refused = { code: "REFUSED" };

test("changes that fit to the last byte are taken, the same entry twice counts once", () => {
  expectRoom(DID, undefined, [set(4_096)], TIME);
  expectRoom(DID, stateWith(33), [set(1), set(1)], TIME);
  expectRoom(DID, stateWith(0), [{ kind: "addDelegate", type: NAME, delegate: DELEGATE, validity: 1 }], TIME);
});

test("a change without an effect is refused before it is signed, with the numbers", () => {
  assert.throws(() => expectRoom(DID, stateWith(32), [set(1)], TIME), {
    ...refused,
    message: /0x5a5a.* take 65504 bytes and would take 65537, at most 65536 count/,
  });
  assert.throws(() => expectRoom(DID, stateWith(64), [set(1), set(2)], TIME), refused);
});

test("two services with one fragment are refused, since the document would have the last one only", () => {
  const service = (name: string, url: string) => setService({ type: name, fragment: "web", endpoint: url }, 100);
  const [first, other] = [service("A", "https://a.example"), service("B", "https://b.example")];
  for (const second of [other, service("A", "https://b.example")]) {
    assert.throws(() => expectRoom(DID, undefined, [first, second], TIME), {
      code: "INVALID_INPUT",
      message: /the same fragment, and only the last one/,
    });
  }
  expectRoom(DID, undefined, [first, setService({ type: "A", endpoint: "https://b.example" }, 100), first], TIME);
});

test("what is revoked before or has run out makes room, and a revocation is never refused", () => {
  const full = stateWith(0);
  const value = full.entries[0]?.value ?? assert.fail();
  const revoke: DidChange = { kind: "revokeAttribute", name: NAME, value };
  expectRoom(DID, full, [revoke, set(MAX_ENTRY_BYTES - 32)], TIME);
  assert.throws(() => expectRoom(DID, full, [set(1), revoke], TIME), refused, "the other way round it is too late");
  assert.throws(() => expectRoom(DID, full, [set(1)], 500), refused, "its last second");
  expectRoom(DID, full, [set(1)], 501);
  expectRoom(DID, full, [{ kind: "revokeAttribute", name: NAME, value: bytesOf(4_096) }], TIME);
  expectRoom(DID, full, [{ kind: "changeOwner", owner: DELEGATE }], TIME);
});
