import assert from "node:assert/strict";
import { test } from "node:test";
import { Resolver } from "did-resolver";
import { Contract, hexlify, type InterfaceAbi, ZeroAddress } from "ethers";
import { EthereumDIDRegistry, EthrDidController, getResolver } from "ethr-did-resolver";
import {
  assertReverts,
  type Deployment,
  deployRegistry,
  eventsOf,
  label,
  mined,
  now,
  revertData,
} from "../helpers/contracts.ts";

// The stock library of did:ethr, unmodified, against our registry. What of it cannot work, and what reverts in another way than
// with ERC-1056, is in section 16 of `docs/did-method-mapae.md`, row by row below. Its own tests run in `test/ethr`.

const KEY = "did/pub/Ed25519/veriKey/base64";
const KEY_VALUE = "0xb97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71";
const SERVICE = "did/svc/HubService";
const NETWORK = "local";

/** The gas limit that the stock controller sends by default. */
const STOCK_GAS_LIMIT = 123_456n;

// The stock types name ethers' CommonJS declarations, ours its ESM ones: the same classes, but not to the compiler.
type StockSigner = ConstructorParameters<typeof EthrDidController>[2];
type StockProvider = ConstructorParameters<typeof EthrDidController>[4];

/** A controller of Alice's DID whose key is `signer`'s. */
function controllerOf({ ethers, address, alice }: Deployment, signer = alice): EthrDidController {
  const stockSigner = signer as object as StockSigner;
  const provider = ethers.provider as object as StockProvider;
  return new EthrDidController(alice.address, undefined, stockSigner, NETWORK, provider, undefined, address, false);
}

async function resolve({ ethers, address, alice }: Deployment) {
  const provider = ethers.provider as object as NonNullable<StockProvider>;
  const resolver = new Resolver(getResolver({ networks: [{ name: NETWORK, provider, registry: address }] }));
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver.resolve(
    `did:ethr:${NETWORK}:${alice.address}`,
  );
  assert.equal(didResolutionMetadata.error, undefined);
  assert(didDocument);
  return { didDocument, didDocumentMetadata };
}

test("the stock controller and resolver write and read attributes", async () => {
  const deployment = await deployRegistry();
  const controller = controllerOf(deployment);
  await controller.setAttribute(KEY, KEY_VALUE, 86_400);
  await controller.setAttribute(SERVICE, "https://example.org/hub", 86_400);
  const set = (await resolve(deployment)).didDocument;
  assert.equal(set.verificationMethod?.length, 2);
  assert.equal(set.service?.[0]?.serviceEndpoint, "https://example.org/hub");

  await controller.revokeAttribute(KEY, KEY_VALUE);
  await controller.revokeAttribute(SERVICE, "https://example.org/hub");
  const revoked = (await resolve(deployment)).didDocument;
  assert.equal(revoked.verificationMethod?.length, 1);
  assert.equal(revoked.service, undefined);
});

test("the stock controller and resolver write and read delegates", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const controller = controllerOf(deployment);
  await controller.addDelegate("veriKey", bob.address, 86_400);
  assert.equal(await registry.validDelegate(alice.address, label("veriKey"), bob.address), true);
  assert.equal((await resolve(deployment)).didDocument.verificationMethod?.length, 2);

  await controller.revokeDelegate("veriKey", bob.address);
  assert.equal(await registry.validDelegate(alice.address, label("veriKey"), bob.address), false);
  assert.equal((await resolve(deployment)).didDocument.verificationMethod?.length, 1);
});

test("the stock controller hands over and deactivates, and the stock resolver sees both", async () => {
  const deployment = await deployRegistry();
  const { alice, bob } = deployment;
  await controllerOf(deployment).changeOwner(bob.address);
  assert.equal(await controllerOf(deployment).getOwner(alice.address), bob.address);
  const { didDocument } = await resolve(deployment);
  assert.match(didDocument.verificationMethod?.[0]?.blockchainAccountId ?? "", new RegExp(bob.address, "i"));

  await controllerOf(deployment, bob).changeOwner(ZeroAddress);
  assert.equal(await controllerOf(deployment).getOwner(alice.address), ZeroAddress);
  const { didDocument: empty, didDocumentMetadata } = await resolve(deployment);
  assert.equal(didDocumentMetadata.deactivated, true);
  assert.equal(empty.verificationMethod?.length ?? 0, 0);
});

test("a value of 1500 bytes fits in the stock gas limit on a known identity", async () => {
  const deployment = await deployRegistry();
  const { registry } = deployment;
  const controller = controllerOf(deployment);
  await controller.setAttribute(KEY, KEY_VALUE, 86_400);

  const value = hexlify(new Uint8Array(1_500).fill(0xff));
  const { hash } = await controller.setAttribute(SERVICE, value, 86_400);
  const receipt = await deployment.ethers.provider.getTransactionReceipt(hash);
  assert(receipt);
  assert.equal(eventsOf(receipt, registry)[0]?.[3], value);
  const transaction = await receipt.getTransaction();
  assert.equal(transaction.gasLimit, STOCK_GAS_LIMIT);
});

test("the stock calls with a signature of their own revert without effect", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const controller = controllerOf(deployment);
  const root = await registry.root();
  const signature = { sigV: 27, sigR: `0x${"11".repeat(32)}`, sigS: `0x${"22".repeat(32)}` } as const;
  const calls = {
    changeOwnerSigned: () => controller.changeOwnerSigned(bob.address, signature),
    addDelegateSigned: () => controller.addDelegateSigned("veriKey", bob.address, 60, signature),
    revokeDelegateSigned: () => controller.revokeDelegateSigned("veriKey", bob.address, signature),
    setAttributeSigned: () => controller.setAttributeSigned(KEY, KEY_VALUE, 60, signature),
    revokeAttributeSigned: () => controller.revokeAttributeSigned(KEY, KEY_VALUE, signature),
    createChangeOwnerHash: () => controller.createChangeOwnerHash(bob.address),
    createAddDelegateHash: () => controller.createAddDelegateHash("veriKey", bob.address, 60),
    createRevokeDelegateHash: () => controller.createRevokeDelegateHash("veriKey", bob.address),
    createSetAttributeHash: () => controller.createSetAttributeHash(KEY, KEY_VALUE, 60),
    createRevokeAttributeHash: () => controller.createRevokeAttributeHash(KEY, KEY_VALUE),
  };
  for (const [name, call] of Object.entries(calls)) {
    assert.equal(await revertData(call()), "0x", `${name} reverts, since no such function exists`);
  }
  assert.equal(await registry.changed(alice.address), 0n);
  assert.equal(await registry.root(), root);
});

test("the public getters of ERC-1056 that the registry has not revert", async () => {
  const { ethers, address, alice, bob } = await deployRegistry();
  const stock = new Contract(address, EthereumDIDRegistry.abi as object as InterfaceAbi, ethers.provider);
  const getters: Record<string, unknown[]> = {
    owners: [alice.address],
    nonce: [alice.address],
    delegates: [alice.address, label("veriKey"), bob.address],
  };
  for (const [name, args] of Object.entries(getters)) {
    assert.equal(await revertData(stock.getFunction(name)(...args)), "0x", name);
  }
  // These are there, so that the ABI is the right one.
  assert.equal(await stock.getFunction("identityOwner")(alice.address), alice.address);
  assert.equal(await stock.getFunction("changed")(alice.address), 0n);
});

test("a validity of 36 525 days is the longest that the stock controller can set", async () => {
  const deployment = await deployRegistry();
  const { registry, bob } = deployment;
  const controller = controllerOf(deployment);
  const longest = 36_525 * 86_400;
  await controller.setAttribute(KEY, KEY_VALUE, longest);
  await controller.addDelegate("veriKey", bob.address, longest);
  const args = [BigInt(longest) + 1n, BigInt(longest)];
  for (const call of [
    () => controller.setAttribute(KEY, KEY_VALUE, longest + 1),
    () => controller.addDelegate("veriKey", bob.address, longest + 1),
  ]) {
    await assertReverts(call(), { contract: registry, name: "DidRegistryValidityTooLong", args });
  }
});

test("a value of 4 096 bytes is the longest that the stock controller can set or revoke", async () => {
  const deployment = await deployRegistry();
  const { registry } = deployment;
  const controller = controllerOf(deployment);
  const value = (bytes: number) => hexlify(new Uint8Array(bytes).fill(0xff));
  await controller.setAttribute(SERVICE, value(4_096), 60, { gasLimit: 1_000_000n });
  const args = [4_097n, 4_096n];
  for (const call of [
    () => controller.setAttribute(SERVICE, value(4_097), 60, { gasLimit: 1_000_000n }),
    () => controller.revokeAttribute(SERVICE, value(4_097), { gasLimit: 1_000_000n }),
  ]) {
    await assertReverts(call(), { contract: registry, name: "DidRegistryValueTooLong", args });
  }
});

test("a write by another account than the owner reverts with a custom error and not with bad_actor", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const controller = controllerOf(deployment, bob);
  const args = [alice.address, bob.address];
  const calls = {
    setAttribute: () => controller.setAttribute(KEY, KEY_VALUE, 60),
    revokeAttribute: () => controller.revokeAttribute(KEY, KEY_VALUE),
    addDelegate: () => controller.addDelegate("veriKey", bob.address, 60),
    revokeDelegate: () => controller.revokeDelegate("veriKey", bob.address),
    changeOwner: () => controller.changeOwner(bob.address),
  };
  for (const call of Object.values(calls)) {
    await assertReverts(call(), { contract: registry, name: "DidRegistryUnauthorized", args });
  }
});

test("after the zero address not even the identity's own key writes again", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const controller = controllerOf(deployment);
  await controller.changeOwner(ZeroAddress);
  for (const call of [
    () => controller.setAttribute(KEY, KEY_VALUE, 60),
    () => controller.addDelegate("veriKey", bob.address, 60),
    () => registry.changeOwner(alice.address, alice.address),
  ]) {
    await assertReverts(call(), { contract: registry, name: "DidRegistryDeactivated", args: [alice.address] });
  }
});

test("a revoked delegate is gone for the stock resolver in the very block of its revocation", async () => {
  const deployment = await deployRegistry();
  const { ethers, registry, alice, bob } = deployment;
  await registry.addDelegate(alice.address, label("veriKey"), bob.address, 86_400n);
  const revoked = await mined(registry.revokeDelegate(alice.address, label("veriKey"), bob.address));
  assert.equal(await now(deployment), revoked.time);
  assert.equal(BigInt(await ethers.provider.getBlockNumber()), revoked.block);
  assert.equal((await resolve(deployment)).didDocument.verificationMethod?.length, 1);
});
