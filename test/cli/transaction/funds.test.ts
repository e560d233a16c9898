import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserProvider, type Eip1193Provider, parseEther, Wallet } from "ethers";
import { network } from "hardhat";
import { expectFunds, whyNotMined } from "../../../cli/transaction/funds.ts";
import { explain, send } from "../../../cli/transaction/send.ts";
import type { Address } from "../../../resolver/index.ts";

/** A chain in this process that mines when it is asked to; `alter` may answer in its place. */
async function chain(alter: (method: string) => unknown = () => undefined) {
  const { provider } = await network.create();
  const asked: string[] = [];
  const eip1193: Eip1193Provider = {
    request: async ({ method, params }) => {
      asked.push(method);
      return alter(method) ?? provider.request({ method, params: (params ?? []) as unknown[] });
    },
  };
  const browser = new BrowserProvider(eip1193, undefined, { cacheTimeout: -1 });
  return { browser, asked, request: (method: string, params: unknown[] = []) => provider.request({ method, params }) };
}

test("nothing is sent from an account without a balance where gas costs something, and what to set is said", async () => {
  const { browser, asked } = await chain();
  const signer = Wallet.createRandom(browser);
  const to = signer.address.toLowerCase() as Address;
  for (const fees of [{}, { type: 0, gasPrice: 1_000n }] as const) {
    await assert.rejects(send({ signer, to, data: "0x", fees }), {
      code: "REFUSED",
      message: /balance of 0, and gas costs [0-9]+ wei.*nothing was sent.*--gas-price 0.*--min-gas-price=0/,
    });
  }
  assert(!asked.some((method) => /send/i.test(method)), asked.join(" "));
  await expectFunds(signer, { type: 0, gasPrice: 0n });
  await expectFunds(await browser.getSigner(0), {});
});

test("why a transaction is not mined yet: no blocks, another before it, one in its place, dropped, no balance", async () => {
  let isBroke = false;
  const { browser, request } = await chain((method) => (isBroke && method === "eth_getBalance" ? "0x0" : undefined));
  const rich = await browser.getSigner(0);
  const poor = Wallet.createRandom(browser);
  await rich.sendTransaction({ to: poor.address, value: parseEther("1") });
  await request("evm_setAutomine", [false]);
  const sent = await poor.sendTransaction({ to: rich.address, nonce: 0 });
  const blocksBefore = await browser.getBlockNumber();
  const why = (about: object = {}) =>
    whyNotMined(browser, { hash: sent.hash, from: poor.address, nonce: 0, blocksBefore, ...about });
  assert.match(await why(), /no block since/);
  const before = { blocksBefore: blocksBefore - 1 };
  assert.match(await why(before), /--gas-price/);
  assert.match(await why({ ...before, nonce: 2 }), /waits for 2 transactions/);
  assert.match(await why({ ...before, hash: `0x${"12".repeat(32)}` }), /dropped/);
  isBroke = true;
  assert.match(await why(before), /balance of 0/);
  assert.match(await why({ ...before, nonce: -1 }), /in its place/);
  await request("evm_mine");
  assert.match(await why(before), /^block [0-9]+ has it by now$/);
});

test("a question that the chain does not answer is no transaction that it refuses", async () => {
  const refusal = Object.assign(new Error("Requested range exceeds maximum RPC range limit"), { code: -32_005 });
  const { browser } = await chain((method) => {
    if (method === "eth_getLogs") throw refusal;
  });
  const thrown = await browser.getLogs({ fromBlock: 0 }).then(
    () => assert.fail(),
    (error: unknown) => explain(error, "0x"),
  );
  assert.equal((thrown as { code?: string }).code, "UNAVAILABLE");
  assert.match(thrown.message, /^The chain does not answer eth_getLogs: Requested range/);
});
