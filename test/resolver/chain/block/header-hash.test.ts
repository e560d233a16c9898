import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { network } from "hardhat";
import { hashesTo } from "../../../../resolver/chain/block/header-hash.ts";
import type { Hash } from "../../../../resolver/primitives/hex.ts";

type Block = Record<string, unknown> & { readonly hash: Hash };

const file = new URL("../../../vectors/valid/headers.json", import.meta.url);
const recorded: Record<string, Block[]> = JSON.parse(readFileSync(file, "utf8"));
const forks = ["berlin", "london", "merge", "shanghai", "cancun", "prague"];

/** The third block of a chain of some fork, with a transaction in it. */
async function blockOf(hardfork: string): Promise<Block> {
  const { provider } = await network.create({ network: "default", override: { hardfork } });
  const [from] = (await provider.request({ method: "eth_accounts" })) as string[];
  for (let count = 0; count < 3; count++) {
    await provider.request({ method: "eth_sendTransaction", params: [{ from, to: from, value: "0x1" }] });
  }
  return (await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as Block;
}

for (const [client, blocks] of Object.entries(recorded)) {
  test(`headers of ${client} hash to their block hashes`, () => {
    for (const block of blocks) assert(hashesTo(block, block.hash), String(block.number));
  });
}

for (const fork of forks) {
  test(`a header of the fork ${fork} hashes to its block hash, and with any member changed it does not`, async () => {
    const block = await blockOf(fork);
    assert(hashesTo(block, block.hash));
    const members = Object.entries(block).filter(([name]) => !["hash", "totalDifficulty", "size"].includes(name));
    for (const [name, value] of members) {
      if (typeof value !== "string" || value === "0x") continue;
      const changed = value.slice(0, -1) + (value.endsWith("1") ? "2" : "1");
      assert(!hashesTo({ ...block, [name]: changed }, block.hash), name);
    }
  });
}

test("a header is bound to all but its seals and round", () => {
  const block = recorded["Besu 26.8.0, London, QBFT"]?.[1] as Block;
  const { extraData } = block as unknown as { extraData: string };
  // The last byte is a seal's; the 33rd byte of the first item, the vanity, is not.
  const otherSeal = extraData.slice(0, -2) + (extraData.endsWith("00") ? "01" : "00");
  assert(hashesTo({ ...block, extraData: otherSeal }, block.hash));
  assert(!hashesTo({ ...block, extraData: `${extraData.slice(0, 20)}ff${extraData.slice(22)}` }, block.hash));
});

test("what has no form of a header hashes to nothing", () => {
  const block = recorded["GoQuorum 24.4.1, Berlin, QBFT"]?.[1] as Block;
  const broken = [{}, { ...block, number: 22 }, { ...block, extraData: "0x1" }, { ...block, miner: null }];
  for (const one of broken) assert(!hashesTo(one, block.hash));
  for (const extraData of ["0xc0", "0xf87a", "0xc6c0c0c0c0c0c0"])
    assert(!hashesTo({ ...block, extraData }, block.hash));
});
