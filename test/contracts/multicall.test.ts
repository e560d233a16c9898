import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { assertReverts, type Deployment, deployRegistry, eventsOf, label, mined } from "../helpers/contracts.ts";

const KEY = label("did/pub/Ed25519/veriKey");
const SERVICE = label("did/svc/HubService");

function encode({ registry }: Deployment, name: string, args: unknown[]): string {
  return registry.interface.encodeFunctionData(name, args);
}

test("one transaction makes many changes, in order, as its sender", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const { receipt, block, time } = await mined(
    registry.multicall([
      encode(deployment, "setAttribute", [alice.address, KEY, "0x01", 60n]),
      encode(deployment, "addDelegate", [alice.address, KEY, bob.address, 60n]),
      encode(deployment, "changeOwner", [alice.address, bob.address]),
    ]),
  );
  assert.deepEqual(eventsOf(receipt, registry), [
    ["DIDAttributeChanged", alice.address, KEY, "0x01", time + 60n, 0n],
    ["DIDDelegateChanged", alice.address, KEY, bob.address, time + 60n, block],
    ["DIDOwnerChanged", alice.address, bob.address, block],
  ]);
  assert.equal(await registry.identityOwner(alice.address), bob.address);
});

test("one change that fails undoes all of them and gives its own error", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const root = await registry.root();
  const calls = [
    encode(deployment, "setAttribute", [alice.address, KEY, "0x01", 60n]),
    encode(deployment, "setAttribute", [bob.address, SERVICE, "0x02", 60n]),
  ];
  await assertReverts(registry.multicall(calls), {
    contract: registry,
    name: "DidRegistryUnauthorized",
    args: [bob.address, alice.address],
  });
  assert.equal(await registry.changed(alice.address), 0n);
  assert.equal(await registry.root(), root);
});

test("a change after the hand-over in the same transaction is refused", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  await assertReverts(
    registry.multicall([
      encode(deployment, "changeOwner", [alice.address, bob.address]),
      encode(deployment, "setAttribute", [alice.address, KEY, "0x01", 60n]),
    ]),
    { contract: registry, name: "DidRegistryUnauthorized", args: [alice.address, alice.address] },
  );
});

test("a change after the deactivation in the same transaction is refused", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  await assertReverts(
    registry.multicall([
      encode(deployment, "changeOwner", [alice.address, ZeroAddress]),
      encode(deployment, "addDelegate", [alice.address, KEY, bob.address, 60n]),
    ]),
    { contract: registry, name: "DidRegistryDeactivated", args: [alice.address] },
  );
});

test("a multicall within a multicall keeps its sender", async () => {
  const deployment = await deployRegistry();
  const { registry, alice } = deployment;
  const inner = encode(deployment, "multicall", [
    [encode(deployment, "setAttribute", [alice.address, KEY, "0x01", 1n])],
  ]);
  const { receipt, time } = await mined(registry.multicall([inner]));
  assert.deepEqual(eventsOf(receipt, registry), [["DIDAttributeChanged", alice.address, KEY, "0x01", time + 1n, 0n]]);
});

test("views answer within a multicall and an empty one does nothing", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, ethers } = deployment;
  const root = await registry.root();
  const answers = await registry
    .getFunction("multicall")
    .staticCall([encode(deployment, "identityOwner", [alice.address]), encode(deployment, "root", [])]);
  assert.deepEqual([...answers], [ethers.zeroPadValue(alice.address.toLowerCase(), 32), root]);

  await registry.multicall([]);
  assert.equal(await registry.root(), root);
});
