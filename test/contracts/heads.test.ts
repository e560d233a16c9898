import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress, ZeroHash } from "ethers";
import { type Deployment, deployRegistry, label, mined } from "../helpers/contracts.ts";
import { fold, KIND_DID, KIND_ROOT, replay, seed, subjectOf, type TimedLog } from "../helpers/heads.ts";

const CHAIN_ID = 31_337n;
const NAME = label("did/pub/Ed25519/veriKey");

/** The one event of a write to Alice's identity, with its block. */
async function writeOnce({ registry, alice }: Deployment): Promise<TimedLog> {
  const { receipt, block, time } = await mined(registry.setAttribute(alice.address, NAME, "0x01", 60n));
  const log = receipt.logs[0];
  assert(log);
  return { topics: log.topics, data: log.data, block, time };
}

test("a new registry's root is the seed of kind 0, and no subject has a head", async () => {
  const { registry, address, alice } = await deployRegistry();
  assert.equal(await registry.root(), seed({ chainId: CHAIN_ID, address }, KIND_ROOT, ZeroHash));
  assert.equal(await registry.head(subjectOf(alice.address)), ZeroHash);
  assert.equal(await registry.head(ZeroHash), ZeroHash);
});

test("the first event is folded into the seed, the second into the head", async () => {
  const deployment = await deployRegistry();
  const { registry, address, alice } = deployment;
  const subject = subjectOf(alice.address);
  const first = fold(seed({ chainId: CHAIN_ID, address }, KIND_DID, subject), await writeOnce(deployment));
  assert.equal(await registry.head(subject), first);
  const second = fold(first, await writeOnce(deployment));
  assert.equal(await registry.head(subject), second);
});

test("a write moves the head of its own identity only", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  await registry.connect(bob).setAttribute(bob.address, NAME, "0x01", 60n);
  const before = await registry.head(subjectOf(bob.address));
  await writeOnce(deployment);
  assert.equal(await registry.head(subjectOf(bob.address)), before);
  assert.notEqual(await registry.head(subjectOf(alice.address)), ZeroHash);
});

test("a write that is refused moves no head and not the root", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  await writeOnce(deployment);
  const before = [await registry.head(subjectOf(alice.address)), await registry.root()];
  await assert.rejects(registry.connect(bob).changeOwner(alice.address, ZeroAddress));
  assert.deepEqual([await registry.head(subjectOf(alice.address)), await registry.root()], before);
});

test("seeds bind the chain: the same deployment on another chain has another root and other heads", async () => {
  const deployment = await deployRegistry({ chainId: 5 });
  const { registry, address, alice } = deployment;
  const here = { chainId: 5n, address };
  const elsewhere = { chainId: CHAIN_ID, address: (await deployRegistry()).address };
  assert.equal(elsewhere.address, address);

  assert.equal(await registry.root(), seed(here, KIND_ROOT, ZeroHash));
  const log = await writeOnce(deployment);
  const head = await registry.head(subjectOf(alice.address));
  assert.equal(head, replay(here, [log]).heads.get(subjectOf(alice.address)));
  assert.notEqual(head, replay(elsewhere, [log]).heads.get(subjectOf(alice.address)));
  assert.notEqual(await registry.root(), replay(elsewhere, [log]).root);
});

test("seeds bind the registry: the same write to a second one makes another head", async () => {
  const deployment = await deployRegistry();
  const { ethers, registry, address, forwarder, alice } = deployment;
  const deployed = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  const second = await deployed.getAddress();
  const log = await writeOnce({ ...deployment, registry: registry.attach(second) as Deployment["registry"] });

  const subject = subjectOf(alice.address);
  const head = await deployed.getFunction("head")(subject);
  assert.equal(head, replay({ chainId: CHAIN_ID, address: second }, [log]).heads.get(subject));
  assert.notEqual(head, replay({ chainId: CHAIN_ID, address }, [log]).heads.get(subject));
});

test("seeds bind the kind: a DID's first head does not come from a seed of kind 0", async () => {
  const deployment = await deployRegistry();
  const { registry, address, alice } = deployment;
  const log = await writeOnce(deployment);
  const subject = subjectOf(alice.address);
  const from = (kind: bigint) => fold(seed({ chainId: CHAIN_ID, address }, kind, subject), log);
  assert.equal(await registry.head(subject), from(KIND_DID));
  assert.notEqual(from(KIND_DID), from(KIND_ROOT));
});
