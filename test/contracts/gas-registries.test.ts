import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { AbiCoder, getBytes, keccak256, toBeHex } from "ethers";
import { globalOptions } from "hardhat";
import { label, mined, setNextTime } from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { ALL, BASE_URI, type Change, change, grantId, listId, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";

// As gas.test.ts: MAPAE_UPDATE_GAS=1 hardhat test nodejs test/contracts/gas-registries.test.ts

const SNAPSHOT = new URL("gas-registries.json", import.meta.url);

/** Lower bound of gas for 4 096 fresh revocations: a transaction, 16 fresh slots, and 16 masks of calldata. */
const FLOOR_4096 = 21_000 + 16 * 22_100 + 16 * 32 * 16;
/** EIP-5539's figures for 4 096 revocations, and for one. */
const EIP_5539_4096 = 105_192_885;
const EIP_5539_ONE = 25_744;
/** Block time in all chains of this file: gas depends on the zero bytes of times. */
const START = 4_000_000_000n;

async function gasOf(sent: Parameters<typeof mined>[0]): Promise<number> {
  return Number((await mined(sent)).receipt.gasUsed);
}

/** 256 different credentials of a list, the same in each run. */
function randomIndexes(): bigint[] {
  const found = new Set<bigint>();
  for (let seed = keccak256("0x5539"); found.size < 256; seed = keccak256(seed)) {
    for (const byte of [0, 8, 16, 24]) found.add(BigInt(`0x${seed.slice(2 + 2 * byte, 18 + 2 * byte)}`) % SIZE);
  }
  return [...found].slice(0, 256);
}

function revocations(indexes: readonly bigint[]): Change[] {
  const masks = new Map<bigint, bigint>();
  for (const index of indexes) masks.set(index / 256n, (masks.get(index / 256n) ?? 0n) | (1n << (index % 256n)));
  return [...masks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, revoke]) => change(word, { revoke }));
}

async function deploy() {
  const chain = await deployTrust(START);
  const { did, issuer, delegate } = chain;
  await chain.acceptedRoot(issuer);
  await did.connect(issuer).addDelegate(issuer.address, label("status"), delegate.address, DAY);
  return chain;
}

async function measureStatus(): Promise<Record<string, number>> {
  const { status, issuer, delegate } = await deploy();
  const gas: Record<string, number> = {};
  const as = status.connect(issuer);
  const create = (number: bigint) => as.createList(issuer.address, number, SIZE, TYPE_ID, BASE_URI);
  const [list, second, third] = [0n, 1n, 2n].map((number) => listId(issuer.address, number)) as [
    string,
    string,
    string,
  ];
  gas.createList = await gasOf(create(0n));
  gas["update 1 status, fresh word"] = await gasOf(as.update(list, [change(511n, { revoke: 1n })], REASON));
  const one = (revoke: bigint) => [change(511n, { revoke })];
  gas["update 1 status, known word"] = await gasOf(as.update(list, one(2n), REASON));
  gas["update 1 status, known word, delegate"] = await gasOf(status.connect(delegate).update(list, one(4n), REASON));
  gas["suspend 1 status, fresh word"] = await gasOf(as.update(list, [change(511n, { suspend: 8n })], REASON));
  gas["reinstate 1 status"] = await gasOf(as.update(list, [change(511n, { reinstate: 8n })], REASON));
  const contiguous = Array.from({ length: 16 }, (_, word) => change(BigInt(word), { revoke: ALL }));
  gas["update 4096 contiguous, fresh words"] = await gasOf(as.update(list, contiguous, REASON));

  await create(1n);
  const scattered = Array.from({ length: 512 }, (_, word) => BigInt(256 * word + ((37 * word) % 256)));
  gas["update 512 scattered, fresh words"] = await gasOf(as.update(second, revocations(scattered), REASON));
  gas["checkpoint 131072"] = await gasOf(as.checkpoint(second, 0n, 512n));

  await create(2n);
  gas["update 256 random, fresh words"] = await gasOf(as.update(third, revocations(randomIndexes()), REASON));
  const others = randomIndexes().map((index) => index ^ 1n);
  gas["update 256 random, known words"] = await gasOf(as.update(third, revocations(others), REASON));
  gas.close = await gasOf(as.close(list));
  return gas;
}

async function measureTrust(): Promise<Record<string, number>> {
  const chain = await deploy();
  const { trust, did, ministry, others, start, forwarder, relayer, issuer } = chain;
  const gas: Record<string, number> = {};
  gas.addType = await gasOf(trust.addType("https://types.example.org/2", "https://types.example.org/2/schema", REASON));
  gas.grantRoot = await gasOf(chain.root(ministry));
  let parent = grantId(TYPE_ID, ministry.address);
  gas["accept at depth 1"] = await gasOf(chain.accept(parent, ministry));
  let by = ministry;
  for (const [index, to] of others.slice(0, 3).entries()) {
    gas[`grant at depth ${index + 2}`] = await gasOf(chain.below(parent, by, to));
    parent = grantId(TYPE_ID, to.address, 0n, parent);
    gas[`accept at depth ${index + 2}`] = await gasOf(chain.accept(parent, to));
    by = to;
  }
  gas["holds at depth 4"] = await executionOf(chain, "holds", [parent, start + 10n]);
  gas["isAccredited at depth 4"] = await executionOf(chain, "isAccredited", [TYPE_ID, by.address]);

  const set = did.interface.encodeFunctionData("setAttribute", [issuer.address, label("x"), "0x01", 60n]);
  gas["setAttribute, direct"] = await gasOf(issuer.sendTransaction({ to: did.target, data: set }));
  const relayed = { forwarder, address: String(did.target), domainName: "Mapae" };
  for (const nonce of ["first", "known"]) {
    const { request } = await signRequest(relayed, { signer: issuer, data: set });
    gas[`setAttribute, relayed, ${nonce} nonce`] = await gasOf(
      forwarder.connect(relayer).getFunction("execute")(request),
    );
  }
  // After the grant's first second, however fast the blocks before came: in it the contract compares one time less.
  await setNextTime(chain, start + 10_000n);
  gas["withdraw at depth 4, subject"] = await gasOf(trust.connect(by).withdraw(parent, 0n));
  return gas;
}

/** Gas of a view's execution: what a transaction would take, less what any transaction with its data takes. */
async function executionOf({ ethers, trust }: Awaited<ReturnType<typeof deploy>>, name: string, args: unknown[]) {
  const data = trust.interface.encodeFunctionData(name, args);
  const intrinsic = getBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000);
  const trace = await ethers.provider.send("debug_traceCall", [{ to: trust.target, data }, "latest", {}]);
  return Number(trace.gas) - intrinsic;
}

function of(gas: Record<string, number>, name: string): number {
  return gas[name] ?? assert.fail(`no measurement of ${name}`);
}

// Instrumented code costs more gas, so gas is not tested in a coverage run.
if (!globalOptions.coverage) {
  test("every operation on types, grants and lists costs the gas of the snapshot, to the unit", async () => {
    const gas = { ...(await measureTrust()), ...(await measureStatus()) };
    if (process.env.MAPAE_UPDATE_GAS === "1") await writeFile(SNAPSHOT, `${JSON.stringify(gas, null, 2)}\n`);
    assert.deepEqual(gas, JSON.parse(await readFile(SNAPSHOT, "utf8")));
  });

  test("4 096 contiguous revocations cost at most 1.18 of the floor and 1/200 of EIP-5539's", async () => {
    const gas = of(await measureStatus(), "update 4096 contiguous, fresh words");
    assert.equal(FLOOR_4096, 382_792);
    assert(gas <= 1.18 * FLOOR_4096, `${gas}`);
    assert(gas <= EIP_5539_4096 / 200, `${gas}`);
  });

  test("one status in a known word costs at most 55 000 by the controller, 58 000 by a delegate", async () => {
    const gas = await measureStatus();
    assert(of(gas, "update 1 status, known word") <= 55_000);
    assert(of(gas, "update 1 status, known word, delegate") <= 58_000);
  });

  test("512 scattered words fit in a transaction under 13 000 000, a checkpoint of 131 072 under 2 900 000", async () => {
    const gas = await measureStatus();
    assert(of(gas, "update 512 scattered, fresh words") < 13_000_000);
    assert(of(gas, "checkpoint 131072") < 2_900_000);
  });

  test("256 random revocations cost at most 0.78 of EIP-5539's each in fresh words, 0.25 in known ones", async () => {
    const gas = await measureStatus();
    assert(of(gas, "update 256 random, fresh words") <= 0.78 * 256 * EIP_5539_ONE);
    assert(of(gas, "update 256 random, known words") <= 0.25 * 256 * EIP_5539_ONE);
  });

  test("asking whether a grant at depth four holds takes under 60 000 of execution", async () => {
    assert(of(await measureTrust(), "holds at depth 4") < 60_000);
  });

  test("a relayed change of a DID costs at most 1.7 of a direct one", async () => {
    const gas = await measureTrust();
    assert(of(gas, "setAttribute, relayed, known nonce") <= 1.7 * of(gas, "setAttribute, direct"));
  });

  test("no write costs more with 10 000 entries around it than with 10", async () => {
    const gas: Record<string, number>[] = [];
    for (const entries of [10, 10_000]) gas.push(await measureAmong(entries));
    assert.deepEqual(gas[1], gas[0]);
    assert(Object.keys(gas[0] ?? {}).length >= 9);
  });
}

/** Gas of each write when every mapping of the registries already holds a number of other entries. */
async function measureAmong(entries: number): Promise<Record<string, number>> {
  const chain = await deploy();
  const { ethers, trust, status, ministry, issuer, stranger } = chain;
  const list = listId(issuer.address, 0n);
  await status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const slotOf = (key: string, slot: bigint | string) =>
    BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [key, slot])));
  const fill = (address: unknown, slot: bigint) =>
    ethers.provider.send("hardhat_setStorageAt", [address, toBeHex(slot, 32), REASON]);
  const words = slotOf(list, 2n) + 3n;
  for (let index = 0; index < entries; index++) {
    const key = toBeHex(index + 1, 32);
    const filling = [fill(trust.target, slotOf(key, 0n)), fill(trust.target, slotOf(key, 5n))];
    filling.push(fill(status.target, slotOf(key, 0n)), fill(status.target, slotOf(key, 2n)));
    // Grants of this type to others, and words of this list behind those that are written.
    const ofType = toBeHex(slotOf(TYPE_ID, 6n), 32);
    filling.push(fill(trust.target, slotOf(key, ofType)));
    if (index < 1_900) filling.push(fill(status.target, words + 2n * BigInt(90 + index)));
    await Promise.all(filling);
  }

  const gas: Record<string, number> = {};
  const as = status.connect(issuer);
  gas.addType = await gasOf(trust.addType("urn:2", "urn:2", REASON));
  gas.grantRoot = await gasOf(chain.root(ministry));
  const parent = grantId(TYPE_ID, ministry.address);
  gas.accept = await gasOf(chain.accept(parent, ministry));
  gas.grant = await gasOf(chain.below(parent, ministry, stranger, { notAfter: chain.start + YEAR }));
  gas.withdraw = await gasOf(trust.connect(ministry).withdraw(grantId(TYPE_ID, stranger.address, 0n, parent), 0n));
  gas.holds = await executionOf(chain, "holds", [parent, chain.start]);
  gas.isAccredited = await executionOf(chain, "isAccredited", [TYPE_ID, ministry.address]);
  gas.createList = await gasOf(as.createList(issuer.address, 1n, SIZE, TYPE_ID, BASE_URI));
  gas.update = await gasOf(as.update(list, [change(0n, { revoke: 1n, suspend: 1n }), change(80n)], REASON));
  gas.reinstate = await gasOf(as.update(list, [change(0n, { reinstate: 1n })], REASON));
  gas.checkpoint = await gasOf(as.checkpoint(list, 0n, 80n));
  gas.close = await gasOf(as.close(list));
  return gas;
}
