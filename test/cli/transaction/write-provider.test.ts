import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Wallet } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { writeProvider } from "../../../cli/transaction/signer.ts";
import { deployRegistry } from "../../helpers/contracts.ts";
import { inProcessRpc } from "../../helpers/network.ts";
import { type RpcAnswer, startRpcServer } from "../../helpers/rpc-server.ts";

const TIMES = 3;

/** Sends a transaction through a server that answers one method dishonestly, a few times after it was sent. */
async function sendThrough(t: TestContext, method: string, dishonest: RpcAnswer) {
  const deployment = await deployRegistry();
  const server = await startRpcServer(inProcessRpc(deployment));
  t.after(() => server[Symbol.asyncDispose]());
  let left = 0;
  server.alter = ([asked], honest) => {
    if (asked === "eth_sendRawTransaction") left = TIMES;
    if (asked !== method || left === 0) return honest;
    left--;
    return dishonest;
  };
  const provider = writeProvider(server.url, 31_337);
  t.after(() => provider.destroy());
  const signer = new Wallet(developmentAccount(3).privateKey, provider);
  const sent = await signer.sendTransaction({ to: deployment.alice.address, value: 1n });
  const receipt = await sent.wait();
  return { left, block: receipt?.blockNumber };
}

test("a geth whose index of transactions is not ready is asked for the receipt again", async (t) => {
  const error = { code: -32_000, message: "transaction indexing is in progress" };
  assert.deepEqual(await sendThrough(t, "eth_getTransactionReceipt", { error }), { left: 0, block: 3 });
});

test("a receipt counts once the newest block is its own: state read after it is not older", async (t) => {
  assert.deepEqual(await sendThrough(t, "eth_blockNumber", { result: "0x2" }), { left: 0, block: 3 });
});

test("a server that says when to ask again is asked again then, and a newest block that is null once more", async (t) => {
  const deployment = await deployRegistry();
  const server = await startRpcServer(inProcessRpc(deployment));
  t.after(() => server[Symbol.asyncDispose]());
  let nulls = 1;
  server.alter = ([method], honest) => (method === "eth_getBlockByNumber" && nulls-- > 0 ? { result: null } : honest);
  const provider = writeProvider(server.url, 31_337);
  t.after(() => provider.destroy());
  server.busy = 2;
  assert.equal((await provider.getBlock("latest"))?.number, 2);
  assert.deepEqual([server.requests, server.calls.length], [4, 2]);
});

test("a provider that is closed while it asks for the newest block fails nobody, and has no block that confirms anything", async (t) => {
  const server = await startRpcServer(inProcessRpc(await deployRegistry()));
  t.after(() => server[Symbol.asyncDispose]());
  const provider = writeProvider(server.url, 31_337);
  const asked = provider.getBlockNumber();
  provider.destroy();
  assert.equal(await asked, 0);
});

test("any other error of the chain is told at once", async (t) => {
  const error = { code: -32_000, message: "header not found" };
  await assert.rejects(sendThrough(t, "eth_getTransactionReceipt", { error }), { code: "UNKNOWN_ERROR" });
});
