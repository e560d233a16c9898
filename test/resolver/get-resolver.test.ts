import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DIDResolutionResult, Resolver } from "did-resolver";
import { ZeroAddress } from "ethers";
import fc from "fast-check";
import { headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { getResolver } from "../../resolver/get-resolver.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type Deployment, deployRegistry, mineAt, now, setNextTime } from "../helpers/contracts.ts";
import { name32, publicKey } from "../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../helpers/network.ts";
import { runs } from "../helpers/property.ts";
import { type Alteration, type RpcAnswer, startRpcServer } from "../helpers/rpc-server.ts";

const YEAR = 365n * 86_400n;
const KEY_ID = "#Nrqg3-M_Xwtx-1tbtc1J7Xul2DyeC0bUSy9u_5NSG6g";

describe("getResolver under the stock Resolver, over HTTP", () => {
  let deployment: Deployment;
  let server: Awaited<ReturnType<typeof startRpcServer>>;
  let descriptor: NetworkDescriptor;
  let alice: string;
  let bob: string;
  let carol: string;
  /** Unix time of Alice's first block. */
  let time: bigint;

  const did = (address: string) => `did:mapae:local:${address}`;

  /** A new resolver, which trusts nothing yet. The clock stands at the newest block unless it is given. */
  function resolver({ clock = 0n, network = descriptor }: { clock?: bigint; network?: NetworkDescriptor } = {}) {
    const networks = [{ descriptor: network, chain: server.url }];
    return new Resolver(getResolver({ networks, now: () => Number(clock) }));
  }

  /** Resolves while the server alters its answers. */
  async function resolveAltered(url: string, alter: Alteration, network?: NetworkDescriptor) {
    server.alter = alter;
    try {
      return await resolver(network && { network }).resolve(url);
    } finally {
      server.alter = (_, honest) => honest;
    }
  }

  before(async () => {
    deployment = await deployRegistry();
    const { registry } = deployment;
    alice = deployment.alice.address.toLowerCase();
    bob = deployment.bob.address.toLowerCase();
    carol = deployment.carol.address.toLowerCase();
    descriptor = await describeNetwork(deployment);
    server = await startRpcServer(inProcessRpc(deployment));

    time = (await now(deployment)) + 10n;
    await setNextTime(deployment, time);
    await registry.setAttribute(alice, name32("did/pub/P256/veriKey"), publicKey("P256", 1), YEAR);
    await setNextTime(deployment, time + 10n);
    await registry.setAttribute(alice, name32("did/pub/Ed25519/veriKey"), publicKey("Ed25519", 1), 100n);
    await registry.connect(deployment.bob).changeOwner(bob, ZeroAddress);
    await mineAt(deployment, time + 20n);
  });
  after(() => server[Symbol.asyncDispose]());

  function assertError(result: DIDResolutionResult, error: string, message: RegExp): void {
    assert.equal(result.didResolutionMetadata.error, error, result.didResolutionMetadata.message);
    assert.match(result.didResolutionMetadata.message ?? "", message);
    assert.equal(result.didDocument, null);
    assert.deepEqual(result.didDocumentMetadata, {});
    assert.equal(result.didResolutionMetadata.contentType, undefined);
  }

  test("a DID resolves to its document, as of a block", async () => {
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver().resolve(did(alice));
    const { contentType, error, asOf, at } = didResolutionMetadata as Record<string, unknown>;
    assert.equal(error, undefined);
    assert.equal(contentType, "application/did+ld+json");
    const newest = await deployment.ethers.provider.getBlock("latest");
    const seconds = `${new Date(Number(time + 20n) * 1_000).toISOString().slice(0, 19)}Z`;
    assert.deepEqual(asOf, { block: newest?.number, hash: newest?.hash, time: seconds, finalized: true });
    assert.equal(at, seconds);
    assert.equal(didDocument?.id, did(alice));
    assert.equal(didDocument?.verificationMethod?.[1]?.id, `${did(alice)}${KEY_ID}`);
    assert.equal(didDocument?.verificationMethod?.[1]?.type, "JsonWebKey2020");
    assert.equal(didDocument?.verificationMethod?.length, 3);
    assert.equal(didDocumentMetadata.deactivated, undefined);
  });

  test("a key is gone in the second after its last, though nothing was written since", async () => {
    const keysAt = async (clock: bigint) =>
      (await resolver({ clock }).resolve(did(alice))).didDocument?.verificationMethod?.length;
    assert.equal(await keysAt(time + 110n), 3);
    assert.equal(await keysAt(time + 111n), 2);
  });

  test("each representation is given as it is asked for, and no other", async () => {
    const type = async (accept: string) => {
      const result = await resolver().resolve(did(alice), { accept });
      assert.equal(result.didResolutionMetadata.contentType, accept);
      assert(result.didDocument);
      return [result.didDocument.verificationMethod?.[1]?.type, "@context" in result.didDocument];
    };
    assert.deepEqual(await type("application/did"), ["JsonWebKey", true]);
    assert.deepEqual(await type("application/did+ld+json"), ["JsonWebKey2020", true]);
    assert.deepEqual(await type("application/did+json"), ["JsonWebKey2020", false]);
    const other = await resolver().resolve(did(alice), { accept: "application/did+cbor" });
    assertError(other, "representationNotSupported", /"application\/did\+cbor".*application\/did\+json/);
  });

  test("an older version is resolved by its block or a time", async () => {
    const first = await deployment.registry.changed(alice);
    const { didDocumentMetadata } = await resolver().resolve(did(alice));
    assert.equal(didDocumentMetadata.versionId, String(first));
    const before = await resolver().resolve(`${did(alice)}?versionId=${first - 1n}`);
    assert.equal(before.didDocumentMetadata.nextVersionId, String(first));
    assert.equal(before.didDocument?.verificationMethod?.length, 2);
    const at = new Date(Number(time) * 1_000).toISOString().replace(".000", "");
    const byTime = await resolver().resolve(`${did(alice)}?versionTime=${at}`);
    assert.deepEqual(byTime.didDocument, before.didDocument);
  });

  test("a deactivated DID has no document and says so, without an error", async () => {
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver().resolve(did(bob));
    assert.equal(didDocument, null);
    assert.equal(didDocumentMetadata.deactivated, true);
    assert.equal(didResolutionMetadata.error, undefined);
  });

  test("each fault of a question has its keyword", async () => {
    const refused: [query: string, error: string, message: RegExp][] = [
      [did(carol), "notFound", /was never written, as of block \d+$/],
      [did(deployment.alice.address), "invalidDid", new RegExp(`did you mean ${did(alice)}\\?`)],
      [`did:mapae:gov-0a1b2c3d:${alice}`, "featureNotSupported", /gov-0a1b2c3d is not known here, only: local/],
      [`${did(alice)}?versionId=latest`, "invalidOptions", /versionId is "latest"/],
      [`${did(alice)}?versionId=1&versionTime=2026-01-01T00:00:00Z`, "invalidOptions", /one of them/],
      [`${did(alice)}?versionTime=9999-01-01T00:00:00Z`, "invalidOptions", /yet to come/],
      [`${did(alice)}?versionId=1`, "notFound", /first written in block/],
      [`${did(alice)}?versionId=999999`, "unavailable", /ask again later/],
    ];
    for (const [query, error, message] of refused) assertError(await resolver().resolve(query), error, message);
  });

  test("a question that is wrong asks nothing of the chain", async () => {
    const before = server.calls.length;
    await resolver().resolve(did(deployment.alice.address));
    await resolver().resolve(`did:mapae:gov-0a1b2c3d:${alice}`);
    await resolver().resolve(`${did(alice)}?versionId=x`);
    await resolver().resolve(did(alice), { accept: "text/html" });
    assert.equal(server.calls.length, before);
  });

  /** Alters the result of one method. */
  const altering =
    (method: string, alter: (result: never, params: readonly unknown[]) => unknown): Alteration =>
    ([asked, params], honest) =>
      asked === method && "result" in honest ? { result: alter(honest.result as never, params) } : honest;

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

  test("a head of another fork or another time is noticed", async () => {
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

  test("a server that is down is unavailable", async () => {
    const stopped = await startRpcServer(inProcessRpc(deployment));
    await stopped[Symbol.asyncDispose]();
    const networks = [{ descriptor, chain: stopped.url }];
    for (const address of [alice, carol]) {
      const result = await new Resolver(getResolver({ networks })).resolve(did(address));
      assertError(result, "unavailable", /Could not ask the chain at http:\/\/127\.0\.0\.1:\d+\/?: .*ECONNREFUSED/);
    }
  });

  test("a resolver that could not ask asks again, and looks at the network until it has seen it once", async () => {
    const again = resolver();
    const asked = () => server.calls.filter(([method]) => method === "eth_chainId").length;
    const before = asked();
    server.alter = () => ({ error: { code: -32_603, message: "starting" } });
    assertError(await again.resolve(did(alice)), "unavailable", /starting/);
    server.alter = (_, honest) => honest;
    assert((await again.resolve(did(alice))).didDocument);
    assert.equal(asked(), before + 2);
    assert((await again.resolve(did(alice))).didDocument);
    assert.equal(asked(), before + 2);
  });

  test("a chain that is not the descriptor's is a mismatch, which names both values", async () => {
    const [at] = descriptor.deployments;
    const registry = at?.registries.did.address;
    const chains: [alter: Alteration, message: RegExp][] = [
      [altering("eth_chainId", () => "0x1"), /network local: chain id is 1, the descriptor wants 31337$/],
      [
        altering("eth_getBlockByNumber", (block: object) => resealed(block, { mixHash: `0x${"9e".repeat(32)}` })),
        new RegExp(`genesis hash is 0x.*, the descriptor wants ${descriptor.genesisHash}$`),
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

  test("each DID is read from the chain of its own network", async () => {
    const name = `gov-${descriptor.genesisHash.slice(2, 10)}`;
    const networks = [
      { descriptor, chain: "http://127.0.0.1:1" },
      { descriptor: { ...descriptor, name }, chain: rpcReader(inProcessRpc(deployment)) },
    ];
    const both = new Resolver(getResolver({ networks }));
    assert.equal((await both.resolve(`did:mapae:${name}:${alice}`)).didDocument?.id, `did:mapae:${name}:${alice}`);
    assert.equal((await both.resolve(did(alice))).didResolutionMetadata.error, "unavailable");
  });

  test("a fault of a reader that nobody foresaw is thrown, not answered", async () => {
    const reader: ChainReader = {
      ...rpcReader(inProcessRpc(deployment)),
      history: () => Promise.reject(new TypeError("a fault of the reader")),
    };
    const faulty = new Resolver(getResolver({ networks: [{ descriptor, chain: reader }] }));
    await assert.rejects(faulty.resolve(did(carol)), { name: "TypeError", message: "a fault of the reader" });
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
});

/** A block with other members, and the hash that these have. */
function resealed(block: object, members: Readonly<Record<string, unknown>>): object {
  const fields = headerFields({ ...block, ...members });
  assert(fields !== undefined);
  return { ...block, ...members, hash: headerHashes(fields)[0] };
}
