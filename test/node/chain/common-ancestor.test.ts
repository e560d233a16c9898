import assert from "node:assert/strict";
import { test } from "node:test";
import { commonAncestor, ReorgTooDeepError } from "../../../node/chain/common-ancestor.ts";
import { RecentBlocks } from "../../../node/index/recent-blocks.ts";
import type { ChainReader, Header } from "../../../resolver/chain/chain-reader.ts";
import { type Hash, word } from "../../../resolver/primitives/hex.ts";

/** The hash of a block of the branch that the index holds, or of the other one from a block on. */
const hashOf = (number: number, forked = false): Hash => word(number + (forked ? 1_000 : 0));
const held = new RecentBlocks([5, 6, 7, 8, 9].map((number) => ({ number, hash: hashOf(number), time: number })));

/** The other branch's block; it forks after block `fork`. */
function headerAt(number: number, fork: number): Header {
  const [hash, parentHash] = [hashOf(number, number > fork), hashOf(number - 1, number - 1 > fork)];
  return { number, hash, parentHash, time: number, logsBloom: "0x" };
}

function ancestorOf(fork: number, { final = 5, change = (header: Header): Header | null => header } = {}) {
  const header = async (hash: unknown) => change(headerAt(Number(hash) % 1_000, fork));
  return commonAncestor({ header } as unknown as ChainReader, { held, final }, headerAt(10, fork));
}

test("the newest block of both branches is found at every depth down to the final one, and below it none", async () => {
  for (const fork of [9, 8, 6, 5]) assert.deepEqual(await ancestorOf(fork), held.at(fork));
  assert.deepEqual(await ancestorOf(7, { final: 7 }), held.at(7));
  await assert.rejects(ancestorOf(6, { final: 7 }), ReorgTooDeepError);
  await assert.rejects(ancestorOf(4, { final: 0 }), ReorgTooDeepError);
});

test("a branch that the chain dropped while it was walked is unavailable, one that is numbered wrongly is no data of a chain", async () => {
  await assert.rejects(ancestorOf(6, { change: () => null }), { code: "UNAVAILABLE", message: /no longer has block/ });
  const change = (header: Header) => ({ ...header, number: header.number - 1 });
  await assert.rejects(ancestorOf(6, { change }), { code: "CHAIN_DATA" });
});
