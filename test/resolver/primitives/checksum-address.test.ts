import assert from "node:assert/strict";
import { test } from "node:test";
import { getAddress } from "ethers";
import fc from "fast-check";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { checksumAddress } from "../../../resolver/primitives/keccak.ts";
import { runs } from "../../helpers/property.ts";

test("an address is spelled as ethers spells it", () => {
  const address = fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes): Address => `0x${Buffer.from(bytes).toString("hex")}`);
  fc.assert(
    fc.property(address, (address) => assert.equal(checksumAddress(address), getAddress(address))),
    runs(500),
  );
});

test("EIP-55's own examples", () => {
  for (const spelled of [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  ]) {
    assert.equal(checksumAddress(spelled.toLowerCase() as Address), spelled);
  }
});
