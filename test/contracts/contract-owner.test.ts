import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { assertReverts, deployRegistry, eventsOf, label, mined } from "../helpers/contracts.ts";

const NAME = label("did/svc/HubService");

async function withAccount() {
  const deployment = await deployRegistry();
  const { ethers, registry, address, alice, bob } = deployment;
  const account = await ethers.deployContract("ContractAccount", [bob.address]);
  /** Makes the account, whose controller is Bob, call the registry. */
  const call = (name: string, args: unknown[], sender = bob) =>
    account.connect(sender).getFunction("execute")(address, registry.interface.encodeFunctionData(name, args));
  return { registry, alice, bob, account, accountAddress: await account.getAddress(), call };
}

test("a contract that owns an identity writes to it, and nobody else does", async () => {
  const { registry, alice, bob, accountAddress, call } = await withAccount();
  const handed = await mined(registry.changeOwner(alice.address, accountAddress));
  const { receipt, time } = await mined(call("setAttribute", [alice.address, NAME, "0x01", 60n]));
  assert.deepEqual(eventsOf(receipt, registry), [
    ["DIDAttributeChanged", alice.address, NAME, "0x01", time + 60n, handed.block],
  ]);

  for (const sender of [alice, bob]) {
    await assertReverts(registry.connect(sender).setAttribute(alice.address, NAME, "0x02", 60n), {
      contract: registry,
      name: "DidRegistryUnauthorized",
      args: [alice.address, sender.address],
    });
  }
});

test("a contract is an identity of its own and may batch its changes", async () => {
  const { registry, accountAddress, call } = await withAccount();
  const write = (value: string) =>
    registry.interface.encodeFunctionData("setAttribute", [accountAddress, NAME, value, 60n]);
  const { receipt, block, time } = await mined(call("multicall", [[write("0x01"), write("0x02")]]));
  assert.deepEqual(eventsOf(receipt, registry), [
    ["DIDAttributeChanged", accountAddress, NAME, "0x01", time + 60n, 0n],
    ["DIDAttributeChanged", accountAddress, NAME, "0x02", time + 60n, block],
  ]);
});

test("a contract gets the registry's own error, and its controller alone moves it", async () => {
  const { registry, alice, account, accountAddress, call } = await withAccount();
  await assertReverts(call("setAttribute", [alice.address, NAME, "0x01", 60n]), {
    contract: registry,
    name: "DidRegistryUnauthorized",
    args: [alice.address, accountAddress],
  });
  await assertReverts(call("changeOwner", [accountAddress, alice.address], alice), {
    contract: account,
    name: "ContractAccountNotController",
    args: [alice.address],
  });
});

test("a contract deactivates what it owns and stays the last owner", async () => {
  const { registry, alice, accountAddress, call } = await withAccount();
  await registry.changeOwner(alice.address, accountAddress);
  await call("changeOwner", [alice.address, ZeroAddress]);
  assert.equal(await registry.identityOwner(alice.address), ZeroAddress);
  assert.equal(await registry.lastOwner(alice.address), accountAddress);
});
