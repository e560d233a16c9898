import assert from "node:assert/strict";
import { test } from "node:test";
import { toUtf8Bytes } from "ethers";
import { inBloom } from "../../../../resolver/chain/block/bloom.ts";
import type { Log } from "../../../../resolver/chain/chain-reader.ts";
import { type Rpc, RpcError } from "../../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../../resolver/chain/rpc/rpc-reader.ts";
import type { Address, Hash } from "../../../../resolver/primitives/hex.ts";
import { deployRegistry, label } from "../../../helpers/contracts.ts";
import { inProcessRpc } from "../../../helpers/network.ts";

type Receipt = Record<string, unknown> & { readonly logs: Record<string, unknown>[] };

/** A block of a real chain with transactions of all types, one of which failed and one of which has no log. */
async function blockOfAllTypes() {
  const deployment = await deployRegistry();
  const { ethers, registry, alice, bob, carol, address } = deployment;
  const send = (method: string, params: unknown[]) => ethers.provider.send(method, params);
  const set = (value: string) =>
    registry.interface.encodeFunctionData("setAttribute", [
      alice.address,
      label("did/svc/HubService"),
      toUtf8Bytes(value),
      1_000n,
    ]);
  const calls = [set("https://one.example"), set("https://two.example")];
  await send("evm_setAutomine", [false]);
  const batch = registry.interface.encodeFunctionData("multicall", [calls]);
  const [legacy, accessList] = [{ gasPrice: "0x77359400" }, { gasPrice: "0x77359400", accessList: [] }];
  const sent = [
    { from: alice, to: address, data: set("https://legacy.example"), ...legacy },
    { from: alice, to: address, data: set("https://access-list.example"), ...accessList },
    { from: alice, to: address, data: batch },
    { from: bob, to: address, data: set("not for bob to set"), ...legacy },
    { from: carol, to: alice.address, value: "0x1" },
  ];
  for (const { from, ...rest } of sent) {
    await send("eth_sendTransaction", [{ from: from.address, gas: "0x7a120", ...rest }]);
  }
  await send("evm_mine", []);
  const block = await send("eth_getBlockByNumber", ["latest", false]);
  assert.equal(block.transactions.length, sent.length);
  const receipts: Receipt[] = [];
  for (const hash of block.transactions) receipts.push(await send("eth_getTransactionReceipt", [hash]));
  assert.deepEqual(receipts.map(({ status }) => status).sort(), ["0x0", "0x1", "0x1", "0x1", "0x1"]);
  assert.equal(new Set(receipts.map(({ type }) => type)).size, 3);
  const rpc = inProcessRpc(deployment);
  const [header] = await rpcReader(rpc).checkedHeaders([block.hash as Hash]);
  assert(header);
  const addresses = [address.toLowerCase() as Address];
  const logs = await rpcReader(rpc).logs({ addresses, blockHash: header.hash });
  assert.equal(logs.length, 4);
  return { rpc, header, receipts, logs, addresses };
}

/** A server that answers some methods with what is given. */
function instead(rpc: Rpc, answers: Record<string, unknown>): Rpc {
  return (calls) =>
    Promise.all(calls.map(async (call) => (call[0] in answers ? answers[call[0]] : (await rpc([call]))[0])));
}

const all = await blockOfAllTypes();

test("the receipts of a real block give its logs, asked for at once or one by one", async () => {
  const { rpc, header, receipts, logs } = all;
  const asked: string[] = [];
  const recording: Rpc = (calls) => {
    asked.push(...calls.map(([method]) => method));
    return rpc(calls);
  };
  assert.deepEqual(await rpcReader(recording).receiptLogs(header), logs);
  // Hardhat does not know the method.
  assert.deepEqual(asked, ["eth_getBlockReceipts", ...receipts.map(() => "eth_getTransactionReceipt")]);
  assert.deepEqual(await rpcReader(instead(rpc, { eth_getBlockReceipts: receipts })).receiptLogs(header), logs);
});

test("a block without transactions has no logs, and nothing is asked for it", async () => {
  const { rpc } = all;
  const [genesis] = await rpcReader(rpc).checkedHeaders([0]);
  assert(genesis);
  const silent: Rpc = () => assert.fail("asked");
  assert.deepEqual(await rpcReader(silent).receiptLogs(genesis), []);
});

const forgeries: [name: string, forge: (receipts: Receipt[]) => unknown][] = [
  ["left out", (receipts) => receipts.slice(1)],
  ["left out at the end", (receipts) => receipts.slice(0, -1)],
  ["added", (receipts) => [...receipts, receipts[0]]],
  ["in the place of another", (receipts) => [receipts[1], receipts[0], ...receipts.slice(2)]],
  ["of another type", changed({ type: "0x1" })],
  ["of no type", changed({ type: undefined }, ({ type }) => type === "0x2")],
  ["that failed", changed({ status: "0x0" })],
  ["that used other gas", changed({ cumulativeGasUsed: "0x1" })],
  ["without a log", changedLogs((logs) => logs.slice(1))],
  ["with a log twice", changedLogs((logs) => [...logs, ...logs])],
  [
    "with a log of another contract",
    changedLogs((logs) => logs.map((log) => ({ ...log, address: `0x${"d2".repeat(20)}` }))),
  ],
  [
    "with a log of another subject",
    changedLogs((logs) => logs.map((log) => ({ ...log, topics: [(log.topics as Hash[])[0]] }))),
  ],
  ["with a log of other data", changedLogs((logs) => logs.map((log) => ({ ...log, data: `${log.data}00` })))],
  ["with another bloom", changed({ logsBloom: `0x${"00".repeat(256)}` })],
];
for (const [name, forge] of forgeries) {
  test(`a receipt ${name} is noticed`, async () => {
    const { rpc, header, receipts } = all;
    const reader = rpcReader(instead(rpc, { eth_getBlockReceipts: forge(receipts) }));
    await assert.rejects(reader.receiptLogs(header), { code: "CHAIN_DATA", message: /hash to 0x.*its header has 0x/ });
  });
}

const badForms: [name: string, receipts: unknown][] = [
  ["a string", ["0x"]],
  ["without logs", [{}]],
  ["with five topics", changedLogs((logs) => logs.map((log) => ({ ...log, topics: Array(5).fill(all.header.hash) })))],
  ["with a number as status", changed({ status: 1 })],
  ["with a short bloom", changed({ logsBloom: "0x00" })],
  ["with a type beyond EIP-2718", changed({ type: "0x80" })],
  ["without its transaction", changed({ transactionHash: null })],
].map(([name, form]) => [name as string, typeof form === "function" ? form(all.receipts) : form]);
for (const [name, eth_getBlockReceipts] of badForms) {
  test(`a receipt ${name} is refused`, async () => {
    const { rpc, header } = all;
    const reader = rpcReader(instead(rpc, { eth_getBlockReceipts }));
    await assert.rejects(reader.receiptLogs(header), { code: "CHAIN_DATA" });
  });
}

test("receipts that are not there mean that the chain could not be asked", async () => {
  const { rpc, header, receipts } = all;
  for (const eth_getBlockReceipts of [null, "none", [null, ...receipts.slice(1)]]) {
    const reader = rpcReader(instead(rpc, { eth_getBlockReceipts }));
    await assert.rejects(reader.receiptLogs(header), { code: "UNAVAILABLE" });
  }
  const pruned: Rpc = async (calls) => {
    if (calls[0]?.[0] === "eth_getBlockReceipts")
      throw new RpcError("eth_getBlockReceipts", { code: -32_601, message: "" });
    return calls.map(() => null);
  };
  await assert.rejects(rpcReader(pruned).receiptLogs(header), { code: "UNAVAILABLE" });
});

test("a header that does not hash to its block hash is refused", async () => {
  const { rpc, header } = all;
  const [block] = (await rpc([["eth_getBlockByHash", [header.hash, false]]])) as [Record<string, unknown>];
  const forged = { ...block, receiptsRoot: `0x${"00".repeat(32)}` };
  const reader = rpcReader(instead(rpc, { eth_getBlockByHash: forged, eth_getBlockByNumber: forged }));
  await assert.rejects(reader.checkedHeaders([header.hash]), { code: "CHAIN_DATA" });
  await assert.rejects(reader.checkedHeaders([header.number]), { code: "CHAIN_DATA" });
});

test("a block's bloom has every contract and topic of its logs, and not those of others", () => {
  const { header, logs, addresses } = all;
  const values = logs.flatMap(({ address, topics }: Log) => [address, ...topics]);
  assert.deepEqual(
    [...values, ...addresses].filter((value) => !inBloom(value)(header.logsBloom)),
    [],
  );
  const strangers = Array.from({ length: 100 }, (_, at): Address => `0x${at.toString(16).padStart(40, "0")}`);
  // Chance may give one or two.
  assert(strangers.filter((value) => inBloom(value)(header.logsBloom)).length < 10);
  assert(!inBloom(addresses[0] as Address)(`0x${"00".repeat(256)}`));
});

/** Changes members of the first receipt, or of the first that is meant. */
function changed(members: Record<string, unknown>, meant: (receipt: Receipt) => boolean = () => true) {
  return (receipts: Receipt[]) => {
    const at = receipts.findIndex(meant);
    return receipts.with(at, { ...(receipts[at] as Receipt), ...members });
  };
}

function changedLogs(change: (logs: Receipt["logs"]) => Receipt["logs"]) {
  return (receipts: Receipt[]) => {
    const meant = receipts.find(({ logs }) => logs.length > 0) as Receipt;
    return changed({ logs: change(meant.logs) }, (receipt) => receipt === meant)(receipts);
  };
}
