import assert from "node:assert/strict";
import { test } from "node:test";
import { hexlify, MaxUint256 } from "ethers";
import { assertReverts, deployRegistry, eventsOf, label, mined, revertData } from "../helpers/contracts.ts";

const NAME = label("did/pub/Ed25519/veriKey");
const VALUE = "0xb97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71";
const MAXIMUM_BYTES = 4_096;

test("setting an attribute says name, value, until when it is valid and what came before", async () => {
  const { registry, alice } = await deployRegistry();
  const first = await mined(registry.setAttribute(alice.address, NAME, VALUE, 60n));
  assert.deepEqual(eventsOf(first.receipt, registry), [
    ["DIDAttributeChanged", alice.address, NAME, VALUE, first.time + 60n, 0n],
  ]);
  assert.equal(await registry.changed(alice.address), first.block);

  const second = await mined(registry.setAttribute(alice.address, NAME, VALUE, 0n));
  assert.deepEqual(eventsOf(second.receipt, registry), [
    ["DIDAttributeChanged", alice.address, NAME, VALUE, second.time, first.block],
  ]);
});

test("revoking an attribute says validTo 0, whether or not it was ever set", async () => {
  const { registry, alice } = await deployRegistry();
  const first = await mined(registry.revokeAttribute(alice.address, NAME, VALUE));
  assert.deepEqual(eventsOf(first.receipt, registry), [["DIDAttributeChanged", alice.address, NAME, VALUE, 0n, 0n]]);

  const set = await mined(registry.setAttribute(alice.address, NAME, VALUE, 60n));
  const second = await mined(registry.revokeAttribute(alice.address, NAME, VALUE));
  assert.deepEqual(eventsOf(second.receipt, registry), [
    ["DIDAttributeChanged", alice.address, NAME, VALUE, 0n, set.block],
  ]);
  assert.equal(await registry.changed(alice.address), second.block);
});

test("an attribute may be empty", async () => {
  const { registry, alice } = await deployRegistry();
  const { receipt, time } = await mined(registry.setAttribute(alice.address, NAME, "0x", 60n));
  assert.deepEqual(eventsOf(receipt, registry), [["DIDAttributeChanged", alice.address, NAME, "0x", time + 60n, 0n]]);
});

test("a value of 4096 bytes is set and revoked in full, one byte more is refused", async () => {
  const { registry, alice } = await deployRegistry();
  assert.equal(await registry.MAX_VALUE_BYTES(), BigInt(MAXIMUM_BYTES));
  const value = hexlify(new Uint8Array(MAXIMUM_BYTES).fill(0xab));
  const set = await mined(registry.setAttribute(alice.address, NAME, value, 60n));
  const revoked = await mined(registry.revokeAttribute(alice.address, NAME, value));
  assert.equal(eventsOf(set.receipt, registry)[0]?.[3], value);
  assert.equal(eventsOf(revoked.receipt, registry)[0]?.[3], value);

  const expected = {
    contract: registry,
    name: "DidRegistryValueTooLong",
    args: [BigInt(MAXIMUM_BYTES + 1), BigInt(MAXIMUM_BYTES)],
  };
  await assertReverts(registry.setAttribute(alice.address, NAME, `${value}ab`, 60n), expected);
  await assertReverts(registry.revokeAttribute(alice.address, NAME, `${value}ab`), expected);
});

test("a validity of up to 100 years is taken, one second more is refused, and none overflows", async () => {
  const { registry, alice } = await deployRegistry();
  const maximum = await registry.MAX_VALIDITY();
  const { receipt, time } = await mined(registry.setAttribute(alice.address, NAME, VALUE, maximum));
  assert.equal(eventsOf(receipt, registry)[0]?.[4], time + maximum);

  for (const validity of [maximum + 1n, MaxUint256]) {
    await assertReverts(registry.setAttribute(alice.address, NAME, VALUE, validity), {
      contract: registry,
      name: "DidRegistryValidityTooLong",
      args: [validity, maximum],
    });
  }
});

test("no ether can be sent along, and the registry has no fallback", async () => {
  const { registry, alice, address } = await deployRegistry();
  const data = registry.interface.encodeFunctionData("setAttribute", [alice.address, NAME, VALUE, 60n]);
  const unanswered = [
    { to: address, value: 1n },
    { to: address, data: "0x12345678" },
    { to: address, data, value: 1n },
  ];
  for (const transaction of unanswered) {
    assert.equal(await revertData(alice.sendTransaction(transaction)), "0x");
  }
  await mined(registry.setAttribute(alice.address, NAME, VALUE, 60n));
});
