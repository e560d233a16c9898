import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import { inProcessRpc } from "../helpers/network.ts";
import { runs } from "../helpers/property.ts";
import type { Alteration, RpcAnswer } from "../helpers/rpc-server.ts";
import { altering, assertError, did, resolverStage } from "./resolver-stage.ts";

const { deployment, descriptor, alice, carol, resolver, resolveAltered } = await resolverStage({ after });

interface RpcLog {
  readonly data: string;
  readonly blockNumber: string;
}

test("a log that the server left out, added, changed or gave twice is noticed", async () => {
  const lies: Record<string, { alter: (logs: RpcLog[]) => unknown; error?: string }> = {
    "none of the logs": { alter: () => [] },
    "all but the first": { alter: (logs) => logs.slice(1) },
    "all but the last": { alter: (logs) => logs.slice(0, -1) },
    "another value": { alter: ([first, ...rest]) => [{ ...first, data: first?.data.replace("02", "03") }, ...rest] },
    "one more": {
      alter: (logs) => {
        const last = logs.at(-1) ?? assert.fail();
        // A copy that follows it as an event of the same block would.
        const previousChange = last.blockNumber.slice(2).padStart(64, "0");
        const data = last.data.slice(0, 194) + previousChange + last.data.slice(258);
        return [...logs, { ...last, logIndex: "0xff", data }];
      },
    },
    "one twice": { alter: (logs) => [...logs, logs.at(-1)], error: "chainData" },
    "them in another order": { alter: (logs) => [...logs].reverse(), error: "chainData" },
    "one without its data": { alter: ([first, ...rest]) => [{ ...first, data: "0x" }, ...rest], error: "chainData" },
    "no list": { alter: () => null, error: "unavailable" },
  };
  for (const [what, { alter, error = "historyIncomplete" }] of Object.entries(lies)) {
    const result = await resolveAltered(did(alice), altering("eth_getLogs", alter));
    assert.equal(result.didResolutionMetadata.error, error, `${what}: ${result.didResolutionMetadata.message}`);
    assert.equal(result.didDocument, null);
  }
});

test("events for a DID that was never written are noticed", async () => {
  const honest = await inProcessRpc(deployment)([
    ["eth_getLogs", [{ address: await deployment.registry.getAddress(), fromBlock: "0x0", toBlock: "latest" }]],
  ]);
  const [[first]] = honest as [[{ topics: [string, string] }]];
  const asCarols = [`0x${carol.slice(2).padStart(64, "0")}`, "historyIncomplete", /lost or changed a log/] as const;
  const ofAnother = [first.topics[1], "chainData", /gave topic 1 as/] as const;
  for (const [subject, error, message] of [asCarols, ofAnother]) {
    const forged = [{ ...first, topics: [first.topics[0], subject] }];
    const result = await resolveAltered(
      did(carol),
      altering("eth_getLogs", () => forged),
    );
    assertError(result, error, message);
  }
});

test("a head to which the events do not fold is noticed", async () => {
  const zero = await resolveAltered(
    did(alice),
    altering("eth_getStorageAt", () => `0x${"0".repeat(64)}`),
  );
  assertError(zero, "historyIncomplete", /but the contract holds 0x0000/);
  const other = await resolveAltered(
    did(carol),
    altering("eth_getStorageAt", () => `0x${"1".repeat(64)}`),
  );
  assertError(other, "historyIncomplete", /The 0 events of .* but the contract holds 0x1111/);
});

test("blocks of another fork than the logs are no answer, nor are blocks at other times", async () => {
  const isPast = (params: readonly unknown[]) => params[0] !== "latest" && params[0] !== "0x0";
  const fork = await resolveAltered(
    did(alice),
    altering("eth_getBlockByNumber", (block: object, params) =>
      isPast(params) ? resealed(block, { mixHash: `0x${"f0".repeat(32)}` }) : block,
    ),
  );
  assertError(fork, "unavailable", /was replaced while it was read: ask again/);
  const times = await resolveAltered(
    did(alice),
    altering("eth_getBlockByNumber", (block: object, params) =>
      isPast(params) ? { ...block, timestamp: "0x1" } : block,
    ),
  );
  assertError(times, "chainData", /fields that do not hash to it/);
  const never = await resolveAltered(
    did(alice),
    altering("eth_getBlockByNumber", (block: object, params) =>
      params[0] === "latest" ? { ...block, timestamp: "0x1fffffffffffff" } : block,
    ),
  );
  assertError(never, "chainData", /fields that do not hash to it/);
});

test("a block that the server does not know, or an error of it, is unavailable", async () => {
  for (const method of ["eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getLogs", "eth_getStorageAt"]) {
    const failing: Alteration = ([asked], honest) =>
      asked === method ? { error: { code: -32_000, message: "header not found" } } : honest;
    for (const address of [alice, carol]) {
      // Of a DID that was never written, the contract's own slots say so without any log.
      if (method === "eth_getLogs" && address === carol) continue;
      assertError(await resolveAltered(did(address), failing), "unavailable", /error -32000: header not found/);
    }
  }
  const unknown = await resolveAltered(
    did(carol),
    altering("eth_getBlockByNumber", () => null),
  );
  assertError(unknown, "unavailable", /no block 0 now/);
});

test("a chain that is not the descriptor's is a mismatch, which names both values", async () => {
  const [at] = descriptor.deployments;
  const registry = at?.registries.did.address;
  const chains: [alter: Alteration, message: RegExp][] = [
    [altering("eth_chainId", () => "0x1"), /network local: chain id is 1, the descriptor wants 31337\. Use the URL/],
    [
      altering("eth_getBlockByNumber", (block: object) => resealed(block, { mixHash: `0x${"9e".repeat(32)}` })),
      new RegExp(`genesis hash is 0x.*, the descriptor wants ${descriptor.genesisHash}\\. Use the URL`),
    ],
    [
      altering("eth_getCode", (code, [address]) => (address === registry ? "0x6001" : code)),
      /code hash of did at 0x.* the descriptor wants 0x/,
    ],
  ];
  for (const [alter, message] of chains) {
    for (const address of [alice, carol]) {
      assertError(await resolveAltered(did(address), alter), "networkMismatch", message);
    }
  }
  // A server that syncs has no code there yet.
  assertError(
    await resolveAltered(
      did(alice),
      altering("eth_getCode", () => "0x"),
    ),
    "unavailable",
    /no code/,
  );
  const other = { ...descriptor, chainId: 1 };
  assertError(await resolver({ network: other }).resolve(did(alice)), "networkMismatch", /chain id is 31337/);
});

test("whatever one answer of the server is, a DID that exists has its document or an error other than notFound", async () => {
  const calls = ["eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getLogs", "eth_getStorageAt"];
  const odd = fc.oneof(
    fc.constantFrom(null, "0x", "0x0", "", [], {}, [{}], 0, true, `0x${"00".repeat(32)}`),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const lie = fc.oneof(
    odd.map((result): RpcAnswer => ({ result })),
    fc.constant<RpcAnswer>({ error: { code: -32_000, message: "no" } }),
  );
  const honest = await resolver().resolve(did(alice));
  let errors = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), lie, fc.nat({ max: 3 }), async (method, lie, spared) => {
      let seen = 0;
      const result = await resolveAltered(did(alice), ([asked], honest) =>
        asked === method && seen++ >= spared ? lie : honest,
      );
      if (result.didResolutionMetadata.error === undefined) return assert.deepEqual(result, honest);
      errors++;
      assert.match(result.didResolutionMetadata.error, /^(unavailable|chainData|historyIncomplete|networkMismatch)$/);
      assert.equal(result.didDocument, null);
    }),
    runs(200),
  );
  assert(errors > 50, `only ${errors} errors`);
});

/** A block with other members, and the hash that these have. */
function resealed(block: object, members: Readonly<Record<string, unknown>>): object {
  const fields = headerFields({ ...block, ...members });
  assert(fields !== undefined);
  return { ...block, ...members, hash: headerHashes(fields)[0] };
}
