import {
  AbiCoder,
  type BaseContract,
  type ContractTransactionResponse,
  getBytes,
  id,
  keccak256,
  type Signer,
  type TransactionResponse,
  ZeroHash,
} from "ethers";
import { network } from "hardhat";
import type { Row } from "../measuring/row.ts";

/** What 4 096 fresh revocations can't go below: a transaction, 16 fresh slots, and 16 masks of calldata. */
const FLOOR_4096 = 21_000 + 16 * 22_100 + 16 * 32 * 16;
/** EIP-5539's own figures (recorded) for 4 096 revocations, and for one. */
const EIP_5539_4096 = 105_192_885;
const EIP_5539_ONE = 25_744;

const SIZE = 131_072n;
const TYPE = "https://types.example/official-id/v1";
const FAR = 4_000_000_000n;
const ALL = 2n ** 256n - 1n;

/** Gas of the registries of accreditations and status lists. Where no peer exists, a limit of ours stands for one. */
export async function registryGasRows(): Promise<Row[]> {
  const { ethers } = await network.create();
  const [council, issuer, delegate, ...others] = await ethers.getSigners();
  if (council === undefined || issuer === undefined || delegate === undefined)
    throw new Error("The chain has no accounts");
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
  const did = await ethers.deployContract("DidRegistry", [forwarder.target]);
  const trust = await ethers.deployContract("TrustRegistry", [forwarder.target, did.target, council, council]);
  const status = await ethers.deployContract("StatusRegistry", [forwarder.target, did.target, trust.target]);
  const call = (contract: BaseContract, by: Signer, name: string, ...args: unknown[]) =>
    gas((contract.connect(by) as BaseContract).getFunction(name)(...args));

  await call(trust, council, "addType", TYPE, TYPE, ZeroHash);
  await call(trust, council, "grantRoot", id(TYPE), issuer, 0, FAR, true, "");
  let grant = grantOf(issuer.address, ZeroHash);
  await call(trust, issuer, "accept", grant);
  await call(did, issuer, "addDelegate", issuer, ethers.encodeBytes32String("status"), delegate, 86_400);
  const lists = [0, 1, 2].map((number) => hash(["address", "uint256"], [issuer.address, number]));
  for (const number of lists.keys()) await call(status, issuer, "createList", issuer, number, SIZE, id(TYPE), TYPE);
  const [first, second, third] = lists;
  const update = (list: unknown, changes: readonly unknown[], by: Signer = issuer) =>
    call(status, by, "update", list, changes, id("reason"));
  const change = (word: number | bigint, revoke: bigint) => [word, revoke, 0, 0];

  await update(first, [change(511, 1n)]);
  const known = await update(first, [change(511, 2n)]);
  const byDelegate = await update(first, [change(511, 4n)], delegate);
  const contiguous = await update(
    first,
    Array.from({ length: 16 }, (_, word) => change(word, ALL)),
  );
  const scattered = await update(
    second,
    Array.from({ length: 512 }, (_, word) => change(word, 1n << BigInt((37 * word) % 256))),
  );
  const checkpoint = await call(status, issuer, "checkpoint", second, 0, 512);
  const fresh = await update(third, changesOf(randomIndexes()));
  const warm = await update(third, changesOf(randomIndexes().map((index) => index ^ 1n)));

  let by: Signer = issuer;
  for (const to of others.slice(0, 3)) {
    await call(trust, by, "grant", grant, to, 0, FAR, true, "");
    grant = grantOf(to.address, grant);
    await call(trust, to, "accept", grant);
    by = to;
  }
  const asked = { to: trust.target, data: trust.interface.encodeFunctionData("holds", [grant, FAR / 2n]) };
  const trace = await ethers.provider.send("debug_traceCall", [asked, "latest", {}]);
  const holds = Number(trace.gas) - getBytes(asked.data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000);

  const set = did.interface.encodeFunctionData("setAttribute", [
    issuer.address,
    ethers.encodeBytes32String("x"),
    "0x01",
    60,
  ]);
  await gas(issuer.sendTransaction({ to: did.target, data: set }));
  const direct = await gas(issuer.sendTransaction({ to: did.target, data: set }));
  // The first request of an account writes a new nonce; the second is what every later one costs.
  await relay(forwarder, did, issuer, set);
  const relayed = await relay(forwarder, did, issuer, set);

  const row = (topic: string, size: string, peer: string, ours: number, theirs: number, goal: number): Row => ({
    ...{ topic, size, peer, ours, theirs, goal },
    unit: "gas",
  });
  const limit = "a limit of ours";
  return [
    row("gas: revoke 4 096", "contiguous, fresh words", "arithmetic floor", contiguous, FLOOR_4096, 1.18),
    row("gas: revoke 4 096", "contiguous, fresh words", "EIP-5539 (recorded)", contiguous, EIP_5539_4096, 1 / 200),
    row("gas: revoke 256", "random, fresh words", "EIP-5539 (recorded), each", fresh / 256, EIP_5539_ONE, 0.78),
    row("gas: revoke 256", "random, known words", "EIP-5539 (recorded), each", warm / 256, EIP_5539_ONE, 0.25),
    row("gas: revoke 512", "scattered, fresh words", limit, scattered, 13_000_000, 1),
    row("gas: revoke one", "known word, controller", limit, known, 55_000, 1),
    row("gas: revoke one", "known word, delegate", limit, byDelegate, 58_000, 1),
    row("gas: checkpoint", "131 072 entries", limit, checkpoint, 2_900_000, 1),
    row("gas: relayed change", "known nonce", "the same change, direct", relayed, direct, 1.7),
    row("gas: holds", "depth four, execution", limit, holds, 60_000, 1),
  ];
}

/** Gas of a signed request that carries one call, sent by somebody else. */
async function relay(forwarder: BaseContract, to: BaseContract, signer: Signer, data: string): Promise<number> {
  const from = await signer.getAddress();
  const nonce = await forwarder.getFunction("nonces")(from);
  const message = { from, to: to.target, value: 0, gas: 500_000, nonce, deadline: FAR, data };
  const { chainId, name, version, verifyingContract } = await forwarder.getFunction("eip712Domain")();
  const types = { from: "address", to: "address", value: "uint256", gas: "uint256", nonce: "uint256" };
  const fields = Object.entries({ ...types, deadline: "uint48", data: "bytes" }).map(([field, type]) => ({
    name: field,
    type,
  }));
  const domain = { chainId, name, version, verifyingContract };
  const signature = await signer.signTypedData(domain, { ForwardRequest: fields }, message);
  return gas(forwarder.getFunction("execute")({ ...message, signature }));
}

/** 256 different credentials of a list, the same in each run. */
function randomIndexes(): bigint[] {
  const found = new Set<bigint>();
  for (let seed = keccak256("0x5539"); found.size < 256; seed = keccak256(seed)) found.add(BigInt(seed) % SIZE);
  return [...found];
}

function changesOf(indexes: readonly bigint[]): unknown[] {
  const masks = new Map<bigint, bigint>();
  for (const index of indexes) masks.set(index / 256n, (masks.get(index / 256n) ?? 0n) | (1n << (index % 256n)));
  return [...masks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, revoke]) => [word, revoke, 0, 0]);
}

/** Id of an account's first grant of the type below another one. */
function grantOf(subject: string, parent: string): string {
  return hash(["bytes32", "address", "bytes32", "uint256"], [id(TYPE), subject, parent, 0]);
}

function hash(types: readonly string[], values: readonly unknown[]): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}

async function gas(sent: Promise<Pick<ContractTransactionResponse, "wait"> | TransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("A transaction was not mined");
  return Number(receipt.gasUsed);
}
