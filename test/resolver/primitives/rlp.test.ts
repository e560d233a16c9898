import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRlp as decodeByEthers, encodeRlp as encodeByEthers, hexlify } from "ethers/utils";
import fc from "fast-check";
import { decodeRlp, encodeRlp, type RlpItem, rlpNumber } from "../../../resolver/primitives/rlp.ts";

const { item } = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ minLength: 1, maxLength: 1 }),
    fc.array(tie("item"), { maxLength: 6 }),
  ),
}));

type HexItem = string | HexItem[];

function asHex(item: RlpItem): HexItem {
  return item instanceof Uint8Array ? hexlify(item) : (item as RlpItem[]).map(asHex);
}

test("what is encoded is what ethers encodes, and decodes to what it was", () => {
  fc.assert(
    fc.property(item, (value) => {
      const bytes = encodeRlp(value);
      assert.equal(hexlify(bytes), encodeByEthers(asHex(value)));
      assert.deepEqual(asHex(decodeRlp(bytes)), asHex(value));
    }),
  );
});

test("bytes that decode are the one encoding of their item, and ethers decodes them alike", () => {
  fc.assert(
    fc.property(item, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
      const bytes = encodeRlp(value);
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ change;
      let decoded: RlpItem;
      try {
        decoded = decodeRlp(bytes);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "RLP");
        return;
      }
      assert.equal(hexlify(encodeRlp(decoded)), hexlify(bytes));
      assert.deepEqual(asHex(decoded), decodeByEthers(hexlify(bytes)));
    }),
    { numRuns: 5_000 },
  );
});

for (const [why, bytes] of [
  ["nothing at all", []],
  ["a rest after the item", [0x01, 0x02]],
  ["a low byte with a length", [0x81, 0x7f]],
  ["a long length for a short string", [0xb8, 0x01, 0xff]],
  ["a length with a leading zero", [0xb9, 0x00, 0x40, ...new Array(64).fill(0)]],
  ["a string that ends early", [0x83, 1, 2]],
  ["a list whose member ends after it", [0xc2, 0x83, 1, 2, 3]],
  ["a length that ends early", [0xbf, 1]],
  ["lists within lists without end", new Array(40).fill(0xc1)],
] as const) {
  test(`refused: ${why}`, () => {
    assert.throws(() => decodeRlp(Uint8Array.from(bytes)), { code: "RLP" });
  });
}

test("a number is encoded without leading zeros", () => {
  for (const value of [0, 1, 127, 128, 255, 256, 65_536, Number.MAX_SAFE_INTEGER]) {
    assert.equal(
      rlpNumber(value).reduce((sum, byte) => sum * 256 + byte, 0),
      value,
    );
    assert.notEqual(rlpNumber(value)[0], 0);
  }
});
