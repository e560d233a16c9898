import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { MapaeError } from "../../../resolver/errors.ts";
import { type Compression, inflate, inflateByStream } from "../../../resolver/status/inflate.ts";
import { runs } from "../../helpers/property.ts";

const FORMATS = ["deflate", "gzip"] as const;
const compress = { deflate: deflateSync, gzip: gzipSync } as const;

/** Bytes that compress, a few of which differ from those before. */
const content = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(40))
  .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)));

/** Something done to a compressed stream, which may leave it as it is. */
const fault = fc.oneof(
  fc.constant((bytes: Buffer) => bytes),
  fc.nat().map((at) => (bytes: Buffer) => bytes.subarray(0, at % bytes.length)),
  fc.uint8Array({ minLength: 1, maxLength: 5 }).map((more) => (bytes: Buffer) => Buffer.concat([bytes, more])),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => (bytes: Buffer) => {
    const altered = Buffer.from(bytes);
    altered[at % bytes.length] = (altered[at % bytes.length] as number) ^ bits;
    return altered;
  }),
);

async function outcome(work: Promise<Uint8Array>): Promise<Uint8Array | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MapaeError) return error.code;
    throw error;
  }
}

test("what Node's zlib inflates at once, its streams inflate, and what one refuses the other does", async () => {
  const property = fc.asyncProperty(
    content,
    fc.constantFrom(...FORMATS),
    fault,
    fc.integer({ min: -1, max: 1 }),
    async (bytes, format, alter, more) => {
      const stream = alter(compress[format](bytes));
      const length = Math.max(0, bytes.length + more);
      const [atOnce, streamed] = [
        await outcome(inflate(stream, format, length)),
        await outcome(inflateByStream(stream, format, length)),
      ];
      // Of a stream that is both damaged and too long, one may see the one first, and one the other.
      if (typeof atOnce === "string" || typeof streamed === "string") assert.equal(typeof atOnce, typeof streamed);
      else assert.deepEqual(atOnce, streamed);
      if (stream.equals(compress[format](bytes))) {
        assert.deepEqual(atOnce, length === bytes.length ? new Uint8Array(bytes) : "STATUS_LIST_SIZE");
      }
    },
  );
  await fc.assert(property, runs(200));
});

test("a stream of zeros that would fill memory is stopped at the length that is wanted", async () => {
  const bomb = deflateSync(Buffer.alloc(64 * 1_048_576));
  for (const read of [inflate, inflateByStream])
    assert.equal(await outcome(read(bomb, "deflate", 32_768)), "STATUS_LIST_SIZE");
});

test("a stream of another format is malformed", async () => {
  const bytes = Buffer.from("a list");
  const rows: [Buffer, Compression][] = [
    [gzipSync(bytes), "deflate"],
    [deflateSync(bytes), "gzip"],
    [deflateRawSync(bytes), "deflate"],
    [Buffer.alloc(0), "deflate"],
    [Buffer.alloc(0), "gzip"],
  ];
  for (const [stream, format] of rows)
    for (const read of [inflate, inflateByStream])
      assert.equal(await outcome(read(stream, format, bytes.length)), "STATUS_LIST_MALFORMED", format);
});
