import assert from "node:assert/strict";
import { test } from "node:test";
import { Resolver } from "did-resolver";
import { hexlify, ZeroAddress } from "ethers";
import { EthrDidController, getResolver } from "ethr-did-resolver";
import { type Deployment, deployRegistry, eventsOf, label, mined, now, revertData } from "../helpers/contracts.ts";

// The stock library of did:ethr, unmodified, against our registry. These of its calls cannot work, because the
// registry has neither `nonce` nor any `*Signed` function (gasless writes go through the ERC-2771 forwarder):
//   changeOwnerSigned, addDelegateSigned, revokeDelegateSigned, setAttributeSigned, revokeAttributeSigned,
//   createChangeOwnerHash, createAddDelegateHash, createRevokeDelegateHash, createSetAttributeHash,
//   createRevokeAttributeHash (each reads `nonce`).
// ERC-1056's public getters `owners`, `delegates` and `nonce` are not there either.

const KEY = "did/pub/Ed25519/veriKey/base64";
const KEY_VALUE = "0xb97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71";
const SERVICE = "did/svc/HubService";
const NETWORK = "local";

/** The gas limit that the stock controller sends unless it is told otherwise. */
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

test("a revoked delegate is gone for the stock resolver in the very block of its revocation", async () => {
  const deployment = await deployRegistry();
  const { ethers, registry, alice, bob } = deployment;
  await registry.addDelegate(alice.address, label("veriKey"), bob.address, 86_400n);
  const revoked = await mined(registry.revokeDelegate(alice.address, label("veriKey"), bob.address));
  assert.equal(await now(deployment), revoked.time);
  assert.equal(BigInt(await ethers.provider.getBlockNumber()), revoked.block);
  assert.equal((await resolve(deployment)).didDocument.verificationMethod?.length, 1);
});
