import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { assertReverts, deployRegistry, eventsOf, mined } from "../helpers/contracts.ts";

test("an address that was never written owns itself", async () => {
  const { registry, alice } = await deployRegistry();
  assert.equal(await registry.identityOwner(alice.address), alice.address);
  assert.equal(await registry.lastOwner(alice.address), alice.address);
  assert.equal(await registry.changed(alice.address), 0n);
  assert.equal(await registry.deactivatedAt(alice.address), 0n);
});

test("an identity hands itself to a new owner", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const { receipt, block } = await mined(registry.changeOwner(alice.address, bob.address));

  assert.deepEqual(eventsOf(receipt, registry), [["DIDOwnerChanged", alice.address, bob.address, 0n]]);
  assert.equal(await registry.identityOwner(alice.address), bob.address);
  assert.equal(await registry.lastOwner(alice.address), bob.address);
  assert.equal(await registry.changed(alice.address), block);
  assert.equal(await registry.deactivatedAt(alice.address), 0n);
});

test("only the identity is an indexed topic, as readers of ERC-1056 expect", async () => {
  const { registry, alice, bob, ethers } = await deployRegistry();
  const { receipt } = await mined(registry.changeOwner(alice.address, bob.address));
  assert.deepEqual(receipt.logs[0]?.topics, [
    ethers.id("DIDOwnerChanged(address,address,uint256)"),
    ethers.zeroPadValue(alice.address.toLowerCase(), 32),
  ]);
});

test("after a change the new owner writes and the identity's own key does not", async () => {
  const { registry, alice, bob, carol } = await deployRegistry();
  const first = await mined(registry.changeOwner(alice.address, bob.address));

  await assertReverts(registry.changeOwner(alice.address, alice.address), {
    contract: registry,
    name: "DidRegistryUnauthorized",
    args: [alice.address, alice.address],
  });
  const second = await mined(registry.connect(bob).changeOwner(alice.address, carol.address));
  assert.deepEqual(eventsOf(second.receipt, registry), [
    ["DIDOwnerChanged", alice.address, carol.address, first.block],
  ]);
  assert.equal(await registry.identityOwner(alice.address), carol.address);
});

test("an identity can be handed back to itself", async () => {
  const { registry, alice, bob } = await deployRegistry();
  await registry.changeOwner(alice.address, bob.address);
  await registry.connect(bob).changeOwner(alice.address, alice.address);
  assert.equal(await registry.identityOwner(alice.address), alice.address);
  await registry.changeOwner(alice.address, bob.address);
});

test("an owner of one identity has no say over another", async () => {
  const { registry, alice, bob, carol } = await deployRegistry();
  await registry.changeOwner(alice.address, bob.address);
  await assertReverts(registry.connect(bob).changeOwner(carol.address, bob.address), {
    contract: registry,
    name: "DidRegistryUnauthorized",
    args: [carol.address, bob.address],
  });
  assert.equal(await registry.identityOwner(bob.address), bob.address);
});

test("nobody owns the zero address", async () => {
  const { registry, alice, bob } = await deployRegistry();
  await assertReverts(registry.changeOwner(ZeroAddress, bob.address), {
    contract: registry,
    name: "DidRegistryUnauthorized",
    args: [ZeroAddress, alice.address],
  });
});

test("every write refuses a stranger by name and changes nothing", async () => {
  const { registry, alice, bob, ethers } = await deployRegistry();
  const root = await registry.root();
  const stranger = registry.connect(bob);
  const type = ethers.encodeBytes32String("veriKey");
  const writes = {
    changeOwner: () => stranger.changeOwner(alice.address, bob.address),
    deactivate: () => stranger.changeOwner(alice.address, ZeroAddress),
    addDelegate: () => stranger.addDelegate(alice.address, type, bob.address, 1n),
    revokeDelegate: () => stranger.revokeDelegate(alice.address, type, bob.address),
    setAttribute: () => stranger.setAttribute(alice.address, type, "0x01", 1n),
    revokeAttribute: () => stranger.revokeAttribute(alice.address, type, "0x01"),
  };
  for (const write of Object.values(writes)) {
    await assertReverts(write(), {
      contract: registry,
      name: "DidRegistryUnauthorized",
      args: [alice.address, bob.address],
    });
  }
  assert.equal(await registry.changed(alice.address), 0n);
  assert.equal(await registry.root(), root);
});

test("changes of one block name each other's block as the previous one", async () => {
  const { registry, alice, bob, ethers } = await deployRegistry();
  const { block: before } = await mined(registry.changeOwner(alice.address, alice.address));

  await ethers.provider.send("evm_setAutomine", [false]);
  const gas = { gasLimit: 200_000n };
  const sent = [
    await registry.setAttribute(alice.address, ethers.encodeBytes32String("a"), "0x01", 1n, gas),
    await registry.changeOwner(alice.address, bob.address, gas),
    await registry.connect(bob).changeOwner(alice.address, alice.address, gas),
  ];
  await ethers.provider.send("evm_mine", []);
  const receipts = await Promise.all(sent.map((transaction) => transaction.wait()));

  const previous = receipts.map((receipt) => receipt && eventsOf(receipt, registry)[0]?.at(-1));
  const block = BigInt(receipts[0]?.blockNumber ?? 0);
  assert.deepEqual(previous, [before, block, block]);
  assert.deepEqual(new Set(receipts.map((receipt) => receipt?.blockNumber)), new Set([Number(block)]));
  assert.equal(await registry.changed(alice.address), block);
});
