import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import { httpRpc } from "../../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../../resolver/chain/rpc/rpc-reader.ts";
import { ChainDataError, UnavailableError } from "../../../../resolver/errors.ts";
import { type Hex, word } from "../../../../resolver/primitives/hex.ts";
import { sealedBlock } from "../../../helpers/sealed-block.ts";

const h = (digits: string) => `0x${digits.repeat(32)}` as const;
const a = (digits: string) => `0x${digits.repeat(20)}` as const;
const REGISTRY = a("d1");
const BLOOM: Hex = `0x${"00".repeat(256)}`;

const HEADER = sealedBlock({ number: 5, parentHash: h("04"), time: 100, logsBloom: BLOOM });
const LOG = {
  address: REGISTRY,
  topics: [h("aa"), h("bb")],
  data: "0x1234",
  blockNumber: "0x5",
  blockHash: h("05"),
  transactionHash: h("cc"),
  logIndex: "0x3",
  removed: false,
};
const READ_LOG = { ...LOG, blockNumber: 5, logIndex: 3, removed: undefined };

type Answers = Record<string, unknown>;

/** A reader of a local HTTP server that answers each method with what is given, and writes down the parameters. */
async function reading(t: TestContext, answers: Answers): Promise<ChainReader & { readonly asked: unknown[] }> {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const calls = JSON.parse(body);
    const answer = ({ id, method, params }: { id: number; method: string; params: unknown[] }) => {
      asked.push([method, ...params]);
      return { jsonrpc: "2.0", id, result: answers[method] };
    };
    response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer) : answer(calls)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(rpcReader(httpRpc({ url })), { asked });
}

function withoutUndefined(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

test("headers are asked by tag, number and hash; null is a block that is not there", async (t) => {
  const reader = await reading(t, { eth_getBlockByNumber: HEADER, eth_getBlockByHash: HEADER });
  const header = { number: 5, hash: HEADER.hash, parentHash: h("04"), time: 100, logsBloom: BLOOM };
  assert.deepEqual(await reader.header("latest"), header);
  assert.deepEqual(await reader.header(5), header);
  assert.deepEqual(await reader.header(HEADER.hash), header);
  assert.deepEqual(await reader.headers([5]), [header]);
  assert.deepEqual(reader.asked, [
    ["eth_getBlockByNumber", "latest", false],
    ["eth_getBlockByNumber", "0x5", false],
    ["eth_getBlockByHash", HEADER.hash, false],
    ["eth_getBlockByNumber", "0x5", false],
  ]);
  const empty = await reading(t, { eth_getBlockByNumber: null, eth_getBlockByHash: null });
  assert.equal(await empty.header("latest"), null);
  assert.equal(await empty.header(h("05")), null);
  await assert.rejects(empty.headers([5]), UnavailableError);
});

test("a header of another block than the one asked is refused", async (t) => {
  const reader = await reading(t, { eth_getBlockByNumber: HEADER, eth_getBlockByHash: HEADER });
  await assert.rejects(reader.header(6), { code: "CHAIN_DATA", message: /number 5.*wanted number 6/ });
  await assert.rejects(reader.header(h("06")), { code: "CHAIN_DATA", message: /hash 0x.*wanted hash 0x0606/ });
  await assert.rejects(reader.headers([6]), { code: "CHAIN_DATA" });
});

/** Each member that is read, changed alone. */
const forgeries = { timestamp: "0x20e2d64", parentHash: h("05"), logsBloom: `0x01${BLOOM.slice(4)}`, hash: h("05") };
for (const [name, value] of Object.entries(forgeries)) {
  test(`a header whose ${name} alone is another does not hash to its block hash, and is refused however it is asked for`, async (t) => {
    const forged = { ...HEADER, [name]: value };
    const reader = await reading(t, { eth_getBlockByNumber: forged, eth_getBlockByHash: forged });
    await assert.rejects(reader.header("latest"), { code: "CHAIN_DATA" });
    await assert.rejects(reader.header(5), { code: "CHAIN_DATA" });
    await assert.rejects(reader.headers([5]), { code: "CHAIN_DATA" });
    await assert.rejects(reader.checkedHeaders([5]), { code: "CHAIN_DATA" });
  });
}

const badHeaders: [name: string, header: unknown][] = [
  ["a string", "0x5"],
  ["a list", [HEADER]],
  ["a decimal number", { ...HEADER, number: 5 }],
  ["a number beyond 2^53", { ...HEADER, number: "0x20000000000000" }],
  ["a number with a sign", { ...HEADER, number: "-0x5" }],
  ["no number", { ...HEADER, number: null }],
  ["a short hash", { ...HEADER, hash: "0x05" }],
  ["a hash with other letters", { ...HEADER, hash: `0x${"0g".repeat(32)}` }],
  ["no parent", { ...HEADER, parentHash: undefined }],
  ["no time", { ...HEADER, timestamp: "" }],
  ["half a byte of bloom", { ...HEADER, logsBloom: "0x0" }],
];
for (const [name, header] of badHeaders) {
  test(`a header with ${name} is refused`, async (t) => {
    const reader = await reading(t, { eth_getBlockByNumber: header });
    await assert.rejects(reader.header("latest"), ChainDataError);
  });
}

test("logs are asked by range and subject or by block hash, and read in lower case", async (t) => {
  const reader = await reading(t, { eth_getLogs: [{ ...LOG, address: REGISTRY.toUpperCase().replace("X", "x") }] });
  const range = await reader.logs({ addresses: [REGISTRY], subject: h("bb"), fromBlock: 0, toBlock: 16 });
  assert.deepEqual(range, [withoutUndefined(READ_LOG)]);
  assert.deepEqual(await reader.logs({ addresses: [REGISTRY], blockHash: h("05") }), range);
  assert.deepEqual(reader.asked, [
    ["eth_getLogs", { address: [REGISTRY], topics: [null, h("bb")], fromBlock: "0x0", toBlock: "0x10" }],
    ["eth_getLogs", { address: [REGISTRY], topics: [], blockHash: h("05") }],
  ]);
});

const badLogs: [name: string, logs: unknown[]][] = [
  ["of another contract", [{ ...LOG, address: a("d2") }]],
  ["of a block before the range", [{ ...LOG, blockNumber: "0x3" }]],
  ["of a block after the range", [{ ...LOG, blockNumber: "0x7" }]],
  ["that comes twice", [LOG, LOG]],
  ["out of order within a block", [LOG, { ...LOG, logIndex: "0x2" }]],
  ["out of order between blocks", [LOG, { ...LOG, blockNumber: "0x4", logIndex: "0x4" }]],
  ["with five topics", [{ ...LOG, topics: [h("01"), h("02"), h("03"), h("04"), h("05")] }]],
  ["with a short topic", [{ ...LOG, topics: ["0x01"] }]],
  ["without topics", [{ ...LOG, topics: undefined }]],
  ["with half a byte of data", [{ ...LOG, data: "0x123" }]],
  ["without a block, which is pending", [{ ...LOG, blockNumber: null, blockHash: null, logIndex: null }]],
  ["that is null", [null]],
];
for (const [name, logs] of badLogs) {
  test(`a log ${name} is refused`, async (t) => {
    const reader = await reading(t, { eth_getLogs: logs });
    await assert.rejects(reader.logs({ addresses: [REGISTRY], fromBlock: 4, toBlock: 6 }), ChainDataError);
  });
}

test("a log of another block than the one asked by hash is refused", async (t) => {
  const reader = await reading(t, { eth_getLogs: [LOG] });
  await assert.rejects(reader.logs({ addresses: [REGISTRY], blockHash: h("06") }), ChainDataError);
});

test("null and a removed log in the place of logs mean that the chain could not be asked", async (t) => {
  for (const logs of [null, [{ ...LOG, removed: true }]]) {
    const reader = await reading(t, { eth_getLogs: logs });
    await assert.rejects(reader.logs({ addresses: [REGISTRY], blockHash: h("05") }), UnavailableError);
  }
});

test("logs and slots of a block are asked in one request, by its hash", async (t) => {
  const reader = await reading(t, { eth_getLogs: [LOG], eth_getStorageAt: "0x1" });
  const slots = [{ address: REGISTRY, slot: h("00") }];
  assert.deepEqual(await reader.logsAndStorage([REGISTRY], slots, h("05")), {
    logs: [withoutUndefined(READ_LOG)],
    values: [`0x${"0".repeat(63)}1`],
  });
  assert.deepEqual(reader.asked, [
    ["eth_getLogs", { address: [REGISTRY], topics: [], blockHash: h("05") }],
    ["eth_getStorageAt", REGISTRY, h("00"), { blockHash: h("05") }],
  ]);
});

test("more slots than servers take in a batch are asked in several", async () => {
  const sizes: number[] = [];
  const reader = rpcReader(async (calls) => {
    sizes.push(calls.length);
    return calls.map(([, [, slot]]) => slot);
  });
  const slots = Array.from({ length: 1_001 }, (_, at) => ({ address: REGISTRY, slot: word(at) }));
  assert.deepEqual(
    await reader.storage(slots, h("05")),
    slots.map(({ slot }) => slot),
  );
  assert.deepEqual(sizes, [500, 500, 1]);
});

test("a slot's value that is no word is refused, null above all: it is not zero", async (t) => {
  for (const value of [null, 0, "", "0x", "1", `0x${"1".repeat(65)}`, "0xzz", {}]) {
    const reader = await reading(t, { eth_getStorageAt: value });
    const asked = reader.storage([{ address: REGISTRY, slot: h("00") }], h("05"));
    await assert.rejects(asked, { code: "CHAIN_DATA" }, JSON.stringify(value));
  }
});

test("chain id and code that are none are refused", async (t) => {
  for (const eth_chainId of [31_337, "31337", "0x", null, "0x10000000000000000"]) {
    await assert.rejects((await reading(t, { eth_chainId })).chainId(), ChainDataError);
  }
  for (const eth_getCode of [null, "", "0x1", "6001"]) {
    const reader = await reading(t, { eth_getCode });
    await assert.rejects(reader.code(REGISTRY), ChainDataError);
    await assert.rejects(reader.codes([REGISTRY]), ChainDataError);
  }
  const reader = await reading(t, { eth_getCode: "0x60AB" });
  assert.equal(await reader.code(REGISTRY), "0x60ab");
  assert.deepEqual(await reader.codes([REGISTRY, REGISTRY]), ["0x60ab", "0x60ab"]);
});

test("a newest block that comes back as null is asked for once more, at once; a block by its number is not", async () => {
  let nulls = 1;
  const asked: string[] = [];
  const reader = rpcReader(async (calls) =>
    calls.map(([method, [block]]) => {
      asked.push(`${method} ${block}`);
      if (method === "eth_getLogs") return [];
      if (method === "eth_getStorageAt") return "0x0";
      return block === "latest" && nulls-- > 0 ? null : HEADER;
    }),
  );
  assert.equal((await reader.header("latest"))?.number, 5);
  nulls = 1;
  const history = { registry: REGISTRY, subject: h("bb"), headSlot: h("01"), fromBlock: 0 };
  assert.equal((await reader.history(history)).newest.number, 5);
  nulls = 2;
  assert.equal(await reader.header("latest"), null);
  nulls = 2;
  await assert.rejects(reader.history(history), UnavailableError);
  assert.equal(asked.filter((one) => one === "eth_getBlockByNumber latest").length, 8);
});
