import assert from "node:assert/strict";
import { test } from "node:test";
import { type Interface, id } from "ethers";
import fc from "fast-check";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import type { Hex } from "../../resolver/primitives/hex.ts";
import { decodeStatusLog } from "../../resolver/status/decode-status-log.ts";
import { decodeTrustLog } from "../../resolver/trust/decode-trust-log.ts";
import { runs } from "../helpers/property.ts";
import { ACTOR, ISSUER, logOf, SIZE, status, TIME, TYPE, trust } from "./registry-logs.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const uri = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 200,
});
const mask = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const labelText = fc.constantFrom("", "Ministry", "행정안전부", "Ünïted e\u0301", "\u202e", "a".repeat(96));

const granted = fc.record({
  grantId: hash,
  actor: address,
  typeId: hash,
  subject: address,
  number: fc.nat(),
  parent: hash.filter((parent) => /[^0]/.test(parent.slice(2))),
  notBefore: time,
  notAfter: time,
  mayGrant: fc.boolean(),
  label: labelText,
});
const typeAdded = fc.record({ typeId: hash, actor: address, uri, schemaUri: uri, schemaHash: hash });
const created = fc.record({
  list: hash,
  actor: address,
  issuer: address,
  number: mask,
  size: fc.integer({ min: 512, max: 2_048 }).map((words) => 256 * words),
  typeId: hash,
  baseUri: uri,
});
const changes = fc
  .uniqueArray(fc.nat({ max: 4_095 }), { minLength: 1, maxLength: 20 })
  .chain((words) =>
    fc.tuple(
      ...words
        .sort((a, b) => a - b)
        .map((word) =>
          fc
            .tuple(mask, mask, mask)
            .map(([revoke, suspend, other]) => ({ word, revoke, suspend, reinstate: other & ~suspend })),
        ),
    ),
  );
const changed = fc.record({ list: hash, actor: address, reason: hash, changes });

test("every event that a foreign encoder writes is decoded to the same values", () => {
  const asked = fc.record({ granted, typeAdded, created, changed });
  fc.assert(
    fc.property(asked, (one) => {
      const read = (contract: Interface, event: string, values: object, wanted: object = values) => {
        const log = logOf(contract, event, Object.values(values));
        const decoded = contract === trust ? decodeTrustLog(log, TIME) : decodeStatusLog(log, TIME);
        const { type: _, block, time: at, log: source, ...rest } = decoded;
        assert.deepEqual([block, at, source], [7, TIME, log]);
        assert.deepEqual(rest, { ...wanted });
      };
      const { label } = one.granted;
      read(trust, "Granted", one.granted, { ...one.granted, label: `0x${Buffer.from(label).toString("hex")}` });
      read(trust, "TypeAdded", one.typeAdded);
      read(status, "ListCreated", one.created);
      read(status, "StatusChanged", one.changed);
    }),
    runs(500),
  );
});

test("events of fixed size are decoded to their values", () => {
  const [subject, actor] = [id("x"), ACTOR];
  assert.equal(decodeTrustLog(logOf(trust, "Accepted", [subject, actor]), TIME).type, "accepted");
  const withdrawn = decodeTrustLog(logOf(trust, "Withdrawn", [subject, actor, 17n]), TIME);
  assert(withdrawn.type === "withdrawn" && withdrawn.from === 17 && withdrawn.grantId === subject);
  assert.equal(decodeStatusLog(logOf(status, "ListClosed", [subject, actor]), TIME).type, "closed");
  const args = [subject, actor, TYPE, SIZE, true, 510n, 2n, id("words")];
  const { type: _, log: __, ...checkpoint } = decodeStatusLog(logOf(status, "Checkpoint", args), TIME);
  const wanted = {
    list: subject,
    actor,
    typeId: TYPE,
    size: 131_072,
    closed: true,
    from: 510,
    count: 2,
    wordsHash: id("words"),
  };
  assert.deepEqual(checkpoint, { ...wanted, block: 7, time: TIME });
});

test("a log with any word, topic or length altered is read or refused by a ChainDataError, and fails in no other way", () => {
  const log = fc.oneof(
    granted.map((values) => logOf(trust, "Granted", Object.values(values))),
    typeAdded.map((values) => logOf(trust, "TypeAdded", Object.values(values))),
    created.map((values) => logOf(status, "ListCreated", Object.values(values))),
    changed.map((values) => logOf(status, "StatusChanged", Object.values(values))),
    fc.constant(logOf(status, "Checkpoint", [id("x"), ACTOR, TYPE, SIZE, false, 0n, 512n, id("words")])),
  );
  const mutation = fc.record({
    at: fc.nat(),
    word: fc.oneof(hash, fc.constant(`0x${"0".repeat(64)}`)),
    cut: fc.nat({ max: 3 }),
  });
  let refused = 0;
  fc.assert(
    fc.property(log, mutation, (good, { at, word, cut }) => {
      const words = good.data.slice(2).match(/.{64}/g) ?? [];
      if (cut === 0) words.splice(at % (words.length + 1), 0, word.slice(2));
      else if (cut === 1) words.splice(at % words.length, 1);
      else words[at % words.length] = word.slice(2);
      const topics = cut === 3 ? good.topics.slice(0, at % 3) : good.topics;
      const bad: Log = { ...good, topics, data: `0x${words.join("")}` };
      for (const decode of [decodeTrustLog, decodeStatusLog]) {
        try {
          decode(bad, TIME);
        } catch (error) {
          assert(error instanceof ChainDataError, String(error));
          refused++;
        }
      }
    }),
    runs(2_000),
  );
  assert(refused > 2_000);
});

test("a log with a word or half a word more than its event has, or a word less, is refused", () => {
  const [subject, hash32] = [id("x"), id("y")];
  const rows: [Interface, string, unknown[]][] = [
    [trust, "TypeAdded", [subject, ACTOR, "urn:a", "urn:b", hash32]],
    [trust, "Granted", [subject, ACTOR, TYPE, ISSUER, 0n, hash32, 0n, 1n, true, "ab"]],
    [trust, "Accepted", [subject, ACTOR]],
    [trust, "Extended", [subject, ACTOR, 17n]],
    [trust, "Withdrawn", [subject, ACTOR, 17n]],
    [status, "ListCreated", [subject, ACTOR, ISSUER, 0n, SIZE, TYPE, "https://a"]],
    [status, "ListClosed", [subject, ACTOR]],
    [status, "StatusChanged", [subject, ACTOR, hash32, [[0n, 1n, 0n, 0n]]]],
    [status, "Checkpoint", [subject, ACTOR, TYPE, SIZE, false, 0n, 2n, hash32]],
  ];
  for (const [contract, event, values] of rows) {
    const log = logOf(contract, event, values);
    const decode = contract === trust ? decodeTrustLog : decodeStatusLog;
    decode(log, TIME);
    const longer = ["00".repeat(32), "00".repeat(16)].map((more) => log.data + more);
    const shorter = log.data === "0x" ? [] : [log.data.slice(0, -64)];
    for (const data of [...longer, ...shorter] as Hex[])
      assert.throws(() => decode({ ...log, data }, TIME), ChainDataError, `${event} ${data.length}`);
  }
});

test("a text as long as the contract allows is read, and one of a byte more is refused", () => {
  const [subject, hash32] = [id("x"), id("y")];
  const rows: [number, (text: string) => unknown][] = [
    [200, (uri) => decodeTrustLog(logOf(trust, "TypeAdded", [subject, ACTOR, uri, "urn:b", hash32]), TIME)],
    [200, (uri) => decodeTrustLog(logOf(trust, "TypeAdded", [subject, ACTOR, "urn:a", uri, hash32]), TIME)],
    [
      96,
      (label) =>
        decodeTrustLog(logOf(trust, "Granted", [subject, ACTOR, TYPE, ISSUER, 0n, hash32, 0n, 1n, true, label]), TIME),
    ],
    [200, (uri) => decodeStatusLog(logOf(status, "ListCreated", [subject, ACTOR, ISSUER, 0n, SIZE, TYPE, uri]), TIME)],
  ];
  for (const [most, decode] of rows) {
    decode("a".repeat(most));
    assert.throws(() => decode("a".repeat(most + 1)), ChainDataError);
  }
});

test("a list's size, a checkpoint's chunks and the masks of a change are within what the contract allows", () => {
  const [list, hash32] = [id("x"), id("y")];
  const created = (size: number) => logOf(status, "ListCreated", [list, ACTOR, ISSUER, 0n, size, TYPE, "https://a"]);
  const checkpoint = (from: number, count: number) =>
    logOf(status, "Checkpoint", [list, ACTOR, TYPE, SIZE, false, from, count, hash32]);
  /** Words with these masks each: both bitmaps, and one of them in each way. */
  const changed = ({ both = 0, revoke = 0, suspend = 0, reinstate = 0 }) => {
    const masks = [
      ...Array(both).fill([1n, 2n, 4n]),
      ...Array(revoke).fill([1n, 0n, 0n]),
      ...Array(suspend).fill([0n, 2n, 0n]),
      ...Array(reinstate).fill([0n, 0n, 4n]),
    ];
    return logOf(status, "StatusChanged", [list, ACTOR, hash32, masks.map((mask, word) => [word, ...mask])]);
  };
  const elsewhere = changed({ both: 1 });
  const moved = elsewhere.data.replace(/^(0x.{64}.{62})40/, "$160") as Hex;
  assert.notEqual(moved, elsewhere.data);
  const right = [
    ...[131_072, 131_328, 524_288].map(created),
    ...[checkpoint(0, 512), checkpoint(511, 1)],
    ...[{ revoke: 512 }, { both: 299, suspend: 1, reinstate: 1 }, { both: 88, revoke: 424 }].map(changed),
  ];
  const wrong = [
    ...[0, 130_816, 131_073, 131_200, 524_544].map(created),
    ...[checkpoint(0, 0), checkpoint(0, 513), checkpoint(512, 1), checkpoint(511, 2)],
    ...[{}, { revoke: 513 }, { both: 301 }, { both: 300, revoke: 1 }, { both: 300, reinstate: 1 }].map(changed),
    { ...elsewhere, data: moved },
  ];
  for (const log of right) decodeStatusLog(log, TIME);
  for (const log of wrong) assert.throws(() => decodeStatusLog(log, TIME), ChainDataError);
});

test("a label is kept as the bytes that were written, whatever they say", () => {
  const label = (text: string, damage = (data: string) => data) => {
    const args = [id("x"), ACTOR, TYPE, ISSUER, 0n, id("p"), 0n, 1n, true, text];
    const log = logOf(trust, "Granted", args);
    const event = decodeTrustLog({ ...log, data: damage(log.data) as Hex }, TIME);
    return event.type === "granted" ? event.label : assert.fail();
  };
  for (const text of ["행정안전부", "", "e\u0301", "a\u202eb", "\ue000", "\u{10ffff}"]) {
    assert.equal(label(text), `0x${Buffer.from(text).toString("hex")}`);
  }
  assert.equal(
    label("ab", (data) => data.replace("6162", "61ff")),
    "0x61ff",
  );
});
