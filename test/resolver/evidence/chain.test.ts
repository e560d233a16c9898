import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { trustRegistryAbi } from "../../../resolver/abi.ts";
import type { Rpc, RpcCall } from "../../../resolver/chain/rpc/rpc.ts";
import { RpcError } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { chainSnapshot } from "../../../resolver/evidence/from-chain.ts";
import { gatherGrants } from "../../../resolver/evidence/gather.ts";
import type { Snapshot } from "../../../resolver/evidence/snapshot.ts";
import { GRANT_MEMBERS, VIEWS } from "../../../resolver/evidence/views.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import { shownLabel } from "../../../resolver/trust/label.ts";
import { mined } from "../../helpers/contracts.ts";
import { deployTrust } from "../../helpers/grants.ts";
import { BASE_URI, listId, SIZE, TYPE_ID } from "../../helpers/registries.ts";

/** Blocks of which the server gives logs at once, and blocks that pass after everything was written. */
const [LIMIT, PASSED] = [5_000, 20_000];

const lower = (text: string) => text.toLowerCase() as Address;

/** A ministry, an issuer below it with a list, and 501 grants that the issuer never accepted. */
async function setUp(pending = 0) {
  const deployed = await deployTrust();
  const { ethers, did, trust, status, forwarder, ministry, issuer, acceptedRoot, acceptedBelow, below } = deployed;
  const root = await acceptedRoot(ministry, { label: "행정안전부" });
  const grant = await acceptedBelow(root, ministry, issuer, { label: "발급기관" });
  await mined(status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI));
  for (let at = 0; at < pending; at++) await below(root, ministry, issuer);
  const provider = ethers.provider;
  const honest: Rpc = (calls) => Promise.all(calls.map(([method, params]) => provider.send(method, params as never[])));
  const contract = ({ target }: { target: unknown }) => ({
    address: lower(String(target)),
    codeHash: `0x${"0".repeat(64)}` as Hash,
  });
  const network: NetworkDescriptor = {
    version: 1,
    name: "local",
    chainId: 31_337,
    genesisHash: (await provider.getBlock(0))?.hash as Hash,
    consensus: { kind: "none" },
    finality: { kind: "instant" },
    deployments: [
      {
        fromBlock: 0,
        forwarder: contract(forwarder),
        timelock: contract(forwarder),
        registries: { did: contract(did), trust: contract(trust), status: contract(status) },
        slots: { heads: 0, root: 1, identities: 2 },
      } as NetworkDescriptor["deployments"][number],
    ],
    previous: null,
    signatures: [],
  };
  const mine = (blocks: number) => provider.send("hardhat_mine", [`0x${blocks.toString(16)}`]);
  return { ...deployed, honest, network, root: root as Hash, grant: grant as Hash, mine };
}

/** The same chain behind a server that refuses long ranges; it counts requests and calls. */
function limited(honest: Rpc) {
  const calls: RpcCall[] = [];
  let requests = 0;
  const rpc: Rpc = async (asked) => {
    requests++;
    calls.push(...asked);
    for (const [method, [filter]] of asked) {
      if (method !== "eth_getLogs") continue;
      const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
      const end = toBlock === "latest" ? Number.MAX_SAFE_INTEGER : Number(toBlock);
      if (end - Number(fromBlock) >= LIMIT)
        throw new RpcError("eth_getLogs", {
          code: -32_005,
          message: "Requested range exceeds maximum RPC range limit",
        });
    }
    return honest(asked);
  };
  return { reader: rpcReader(rpc), calls, requests: () => requests };
}

async function read(
  { reader }: Pick<ReturnType<typeof limited>, "reader">,
  network: NetworkDescriptor,
  issuer: string,
) {
  const snapshot = await chainSnapshot(reader, network);
  const at = snapshot.asOf.time;
  const accreditation = await gatherGrants(snapshot, { issuer: lower(issuer), typeId: TYPE_ID as Hash, at });
  const list = await snapshot.list(listId(issuer, 0n) as Hash);
  return {
    snapshot,
    list,
    grants: accreditation.grants,
    above: accreditation.grants.map(({ parent }) => parent && accreditation.trust.grant(parent)),
  };
}

test("a grant is read whole, with label, blocks and head, where the server gives its range; else nothing of it is made up", async () => {
  const { honest, network, issuer, trust, grant, mine } = await setUp();
  const whole = await read({ reader: rpcReader(honest) }, network, issuer.address);
  const [own] = whole.grants;
  const [root] = whole.above;
  assert.deepEqual(
    [own?.grantId, own && shownLabel(own.label), own?.events, root && shownLabel(root.label), root?.events],
    [grant, "발급기관", 2, "행정안전부", 2],
  );
  assert.equal(own?.head, await trust.head(grant));
  assert.ok(own?.accepted?.block !== null && (own?.accepted?.block ?? 0) > (own?.created.block ?? 0));

  await mine(PASSED);
  const server = limited(honest);
  const parts = await read(server, network, issuer.address);
  const unknown = { accepted: { block: null, time: null }, events: null };
  assert.deepEqual(parts.grants, [{ ...own, ...unknown }]);
  assert.deepEqual(parts.above, [{ ...root, ...unknown }]);
  assert.deepEqual(parts.list, whole.list);
});

test("behind a server of 5 000 blocks and after 20 000, with 501 pending grants, a verdict's reads are few", async () => {
  const { honest, network, issuer, mine } = await setUp(501);
  await mine(PASSED);
  const server = limited(honest);
  const { grants, list, snapshot } = await read(server, network, issuer.address);
  assert.equal(grants.length, 1);
  assert.equal(list?.origin?.baseUri, BASE_URI);
  const { state } = await snapshot.did(lower(issuer.address));
  assert.equal(state, undefined);
  // Newest block, accepted grants, two levels, two ends, two grants whole (refused) and by their first event, list, DID.
  assert.ok(server.requests() <= 22, String(server.requests()));
  assert.ok(server.calls.length <= 40, String(server.calls.length));
});

test("a list of which the server gives fewer or more chunks than it has is no list", async () => {
  const { honest, network, issuer } = await setUp();
  const list = { list: listId(issuer.address, 0n) as Hash, size: Number(SIZE) };
  /** The answer of `words` with another number of chunks, as a whole ABI array. */
  const withChunks =
    (count: (all: number) => number): Rpc =>
    async (calls) => {
      const answers = await honest(calls);
      return answers.map((answer, at) => {
        const [method, [call]] = calls[at] ?? assert.fail();
        const isWords = (call as { data?: string } | undefined)?.data?.startsWith(id(VIEWS.words).slice(0, 10));
        if (method !== "eth_call" || isWords !== true) return answer;
        const [, offset = "", , items = ""] = /^0x(.{64})(.{64})(.*)$/.exec(String(answer)) ?? [];
        const wanted = count(items.length / 128);
        return `0x${offset}${wanted.toString(16).padStart(64, "0")}${items.padEnd(wanted * 128, "0").slice(0, wanted * 128)}`;
      });
    };
  const chunksBy = async (rpc: Rpc) => (await chainSnapshot(rpcReader(rpc), network)).chunks(list);
  assert.equal((await chunksBy(withChunks((all) => all))).length, list.size / 256);
  for (const wrong of [() => 0, (all: number) => all - 1, (all: number) => all + 1]) {
    await assert.rejects(chunksBy(withChunks(wrong)), { code: "CHAIN_DATA", message: /chunks, wanted/ });
  }
});

test("a stored grant of which the server's own events say something else is refused, whichever member differs", async () => {
  const { honest, network, issuer, grant } = await setUp();
  const call = `${id(VIEWS.grantOf).slice(0, 10)}${grant.slice(2)}`;
  const withMember =
    (member: (typeof GRANT_MEMBERS)[number], value: bigint): Rpc =>
    async (calls) => {
      const answers = await honest(calls);
      return answers.map((answer, at) => {
        const [method, [asked]] = calls[at] ?? assert.fail();
        if (method !== "eth_call" || (asked as { data: string }).data !== call) return answer;
        const start = 2 + 64 * GRANT_MEMBERS.indexOf(member);
        return `${String(answer).slice(0, start)}${value.toString(16).padStart(64, "0")}${String(answer).slice(start + 64)}`;
      });
    };
  const wrong = [
    ["subject", 7n],
    ["typeId", 7n],
    ["parent", 0n],
    ["notBefore", 7n],
    ["notAfter", 2n ** 40n],
    ["withdrawnFrom", 2n ** 40n],
    ["accepted", 0n],
  ] as const;
  for (const [member, value] of wrong) {
    const reading = read({ reader: rpcReader(withMember(member, value)) }, network, issuer.address);
    await assert.rejects(
      reading,
      { code: "CHAIN_DATA", message: /say otherwise than what the contract stores/ },
      member,
    );
  }
});

test("a grant or a type of which the server lost an event is refused, since the contract's head is of all of them", async () => {
  const { honest, network, issuer, grant } = await setUp();
  /** A server without the last log of a subject, or without any. */
  const losing =
    (subject: string, all = false): Rpc =>
    async (calls) => {
      const answers = await honest(calls);
      return answers.map((answer, at) => {
        const [method, [filter]] = calls[at] ?? assert.fail();
        const isOf = method === "eth_getLogs" && JSON.stringify(filter).includes(subject.slice(2));
        return isOf ? (answer as unknown[]).slice(0, all ? 0 : -1) : answer;
      });
    };
  const refusal = { code: "HISTORY_INCOMPLETE" };
  for (const all of [false, true])
    await assert.rejects(read({ reader: rpcReader(losing(grant, all)) }, network, issuer.address), refusal);
  const snapshot = await chainSnapshot(rpcReader(losing(TYPE_ID)), network);
  await assert.rejects(snapshot.type(TYPE_ID as Hash), refusal);
  const whole = await chainSnapshot(rpcReader(honest), network);
  assert.equal((await whole.type(TYPE_ID as Hash))?.typeId, TYPE_ID);
  assert.equal(await whole.type(id("never added") as Hash), undefined);
});

test("a DID with more accepted grants of a type than are read is not judged", async () => {
  const question = { issuer: lower(`0x${"11".repeat(20)}`), typeId: TYPE_ID as Hash, at: 1 };
  const gather = (count: number) =>
    gatherGrants(
      {
        acceptedGrants: async () => Array.from({ length: count }, (_, at) => id(String(at)) as Hash),
        grants: async (ids: readonly Hash[]) => ids.map(() => undefined),
      } as unknown as Snapshot,
      question,
    );
  assert.deepEqual((await gather(256)).grants, []);
  await assert.rejects(gather(257), { code: "UNAVAILABLE", message: /accepted 257 grants of this type, at most 256/ });
});

test("of the grants to a DID the newest are named, as many as were asked for", async () => {
  const { honest, network, issuer, stranger, grant } = await setUp(3);
  const snapshot = await chainSnapshot(rpcReader(honest), network);
  const newest = (most: number, of = issuer.address) => snapshot.grantsTo(lower(of), TYPE_ID as Hash, most);
  const all = await newest(4);
  assert.deepEqual([all.length, all[0]], [4, grant]);
  for (const most of [1, 3]) assert.deepEqual(await newest(most), all.slice(-most));
  assert.deepEqual(await newest(100), all);
  assert.deepEqual(await newest(100, stranger.address), []);
});

test("everything of one verdict is asked by the hash of one block", async () => {
  const { honest, network, issuer } = await setUp();
  const server = limited(honest);
  const { snapshot } = await read(server, network, issuer.address);
  await snapshot.did(lower(issuer.address));
  const { hash, number } = snapshot.asOf;
  for (const [method, params] of server.calls) {
    if (method === "eth_call" || method === "eth_getStorageAt") assert.deepEqual(params.at(-1), { blockHash: hash });
    if (method === "eth_getLogs") assert.ok(Number((params[0] as { toBlock: string }).toBlock) <= number);
  }
});

test("the views that are asked are the contracts' own, and a grant's members stand where they are read", () => {
  const abi = trustRegistryAbi as readonly {
    type: string;
    name?: string;
    outputs?: readonly { components?: readonly { name: string }[] }[];
  }[];
  const grantOf = abi.find(({ type, name }) => type === "function" && name === "grantOf");
  assert.deepEqual(
    grantOf?.outputs?.[0]?.components?.map(({ name }) => name),
    GRANT_MEMBERS,
  );
  assert.equal(id(VIEWS.grantOf).slice(0, 10).length, 10);
});

test("all types are read, also more than a view returns at once", async () => {
  const { trust, honest, network } = await setUp();
  const calls = Array.from({ length: 1_001 }, (_, at) =>
    trust.interface.encodeFunctionData("addType", [`urn:type:${at}`, "urn:schema", id("schema")]),
  );
  for (let from = 0; from < calls.length; from += 77) await mined(trust.multicall(calls.slice(from, from + 77)));
  const types = await (await chainSnapshot(rpcReader(honest), network)).types();
  assert.deepEqual(types, [TYPE_ID, ...Array.from({ length: 1_001 }, (_, at) => id(`urn:type:${at}`))]);
});

test("a server that always has another page of types, or a longer one than was asked for, is refused", async () => {
  const { honest, network } = await setUp();
  const selector = id(VIEWS.typeIds).slice(0, 10);
  for (const length of [1_000, 1_001]) {
    const word = (number: number) => number.toString(16).padStart(64, "0");
    const page = `0x${word(32)}${word(length)}${word(1).repeat(length)}`;
    const isTypes = ([method, [call]]: RpcCall) =>
      method === "eth_call" && (call as { data: string }).data.startsWith(selector);
    const endless: Rpc = async (calls) => {
      const answers = await honest(calls);
      return answers.map((answer, at) => (isTypes(calls[at] as RpcCall) ? page : answer));
    };
    const snapshot = await chainSnapshot(rpcReader(endless), network);
    await assert.rejects(snapshot.types(), {
      name: "ChainDataError",
      message: /more than 100000 types|more than 1000 ids/,
    });
  }
});
