import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { ContractTransactionResponse } from "ethers";
import ethrDidRegistry from "ethr-did-registry";
import { globalOptions } from "hardhat";
import { deployRegistry, label, mined } from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";

// Gas of whole transactions, which is what a sender pays, against a snapshot that is committed. After a change that
// means to alter it: MAPAE_UPDATE_GAS=1 hardhat test nodejs test/contracts/gas.test.ts

const SNAPSHOT = new URL("gas.json", import.meta.url);

const NAME = label("did/pub/Ed25519/veriKey");
const SERVICE = label("did/svc/HubService");
const TYPE = label("veriKey");
const KEY = `0x02${"b9".repeat(32)}`;
const SECOND_KEY = `0x03${"7c".repeat(32)}`;
const ENDPOINT = `0x${Buffer.from("https://issuer.example.org/status").toString("hex")}`;
const LONG_VALUE = `0x${"ff".repeat(1_500)}`;
const YEAR = 31_536_000n;

/** Gas of indy-besu's `createDid` with a document of 1000 bytes, measured on the same EVM rules. */
const INDY_BESU_CREATE = 878_454;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await mined(sent)).receipt.gasUsed);
}

/** A registry in which Alice's identity is known: it was written before. */
async function deployKnown() {
  const deployment = await deployRegistry();
  await deployment.registry.setAttribute(deployment.alice.address, NAME, KEY, YEAR);
  return deployment;
}

async function measureOurs(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};

  const fresh = await deployRegistry();
  const { registry, alice, bob } = fresh;
  const identity = alice.address;
  gas["setAttribute 33 B, first"] = await gasOf(registry.setAttribute(identity, NAME, KEY, YEAR));
  gas["setAttribute 33 B, known"] = await gasOf(registry.setAttribute(identity, NAME, KEY, YEAR));
  gas["setAttribute 1500 B, known"] = await gasOf(registry.setAttribute(identity, NAME, LONG_VALUE, YEAR));
  gas["revokeAttribute 33 B"] = await gasOf(registry.revokeAttribute(identity, NAME, KEY));
  gas["addDelegate, new"] = await gasOf(registry.addDelegate(identity, TYPE, bob.address, YEAR));
  // The validity is a second longer, because in the same second the same validity would write equal values, which costs less.
  gas["addDelegate, prolonged"] = await gasOf(registry.addDelegate(identity, TYPE, bob.address, YEAR + 1n));
  gas.revokeDelegate = await gasOf(registry.revokeDelegate(identity, TYPE, bob.address));
  gas["changeOwner, known"] = await gasOf(registry.changeOwner(identity, bob.address));
  gas.deactivate = await gasOf(registry.connect(bob).changeOwner(identity, `0x${"00".repeat(20)}`));
  gas["addDelegate, first"] = await gasOf(registry.connect(bob).addDelegate(bob.address, TYPE, identity, YEAR));

  const first = await deployRegistry();
  gas["changeOwner, first"] = await gasOf(first.registry.changeOwner(identity, bob.address));

  const set = (name: string, value: string) =>
    registry.interface.encodeFunctionData("setAttribute", [identity, name, value, YEAR]);
  const known = await deployKnown();
  const three = [set(NAME, KEY), set(NAME, SECOND_KEY), set(NAME, KEY)];
  gas["multicall of 3 setAttribute 33 B, known"] = await gasOf(known.registry.multicall(three));

  const create = await deployRegistry();
  const document = [set(NAME, KEY), set(NAME, SECOND_KEY), set(SERVICE, ENDPOINT)];
  gas["create with 2 keys and a service, multicall"] = await gasOf(create.registry.multicall(document));

  const relayed = await deployKnown();
  const execute = relayed.forwarder.connect(relayed.bob).getFunction("execute");
  for (const nonce of ["first", "known"]) {
    const { request } = await signRequest(relayed, { signer: relayed.alice, data: set(NAME, KEY) });
    gas[`relayed setAttribute 33 B, known, ${nonce} nonce`] = await gasOf(execute(request));
  }
  return gas;
}

/** The same with ERC-1056 as its authors publish it. */
async function measureErc1056() {
  const { ethers, alice } = await deployRegistry();
  const { abi, bytecode } = ethrDidRegistry.EthereumDIDRegistry;
  const contract = await (await ethers.getContractFactory(abi, bytecode)).deploy();
  const setAttribute = contract.getFunction("setAttribute");
  await setAttribute(alice.address, NAME, KEY, YEAR);
  const values = [KEY, SECOND_KEY, KEY];
  let three = 0;
  for (const value of values) three += await gasOf(setAttribute(alice.address, NAME, value, YEAR));
  return { known: await gasOf(setAttribute(alice.address, NAME, KEY, YEAR)), three };
}

function ours(gas: Record<string, number>, name: string): number {
  return gas[name] ?? assert.fail(`no measurement of ${name}`);
}

// Instrumented code costs more gas, so gas is not tested in a coverage run.
if (!globalOptions.coverage) {
  test("every operation costs the gas of the snapshot, to the unit", async () => {
    const gas = await measureOurs();
    if (process.env.MAPAE_UPDATE_GAS === "1") await writeFile(SNAPSHOT, `${JSON.stringify(gas, null, 2)}\n`);
    assert.deepEqual(gas, JSON.parse(await readFile(SNAPSHOT, "utf8")));
  });

  test("a change costs at most 1.3 of ERC-1056's, and three in a multicall 0.8 of three of its", async () => {
    const [gas, erc1056] = [await measureOurs(), await measureErc1056()];
    assert(ours(gas, "setAttribute 33 B, known") <= 1.3 * erc1056.known);
    assert(ours(gas, "multicall of 3 setAttribute 33 B, known") <= 0.8 * erc1056.three);
  });

  test("creating a DID with two keys and a service costs at most a fifth of a document on chain", async () => {
    const gas = await measureOurs();
    assert(ours(gas, "create with 2 keys and a service, multicall") <= 0.2 * INDY_BESU_CREATE);
  });
}
