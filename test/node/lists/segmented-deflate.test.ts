import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gunzipSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { ListEncodings } from "../../../node/lists/list-encodings.ts";
import { SegmentedDeflate } from "../../../node/lists/segmented-deflate.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { LIST_FORMS, listBytes } from "../../../resolver/status/list-bytes.ts";
import { runs } from "../../helpers/property.ts";

test("what was changed byte by byte inflates to the bytes, as zlib and as gzip", () => {
  const change = fc.tuple(fc.nat(), fc.nat(255), fc.boolean());
  const property = fc.property(
    fc.integer({ min: 1, max: 70_000 }),
    fc.array(change, { maxLength: 30 }),
    (length, all) => {
      const list = new SegmentedDeflate(new Uint8Array(length));
      for (const [place, byte, ask] of all) {
        list.bytes[place % length] = byte;
        list.changed(place % length);
        // What is kept from here on must not be older than the next change.
        if (ask) list.zlib();
      }
      assert.deepEqual(inflateSync(list.zlib()), Buffer.from(list.bytes));
      assert.deepEqual(gunzipSync(list.gzip()), Buffer.from(list.bytes));
    },
  );
  fc.assert(property, runs(200));
});

test("a list of bytes that are all 255 has the right sums: none of them overflows", () => {
  const list = new SegmentedDeflate(new Uint8Array(300_000).fill(255));
  assert.equal(inflateSync(list.zlib()).length, 300_000);
});

/** A list of which a share of the credentials is revoked, the same each time. */
function chunksOf(size: number, share: number): Map<number, StatusChunk> {
  const chunks = new Map<number, StatusChunk>();
  let seed = 1;
  for (let index = 0; index < size; index++) {
    seed = (seed * 48_271) % 2_147_483_647;
    if (seed / 2_147_483_647 >= share) continue;
    const chunk = chunks.get(index >> 8) ?? { revoked: 0n, suspended: 0n };
    chunks.set(index >> 8, { ...chunk, revoked: chunk.revoked | (1n << BigInt(index & 255)) });
  }
  return chunks;
}

test("segments cost at most 15 % of size over zlib's best, with no, 1 and 10 % of credentials revoked", () => {
  for (const size of [131_072, 1_048_576]) {
    for (const share of [0, 0.01, 0.1]) {
      const chunks = chunksOf(size, share);
      const best = deflateSync(listBytes("token", chunks, size), { level: 9 }).length;
      const ours = new ListEncodings(chunks, size).compressed("token").length;
      assert(ours <= 1.15 * best, `${size} credentials, ${share}: ${ours} bytes, at best ${best}`);
    }
  }
});

test("a list after random changes is in each form the same as one made of its last chunks", () => {
  const bits = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
  const change = fc.tuple(fc.nat(511), fc.record({ revoked: bits, suspended: bits }));
  const property = fc.property(fc.array(change, { maxLength: 20 }), fc.nat(20), (changes, before) => {
    const first = new Map(changes.slice(0, before));
    const list = new ListEncodings(first, 131_072);
    for (const form of LIST_FORMS) list.compressed(form);
    for (const [index, chunk] of changes.slice(before)) list.write(index, chunk);
    const whole = new ListEncodings(new Map(changes), 131_072);
    for (const form of LIST_FORMS) assert.deepEqual(list.compressed(form), whole.compressed(form));
  });
  fc.assert(property, runs(50));
});
