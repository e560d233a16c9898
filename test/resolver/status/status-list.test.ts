import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import * as bitstrings from "@digitalbazaar/vc-bitstring-status-list";
import { StatusList as TheirList } from "@sd-jwt/jwt-status-list";
import fc from "fast-check";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { readBitstring, readTokenList, statusAt } from "../../../resolver/status/status-list.ts";
import { runs } from "../../helpers/property.ts";

interface Vector {
  readonly source: string;
  readonly bits: 1 | 2 | 4 | 8;
  readonly size: number;
  readonly lst: string;
  /** Index and status of all that are not 0. */
  readonly statuses: readonly (readonly [number, number])[];
}

const VECTORS = JSON.parse(
  readFileSync(new URL("../../vectors/valid/token-status-lists.json", import.meta.url), "utf8"),
) as Vector[];

const bitmap = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  fc.nat(255).map((bit) => 1n << BigInt(bit)),
  fc.constant(0n),
);
const chunk: fc.Arbitrary<StatusChunk> = fc.record({ revoked: bitmap, suspended: bitmap });
/** Some chunks, and how many there are. */
const someChunks = fc
  .integer({ min: 1, max: 4 })
  .chain((count) =>
    fc
      .array(fc.tuple(fc.nat(count - 1), chunk), { maxLength: count })
      .map((chunks) => ({ chunks: new Map(chunks), size: 256 * count })),
  );

/** What a credential's two bits say, straight from the registry's chunks. */
function bitsAt(chunks: ReadonlyMap<number, StatusChunk>, index: number) {
  const { revoked = 0n, suspended = 0n } = chunks.get(index >> 8) ?? {};
  const bit = (bitmap: bigint) => Number((bitmap >> BigInt(index % 256)) & 1n);
  return { revoked: bit(revoked), suspended: bit(suspended) };
}

function indexes(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

test("every vector of the Token Status List's draft reads as the draft says, for 1, 2, 4 and 8 bits", async () => {
  assert.deepEqual([...new Set(VECTORS.map(({ bits }) => bits))], [1, 2, 4, 8]);
  for (const { bits, size, lst, statuses } of VECTORS) {
    const list = await readTokenList(bits, lst, size);
    const found = indexes(size)
      .map((index) => [index, statusAt(list, index)] as const)
      .filter(([, status]) => status !== 0);
    assert.deepEqual(
      found,
      statuses.toSorted(([a], [b]) => a - b),
      `${bits} bits`,
    );
  }
});

test("1 000 random pairs of bitmaps say the same as a Token Status List, to us and to @sd-jwt", async () => {
  const property = fc.asyncProperty(someChunks, async ({ chunks, size }) => {
    const lst = base64url(deflateSync(listBytes("token", chunks, size)));
    const ours = await readTokenList(2, lst, size);
    const theirs = TheirList.decompressStatusList(lst, 2);
    const statuses = indexes(size).map((index) => {
      const { revoked, suspended } = bitsAt(chunks, index);
      return revoked === 1 ? 1 : 2 * suspended;
    });
    assert.deepEqual(
      indexes(size).map((index) => statusAt(ours, index)),
      statuses,
    );
    assert.deepEqual(theirs.statusList, statuses);
    const written = await readTokenList(2, new TheirList(statuses, 2).compressStatusList(), size);
    assert.deepEqual(written, ours);
  });
  await fc.assert(property, runs(1_000));
});

test("1 000 random pairs of bitmaps say the same as W3C bitstrings, to us and to @digitalbazaar", async () => {
  const property = fc.asyncProperty(someChunks, async ({ chunks, size }) => {
    for (const [form, name] of [
      ["revocation", "revoked"],
      ["suspension", "suspended"],
    ] as const) {
      const encodedList = `u${base64url(gzipSync(listBytes(form, chunks, size)))}`;
      const ours = await readBitstring(encodedList, size);
      const theirs = await bitstrings.decodeList({ encodedList });
      const again = await bitstrings.createList({ length: size });
      for (const index of indexes(size)) {
        const bit = bitsAt(chunks, index)[name];
        assert.equal(statusAt(ours, index), bit);
        assert.equal(theirs.getStatus(index), bit === 1);
        if (bit === 1) again.setStatus(index, true);
      }
      assert.deepEqual(await readBitstring(await again.encode(), size), ours);
    }
  });
  await fc.assert(property, runs(1_000));
});

test("who is revoked and suspended is revoked in a Token Status List", async () => {
  const chunks = new Map([[511, { revoked: 0b0011n, suspended: 0b0101n }]]);
  const list = await readTokenList(2, deflateSync(listBytes("token", chunks, 131_072)), 131_072);
  const at = 511 * 256;
  assert.deepEqual(
    [at - 1, at, at + 1, at + 2, at + 3].map((index) => statusAt(list, index)),
    [0, 1, 1, 2, 0],
  );
});

test("an index that is not in the list is an error, never a valid status", async () => {
  const list = await readTokenList(2, deflateSync(new Uint8Array(64)), 256);
  for (const index of [-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => statusAt(list, index), { code: "STATUS_LIST_INDEX" }, String(index));
  }
});

const SIZE = 131_072;
const MALFORMED = { code: "STATUS_LIST_MALFORMED" };

test("a list that inflates to more or fewer statuses than the chain's is refused", async () => {
  for (const bytes of [new Uint8Array(32_767), new Uint8Array(32_769), new Uint8Array(0)]) {
    await assert.rejects(readTokenList(2, deflateSync(bytes), SIZE), { code: "STATUS_LIST_SIZE" });
    const encodedList = `u${base64url(gzipSync(bytes))}`;
    await assert.rejects(readBitstring(encodedList, SIZE), { code: "STATUS_LIST_SIZE" });
  }
});

test("a list that is cut, altered, compressed otherwise or not compressed is refused", async () => {
  const bytes = new Uint8Array(32_768);
  const good = deflateSync(bytes);
  const altered = Buffer.from(good);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  for (const bad of [good.subarray(0, -5), altered, gzipSync(bytes), bytes, Buffer.alloc(0)]) {
    await assert.rejects(readTokenList(2, bad, SIZE), MALFORMED);
  }
  for (const bad of [deflateSync(bytes.subarray(0, 16_384)), gzipSync(bytes.subarray(0, 16_384)).subarray(0, -1)]) {
    await assert.rejects(readBitstring(`u${base64url(bad)}`, SIZE), MALFORMED);
  }
});

test("what is no list at all is refused", async () => {
  const good = base64url(deflateSync(new Uint8Array(32_768)));
  for (const lst of [undefined, null, 7, {}, "=", `${good}=`, ` ${good}`, "a b", "é", "a".repeat(9_000_000)]) {
    await assert.rejects(readTokenList(2, lst, SIZE), MALFORMED);
  }
  for (const bits of [undefined, 0, 3, "2", 16]) await assert.rejects(readTokenList(bits, good, SIZE), MALFORMED);
  for (const list of [undefined, good, `z${good}`, "u"]) await assert.rejects(readBitstring(list, SIZE), MALFORMED);
});

test("random bytes are refused with a typed error", async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
    await assert.rejects(readTokenList(2, bytes, SIZE), { name: "StatusListError" });
    await assert.rejects(readBitstring(`u${base64url(bytes)}`, SIZE), { name: "StatusListError" });
  });
  await fc.assert(property, runs(300));
});

test("a bomb of a thousand times the list is refused while memory stays flat", async () => {
  // 300 MB of zeros, which compress to some 300 kB.
  const bomb = deflateSync(Buffer.alloc(300 * 1_048_576), { level: 9 });
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(readTokenList(2, bomb, SIZE), { code: "STATUS_LIST_SIZE" });
  assert(process.memoryUsage().arrayBuffers - before < 64 * 1_048_576);
});
