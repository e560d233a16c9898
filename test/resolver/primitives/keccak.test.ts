import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { concat, getBytes, hexlify, id, keccak256 as oracle, toBeHex } from "ethers";
import fc from "fast-check";
import { type Hex, toBytes } from "../../../resolver/primitives/hex.ts";
import { digest, keccak256, keccak256Text, type Part } from "../../../resolver/primitives/keccak.ts";
import { runs } from "../../helpers/property.ts";

const KECCAK_URL = new URL("../../../resolver/primitives/keccak.ts", import.meta.url).href;
/** Around the rate of the sponge, 136 bytes, and around the 16 KiB that the hasher takes in at once. */
const EDGES = [0, 1, 135, 136, 137, 271, 272, 273, 16_383, 16_384, 16_385, 40_000];

const hex = (bytes: fc.Arbitrary<Uint8Array>) => bytes.map((one) => hexlify(one) as Hex);
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: hex(fc.uint8Array({ maxLength: 300 })) },
  { weight: 5, arbitrary: fc.maxSafeNat() },
  { weight: 5, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
  { weight: 1, arbitrary: hex(fc.constantFrom(...EDGES).map((length) => new Uint8Array(length).fill(length))) },
);

test("parts hash as ethers hashes them one after the other, and so do texts", () => {
  const bytesOf = (one: Part) => (typeof one === "number" ? toBeHex(one, 32) : hexlify(one));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.string({ unit: "binary" }), (parts, text) => {
      const wanted = oracle(concat(parts.map(bytesOf)));
      assert.equal(keccak256(...parts), wanted);
      assert.equal(hexlify(digest(...parts)), wanted);
      assert.equal(keccak256Text(text), id(text));
    }),
    runs(1_000),
  );
});

test("a digest stays what it was when others are made", () => {
  const first = digest("0x01");
  digest("0x02");
  keccak256("0x03");
  assert.equal(hexlify(first), oracle("0x01"));
});

test("hex digits give the bytes that ethers reads", () => {
  fc.assert(
    fc.property(hex(fc.uint8Array({ maxLength: 300 })), (digits) => {
      assert.deepEqual(toBytes(digits), getBytes(digits));
    }),
    runs(1_000),
  );
});

test("where a page's policy forbids WebAssembly, the hash is the same", async () => {
  const script = `
    // The package leaves a promise of its own unhandled, which a browser logs and Node would end for.
    process.on("unhandledRejection", () => {});
    let refused = 0;
    WebAssembly.compile = () => {
      refused++;
      return Promise.reject(new WebAssembly.CompileError("refused by the content security policy"));
    };
    const { digest, keccak256, keccak256Text } = await import(${JSON.stringify(KECCAK_URL)});
    console.log(refused > 0, keccak256Text("mapae"), keccak256(digest("0x01"), 1));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  assert.equal(stdout, `true ${id("mapae")} ${keccak256(digest("0x01"), 1)}\n`);
});
