import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { headerFields, headerHashes } from "../../../../resolver/chain/block/header-hash.ts";
import { sealedBlock } from "../../../helpers/sealed-block.ts";

const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((one) => `0x${Buffer.from(one).toString("hex")}` as const);

test("the hash of a simulated block is that of its members", () => {
  const sealed = fc.record({
    number: fc.nat(),
    parentHash: hexOf(32),
    time: fc.nat(),
    logsBloom: fc.oneof(fc.constant(`0x${"00".repeat(256)}` as const), hexOf(256)),
    mixHash: hexOf(32),
  });
  fc.assert(
    fc.property(sealed, (chosen) => {
      const { hash, ...block } = sealedBlock(chosen);
      assert.deepEqual(headerHashes(headerFields(block) ?? []), [hash]);
    }),
  );
});
