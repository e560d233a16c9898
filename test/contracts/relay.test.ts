import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertReverts,
  type Deployment,
  deployRegistry,
  eventsOf,
  label,
  mineAt,
  mined,
  now,
  setNextTime,
} from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";

const NAME = label("did/pub/Ed25519/veriKey");

/** Bob relays: he pays, Alice signs. */
function relay({ forwarder, bob }: Deployment, request: unknown) {
  return forwarder.connect(bob).getFunction("execute")(request);
}

function encode({ registry }: Deployment, name: string, args: unknown[]): string {
  return registry.interface.encodeFunctionData(name, args);
}

test("the registry trusts the forwarder that it was deployed with and nobody else", async () => {
  const { registry, forwarder, alice } = await deployRegistry();
  const trusted = await forwarder.getAddress();
  assert.equal(await registry.trustedForwarder(), trusted);
  assert.equal(await registry.isTrustedForwarder(trusted), true);
  assert.equal(await registry.isTrustedForwarder(alice.address), false);
});

test("a signed request changes the DID as its signer, and a relayer pays", async () => {
  const deployment = await deployRegistry();
  const { registry, forwarder, alice, ethers } = deployment;
  const balance = await ethers.provider.getBalance(alice.address);
  const data = encode(deployment, "setAttribute", [alice.address, NAME, "0x01", 60n]);
  const { request } = await signRequest(deployment, { signer: alice, data });
  assert.equal(await forwarder.getFunction("verify")(request), true);
  const { receipt, time } = await mined(relay(deployment, request));

  assert.deepEqual(eventsOf(receipt, registry), [["DIDAttributeChanged", alice.address, NAME, "0x01", time + 60n, 0n]]);
  assert.deepEqual(eventsOf(receipt, forwarder), [["ExecutedForwardRequest", alice.address, 0n, true]]);
  assert.equal(await ethers.provider.getBalance(alice.address), balance);
});

test("every kind of write can be relayed", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, carol, ethers } = deployment;
  const writes: [string, unknown[]][] = [
    ["addDelegate", [alice.address, NAME, carol.address, 60n]],
    ["revokeDelegate", [alice.address, NAME, carol.address]],
    ["revokeAttribute", [alice.address, NAME, "0x01"]],
    ["changeOwner", [alice.address, alice.address]],
    ["changeOwner", [alice.address, ethers.ZeroAddress]],
  ];
  for (const [name, args] of writes) {
    const { request } = await signRequest(deployment, { signer: alice, data: encode(deployment, name, args) });
    const { receipt, block } = await mined(relay(deployment, request));
    assert.equal(eventsOf(receipt, registry).length, 1);
    assert.equal(await registry.changed(alice.address), block);
  }
  assert.equal(await registry.identityOwner(alice.address), ethers.ZeroAddress);
});

test("a signed request may carry a multicall, each of whose calls has the signer as its sender", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, carol } = deployment;
  const data = encode(deployment, "multicall", [
    [
      encode(deployment, "setAttribute", [alice.address, NAME, "0x01", 60n]),
      encode(deployment, "changeOwner", [alice.address, carol.address]),
    ],
  ]);
  const { request } = await signRequest(deployment, { signer: alice, data });
  const { receipt, block, time } = await mined(relay(deployment, request));
  assert.deepEqual(eventsOf(receipt, registry), [
    ["DIDAttributeChanged", alice.address, NAME, "0x01", time + 60n, 0n],
    ["DIDOwnerChanged", alice.address, carol.address, block],
  ]);
});

test("a relayed write to somebody else's identity fails, and so does the relayer's transaction", async () => {
  const deployment = await deployRegistry();
  const { registry, forwarder, alice, carol } = deployment;
  const data = encode(deployment, "setAttribute", [carol.address, NAME, "0x01", 60n]);
  const { request } = await signRequest(deployment, { signer: alice, data });
  await assertReverts(relay(deployment, request), { contract: forwarder, name: "FailedCall", args: [] });
  assert.equal(await registry.changed(carol.address), 0n);
  assert.equal(await forwarder.getFunction("nonces")(alice.address), 0n);
});

test("one call that fails inside a relayed multicall undoes all of it", async () => {
  const deployment = await deployRegistry();
  const { registry, forwarder, alice, carol } = deployment;
  const calls = [alice, carol].map(({ address }) => encode(deployment, "setAttribute", [address, NAME, "0x01", 60n]));
  const { request } = await signRequest(deployment, { signer: alice, data: encode(deployment, "multicall", [calls]) });
  await assertReverts(relay(deployment, request), { contract: forwarder, name: "FailedCall", args: [] });
  assert.equal(await registry.changed(alice.address), 0n);
});

// OpenZeppelin's batch refuses an invalid request but lets a valid one fail: its event is the only sign.
test("a request that fails in the forwarder's own batch says so in its event and uses up its nonce", async () => {
  const deployment = await deployRegistry();
  const { registry, forwarder, alice, carol, ethers } = deployment;
  const data = encode(deployment, "setAttribute", [alice.address, NAME, "0x01", 60n]);
  const signed = await Promise.all([alice, carol].map((signer) => signRequest(deployment, { signer, data })));
  const batch = signed.map(({ request }) => request);
  const { receipt, time } = await mined(forwarder.getFunction("executeBatch")(batch, ethers.ZeroAddress));

  assert.deepEqual(eventsOf(receipt, registry), [["DIDAttributeChanged", alice.address, NAME, "0x01", time + 60n, 0n]]);
  assert.deepEqual(eventsOf(receipt, forwarder), [
    ["ExecutedForwardRequest", alice.address, 0n, true],
    ["ExecutedForwardRequest", carol.address, 0n, false],
  ]);
});

test("a request is good in the second of its deadline", async () => {
  const deployment = await deployRegistry();
  const { registry, alice } = deployment;
  const deadline = (await now(deployment)) + 100n;
  const data = encode(deployment, "setAttribute", [alice.address, NAME, "0x01", 60n]);
  const { request } = await signRequest(deployment, { signer: alice, data, deadline });
  await mineAt(deployment, deadline - 1n);
  await setNextTime(deployment, deadline);
  const { block } = await mined(relay(deployment, request));
  assert.equal(await registry.changed(alice.address), block);
});
