import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserProvider, type Eip1193Provider, JsonRpcProvider, type Signer, Wallet } from "ethers";
import { network } from "hardhat";
import { type DidChange, encodeAttributeName, encodeChanges } from "../../../cli/did/change.ts";
import { send } from "../../../cli/transaction/send.ts";
import type { Address } from "../../../resolver/index.ts";

/** A registry on a chain in this process that notes what it is asked; `refuse` may answer an error instead. */
async function chain({ refuse = () => undefined }: { refuse?: (method: string) => Error | undefined } = {}) {
  const { provider, ethers } = await network.create();
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
  const registry = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  const asked: string[] = [];
  const eip1193: Eip1193Provider = {
    request: async ({ method, params }) => {
      asked.push(method);
      const error = refuse(method);
      if (error !== undefined) throw error;
      return provider.request({ method, params: (params ?? []) as unknown[] });
    },
  };
  const browser = new BrowserProvider(eip1193, undefined, { cacheTimeout: -1 });
  const address = (await registry.getAddress()).toLowerCase() as Address;
  return { signer: await browser.getSigner(0), other: await browser.getSigner(1), registry: address, asked };
}

const change = { kind: "setAttribute", name: encodeAttributeName("did/note"), value: "0x01", validity: 60 } as const;

/** Writes changes of a DID in one transaction. */
function write(by: { signer: Signer; registry: Address; identity: Address }, ...changes: readonly DidChange[]) {
  return send({ signer: by.signer, to: by.registry, data: encodeChanges(by.identity, changes), fees: {} });
}

test("a write that the contract refuses is told by its error and arguments, from a simulation alone", async () => {
  const { signer, other, registry, asked } = await chain();
  const identity = (await other.getAddress()).toLowerCase() as Address;
  await assert.rejects(write({ signer, registry, identity }, change), {
    code: "REFUSED",
    message: `The contract refuses: ${await signer.getAddress()} is not the owner of ${other.address} (DidRegistryUnauthorized)`,
  });
  assert(asked.includes("eth_call"));
  assert(!asked.some((method) => /estimateGas|send/i.test(method)), asked.join(" "));
});

test("each error of the contract is said in words", async () => {
  const { signer, registry } = await chain();
  const identity = (await signer.getAddress()).toLowerCase() as Address;
  const by = { signer, registry, identity };
  await assert.rejects(write(by, { ...change, value: `0x${"00".repeat(4_097)}` }), {
    message: /the value has 4097 bytes, at most 4096 are allowed \(DidRegistryValueTooLong\)/,
  });
  await assert.rejects(write(by, change, { ...change, validity: 4_000_000_000 }), {
    message: /4000000000 seconds is longer than 3155760000, the longest allowed \(DidRegistryValidityTooLong\)/,
  });
  const { block } = await write(by, change, { kind: "changeOwner", owner: `0x${"0".repeat(40)}` });
  assert.equal(block, 3);
  await assert.rejects(write(by, change), { message: /was deactivated, forever \(DidRegistryDeactivated\)/ });
});

test("what the chain says against a transaction is a refusal, in its own words", async () => {
  const full = Object.assign(new Error("Transaction pool not accepting transactions"), { code: -32_000 });
  const { signer, registry } = await chain({ refuse: (method) => (/^eth_send/.test(method) ? full : undefined) });
  const identity = (await signer.getAddress()).toLowerCase() as Address;
  await assert.rejects(write({ signer, registry, identity }, change), {
    code: "REFUSED",
    message: "The chain refuses the transaction: Transaction pool not accepting transactions",
  });
});

test("a chain that can't be asked is unavailable, not a refusal", async () => {
  const { registry } = await chain();
  const provider = new JsonRpcProvider("http://127.0.0.1:2", 31_337, { staticNetwork: true });
  const signer = Wallet.createRandom(provider);
  const identity = signer.address.toLowerCase() as Address;
  try {
    await assert.rejects(write({ signer, registry, identity }, change), {
      code: "UNAVAILABLE",
    });
  } finally {
    provider.destroy();
  }
});
