import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { assertReverts, type DidRegistry, deployRegistry, eventsOf, label, mined } from "../helpers/contracts.ts";

const TYPE = label("veriKey");

/** Every kind of write, sent by the runner of `registry`. */
function writesTo(registry: DidRegistry, identity: string, other: string): (() => Promise<unknown>)[] {
  return [
    () => registry.changeOwner(identity, other),
    () => registry.changeOwner(identity, identity),
    () => registry.changeOwner(identity, ZeroAddress),
    () => registry.addDelegate(identity, TYPE, other, 60n),
    () => registry.revokeDelegate(identity, TYPE, other),
    () => registry.setAttribute(identity, TYPE, "0x01", 60n),
    () => registry.revokeAttribute(identity, TYPE, "0x01"),
  ];
}

test("an identity whose owner never changed can be deactivated; its last owner is itself", async () => {
  const { registry, alice } = await deployRegistry();
  const { receipt, block, time } = await mined(registry.changeOwner(alice.address, ZeroAddress));

  assert.deepEqual(eventsOf(receipt, registry), [["DIDOwnerChanged", alice.address, ZeroAddress, 0n]]);
  assert.equal(await registry.identityOwner(alice.address), ZeroAddress);
  assert.equal(await registry.lastOwner(alice.address), alice.address);
  assert.equal(await registry.deactivatedAt(alice.address), time);
  assert.equal(await registry.changed(alice.address), block);
});

test("an identity whose owner had changed keeps that owner as its last one", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const handed = await mined(registry.changeOwner(alice.address, bob.address));
  const { receipt, time } = await mined(registry.connect(bob).changeOwner(alice.address, ZeroAddress));

  assert.deepEqual(eventsOf(receipt, registry), [["DIDOwnerChanged", alice.address, ZeroAddress, handed.block]]);
  assert.equal(await registry.identityOwner(alice.address), ZeroAddress);
  assert.equal(await registry.lastOwner(alice.address), bob.address);
  assert.equal(await registry.deactivatedAt(alice.address), time);
});

test("after deactivation every write by the last owner is refused by name and changes nothing", async () => {
  const { registry, alice, bob } = await deployRegistry();
  await registry.changeOwner(alice.address, bob.address);
  const last = registry.connect(bob);
  const { block, time } = await mined(last.changeOwner(alice.address, ZeroAddress));
  const root = await registry.root();

  for (const write of writesTo(last, alice.address, bob.address)) {
    await assertReverts(write(), { contract: registry, name: "DidRegistryDeactivated", args: [alice.address] });
  }
  assert.equal(await registry.lastOwner(alice.address), bob.address);
  assert.equal(await registry.deactivatedAt(alice.address), time);
  assert.equal(await registry.changed(alice.address), block);
  assert.equal(await registry.root(), root);
});

test("after deactivation the identity's own key is refused as anyone is", async () => {
  const { registry, alice, bob, carol } = await deployRegistry();
  await registry.changeOwner(alice.address, bob.address);
  await registry.connect(bob).changeOwner(alice.address, ZeroAddress);
  for (const sender of [alice, carol]) {
    for (const write of writesTo(registry.connect(sender), alice.address, bob.address)) {
      await assertReverts(write(), { contract: registry, name: "DidRegistryDeactivated", args: [alice.address] });
    }
  }
});

test("deactivation ends every delegate though its time had not run out", async () => {
  const { registry, alice, bob } = await deployRegistry();
  await registry.addDelegate(alice.address, TYPE, bob.address, 1_000n);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);
  await registry.changeOwner(alice.address, ZeroAddress);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
});

test("a deactivated identity that owns another still does, and others are untouched", async () => {
  const { registry, alice, bob } = await deployRegistry();
  await registry.changeOwner(alice.address, bob.address);
  await registry.connect(bob).changeOwner(bob.address, ZeroAddress);
  assert.equal(await registry.identityOwner(alice.address), bob.address);
  await registry.connect(bob).changeOwner(alice.address, alice.address);
  assert.equal(await registry.identityOwner(alice.address), alice.address);
});

test("with a stolen key, handing over first makes the new key the last owner", async () => {
  const { registry, alice, bob: safe } = await deployRegistry();
  await registry.changeOwner(alice.address, safe.address);
  await registry.connect(safe).changeOwner(alice.address, ZeroAddress);
  await assertReverts(registry.changeOwner(alice.address, alice.address), {
    contract: registry,
    name: "DidRegistryDeactivated",
    args: [alice.address],
  });
  assert.equal(await registry.lastOwner(alice.address), safe.address);
});
